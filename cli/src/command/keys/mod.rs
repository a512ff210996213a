//! The host's secrets, and what others get of them.

mod derived;
mod new;
mod pseudonym;

use std::process::ExitCode;

use outwork_engine::keys::{AuditKeys, Keyring};

use crate::failure::Failure;

/// Make the secrets of a host, and the keys that others get in their place
///
/// A host has `OUTWORK_KEYS`: the first key signs, all of them verify. Nobody else needs it. An origin gets the keys of
/// evidence, who verifies logs those of records: from neither can the masters be found.
#[derive(clap::Subcommand)]
pub(crate) enum Keys {
    New(new::New),
    /// Print OUTWORK_EVIDENCE_KEYS for origins: the keys that evidence is signed with, and nothing else
    ///
    /// `export OUTWORK_EVIDENCE_KEYS="$(outwork keys evidence)"`. Every key of the host is listed, so that what an old one
    /// signed is still verified. Print the list anew, and give it to the origins, before a new key signs.
    Evidence(derived::Source),
    /// Print OUTWORK_AUDIT_KEYS for who verifies records
    ///
    /// `outwork keys audit >> audit.keys`, at every rotation before the new key signs. Keep each line for as long as there are records
    /// of its time: once the master is gone nothing makes it again, and nothing else proves them.
    Audit(derived::Source),
    Pseudonym(pseudonym::Pseudonym),
}

impl Keys {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::New(new) => new.run(),
            Self::Evidence(source) => source.print(Keyring::evidence_keys),
            Self::Pseudonym(pseudonym) => pseudonym.run(),
            Self::Audit(source) => source.print(|ring| AuditKeys::of(ring).write()),
        }
    }
}
