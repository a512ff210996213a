use std::net::IpAddr;
use std::process::ExitCode;

use outwork_engine::identity;

use super::derived::Source;
use crate::failure::Failure;

/// Print the names under which addresses stand in records, one a line for every key: id, address, pseudonym
///
/// Who asks about themselves knows their address, and records have it as a keyed hash: `grep` finds it. An IPv6 address has one name
/// with all others of its /64.
#[derive(clap::Args)]
pub(crate) struct Pseudonym {
    /// The addresses
    #[arg(required = true, value_name = "ADDRESS")]
    addresses: Vec<IpAddr>,
    #[command(flatten)]
    source: Source,
}

impl Pseudonym {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let Self { addresses, source } = self;
        source.print(|ring| {
            let lines = addresses.iter().flat_map(|address| {
                let named = identity::pseudonyms(*address, ring);
                named.into_iter().map(move |(id, name)| format!("{id} {address} {name:016x}"))
            });
            lines.collect::<Vec<_>>().join("\n")
        })
    }
}
