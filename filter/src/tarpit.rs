//! Refusals that are held back for a while. No thread waits for them: the proxy's timer sends what is due.
//!
//! Its ticks come while somebody waits, and only then. Whoever goes away meanwhile leaves nothing but the place, until the time
//! of the answer; all places taken, refusals are sent at once. So a tarpit costs an attacker a connection for each answer, and
//! this proxy no more than [`PLACES`] of them a thread.

use crate::host::{Failure, Host};
use outwork_engine::{decision::Reply, time::Time};
use std::collections::BTreeMap;

/// How many answers a VM holds back at a time. Each is about 1 KB here, and some ten in the proxy, for its request.
const PLACES: usize = 1_000;

/// Milliseconds between ticks: by so much an answer may come later than it is due.
const TICK_MS: u32 = 50;

/// No answer is held for longer, in microseconds, whatever becomes of the clock: the longest `tarpit` of a limit.
const LONGEST: u64 = 10_000_000;

/// An answer, and for how long it is held.
#[derive(Debug)]
pub struct Delayed {
    /// What is answered.
    pub reply: Reply,
    /// What the access log shows of it.
    pub details: String,
    /// Milliseconds.
    pub delay: u32,
}

/// The answers of one VM that are held back.
#[derive(Debug, Default)]
pub struct Tarpit {
    /// By when they are due, and the contexts of their requests.
    held: BTreeMap<(u64, u32), Delayed>,
    /// The roots whose timers run.
    ticking: Vec<u32>,
}

impl Tarpit {
    /// Whether there is no place left.
    pub fn is_full(&self) -> bool {
        self.held.len() >= PLACES
    }

    /// Whether the timer of a root runs for them.
    pub fn ticks(&self, root: u32) -> bool {
        self.ticking.contains(&root)
    }

    /// Holds an answer back.
    ///
    /// # Errors
    /// Gives it back where the proxy has no timer.
    pub fn hold(
        &mut self,
        host: &impl Host,
        (root, context): (u32, u32),
        now: Time,
        delayed: Delayed,
    ) -> Result<(), (Delayed, Failure)> {
        if !self.ticking.contains(&root) {
            if let Err(failure) = host.tick(TICK_MS) {
                return Err((delayed, failure));
            }
            self.ticking.push(root);
        }
        let due = now.0.saturating_add((u64::from(delayed.delay) * 1_000).min(LONGEST));
        self.held.insert((due, context), delayed);
        Ok(())
    }

    /// The answer that is due first, with the context of its request; it is held no longer.
    pub fn due(&mut self, now: Time) -> Option<(u32, Delayed)> {
        let entry = self.held.first_entry()?;
        let (due, context) = *entry.key();
        // One that is further ahead than any can be was due on a clock that was set back.
        (due <= now.0 || due > now.0.saturating_add(LONGEST)).then(|| (context, entry.remove()))
    }

    /// Gives the timer of a root back to what it does otherwise, every so many milliseconds, where nobody waits any more.
    ///
    /// # Errors
    /// When the proxy does not do that.
    pub fn rest(&mut self, host: &impl Host, root: u32, otherwise: u32) -> Result<(), Failure> {
        if self.held.is_empty() && self.ticking.contains(&root) {
            self.ticking.retain(|known| *known != root);
            // The proxy acts for whoever was asked about last; the timer is the root's.
            host.lives(root);
            host.tick(otherwise)?;
        }
        Ok(())
    }

    /// Forgets the timers of roots that are gone.
    pub fn prune(&mut self, host: &impl Host) {
        self.ticking.retain(|root| host.lives(*root));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        host::Call,
        testing::{Memory, Small, configure, running},
        vm::{Action, Vm},
    };

    const ROOT: u32 = 1;

    fn slow(delay: u32) -> Small {
        let mut policy = Small::default().limit("slow", 1);
        policy.limits[0].tarpit = delay;
        policy
    }

    fn send(vm: &mut Vm<Memory>, context: u32) -> (Action, Option<u16>) {
        vm.host().request(&[("slow", "1")]);
        vm.create(context, ROOT);
        let action = vm.request(context, true);
        (action, status(vm))
    }

    fn status(vm: &Vm<Memory>) -> Option<u16> {
        vm.host().reply.borrow().as_ref().map(|reply| reply.status)
    }

    fn later(vm: &mut Vm<Memory>, millis: u64) -> Option<u16> {
        vm.host().now.set(vm.host().now.get() + millis * 1_000);
        vm.tick(ROOT);
        status(vm)
    }

    #[test]
    fn a_refusal_is_sent_when_it_is_due() {
        let mut vm = running(&slow(2_000));
        assert_eq!(send(&mut vm, 7), (Action::Continue, None));
        assert_eq!(vm.host().ticks.borrow().as_slice(), [0_u32; 0]);
        assert_eq!(send(&mut vm, 8), (Action::Hold, None));
        assert_eq!([later(&mut vm, 1_999), later(&mut vm, 1)], [None, Some(429)]);
        assert_eq!(vm.host().ticks.borrow().as_slice(), [TICK_MS, 0], "the timer runs while somebody waits");
        assert_eq!(vm.host().acts_for.get(), ROOT);
        assert_eq!(vm.host().metric("outwork_decisions.verdict.throttle"), 1);
        send(&mut vm, 9);
        assert_eq!(later(&mut vm, 2_000), Some(429));
        assert_eq!(vm.host().ticks.borrow().as_slice(), [TICK_MS, 0, TICK_MS, 0]);
    }

    #[test]
    fn a_refusal_is_sent_for_its_own_request() {
        let mut vm = running(&slow(1_000));
        for context in 7..10 {
            send(&mut vm, context);
        }
        vm.host().dead.borrow_mut().push(8);
        later(&mut vm, 1_000);
        assert_eq!(vm.host().replied.borrow().as_slice(), [9], "and to nobody who is gone");
    }

    #[test]
    fn beyond_its_places_a_tarpit_answers_at_once() {
        let mut vm = running(&slow(10_000));
        send(&mut vm, 0);
        let held = (1..=u32::try_from(PLACES).unwrap() + 10).map(|context| send(&mut vm, context));
        let (held, sent): (Vec<_>, Vec<_>) = held.partition(|(action, _)| *action == Action::Hold);
        assert_eq!((held.len(), sent.len()), (PLACES, 10));
        assert!(sent.iter().all(|(_, status)| *status == Some(429)));
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nobody() {
        let mut vm = running(&slow(5_000));
        send(&mut vm, 7);
        send(&mut vm, 8);
        vm.host().now.set(vm.host().now.get() - 3_600_000_000);
        assert_eq!(later(&mut vm, 0), Some(429));
    }

    #[test]
    fn what_the_proxy_will_not_do_ends_the_request_all_the_same() {
        let mut vm = running(&slow(1_000));
        send(&mut vm, 7);
        vm.host().break_call(Call::Timer);
        assert_eq!(send(&mut vm, 8), (Action::Stop, Some(429)));
        vm.host().repair();
        send(&mut vm, 9);
        vm.host().break_call(Call::Reply);
        assert_eq!((later(&mut vm, 1_000), vm.host().resumed.get()), (None, 1));
        assert_eq!(vm.host().header("outwork-risk"), [""; 0]);
    }

    #[test]
    fn a_reload_forgets_no_refusal() {
        let mut vm = running(&slow(1_000));
        send(&mut vm, 7);
        send(&mut vm, 8);
        assert!(configure(&mut vm, 2, &Small { version: "2", ..slow(1_000) }.configuration()));
        vm.host().request(&[]);
        assert_eq!(later(&mut vm, 1_000), Some(429));
    }
}
