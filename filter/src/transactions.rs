//! What is counted of a policy's transactions, and what becomes of their bodies where the proxy hands none over.

use crate::{
    host::{Host, Kind, Metric},
    metrics::Metrics,
};
use outwork_engine::{
    policy::Policy,
    transaction::{Body, Carried, OverCap},
};

/// The transactions of a policy.
#[derive(Debug, Default)]
pub struct Transactions {
    // INVARIANT: in the order of the policy's transactions.
    counters: Vec<(String, [Option<Metric>; 3])>,
}

impl Transactions {
    /// The counters of a policy's transactions, which exist from here on.
    pub fn new(host: &impl Host, metrics: &Metrics, policy: &Policy) -> Self {
        let of = |id: &str, body: Body| {
            let name = format!("outwork_transactions.transaction.{id}.body.{}", body.name());
            metrics.named(host, Kind::Counter, name)
        };
        let counters = policy.transactions().iter().map(|one| {
            let binds = one.body.is_some();
            let counted = [(Body::Bound, binds), (Body::Unbound, binds), (Body::None, !binds)];
            (one.id.clone(), counted.map(|(body, may)| may.then(|| of(&one.id, body)).flatten()))
        });
        Self { counters: counters.collect() }
    }

    /// Counts a request that goes on.
    pub fn note(&self, host: &impl Host, metrics: &Metrics, carried: &Carried<'_>) {
        let place = match carried.body {
            Body::Bound => 0,
            Body::Unbound => 1,
            Body::None => 2,
        };
        let counters = self.counters.iter().find(|(id, _)| id == carried.id);
        metrics.raise(host, counters.and_then(|(_, counters)| *counters.get(place)?));
    }
}

/// What is said of a policy that binds bodies where the proxy hands none over; nothing where it binds none.
pub fn unread(policy: &Policy) -> Option<String> {
    let (one, over) = policy.transactions().iter().find_map(|one| Some((one, one.body?.over)))?;
    let becomes = match over {
        OverCap::Refuse => "its requests with a body are refused with 413",
        OverCap::Unbound => "its requests go on unbound",
    };
    let id = &one.id;
    Some(format!(
        "the transaction `{id}` binds bodies, and this plugin is configured to get none (`bodies: false`): {becomes}; \
         see docs/transactions.md"
    ))
}

#[cfg(test)]
mod tests {
    use crate::{
        host::{Call, Level},
        testing::{Memory as Proxy, Small, configure, running, vm},
        vm::{Action, Answer, Vm},
    };
    use base64ct::{Base64, Encoding};
    use outwork_engine::{
        limits::Scope,
        transaction::{Binding, OverCap, Transaction},
    };

    const CAP: usize = 8;

    /// Requests with a header `pay` are of a transaction of any window, whose body is bound.
    fn paying(over: OverCap) -> Small {
        let mut one = Transaction::new("pay");
        one.body = Some(Binding { most: 8, over });
        Small::default().transaction(one)
    }

    fn begin(vm: &mut Vm<Proxy>, context: u32, headers: &[&str]) -> Action {
        let headers: Vec<_> = headers.iter().map(|name| (*name, "1")).collect();
        vm.host().request(&headers);
        vm.create(context, 1);
        let action = vm.request(context, false);
        vm.host().hold(context);
        action
    }

    /// More of the body arrives: so much is there by now.
    fn arrive(vm: &mut Vm<Proxy>, context: u32, body: &[u8], ended: bool) -> Action {
        vm.host().body.replace(body.into());
        vm.body(context, body.len(), ended)
    }

    fn status(vm: &Vm<Proxy>) -> Option<u16> {
        vm.host().reply.borrow().as_ref().map(|reply| reply.status)
    }

    fn told(vm: &Vm<Proxy>) -> String {
        let risk = vm.host().header("outwork-risk").concat();
        risk.split(", ").find_map(|member| member.strip_prefix("transaction=")).unwrap_or_default().to_owned()
    }

    #[test]
    fn a_transaction_is_held_until_its_body_is_there_and_goes_on_bound() {
        let mut vm = running(&paying(OverCap::Refuse).limit("l", 2));
        assert_eq!(begin(&mut vm, 7, &["pay", "l"]), Action::Stop);
        assert_eq!(arrive(&mut vm, 7, b"pa", false), Action::Stop);
        assert_eq!(vm.host().header("outwork-risk"), [""; 0], "nothing is decided yet");
        // The signature is as old as the end of the body.
        vm.host().now.set(vm.host().now.get() + 90_000_000);
        assert_eq!(arrive(&mut vm, 7, b"paid=1", true), Action::Continue);
        assert_eq!(told(&vm), "\"pay\";body=bound");
        let hash = <sha2::Sha256 as sha2::Digest>::digest(b"paid=1");
        assert_eq!(vm.host().header("content-digest"), [format!("sha-256=:{}:", Base64::encode_string(&hash))]);
        let input = vm.host().header("signature-input").concat();
        assert!(input.contains("\"outwork-risk\" \"content-digest\");created=1795305690"), "{input}");
        assert_eq!(vm.host().metric("outwork_decisions.verdict.allow"), 1, "it is decided once");
        assert_eq!(vm.host().metric("outwork_transactions.transaction.pay.body.bound"), 1);
        assert_eq!(arrive(&mut vm, 7, b"", true), Action::Continue);
    }

    #[test]
    fn it_is_charged_once_and_when_it_comes() {
        let mut vm = running(&paying(OverCap::Refuse).limit("l", 2));
        for context in 7..9 {
            assert_eq!(begin(&mut vm, context, &["pay", "l"]), Action::Stop);
            assert_eq!(arrive(&mut vm, context, b"paid=1", true), Action::Continue);
        }
        assert_eq!((begin(&mut vm, 9, &["pay", "l"]), status(&vm)), (Action::Stop, Some(429)), "without its body");
        assert_eq!(vm.host().metric("outwork_limits.limit.l.asks.throttle"), 1);
    }

    #[test]
    fn a_body_may_be_empty_end_with_trailers_or_never_come() {
        let mut vm = running(&paying(OverCap::Refuse));
        vm.host().request(&[("pay", "1")]);
        vm.create(7, 1);
        assert_eq!(vm.request(7, true), Action::Continue, "it has none");
        assert_eq!(told(&vm), "\"pay\";body=bound");
        assert_eq!(begin(&mut vm, 8, &["pay"]), Action::Stop);
        assert_eq!(arrive(&mut vm, 8, b"", true), Action::Continue);
        assert_eq!(begin(&mut vm, 9, &["pay"]), Action::Stop);
        assert_eq!(arrive(&mut vm, 9, b"paid=1", false), Action::Stop);
        assert_eq!(vm.body(9, 0, true), Action::Continue, "trailers");
        assert_eq!(told(&vm), "\"pay\";body=bound");
        assert_eq!(begin(&mut vm, 10, &["pay"]), Action::Stop);
        vm.host().dead.borrow_mut().push(10);
        assert_eq!(begin(&mut vm, 11, &["other"]), Action::Continue, "who stops half-way is in nobody's way");
    }

    #[test]
    fn over_the_cap_the_policy_decides() {
        let mut vm = running(&paying(OverCap::Refuse));
        begin(&mut vm, 7, &["pay"]);
        assert_eq!(arrive(&mut vm, 7, &[b'x'; CAP], false), Action::Stop);
        assert_eq!((arrive(&mut vm, 7, &[b'x'; CAP + 1], false), status(&vm)), (Action::Stop, Some(413)));
        assert_eq!(vm.host().most.get(), CAP + 1, "no more is read than tells");
        let mut vm = running(&paying(OverCap::Unbound));
        begin(&mut vm, 7, &["pay"]);
        assert_eq!((arrive(&mut vm, 7, &[b'x'; CAP + 1], false), status(&vm)), (Action::Continue, None));
        assert_eq!(told(&vm), "\"pay\";body=unbound");
        assert_eq!(arrive(&mut vm, 7, &[b'x'; 2 * CAP], false), Action::Continue, "the rest goes by");
        assert_eq!(vm.host().metric("outwork_transactions.transaction.pay.body.unbound"), 1);
        vm.host().request(&[("pay", "1"), ("content-length", "9")]);
        vm.create(8, 1);
        assert_eq!(
            (vm.request(8, false), told(&vm)),
            (Action::Continue, "\"pay\";body=unbound".into()),
            "it says so itself"
        );
    }

    #[test]
    fn without_bodies_the_policy_decides_and_the_log_says_so_once() {
        for (over, action) in [(OverCap::Refuse, Action::Stop), (OverCap::Unbound, Action::Continue)] {
            let mut vm = vm();
            let text = paying(over).configuration().replace('}', r#", "bodies": false}"#);
            assert!(configure(&mut vm, 1, &text) && configure(&mut vm, 2, &text));
            let log = vm.host().log.borrow().clone();
            assert!(
                matches!(log.as_slice(), [(Level::Warn, line)] if line.contains("the transaction `pay` binds bodies")),
                "{log:?}"
            );
            assert_eq!(begin(&mut vm, 7, &["pay"]), action);
            assert_eq!(status(&vm), (over == OverCap::Refuse).then_some(413));
        }
    }

    #[test]
    fn a_body_that_the_proxy_does_not_show_is_not_bound() {
        for (over, action) in [(OverCap::Refuse, Action::Stop), (OverCap::Unbound, Action::Continue)] {
            let mut vm = running(&paying(over));
            begin(&mut vm, 7, &["pay"]);
            vm.host().break_call(Call::Body);
            assert_eq!(arrive(&mut vm, 7, b"paid=1", true), action);
            assert_eq!(vm.host().metric("outwork_request_errors.call.body"), 1);
        }
    }

    fn asking(over: OverCap) -> Vm<Proxy> {
        let mut policy = paying(over).limit("g", 1);
        policy.limits[0].scope = Scope::Global;
        let mut vm = vm();
        let text = policy.configuration().replace('}', r#","global": {"cluster": "rls", "timeout_ms": 20}}"#);
        assert!(configure(&mut vm, 1, &text));
        vm
    }

    fn says(vm: &mut Vm<Proxy>, bytes: &[u8]) {
        vm.host().answer.replace(bytes.into());
        vm.answered(1, Answer::Bytes(bytes.len()));
    }

    const OK: &[u8] = &[8, 1];
    const OVER: &[u8] = &[8, 2];

    #[test]
    fn a_service_and_a_body_are_waited_for_together() {
        let mut vm = asking(OverCap::Refuse);
        assert_eq!(begin(&mut vm, 7, &["pay", "g"]), Action::Stop, "the body has to come");
        assert_eq!(arrive(&mut vm, 7, b"paid", false), Action::Stop);
        says(&mut vm, OK);
        assert_eq!((vm.host().resumed.get(), status(&vm)), (0, None), "the body is not all there");
        assert_eq!(arrive(&mut vm, 7, b"paid=1", true), Action::Continue);
        assert_eq!((told(&vm).as_str(), vm.host().calls.borrow().len()), ("\"pay\";body=bound", 1));

        let mut vm = asking(OverCap::Refuse);
        begin(&mut vm, 7, &["pay", "g"]);
        assert_eq!(arrive(&mut vm, 7, b"paid=1", true), Action::Hold, "the service has not answered");
        assert_eq!(told(&vm), "");
        says(&mut vm, OK);
        assert_eq!((vm.host().resumed.get(), told(&vm).as_str()), (1, "\"pay\";body=bound"));
    }

    fn later(vm: &mut Vm<Proxy>, seconds: u64) -> (Option<u16>, usize) {
        vm.host().now.set(vm.host().now.get() + seconds * 1_000_000);
        vm.tick(1);
        (status(vm), vm.host().resumed.get())
    }

    #[test]
    fn a_body_that_drips_ends_its_request() {
        let mut vm = running(&paying(OverCap::Refuse));
        assert_eq!(begin(&mut vm, 7, &["pay"]), Action::Stop);
        assert_eq!(vm.host().ticks.borrow().as_slice(), [1_000]);
        assert_eq!(arrive(&mut vm, 7, b"p", false), Action::Stop);
        assert_eq!(later(&mut vm, 29), (None, 0));
        assert_eq!(arrive(&mut vm, 7, b"pa", false), Action::Stop);
        assert_eq!(later(&mut vm, 1), (Some(408), 0));
        assert_eq!(vm.host().replied.borrow().as_slice(), [7]);
        assert_eq!(vm.host().ticks.borrow().as_slice(), [1_000, 0], "nobody is waited for any more");
        assert_eq!(vm.host().acts_for.get(), 1);
        // One that is gone leaves nothing, one that came in time is not touched.
        begin(&mut vm, 8, &["pay"]);
        vm.host().dead.borrow_mut().push(8);
        begin(&mut vm, 9, &["pay"]);
        assert_eq!(arrive(&mut vm, 9, b"paid=1", true), Action::Continue);
        assert_eq!((later(&mut vm, 31), vm.host().replied.borrow().len()), ((None, 0), 1));
        assert_eq!(vm.host().ticks.borrow().as_slice(), [1_000, 0, 1_000, 0]);
    }

    #[test]
    fn a_body_that_drips_while_a_service_is_asked_or_a_policy_replaced_ends_its_request() {
        let mut vm = asking(OverCap::Refuse);
        begin(&mut vm, 7, &["pay", "g"]);
        assert_eq!(later(&mut vm, 30), (Some(408), 0));
        says(&mut vm, OK);
        assert_eq!((vm.host().resumed.get(), told(&vm).as_str()), (0, ""), "the answer comes too late");
        let mut vm = running(&paying(OverCap::Refuse));
        begin(&mut vm, 7, &["pay"]);
        vm.host().dead.borrow_mut().push(1);
        assert!(configure(&mut vm, 2, &Small { version: "2", ..paying(OverCap::Refuse) }.configuration()));
        assert_eq!(vm.host().ticks.borrow().as_slice(), [1_000, 1_000], "the new root's timer runs for it");
        vm.host().now.set(vm.host().now.get() + 30_000_000);
        vm.tick(2);
        assert_eq!(status(&vm), Some(408));
    }

    #[test]
    fn a_policy_that_binds_more_takes_no_part_for_the_whole() {
        let mut vm = asking(OverCap::Unbound);
        begin(&mut vm, 7, &["pay", "g"]);
        assert_eq!(arrive(&mut vm, 7, &[b'x'; CAP + 1], false), Action::Hold);
        let mut wide = Transaction::new("pay");
        wide.body = Some(Binding { most: 64, over: OverCap::Unbound });
        let mut policy = Small { version: "2", ..Small::default() }.transaction(wide).limit("g", 1);
        policy.limits[0].scope = Scope::Global;
        let text = policy.configuration().replace('}', r#","global": {"cluster": "rls", "timeout_ms": 20}}"#);
        vm.host().dead.borrow_mut().push(1);
        assert!(configure(&mut vm, 2, &text));
        says(&mut vm, OK);
        assert_eq!((vm.host().resumed.get(), told(&vm).as_str()), (1, "\"pay\";body=unbound"));
    }

    #[test]
    fn what_the_service_refuses_waits_for_no_body() {
        let mut vm = asking(OverCap::Refuse);
        begin(&mut vm, 7, &["pay", "g"]);
        says(&mut vm, OVER);
        assert_eq!((vm.host().resumed.get(), status(&vm)), (0, Some(429)));
    }

    #[test]
    fn more_than_is_bound_does_not_slip_by_while_the_service_is_asked() {
        for (over, resumed, refused) in [(OverCap::Refuse, 0, Some(413)), (OverCap::Unbound, 1, None)] {
            let mut vm = asking(over);
            begin(&mut vm, 7, &["pay", "g"]);
            assert_eq!(arrive(&mut vm, 7, &[b'x'; CAP + 1], false), Action::Hold);
            assert_eq!(arrive(&mut vm, 7, &[b'x'; CAP + 2], false), Action::Hold);
            says(&mut vm, OK);
            assert_eq!((vm.host().resumed.get(), status(&vm)), (resumed, refused));
        }
    }

    #[test]
    fn nothing_goes_on_of_what_a_tarpit_holds() {
        let mut policy = paying(OverCap::Refuse).limit("g", 1);
        (policy.limits[0].scope, policy.limits[0].tarpit) = (Scope::Global, 2_000);
        let mut vm = vm();
        let text = policy.configuration().replace('}', r#","global": {"cluster": "rls", "timeout_ms": 20}}"#);
        assert!(configure(&mut vm, 1, &text));
        begin(&mut vm, 7, &["pay", "g"]);
        says(&mut vm, OVER);
        assert_eq!(status(&vm), None, "it is held back");
        assert_eq!(arrive(&mut vm, 7, b"paid=1", true), Action::Hold);
        assert_eq!(arrive(&mut vm, 7, &[b'x'; CAP + 1], true), Action::Hold);
        vm.host().now.set(vm.host().now.get() + 2_000_000);
        vm.tick(1);
        assert_eq!((status(&vm), vm.host().resumed.get()), (Some(429), 0));
    }

    #[test]
    fn a_request_that_was_held_survives_a_reload() {
        let mut vm = running(&paying(OverCap::Refuse));
        begin(&mut vm, 7, &["pay"]);
        vm.host().dead.borrow_mut().push(1);
        assert!(configure(&mut vm, 2, &Small { version: "2", ..paying(OverCap::Refuse) }.configuration()));
        assert_eq!(arrive(&mut vm, 7, b"paid=1", true), Action::Continue);
        assert_eq!(told(&vm), "\"pay\";body=bound");
    }
}
