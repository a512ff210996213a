//! Requests that the rate-limit service is asked about, whatever that answers.

use crate::{
    host::Call,
    testing::{Memory as Proxy, Small, configure, running, vm},
    vm::{Action, Answer, Vm},
};
use outwork_engine::limits::{KeyPart, Ladder, Rung, Scope, Unreachable};

const OK: &[u8] = &[8, 1];
const OVER: &[u8] = &[8, 2];

fn policy(global: &[&str], unreachable: Unreachable) -> Small {
    let mut policy = Small::default().limit("local", 2);
    for id in global {
        policy = policy.limit(id, 1);
        let limit = policy.limits.last_mut().unwrap();
        (limit.scope, limit.unreachable) = (Scope::Global, unreachable);
    }
    policy
}

fn with_service(policy: &Small) -> Vm<Proxy> {
    let mut vm = vm();
    let text = policy.configuration().replace('}', r#","global": {"cluster": "rls", "timeout_ms": 20}}"#);
    assert!(configure(&mut vm, 1, &text));
    vm
}

fn send(vm: &mut Vm<Proxy>, context: u32, headers: &[&str]) -> Action {
    let headers: Vec<_> = headers.iter().map(|name| (*name, "1")).collect();
    vm.host().request(&headers);
    vm.create(context, 1);
    vm.request(context, true)
}

fn says(vm: &mut Vm<Proxy>, call: u32, bytes: &[u8]) {
    vm.host().answer.replace(bytes.into());
    vm.answered(call, Answer::Bytes(bytes.len()));
}

fn status(vm: &Vm<Proxy>) -> Option<u16> {
    vm.host().reply.borrow().as_ref().map(|reply| reply.status)
}

fn calls(vm: &Vm<Proxy>, result: &str) -> i64 {
    vm.host().metric(&format!("outwork_limit_calls.result.{result}"))
}

#[test]
fn a_request_is_held_until_the_service_admits_it() {
    let mut vm = with_service(&policy(&["a", "b"], Unreachable::Open));
    assert_eq!(send(&mut vm, 7, &["local", "a", "b"]), Action::Hold);
    assert_eq!((vm.host().calls.borrow().len(), vm.host().resumed.get()), (1, 0), "one call for both");
    let (cluster, message, timeout) = vm.host().calls.borrow()[0].clone();
    assert_eq!((cluster.as_str(), timeout), ("rls", 20));
    assert_eq!(message.windows(5).filter(|part| part == b"limit").count(), 2);
    assert_eq!(vm.host().header("outwork-risk"), [""; 0]);
    says(&mut vm, 1, OK);
    assert_eq!((vm.host().resumed.get(), status(&vm)), (1, None));
    assert_eq!(vm.host().header("outwork-risk").len(), 1);
    assert_eq!((calls(&vm, "ok"), vm.host().metric("outwork_decisions.verdict.allow")), (1, 1));
    says(&mut vm, 1, OVER);
    assert_eq!((vm.host().resumed.get(), status(&vm)), (1, None), "it is answered once");
}

#[test]
fn limits_are_asked_about_apart_where_the_service_knows_them_only_so() {
    let policy = policy(&["a", "b"], Unreachable::Closed);
    let begin = |answers: [Option<&[u8]>; 2]| {
        let mut vm = vm();
        let text = policy.configuration().replace('}', r#","global": {"cluster": "rls", "calls": "apart"}}"#);
        assert!(configure(&mut vm, 1, &text));
        assert_eq!(send(&mut vm, 7, &["a", "b"]), Action::Hold);
        assert_eq!(vm.host().calls.borrow().len(), 2);
        for (call, answer) in [(2, answers[1]), (1, answers[0])] {
            assert_eq!((vm.host().resumed.get(), status(&vm)), (0, None), "both are waited for");
            match answer {
                Some(bytes) => says(&mut vm, call, bytes),
                None => vm.answered(call, Answer::None),
            }
        }
        status(&vm)
    };
    assert_eq!(begin([Some(OK), Some(OK)]), None);
    assert_eq!(begin([Some(OVER), Some(OK)]), Some(429));
    assert_eq!(begin([Some(OK), Some(OVER)]), Some(429));
    assert_eq!(begin([Some(OK), None]), Some(503));
}

#[test]
fn what_is_over_the_limit_is_refused() {
    let mut vm = with_service(&policy(&["a"], Unreachable::Open));
    send(&mut vm, 7, &["a"]);
    says(&mut vm, 1, OVER);
    assert_eq!((vm.host().resumed.get(), status(&vm)), (0, Some(429)));
    assert_eq!((calls(&vm, "over"), vm.host().metric("outwork_limits.limit.a.asks.throttle")), (1, 1));
}

#[test]
fn what_stands_here_is_charged_once() {
    let mut vm = with_service(&policy(&["a"], Unreachable::Open));
    let statuses: Vec<_> = (1..=3)
        .map(|call| {
            send(&mut vm, call, &["local", "a"]);
            says(&mut vm, call, OK);
            status(&vm)
        })
        .collect();
    assert_eq!(statuses, [None, None, Some(429)]);
}

#[test]
fn each_request_has_its_own_answer() {
    let mut vm = with_service(&policy(&["a", "b"], Unreachable::Open));
    for (context, limit) in [(7, "a"), (8, "b"), (9, "a")] {
        send(&mut vm, context, &[limit]);
        vm.host().hold(context);
    }
    for (call, answer) in [(3, OK), (2, OVER), (1, OK)] {
        says(&mut vm, call, answer);
    }
    assert_eq!(*vm.host().resumed_for.borrow(), [9, 7]);
    assert_eq!(*vm.host().replied.borrow(), [8]);
    assert_eq!(vm.host().metric("outwork_limits.limit.b.asks.throttle"), 1);
    assert_eq!(vm.host().metric("outwork_limits.limit.a.asks.throttle"), 0);
}

#[test]
fn a_charge_of_nothing_asks_nobody() {
    let mut policy = policy(&["a"], Unreachable::Closed);
    policy.limits[1].cost = [0; 3];
    let mut vm = with_service(&policy);
    assert_eq!(send(&mut vm, 7, &["a"]), Action::Continue);
    assert!(vm.host().calls.borrow().is_empty());
}

#[test]
fn a_service_that_knows_no_such_limit_is_told_of() {
    let mut vm = with_service(&policy(&["a"], Unreachable::Open));
    send(&mut vm, 7, &["a"]);
    says(&mut vm, 1, &[8, 1, 0x12, 2, 8, 1]);
    assert_eq!((vm.host().resumed.get(), calls(&vm, "unknown"), calls(&vm, "ok")), (1, 1, 0));
}

#[test]
fn who_is_refused_by_address_takes_no_room_with_what_it_makes_up() {
    let mut policy = Small::default().limit("made", 5).limit("address", 1);
    policy.limits[0].key = vec![KeyPart::Path];
    let mut vm = running(&policy);
    let mut ask = |path: &str| {
        vm.host().request(&[(":path", path), ("made", "1"), ("address", "1")]);
        vm.create(7, 1);
        vm.request(7, true);
        let buckets = vm.host().shared.borrow();
        (status(&vm), buckets.keys().filter(|key| key.starts_with(b"outwork:")).count())
    };
    assert_eq!(ask("/a"), (None, 2));
    for path in ["/b", "/c", "/d"] {
        assert_eq!(ask(path), (Some(429), 2), "{path}");
    }
    assert_eq!(ask("/a"), (Some(429), 2));
    let known = vm.host().metric("outwork_limits.limit.address.asks.throttle");
    assert_eq!((known, vm.host().metric("outwork_limits.limit.made.asks.throttle")), (4, 0));
}

#[test]
fn a_decoy_sets_the_rungs_of_all_keys_and_then_takes_no_room() {
    let mut policy =
        Small::default().limit("address", 5).limit("made", 5).rule("bait", 0, outwork_engine::rules::Action::Decoy);
    policy.limits[1].key = vec![KeyPart::Path];
    for limit in &mut policy.limits {
        limit.ladder = Ladder::NONE.with(Rung::Block);
        limit.decoy = 1;
    }
    let mut vm = running(&policy);
    let mut ask = |path: &str| {
        vm.host().request(&[(":path", path), ("bait", "1")]);
        vm.create(7, 1);
        vm.request(7, true);
        vm.host().shared.borrow().keys().filter(|key| key.starts_with(b"outwork:")).count()
    };
    assert_eq!([ask("/a"), ask("/b"), ask("/c")], [2, 2, 2]);
}

#[test]
fn what_one_service_does_says_nothing_of_another() {
    let policy = policy(&["a"], Unreachable::Open);
    let mut vm = with_service(&policy);
    let other = policy.configuration().replace('}', r#","global": {"cluster": "other"}}"#);
    assert!(configure(&mut vm, 2, &other));
    send(&mut vm, 7, &["a"]);
    vm.answered(1, Answer::None);
    assert_eq!(send(&mut vm, 8, &["a"]), Action::Continue, "the first one's breaker is open");
    vm.host().request(&[("a", "1")]);
    vm.create(9, 2);
    assert_eq!(vm.request(9, true), Action::Hold);
}

#[test]
fn a_request_is_judged_as_of_when_it_came() {
    let mut vm = with_service(&policy(&["a"], Unreachable::Open));
    let fills = vm.host().fills.get();
    send(&mut vm, 7, &["a"]);
    vm.host().now.set(vm.host().now.get() + 15_000);
    says(&mut vm, 1, OK);
    let created = format!("created={}", 1_795_305_600);
    assert!(vm.host().header("signature-input")[0].contains(&created));
    assert_eq!(vm.host().fills.get(), fills + 1);
}

#[test]
fn without_an_answer_the_limit_says_what_that_means() {
    for (unreachable, expected) in [
        (Unreachable::Open, [None, None]),
        (Unreachable::Closed, [Some(503), Some(503)]),
        (Unreachable::Local, [None, Some(429)]),
    ] {
        for bytes in [None, Some(&b"<html>"[..])] {
            let mut vm = with_service(&policy(&["a", "b"], unreachable));
            // The third answer in a row that is late opens the breaker, and the first that is none.
            let late = if bytes.is_none() { 2 } else { 0 };
            for call in 1..=late {
                send(&mut vm, 6, &["b"]);
                vm.host().now.set(vm.host().now.get() + 20_000);
                vm.answered(call, Answer::None);
            }
            send(&mut vm, 7, &["a"]);
            vm.host().now.set(vm.host().now.get() + 20_000);
            match bytes {
                None => vm.answered(late + 1, Answer::None),
                Some(bytes) => says(&mut vm, 1, bytes),
            }
            let first = status(&vm);
            assert_eq!(calls(&vm, if bytes.is_none() { "timeout" } else { "error" }), i64::from(late) + 1);
            assert_ne!(send(&mut vm, 8, &["a"]), Action::Hold, "the breaker is open");
            assert_eq!(([first, status(&vm)], calls(&vm, "skipped")), (expected, 1));
        }
    }
}

#[test]
fn a_cluster_that_is_not_there_holds_nobody() {
    let mut vm = with_service(&policy(&["a"], Unreachable::Local));
    vm.host().break_call(Call::Service);
    assert_eq!(send(&mut vm, 7, &["a"]), Action::Continue);
    assert_eq!((calls(&vm, "error"), vm.host().metric("outwork_limit_breaker")), (1, 1));
    vm.host().repair();
    vm.host().now.set(vm.host().now.get() + 250_000);
    assert_eq!(send(&mut vm, 8, &["b", "a"]), Action::Hold, "one finds out whether it is back");
    assert_eq!(send(&mut vm, 9, &["b"]), Action::Continue);
    says(&mut vm, 1, OK);
    assert_eq!(vm.host().metric("outwork_limit_breaker"), 0);
    assert_eq!(send(&mut vm, 10, &["a"]), Action::Hold);
}

#[test]
fn an_answer_that_is_too_long_is_not_read() {
    let mut vm = with_service(&policy(&["a"], Unreachable::Closed));
    send(&mut vm, 7, &["a"]);
    vm.host().answer.replace(OK.into());
    vm.answered(1, Answer::Bytes(1 << 20));
    assert_eq!((status(&vm), calls(&vm, "error")), (Some(503), 1));
}

#[test]
fn the_late_answer_to_who_is_gone_touches_nobody() {
    let mut vm = with_service(&policy(&["a"], Unreachable::Open));
    send(&mut vm, 7, &["a"]);
    vm.host().dead.borrow_mut().push(7);
    send(&mut vm, 8, &["a"]);
    says(&mut vm, 1, OVER);
    assert_eq!((vm.host().resumed.get(), status(&vm)), (0, None));
    says(&mut vm, 2, OK);
    assert_eq!((vm.host().resumed.get(), status(&vm)), (1, None));
}

#[test]
fn who_stands_on_a_rung_that_refuses_costs_the_service_nothing() {
    let mut policy = policy(&["a"], Unreachable::Open);
    policy.limits[1].ladder = Ladder::NONE.with(Rung::Block);
    let mut vm = with_service(&policy);
    send(&mut vm, 7, &["a"]);
    says(&mut vm, 1, OVER);
    assert_eq!(status(&vm), Some(429));
    assert_eq!(send(&mut vm, 8, &["a"]), Action::Stop);
    assert_eq!((vm.host().calls.borrow().len(), status(&vm)), (1, Some(429)));
    assert_eq!(vm.host().metric("outwork_limits.limit.a.asks.block"), 2);
}

#[test]
fn what_the_service_said_counts_also_where_the_store_is_gone() {
    let mut vm = with_service(&policy(&["a"], Unreachable::Open));
    send(&mut vm, 7, &["a"]);
    vm.host().break_call(Call::Store);
    says(&mut vm, 1, OVER);
    assert_eq!(status(&vm), Some(429));
}

#[test]
fn a_broken_hostcall_never_leaves_a_request_hanging() {
    for call in Call::ALL {
        let mut vm = with_service(&policy(&["a"], Unreachable::Open));
        send(&mut vm, 7, &["a", "outwork-risk"]);
        vm.host().break_call(call);
        says(&mut vm, 1, OK);
        let errors = vm.host().metric(&format!("outwork_request_errors.call.{}", call.name()));
        assert_eq!(vm.host().resumed.get() + usize::from(errors > 0 && call == Call::Resume), 1, "{call:?}");
    }
}

#[test]
fn endpoints_wait_for_no_service() {
    let mut vm = with_service(&policy(&["a"], Unreachable::Open));
    let script = [(":path", "/.well-known/outwork/beacon.js"), ("a", "1")];
    let mut ask = || {
        vm.host().request(&script);
        vm.create(7, 1);
        assert_eq!(vm.request(7, true), Action::Stop);
        status(&vm)
    };
    assert_eq!([ask(), ask()], [Some(200), Some(429)]);
    assert!(vm.host().calls.borrow().is_empty());
}

#[test]
fn a_request_is_finished_by_the_plugin_that_it_began_with() {
    let mut vm = with_service(&policy(&["a"], Unreachable::Open));
    send(&mut vm, 7, &["a"]);
    send(&mut vm, 8, &["local", "a", "bad"]);
    let other = policy(&["x", "a"], Unreachable::Open).rule("bad", 90, outwork_engine::rules::Action::Block);
    assert!(configure(&mut vm, 2, &Small { version: "2", ..other }.configuration()));
    says(&mut vm, 1, OVER);
    assert_eq!(status(&vm), Some(429));
    vm.host().reply.replace(None);
    vm.host().dead.borrow_mut().push(1);
    assert!(configure(&mut vm, 3, &Small { version: "3", ..policy(&["x", "a"], Unreachable::Open) }.configuration()));
    says(&mut vm, 2, OVER);
    assert_eq!(status(&vm), Some(429), "or by the newest, with what was said of the same bucket");
    assert_eq!(vm.host().metric("outwork_limits.limit.a.asks.throttle"), 2);
}

#[test]
fn a_policy_that_lacks_its_service_says_so_once() {
    let mut vm = running(&policy(&["a"], Unreachable::Local));
    let text = vm.host().configuration.borrow().clone();
    assert!(configure(&mut vm, 2, &String::from_utf8(text).unwrap()));
    let log: Vec<_> = vm.host().log.borrow().iter().map(|(_, line)| line.clone()).collect();
    assert!(log.len() == 1 && log[0].contains("the limit `a` is global"), "{log:?}");
    assert_eq!([send(&mut vm, 7, &["a"]), send(&mut vm, 8, &["a"])], [Action::Continue, Action::Stop]);
    assert_eq!(calls(&vm, "skipped"), 2);
}

#[test]
fn other_limits_ask_nobody() {
    let mut vm = with_service(&policy(&["a"], Unreachable::Open));
    assert_eq!(send(&mut vm, 7, &["local"]), Action::Continue);
    assert!(vm.host().calls.borrow().is_empty());
}
