//! Requests that end while they are held: nothing was decided about them, and their records say so.

use crate::{
    charging::{Asked, Moment},
    host::{Call, Failure, Host},
    pending::Awaited,
    records, request,
    root::Plugin,
    vm::{self, Memory},
};
use outwork_engine::{
    decision::Id,
    record::{self, Stage},
    time::Time,
};

/// What the proxy answered, and why the request ended, in its words.
const STATUS: &[u8] = b"response\0code";
const DETAILS: &[u8] = b"response\0code_details";

/// A request that was held when it ended.
#[derive(Debug)]
pub struct Undecided {
    stage: Stage,
    /// The root context of its plugin, where that is known here.
    root: Option<u32>,
    /// When it was judged first.
    moment: Option<Moment>,
    /// Since when its body was waited for.
    since: Option<Time>,
}

impl Undecided {
    /// What was waited for, by what is kept of a request; nothing where nothing was.
    pub fn of(awaited: Option<Awaited>, asking: Option<&(u32, Asked)>) -> Option<Self> {
        let stage = match (&awaited, asking) {
            (Some(Awaited { is_ours: true, .. }), _) => Stage::Endpoint,
            (Some(_), Some(_)) => Stage::BodyAndLimits,
            (Some(_), None) => Stage::Body,
            (None, Some(_)) => Stage::Limits,
            (None, None) => return None,
        };
        let root = asking.map(|(root, _)| *root).or(awaited.as_ref().map(|awaited| awaited.root));
        let since = awaited.as_ref().and_then(|awaited| awaited.since);
        let settled = awaited.and_then(|awaited| awaited.asked).map(|asked| asked.moment);
        Some(Self { stage, root, moment: asking.map(|(_, asked)| asked.moment).or(settled), since })
    }
}

/// When it was looked at first; who waits for an endpoint has no reference yet.
fn moment<H: Host>(host: &H, memory: &mut Memory, held: &Undecided) -> Result<Moment, Failure> {
    match held.moment {
        Some(moment) => Ok(moment),
        None => Ok(Moment { entropy: memory.entropy.take(host)?, now: held.since.map_or_else(|| host.now(), Ok)? }),
    }
}

/// The status that the proxy has sent; none where it has sent none.
fn status<H: Host>(host: &H) -> Result<Option<u16>, Failure> {
    let sent = host.property(Call::Connection, STATUS)?;
    let number = sent.and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes);
    Ok(number.and_then(|number| u16::try_from(number).ok()).filter(|number| *number > 0))
}

/// Leaves the record of such a request; `answer` is what it is answered and why, where the filter does. Gives the reference.
pub(crate) fn leave<H: Host>(
    host: &H,
    plugins: &[(u32, Plugin)],
    memory: &mut Memory,
    context: u32,
    held: Undecided,
    answer: Option<(u16, &str)>,
) -> Option<Id> {
    request::say(host, memory, "undecided");
    let (_, plugin) = vm::plugin(plugins, held.root).or_else(|| vm::plugin(plugins, None))?;
    let left = moment(host, memory, &held).and_then(|moment| {
        let (status, details) = match answer {
            Some((status, details)) => (Some(status), Some(details.as_bytes().to_vec())),
            None => (status(host)?, host.property(Call::Connection, DETAILS)?),
        };
        request::review(host, plugin, memory, moment, |memory, facts| {
            let details = details.as_deref();
            let undecided = record::Undecided { bundle: plugin.policy.name(), stage: held.stage, status, details };
            records::leave_undecided(host, plugin, memory, context, (&undecided, facts));
        })?;
        Ok(Id::new(&moment.entropy))
    });
    left.map_err(|failure| memory.metrics.failed(host, failure)).ok()
}

#[cfg(test)]
mod tests {
    use crate::{
        host::Call,
        testing::{Memory as Proxy, Small, configure, running, vm},
        vm::{Action, Answer, Vm},
    };
    use outwork_engine::{
        limits::Scope,
        policy::Recording,
        transaction::{Binding, OverCap, Transaction},
    };
    use serde_json::Value;

    /// Requests with a header `pay` are of a transaction whose body is bound; those with `g` are counted by a service.
    fn paying(record: Recording) -> Vm<Proxy> {
        let mut one = Transaction::new("pay");
        one.body = Some(Binding { most: 8, over: OverCap::Refuse });
        let mut policy = Small::default().record(record).transaction(one).limit("g", 1);
        policy.limits[0].scope = Scope::Global;
        let mut vm = vm();
        let text = policy.configuration().replace('}', r#","global": {"cluster": "rls", "timeout_ms": 20}}"#);
        assert!(configure(&mut vm, 1, &text));
        vm
    }

    fn begin(vm: &mut Vm<Proxy>, context: u32, headers: &[&str]) {
        let headers: Vec<_> = headers.iter().map(|name| (*name, "1")).collect();
        vm.host().request(&[&headers[..], &[(":path", "/pay?amount=12")]].concat());
        vm.create(context, 1);
        assert_ne!(vm.request(context, false), Action::Continue);
        vm.host().hold(context);
    }

    /// The request ends: what the proxy says of that, and the record.
    fn end(vm: &mut Vm<Proxy>, context: u32, status: Option<u64>, details: &str) -> Option<Value> {
        let mut properties = vm.host().properties.borrow_mut();
        properties.remove("response/code");
        properties.extend(status.map(|status| ("response/code".to_owned(), status.to_le_bytes().to_vec())));
        properties.insert("response/code_details".to_owned(), details.into());
        drop(properties);
        vm.host().state.borrow_mut().remove("outwork.record");
        vm.ended(context);
        vm.host().state.borrow().get("outwork.record").map(|record| serde_json::from_str(record).unwrap())
    }

    fn own(record: &Value) -> &Value {
        &record["unmapped"]["outwork"]
    }

    #[test]
    fn who_ends_while_held_leaves_a_record_that_says_for_what_it_was() {
        let mut vm = paying(Recording::All);
        begin(&mut vm, 7, &["pay"]);
        let record = end(&mut vm, 7, Some(413), "request_payload_too_large").unwrap();
        let undecided = serde_json::json!({"stage": "body", "status": 413, "details": "request_payload_too_large"});
        assert_eq!(own(&record)["undecided"], undecided);
        assert_eq!(own(&record)["verdict"], Value::Null);
        assert_eq!(vm.host().state.borrow()["outwork.verdict"], "undecided");
        assert_eq!(record["http_request"]["url"]["path"], "/pay");
        assert_eq!(
            (&record["http_response"]["code"], &record["status_detail"]),
            (&413.into(), &"request_payload_too_large".into())
        );
        assert_eq!(own(&record)["chain"]["sequence"], 1);

        begin(&mut vm, 8, &["pay", "g"]);
        let record = end(&mut vm, 8, None, "downstream_remote_disconnect").unwrap();
        let undecided = serde_json::json!({"stage": "body-and-limits", "details": "downstream_remote_disconnect"});
        assert_eq!((&own(&record)["undecided"], &own(&record)["chain"]["sequence"]), (&undecided, &2.into()));

        begin(&mut vm, 9, &["g"]);
        let record = end(&mut vm, 9, Some(0), "x").unwrap();
        assert_eq!(own(&record)["undecided"], serde_json::json!({"stage": "limits", "details": "x"}));
        // What the service says of it then is of nobody's request.
        vm.host().dead.borrow_mut().push(9);
        vm.host().answer.replace(vec![8, 1]);
        vm.answered(2, Answer::Bytes(2));
        assert_eq!((end(&mut vm, 9, None, ""), vm.host().metric("outwork_records")), (None, 3));
        assert_eq!(vm.host().metric("outwork_decisions.verdict.allow"), 0);
    }

    #[test]
    fn a_body_that_takes_too_long_is_told_with_its_reference() {
        let mut vm = running(&Small::default().record(Recording::Acted).transaction({
            let mut one = Transaction::new("pay");
            one.body = Some(Binding { most: 8, over: OverCap::Refuse });
            one
        }));
        begin(&mut vm, 7, &["pay"]);
        vm.host().now.set(vm.host().now.get() + 30_000_000);
        vm.tick(1);
        let reply = vm.host().reply.borrow().clone().unwrap();
        let told: Value = serde_json::from_str(&reply.body).unwrap();
        let record = end(&mut vm, 7, Some(408), "not asked for").unwrap();
        assert_eq!((reply.status, &told["reference"]), (408, &record["metadata"]["uid"]));
        let undecided = serde_json::json!({"stage": "body", "status": 408, "details": "outwork_timeout"});
        assert_eq!(own(&record)["undecided"], undecided);
        assert_eq!(own(&record)["elapsed_us"], 30_000_000);
        assert_eq!(record["time"], 1_795_305_600_000_u64, "it is of when it came");
    }

    #[test]
    fn a_body_of_an_endpoint_that_never_ends_is_told_too() {
        let mut vm = running(&Small::default().record(Recording::All));
        let batch = [
            (":method", "POST"),
            (":path", "/.well-known/outwork/beacon"),
            ("content-type", "application/octet-stream"),
        ];
        vm.host().request(&batch);
        vm.create(7, 1);
        assert_eq!(vm.request(7, false), Action::Stop);
        let record = end(&mut vm, 7, None, "downstream_remote_disconnect").unwrap();
        assert_eq!(own(&record)["undecided"]["stage"], "endpoint");
        assert!(record["metadata"]["uid"].as_str().is_some_and(|id| id.len() == 16));
    }

    #[test]
    fn what_leaves_no_record_is_told_apart() {
        let mut vm = running(&Small::default());
        let says = |vm: &Vm<Proxy>| vm.host().state.borrow().get("outwork.verdict").cloned();
        vm.host().request(&[(":path", "/.well-known/outwork/beacon.js")]);
        vm.create(7, 1);
        assert_eq!((vm.request(7, true), says(&vm).as_deref()), (Action::Stop, Some("endpoint")));
        vm.host().request(&[]);
        vm.host().break_call(Call::Headers);
        vm.create(8, 1);
        assert_eq!((vm.request(8, true), says(&vm).as_deref()), (Action::Continue, Some("unjudged")));
    }

    #[test]
    fn who_was_decided_about_has_one_record_and_where_none_is_wanted_there_is_none() {
        let mut vm = paying(Recording::All);
        begin(&mut vm, 7, &["pay"]);
        vm.host().body.replace(b"paid=1".into());
        assert_eq!(vm.body(7, 6, true), Action::Continue);
        let record = end(&mut vm, 7, Some(200), "via_upstream").unwrap();
        assert_eq!((&own(&record)["verdict"], &own(&record)["undecided"]), (&"allow".into(), &Value::Null));
        let mut vm = paying(Recording::None);
        begin(&mut vm, 7, &["pay", "g"]);
        assert_eq!(end(&mut vm, 7, Some(413), "x"), None);
        assert_eq!(vm.host().metric("outwork_records"), 0);
    }
}
