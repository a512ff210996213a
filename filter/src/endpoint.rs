//! Requests that the filter answers itself, and that never reach the origin: whatever the proxy will not do.

use crate::{
    charging,
    host::{Failure, Host},
    pairs,
    request::{self, Outcome, Rest, answer},
    root::Plugin,
    store::Store,
    vm::{Action, Memory},
};
use outwork_engine::{
    decision::Id,
    facts::Facts,
    memo::{Memo, Remembered},
    time::Time,
};

/// Serves a request whose body is here, or is not wanted.
///
/// # Errors
/// When the proxy does not send the reply.
pub(crate) fn serve<H: Host>(
    host: &H,
    plugin: &Plugin,
    memory: &mut Memory,
    facts: &Facts<'_>,
    body: &[u8],
) -> Result<Action, Failure> {
    let service = plugin.policy.serve(facts, body, &plugin.keys, &mut memory.scratch);
    let endpoint = service.endpoint();
    // For these no service is asked: they are answered at once, or they could not challenge whoever it is slow for.
    let charged = charging::all_here(host, plugin, memory, service.charges(), facts.now);
    plugin.limits.note(host, &memory.metrics, service.charges(), &charged);
    let reply = service.admit(&charged);
    let remembered = remember(&plugin.store(host), memory, reply.memos(), facts.now);
    let reply = reply.reply(&remembered);
    memory.metrics.served(host, endpoint, reply.status);
    request::say(host, memory, "endpoint");
    answer(host, &reply, &["outwork_", endpoint.name()].concat())?;
    Ok(Action::Stop)
}

/// Serves a request that was held, now that its body has arrived, or more of it than is taken.
pub fn finish<H: Host>(host: &H, plugin: &Plugin, memory: &mut Memory, context: u32, most: usize) -> Action {
    let outcome = host
        .request_body(most.saturating_add(1))
        .and_then(|body| request::examine(host, plugin, memory, Rest { context, body: Some(&body), asked: None }));
    match outcome {
        Ok(Outcome::Done(action)) => action,
        Ok(Outcome::Collect(_) | Outcome::Ask(..) | Outcome::Bind(..) | Outcome::Delay(..)) => Action::Stop,
        Err(failure) => apologize(host, memory, failure),
    }
}

fn remember<H: Host>(store: &Store<'_, H>, memory: &Memory, memos: &[Memo], now: Time) -> Vec<Remembered> {
    let ask = |memo| {
        store.ask(memo, now).unwrap_or_else(|failure| {
            memory.metrics.failed(store.host(), failure);
            Remembered::Unknown
        })
    };
    memos.iter().map(ask).collect()
}

/// Answers a request to an endpoint that could not be served.
pub(crate) fn apologize<H: Host>(host: &H, memory: &Memory, failure: Failure) -> Action {
    memory.metrics.failed(host, failure);
    unavailable(host, memory, "This could not be done now. Please try again.")
}

/// Answers a request whose body this proxy would never hand over.
pub(crate) fn cannot_read<H: Host>(host: &H, memory: &Memory) -> Action {
    unavailable(host, memory, "This host is not set up to read what was sent.")
}

/// Ends a request whose body was held back and takes too long.
pub(crate) fn took_too_long<H: Host>(host: &H, memory: &Memory, id: Option<Id>) {
    problem(host, memory, (408, "Request Timeout", TIMEOUT), "The request took too long to arrive.", id);
}

/// What the access log shows of one.
pub(crate) const TIMEOUT: &str = "outwork_timeout";

fn unavailable<H: Host>(host: &H, memory: &Memory, detail: &str) -> Action {
    request::say(host, memory, "endpoint");
    problem(host, memory, (503, "Service Unavailable", "outwork_unavailable"), detail, None);
    Action::Stop
}

/// It may not go on to the origin, so where even this answer is not sent the proxy's own timeouts end it.
fn problem<H: Host>(
    host: &H,
    memory: &Memory,
    (status, title, shown): (u16, &str, &str),
    detail: &str,
    id: Option<Id>,
) {
    let headers = [("content-type", "application/problem+json"), ("cache-control", "no-store")];
    let reference = id.map_or_else(String::new, |id| format!(",\"reference\":\"{}\"", id.as_str()));
    let body = format!(
        "{{\"type\":\"about:blank\",\"title\":\"{title}\",\"status\":{status},\"detail\":\"{detail}\"{reference}}}"
    );
    if let Err(failure) = host.reply(status, shown, &pairs::write(&headers), body.as_bytes()) {
        memory.metrics.failed(host, failure);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        host::Call,
        testing::{Memory as Proxy, Small, configure, running, vm},
        vm::{Action, Vm},
    };

    const BATCH: [(&str, &str); 3] =
        [(":method", "POST"), (":path", "/.well-known/outwork/beacon"), ("content-type", "application/octet-stream")];

    /// A request with a body that arrives in these parts, and what was answered to it.
    fn send(vm: &mut Vm<Proxy>, headers: &[(&str, &str)], parts: &[usize]) -> (Action, Option<u16>) {
        let host = vm.host();
        host.request(headers);
        vm.create(77, 1);
        let mut action = vm.request(77, parts.is_empty());
        let mut size = 0;
        for (place, part) in parts.iter().enumerate() {
            size += part;
            *vm.host().body.borrow_mut() = vec![0; size];
            if vm.host().reply.borrow().is_none() {
                action = vm.body(77, size, place + 1 == parts.len());
            }
        }
        (action, vm.host().reply.borrow().as_ref().map(|reply| reply.status))
    }

    #[test]
    fn an_endpoint_answers_without_the_origin() {
        let mut vm = running(&Small::default());
        let script = [(":path", "/.well-known/outwork/beacon.js")];
        assert_eq!(send(&mut vm, &script, &[]), (Action::Stop, Some(200)));
        assert_eq!(vm.host().metric("outwork_endpoints.endpoint.script.class.2xx"), 1);
        let nothing = [(":path", "/.well-known/outwork/nothing")];
        assert_eq!(send(&mut vm, &nothing, &[]), (Action::Stop, Some(404)));
        assert_eq!(vm.host().metric("outwork_endpoints.endpoint.unknown.class.4xx"), 1);
        assert_eq!(vm.host().metric("outwork_decisions.verdict.allow"), 0);
        assert_eq!(vm.host().reply.borrow().as_ref().unwrap().details, "outwork_unknown");
    }

    #[test]
    fn a_body_is_waited_for_and_one_that_is_too_long_is_not() {
        let mut vm = running(&Small::default());
        let (action, status) = send(&mut vm, &BATCH, &[1, 100, 8_091]);
        assert_eq!(action, Action::Stop);
        assert_ne!(status, Some(413));
        assert_eq!(send(&mut vm, &BATCH, &[8_192, 1, 1]), (Action::Stop, Some(413)));
        assert_eq!(vm.host().most.get(), 8_193, "no more is copied than says that it is too much");
    }

    #[test]
    fn a_body_that_never_ends_is_not_answered() {
        let mut vm = running(&Small::default());
        vm.host().request(&BATCH);
        vm.create(77, 1);
        assert_eq!(vm.request(77, false), Action::Stop);
        assert_eq!(vm.body(77, 10, false), Action::Stop);
        assert_eq!(*vm.host().reply.borrow(), None);
        assert_eq!(vm.body(78, 10, false), Action::Continue, "another's body goes on");
    }

    #[test]
    fn an_empty_post_is_answered_at_once() {
        let mut vm = running(&Small::default());
        assert!(send(&mut vm, &BATCH, &[]).1.is_some());
    }

    #[test]
    fn a_proxy_that_hands_over_no_bodies_is_not_waited_for() {
        let mut vm = vm();
        let configuration = Small::default().configuration().replace('}', ",\"bodies\": false}");
        assert!(configure(&mut vm, 1, &configuration));
        assert_eq!(send(&mut vm, &BATCH, &[10]), (Action::Stop, Some(503)));
        let hello = [(":method", "POST"), (":path", "/.well-known/outwork/hello")];
        assert_ne!(send(&mut vm, &hello, &[]).1, Some(503), "without a body there is nothing to hand over");
    }

    #[test]
    fn limits_count_for_endpoints_too() {
        let mut vm = running(&Small::default().limit("x-limited", 2));
        let limited = [(":path", "/.well-known/outwork/beacon.js"), ("x-limited", "1")];
        let statuses: Vec<_> = (0..3).map(|_| send(&mut vm, &limited, &[]).1.unwrap()).collect();
        assert_eq!(statuses, [200, 200, 429]);
    }

    #[test]
    fn rules_do_not_stop_endpoints() {
        let mut vm = running(&Small::default().rule("bad", 90, outwork_engine::rules::Action::Block));
        let script = [(":path", "/.well-known/outwork/beacon.js"), ("bad", "1")];
        assert_eq!(send(&mut vm, &script, &[]).1, Some(200));
    }

    #[test]
    fn no_broken_hostcall_lets_one_reach_the_origin() {
        for call in Call::ALL.into_iter().filter(|call| *call != Call::Headers) {
            let mut vm = running(&Small::default().limit("x-limited", 2));
            vm.host().break_call(call);
            let headers = [&BATCH[..], &[("x-limited", "1")]].concat();
            let (action, status) = send(&mut vm, &headers, &[10]);
            assert_eq!(action, Action::Stop, "{call:?}");
            assert_eq!(status.is_some(), call != Call::Reply, "{call:?}");
        }
    }
}
