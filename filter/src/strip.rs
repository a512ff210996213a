//! What only we may tell the origin, taken out of what a client sent where no decision does that.

use crate::{
    host::{Failure, Host},
    pairs,
    vm::{Memory, attempt},
};
use outwork_engine::{decision::Edit, evidence::strip};

/// What is removed where nobody can read what there is. An origin may read `_` as `-`.
const KNOWN: [&[u8]; 5] = [b"outwork-risk", b"outwork_risk", b"signature-input", b"signature_input", b"signature"];

const DIGEST: [&[u8]; 2] = [b"content-digest", b"content_digest"];

type Done = Result<(), Failure>;

/// A map of the request's: how it is read, and how a line of it is removed and added.
struct Map<'a, H> {
    host: &'a H,
    remove: fn(&H, &[u8]) -> Done,
    add: fn(&H, &[u8], &[u8]) -> Done,
}

/// Takes it out of the head of a request that goes on undecided.
pub(crate) fn head<H: Host>(host: &H, memory: &Memory) {
    let map = Map { host, remove: H::remove_header, add: H::add_header };
    map.strip(memory, host.request_headers());
}

/// Takes it out of the trailers of any request, with the digest of its body where that is bound: the head has ours.
pub(crate) fn trailers<H: Host>(host: &H, memory: &Memory, bound: bool) {
    let map = Map { host, remove: H::remove_trailer, add: H::add_trailer };
    map.strip(memory, host.trailers());
    for name in DIGEST.into_iter().filter(|_| bound) {
        attempt(host, memory, (map.remove)(host, name));
    }
}

impl<H: Host> Map<'_, H> {
    fn strip(&self, memory: &Memory, read: Result<Vec<u8>, Failure>) {
        let bytes = read.unwrap_or_else(|failure| {
            memory.metrics.failed(self.host, failure);
            // No map at all.
            vec![0]
        });
        let mut edits = Vec::new();
        match pairs::read(&bytes) {
            Some(lines) => strip(&lines, &mut edits),
            None => edits.extend(KNOWN.map(Edit::Remove)),
        }
        for edit in &edits {
            let done = match edit {
                Edit::Remove(name) => (self.remove)(self.host, name),
                Edit::Append(name, value) => (self.add)(self.host, name.as_bytes(), value),
            };
            attempt(self.host, memory, done);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        host::Call,
        testing::{Memory as Proxy, Small, running},
        vm::{Action, Vm},
    };
    use outwork_engine::transaction::{Binding, OverCap, Transaction};

    const SENT: [(&str, &str); 7] = [
        ("outwork-risk", "risk=0"),
        ("outwork_risk", "risk=0"),
        ("outwork-anything", "1"),
        ("signature-input", "sig1=();until=@1, outwork=()"),
        ("signature_input", "outwork=()"),
        ("signature", "sig1=:AA==:, outwork=:AA==:"),
        ("content-digest", "sha-256=:AA==:"),
    ];

    fn left(lines: &[(String, Vec<u8>)]) -> Vec<String> {
        let ours = lines.iter().filter(|(name, _)| SENT.iter().any(|(sent, _)| sent == name));
        ours.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value))).collect()
    }

    fn trail(vm: &mut Vm<Proxy>, context: u32, head: &[(&str, &str)]) -> Vec<String> {
        vm.host().request(head);
        vm.host().trailers.replace(SENT.map(|(name, value)| (name.into(), value.into())).to_vec());
        vm.create(context, 1);
        vm.request(context, false);
        assert_eq!(vm.trailers(context), Action::Continue);
        left(&vm.host().trailers.borrow())
    }

    #[test]
    fn nothing_of_ours_comes_in_trailers() {
        let mut one = Transaction::new("pay");
        one.body = Some(Binding { most: 8, over: OverCap::Refuse });
        let mut vm = running(&Small::default().transaction(one));
        let others = ["signature-input: sig1=();until=@1", "signature: sig1=:AA==:"];
        assert_eq!(trail(&mut vm, 7, &[("pay", "1")]), others);
        assert_eq!(trail(&mut vm, 8, &[]), ["content-digest: sha-256=:AA==:", others[0], others[1]]);
    }

    #[test]
    fn what_goes_on_undecided_loses_all_that_is_ours() {
        for (broken, expected) in [
            (
                Call::Entropy,
                vec!["content-digest: sha-256=:AA==:", "signature-input: sig1=();until=@1", "signature: sig1=:AA==:"],
            ),
            (Call::Headers, vec!["outwork-anything: 1", "content-digest: sha-256=:AA==:"]),
        ] {
            let mut vm = running(&Small::default());
            vm.host().request(&SENT);
            vm.host().break_call(broken);
            vm.create(7, 1);
            assert_eq!(vm.request(7, true), Action::Continue);
            assert_eq!(left(&vm.host().headers.borrow()), expected, "{broken:?}");
        }
    }
}
