use std::process::ExitCode;

use base64ct::{Base64UrlUnpadded, Encoding};
use outwork_engine::keys::{Keyring, Kind};

use crate::failure::Failure;
use crate::instant::{shown, today};
use crate::output::print;

/// Make a key for OUTWORK_KEYS: an id, and 32 bytes of the operating system's randomness
///
/// The key alone goes to standard output, with `master:` before its id: hosts alone take it. To rotate, in this order: append
/// the new key to OUTWORK_KEYS (`old,new`: it verifies, and does not sign yet) on every host; give origins what `outwork keys
/// evidence` prints now, and append what `outwork keys audit` prints to the file of who verifies records; move it to the front
/// (`new,old`) on every host; and drop the old one when nothing that it sealed is in use any more: evidence lives a minute,
/// sessions a day, clearances as long as their policy says. Records live longer: without the old line of `outwork keys audit`
/// those of its time can never be proven again.
#[derive(clap::Args)]
pub(crate) struct New {
    /// The key's id, which signatures name: letters, digits, `-`, `_` and `.`; where nothing is said, today's date and four random
    /// letters and digits: keys of several hosts are verified together, by their ids
    #[arg(long)]
    id: Option<String>,
}

impl New {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let random = || Failure::because("the operating system gives no randomness");
        let (mut secret, mut name) = ([0; 32], [0; 4]);
        getrandom::fill(&mut secret).map_err(random())?;
        getrandom::fill(&mut name).map_err(random())?;
        let id = self.id.unwrap_or_else(|| dated(name));
        let line = format!("{}:{id}:{}", Kind::Master.mark(), Base64UrlUnpadded::encode_string(&secret));
        // What a host would refuse is not handed out.
        Keyring::parse(&line).map_err(|error| Failure::new(error.to_string()))?;
        print(&(line + "\n"))?;
        eprintln!(
            "for hosts alone: the first key of OUTWORK_KEYS signs, all of them verify; origins get what `outwork keys evidence` prints, \
             and `outwork keys new --help` says how to rotate"
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// Today's date, and a letter or digit for each byte: without those that are read as others.
fn dated(bytes: [u8; 4]) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let day: String = shown(today()).chars().take("2026-11-22".len()).collect();
    let letter = |byte: u8| LETTERS.get(usize::from(byte % 32)).copied().map_or('0', char::from);
    format!("{day}-{}", bytes.map(letter).iter().collect::<String>())
}
