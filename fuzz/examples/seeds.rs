//! Writes what the targets start from, `fuzz/corpus/TARGET/`, out of the fixtures of the tests.

use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR"));
    hellos(&fuzz.join("../tests/fixtures/hello/clients.tsv"), &fuzz.join("corpus/hello"))
}

/// Each hello as records and as a bare message.
fn hellos(clients: &Path, corpus: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(corpus)?;
    for (index, line) in fs::read_to_string(clients)?.lines().enumerate() {
        let records = hex(line.rsplit('\t').next().ok_or("an empty line")?)?;
        fs::write(corpus.join(format!("message-{index}")), records.get(5..).ok_or("a short hello")?)?;
        fs::write(corpus.join(format!("records-{index}")), records)?;
    }
    Ok(())
}

fn hex(text: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?)).collect()
}
