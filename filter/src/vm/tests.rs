//! One VM and its requests, in a proxy made of memory.

use super::*;
use crate::{
    host::Call,
    pairs,
    testing::{KEYS, Memory as Proxy, Small, configure, running, vm},
};
use base64ct::{Base64, Encoding};
use outwork_engine::{policy::Recording, rules::Action as Asked};

const ROOT: u32 = 1;

fn request(vm: &mut Vm<Proxy>, headers: &[(&str, &str)]) -> Action {
    vm.host.request(headers);
    vm.create(77, ROOT);
    vm.request(77, true)
}

/// The same, and its end: then its record is there.
fn whole(vm: &mut Vm<Proxy>, headers: &[(&str, &str)]) -> Action {
    let action = request(vm, headers);
    vm.ended(77);
    action
}

#[test]
fn an_allowed_request_carries_signed_evidence_and_leaves_a_record() {
    let mut vm = running(&Small::default());
    let forged = [("outwork-risk", "risk=0"), ("outwork-x", "1"), ("signature", "outwork=:AA==:, other=:AA==:")];
    assert_eq!(request(&mut vm, &forged), Action::Continue);
    let risk = vm.host.header("outwork-risk");
    assert_eq!(risk.len(), 1);
    assert!(risk[0].starts_with("risk=0, band=low, verdict=allow, "), "{risk:?}");
    assert_eq!(vm.host.header("outwork-x"), [""; 0]);
    assert!(vm.host.header("signature-input")[0].starts_with("outwork=(\"@method\""));
    let signatures = vm.host.header("signature");
    assert_eq!((signatures.len(), signatures[0].as_str()), (2, "other=:AA==:"));
    assert!(signatures[1].starts_with("outwork=:") && signatures[1] != "outwork=:AA==:");
    assert_eq!(vm.host.state.borrow()["outwork.verdict"], "allow");
    assert!(!vm.host.state.borrow().contains_key("outwork.record"), "it is under way");
    vm.ended(77);
    let record: serde_json::Value = serde_json::from_str(&vm.host.state.borrow()["outwork.record"]).unwrap();
    assert_eq!(record["ja4_fingerprint_list"][0]["value"], "t13d1516h2_8daaf6152771_02713d6af862");
    assert_eq!(vm.host.metric("outwork_decisions.verdict.allow"), 1);
    assert_eq!(*vm.host.log.borrow(), []);
}

#[test]
fn a_blocked_request_is_answered_here() {
    let mut vm = running(&Small::default().rule("bad", 90, Asked::Block));
    assert_eq!(request(&mut vm, &[("bad", "1")]), Action::Stop);
    let reply = vm.host.reply.borrow().clone().unwrap();
    assert_eq!((reply.status, reply.details.as_str()), (403, "outwork_block"));
    let headers = pairs::read(&reply.headers).unwrap();
    assert!(headers.contains(&(b"content-type", b"application/problem+json")));
    assert!(reply.body.contains("\"reference\":\""));
    assert_eq!(vm.host.metric("outwork_decisions.verdict.block"), 1);
    assert_eq!(vm.host.state.borrow()["outwork.verdict"], "block");
    assert_eq!(request(&mut vm, &[("good", "1")]), Action::Continue);
}

#[test]
fn a_limit_counts_across_requests_and_refuses_with_a_wait() {
    let mut vm = running(&Small::default().limit("login", 2));
    let statuses: Vec<_> = (0..3)
        .map(|_| {
            request(&mut vm, &[("login", "1")]);
            vm.host.reply.borrow().as_ref().map_or(200, |reply| reply.status)
        })
        .collect();
    assert_eq!(statuses, [200, 200, 429]);
    vm.host.now.set(vm.host.now.get() + 6_000_000);
    assert_eq!(request(&mut vm, &[("login", "1")]), Action::Continue);
}

/// What the record of the last request says of its chain.
fn sealed(vm: &Vm<Proxy>) -> serde_json::Value {
    let record: serde_json::Value = serde_json::from_str(&vm.host.state.borrow()["outwork.record"]).unwrap();
    record["unmapped"]["outwork"]["chain"].clone()
}

#[test]
fn records_are_a_chain_and_a_reload_begins_another_that_follows_it() {
    let mut vm = running(&Small::default());
    let first: Vec<_> = (0..3).map(|_| (whole(&mut vm, &[]), sealed(&vm)).1).collect();
    assert_eq!(first[0]["opens"]["why"], "start");
    assert_eq!(first[0]["opens"]["number"], 1);
    assert_eq!((&first[1]["previous"], &first[2]["previous"]), (&first[0]["mac"], &first[1]["mac"]));
    assert!(configure(&mut vm, 2, &Small::default().rule("other", 1, Asked::Score).configuration()));
    vm.create(78, 2);
    vm.request(78, true);
    vm.ended(78);
    let next = sealed(&vm);
    assert_ne!(next["id"], first[0]["id"]);
    assert_eq!((&next["opens"]["why"], &next["opens"]["number"]), (&"reload".into(), &2.into()));
    assert_eq!(next["opens"]["run"], first[0]["opens"]["run"]);
    assert_eq!(next["opens"]["follows"]["mac"], first[2]["mac"]);
    assert_eq!(next["opens"]["follows"]["sequence"], 3);
    // What is still under way goes on in its own.
    assert_eq!((whole(&mut vm, &[]), &sealed(&vm)["sequence"]), (Action::Continue, &4.into()));
    assert_eq!(sealed(&vm)["chains"], 2, "and proves that the other one is there");
    assert_eq!(vm.host.metric("outwork_records"), 5);
}

/// A chain of which every line was taken away is missed by what the others say.
#[test]
fn records_say_how_many_chains_all_threads_have() {
    let mut vm = running(&Small::default());
    let mut said = Vec::new();
    for sequence in 1..=64 {
        if matches!(sequence, 5 | 20 | 40) {
            // As another thread counts its own.
            let mut shared = vm.host.shared.borrow_mut();
            let (bytes, stamp) = shared.get_mut(&b"outwork.chains"[..]).unwrap();
            *bytes.last_mut().unwrap() += 1;
            *stamp += 1;
        }
        whole(&mut vm, &[]);
        let chains = sealed(&vm)["chains"].clone();
        said.extend(Some((sequence, chains)).filter(|(_, chains)| !chains.is_null()));
    }
    // The first ones look each, later ones one in sixteen.
    assert_eq!(said, [(5, 2.into()), (33, 3.into()), (49, 4.into())]);
    // Where nothing is shared any more, nothing is said.
    vm.host.break_call(Call::Store);
    (0..20).for_each(|_| _ = whole(&mut vm, &[]));
    assert_eq!((&sealed(&vm)["sequence"], &sealed(&vm)["chains"]), (&84.into(), &serde_json::Value::Null));
}

#[test]
fn a_record_that_could_not_be_left_is_not_missed() {
    let mut vm = running(&Small::default());
    vm.host.break_call(Call::State);
    whole(&mut vm, &[]);
    vm.host.repair();
    whole(&mut vm, &[]);
    let before = sealed(&vm);
    assert_eq!(before["opens"]["number"], 1, "nor is a chain");
    vm.host.break_call(Call::State);
    whole(&mut vm, &[]);
    vm.host.repair();
    whole(&mut vm, &[]);
    let after = sealed(&vm);
    assert_eq!((&after["previous"], &after["sequence"]), (&before["mac"], &2.into()));
    assert_eq!(vm.host.metric("outwork_records"), 2);
}

#[test]
fn records_are_in_the_order_in_which_requests_end() {
    let mut vm = running(&Small::default());
    for context in 10..20 {
        vm.host.request(&[]);
        vm.create(context, ROOT);
        vm.request(context, true);
    }
    let sequences: Vec<_> =
        (10..20).rev().map(|context| (vm.ended(context), sealed(&vm)["sequence"].clone()).1).collect();
    assert_eq!(sequences, (1..=10).map(serde_json::Value::from).collect::<Vec<_>>());
    vm.host.state.borrow_mut().clear();
    vm.ended(10);
    vm.ended(99);
    assert!(vm.host.state.borrow().is_empty(), "nobody ends twice, nor who was not decided about");
}

#[test]
fn of_more_than_there_is_room_for_nothing_is_lost() {
    let mut vm = running(&Small::default());
    let mut kept = std::collections::BTreeMap::new();
    let all = 2..6_000;
    for context in all.clone() {
        vm.host.request(&[]);
        vm.create(context, ROOT);
        vm.request(context, true);
        kept.insert(context, vm.host.state.take());
    }
    let with_the_proxy = kept.values().filter(|state| state.contains_key("outwork.draft")).count();
    assert!((2_000..3_000).contains(&with_the_proxy), "{with_the_proxy}");
    for (at, (context, state)) in kept.into_iter().rev().enumerate() {
        vm.host.state.replace(state);
        vm.ended(context);
        assert_eq!(sealed(&vm)["sequence"], at + 1);
    }
    assert_eq!(vm.host.metric("outwork_records"), all.count() as i64);
    request(&mut vm, &[]);
    assert!(!vm.host.state.borrow().contains_key("outwork.draft"), "there is room again");
}

#[test]
fn a_request_that_outlives_its_policy_is_of_the_chain_of_that() {
    let mut vm = running(&Small::default());
    whole(&mut vm, &[]);
    let own = sealed(&vm)["id"].clone();
    request(&mut vm, &[]);
    for root in [2, 3] {
        vm.host.dead.borrow_mut().push(root - 1);
        assert!(configure(&mut vm, root, &Small::default().rule(&format!("r{root}"), 1, Asked::Score).configuration()));
        vm.create(80 + root, root);
        vm.request(80 + root, true);
        vm.ended(80 + root);
    }
    let newest = sealed(&vm);
    vm.ended(77);
    assert_eq!((&sealed(&vm)["id"], &sealed(&vm)["sequence"]), (&own, &2.into()));
    assert!(configure(&mut vm, 4, &Small::default().rule("r4", 1, Asked::Score).configuration()));
    vm.create(90, 4);
    vm.request(90, true);
    vm.ended(90);
    assert_eq!(sealed(&vm)["opens"]["follows"]["id"], newest["id"], "and not what ended last");
}

#[test]
fn who_is_gone_without_an_end_is_forgotten() {
    let mut vm = running(&Small::default());
    request(&mut vm, &[]);
    vm.host.dead.borrow_mut().push(77);
    assert!(configure(&mut vm, 2, &Small { version: "2", ..Small::default() }.configuration()));
    vm.host.state.borrow_mut().clear();
    vm.ended(77);
    assert!(vm.host.state.borrow().is_empty());
}

#[test]
fn another_key_is_a_rotation() {
    let mut vm = running(&Small::default());
    whole(&mut vm, &[]);
    // A VM with other keys, beside the one before: they share what the proxy shares.
    let mut next = Vm::new(std::mem::take(&mut vm.host));
    next.host.keys.replace(Some(format!("k2:{},{KEYS}", KEYS.split_once(':').unwrap().1.replace('M', "N"))));
    assert!(configure(&mut next, 2, &Small { version: "2", ..Small::default() }.configuration()));
    next.create(77, 2);
    next.request(77, true);
    next.ended(77);
    let opened = sealed(&next);
    assert_eq!((&opened["opens"]["why"], &opened["key"]), (&"rotation".into(), &"k2".into()));
    assert_eq!(opened["opens"]["number"], 2);
}

#[test]
fn over_http_3_records_are_there_at_once_in_a_chain_of_their_own() {
    let mut vm = running(&Small::default());
    whole(&mut vm, &[]);
    let other = sealed(&vm)["id"].clone();
    for sequence in 1..4 {
        vm.host.request(&[]);
        vm.host
            .properties
            .borrow_mut()
            .insert("filter_state/outwork.connection".into(), "addr=203.0.113.7 id=2".into());
        vm.host.properties.borrow_mut().insert("request/protocol".into(), b"HTTP/3".into());
        vm.create(77, ROOT);
        vm.request(77, true);
        let told = sealed(&vm);
        assert_eq!(told["sequence"], sequence);
        assert_ne!(told["id"], other);
        assert_eq!(told["opens"]["unordered"], if sequence == 1 { true.into() } else { serde_json::Value::Null });
        vm.host.state.borrow_mut().clear();
        vm.ended(77);
        assert!(vm.host.state.borrow().is_empty());
    }
}

#[test]
fn without_a_chain_records_are_there_at_once() {
    let mut policy = Small::default();
    policy.settings.records.audit = false;
    let mut vm = running(&policy);
    request(&mut vm, &[]);
    assert!(sealed(&vm).is_null());
}

#[test]
fn the_policy_says_which_decisions_leave_a_record() {
    let acted = Small::default().rule("bad", 40, Asked::Tag).record(Recording::Acted);
    let mut vm = running(&acted);
    whole(&mut vm, &[]);
    assert!(!vm.host.state.borrow().contains_key("outwork.record"));
    whole(&mut vm, &[("bad", "1")]);
    assert!(vm.host.state.borrow()["outwork.record"].contains("\"bad\""));
}

#[test]
fn the_protocol_is_asked_for_once_a_connection() {
    let mut vm = running(&Small::default());
    for _ in 0..3 {
        request(&mut vm, &[]);
    }
    let asked = vm.host.asked.borrow();
    assert_eq!(asked.iter().filter(|path| *path == "request/protocol").count(), 1);
    assert_eq!(asked.iter().filter(|path| *path == "filter_state/outwork.connection").count(), 3);
    assert_eq!(asked.iter().filter(|path| *path == "xds/node/id").count(), 1, "once, when it is loaded");
    assert_eq!(asked.len(), 5);
}

#[test]
fn the_source_address_is_asked_for_only_where_it_is_wanted() {
    let policy = Small::default().limit("l", 1);
    let mut vm = vm();
    let source = policy.configuration().replace('}', ",\"client_address\": \"source\"}");
    assert!(configure(&mut vm, ROOT, &source));
    let mut status = |address: &str| {
        vm.host.properties.borrow_mut().insert("source/address".into(), address.into());
        request(&mut vm, &[("l", "1")]);
        vm.host.reply.borrow().as_ref().map_or(200, |reply| reply.status)
    };
    assert_eq!(status("198.51.100.1:1"), 200);
    assert_eq!(status("198.51.100.2:1"), 200);
    assert_eq!(status("198.51.100.1:2"), 429);
}

#[test]
fn no_broken_hostcall_stops_a_request_and_each_is_counted() {
    for call in Call::ALL {
        let mut vm = running(&Small::default().limit("l", 5));
        vm.host.break_call(call);
        assert_eq!(request(&mut vm, &[("outwork-risk", "forged"), ("l", "1")]), Action::Continue, "{call:?}");
        if !matches!(
            call,
            Call::Metric
                | Call::Reply
                | Call::Configuration
                | Call::Body
                | Call::Service
                | Call::Fetch
                | Call::Resume
                | Call::Timer
        ) {
            let name = format!("outwork_request_errors.call.{}", call.name());
            assert!(vm.host.metric(&name) > 0, "{name}");
        }
        if call != Call::Edit {
            assert!(!vm.host.header("outwork-risk").contains(&"forged".into()), "{call:?}");
        }
    }
}

#[test]
fn a_refusal_that_cannot_be_sent_lets_the_request_go_on() {
    let mut vm = running(&Small::default().rule("bad", 90, Asked::Block));
    vm.host.break_call(Call::Reply);
    assert_eq!(request(&mut vm, &[("bad", "1")]), Action::Continue);
    assert_eq!(vm.host.metric("outwork_request_errors.call.reply"), 1);
}

#[test]
fn the_log_is_not_filled_by_what_keeps_failing() {
    let mut vm = running(&Small::default());
    vm.host.break_call(Call::Clock);
    for _ in 0..1_000 {
        request(&mut vm, &[]);
    }
    assert_eq!(vm.host.metric("outwork_request_errors.call.clock"), 1_000);
    assert_eq!(vm.host.log.borrow().len(), 10);
}

#[test]
fn what_cannot_start_says_why_in_one_line() {
    let newer = {
        let mut bytes = Small::default().bytes();
        bytes[8] += 1;
        format!(r#"{{"bundle": "{}"}}"#, Base64::encode_string(&bytes))
    };
    let good = Small::default().configuration();
    let short = Some("k1:c2hvcnQ=");
    let cases = [
        (newer.as_str(), Some(KEYS), ", newer"),
        (r#"{"bundle": "AAAA"}"#, Some(KEYS), "not a policy bundle"),
        (r#"{"bundle": "", "on_error": 1}"#, Some(KEYS), "unknown field `on_error`"),
        ("", Some(KEYS), "no plugin configuration"),
        (&good, short, "has 5 bytes, and needs 32"),
        (&good, None, "no keys: set `OUTWORK_KEYS`"),
    ];
    for (configuration, keys, says) in cases {
        let mut vm = vm();
        vm.host.keys.replace(keys.map(Into::into));
        assert!(!configure(&mut vm, ROOT, configuration), "{says}");
        let log = vm.host.log.borrow();
        assert_eq!(log.len(), 1, "{log:?}");
        assert!(log[0].0 == Level::Critical && log[0].1.contains(says), "{log:?}");
        assert_eq!(log[0].1.lines().count(), 1);
    }
}

#[test]
fn a_reload_that_fails_keeps_the_old_policy() {
    let mut vm = running(&Small::default().rule("bad", 90, Asked::Block));
    assert!(!configure(&mut vm, 2, r#"{"bundle": "AAAA"}"#));
    assert_eq!(vm.host.metric("outwork_reload.rejected"), 1);
    assert_eq!(request(&mut vm, &[("bad", "1")]), Action::Stop);
}

#[test]
fn a_reload_serves_new_requests_and_frees_the_policy_that_the_proxy_dropped() {
    let mut vm = running(&Small::default().rule("bad", 90, Asked::Block));
    assert!(configure(&mut vm, 2, &Small { version: "2", ..Small::default() }.configuration()));
    assert_eq!(vm.plugins.len(), 2);
    vm.host.request(&[("bad", "1")]);
    vm.create(80, ROOT);
    assert_eq!(vm.request(80, true), Action::Stop, "a stream of the old root has the old policy");
    vm.create(81, 2);
    vm.host.request(&[("bad", "1")]);
    assert_eq!(vm.request(81, true), Action::Continue);
    vm.host.dead.borrow_mut().push(ROOT);
    assert!(configure(&mut vm, 3, &Small { version: "3", ..Small::default() }.configuration()));
    assert_eq!(vm.plugins.iter().map(|(root, _)| *root).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(vm.host.metric("outwork_reload.ok"), 2);
}

#[test]
fn a_thread_that_loads_what_another_loaded_counts_no_reload() {
    let mut vm = running(&Small::default());
    assert!(configure(&mut vm, 2, &Small::default().configuration()));
    assert_eq!(vm.host.metric("outwork_reload.ok"), 0);
}

#[test]
fn without_a_plugin_requests_go_on() {
    assert_eq!(request(&mut vm(), &[]), Action::Continue);
}
