//! The challenge: proof of work for browsers, a wait for those without scripts, stateless but for single use.
