//! `mix FOLDER RULES…`: writes a policy of so many rules into `FOLDER/RULES` each, and requests for all of them as a script
//! of wrk into `FOLDER/requests.lua`.

use mix::{Agents, MOST_RULES, requests, rules, script, write_policy};
use std::{env, error::Error, fs, path::Path};

const REQUESTS: usize = 4_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().ok_or("which folder?")?;
    let folder = Path::new(&folder);
    let all = rules(MOST_RULES);
    for count in arguments {
        let own = all.get(..count.parse()?).ok_or("too many rules")?;
        write_policy(own, &folder.join(count))?;
    }
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    fs::create_dir_all(folder)?;
    Ok(fs::write(folder.join("requests.lua"), script(&requests(&corpus, &all, Agents::Varied, REQUESTS)?))?)
}
