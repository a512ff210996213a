//! Work that is done in the order of tickets, by whoever holds them.

use std::sync::{Condvar, Mutex, PoisonError};

/// Lets the holders of tickets 0, 1, 2, … work one after the other. Every ticket must be taken, or later ones wait for
/// ever.
#[derive(Debug, Default)]
pub(super) struct Turn {
    next: Mutex<u64>,
    called: Condvar,
}

impl Turn {
    /// Works when it is this ticket's turn. A ticket may be taken again when its first work has failed.
    pub(super) fn take(&self, ticket: u64, work: impl FnOnce()) {
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.called.wait_while(next, |next| *next < ticket);
        let mut next = waited.unwrap_or_else(PoisonError::into_inner);
        work();
        *next = (*next).max(ticket + 1);
        self.called.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::Turn;
    use std::{sync::Mutex, thread};

    #[test]
    fn tickets_are_taken_in_order_whoever_comes_first() {
        let (turn, order) = (Turn::default(), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for ticket in (0..16_u64).rev() {
                let (turn, order) = (&turn, &order);
                scope.spawn(move || turn.take(ticket, || order.lock().unwrap().push(ticket)));
            }
        });
        assert_eq!(*order.lock().unwrap(), (0..16).collect::<Vec<_>>());
    }
}
