//! The files of `OUTWORK_DATA`.

use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;
use std::{
    env, fs,
    io::{Read, Write},
    path::PathBuf,
};

/// Every line of a compressed file of JSON lines; nothing where the data is not there.
pub(crate) fn lines<T: DeserializeOwned>(name: &str) -> Option<Vec<T>> {
    let folder = env::var_os("OUTWORK_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let path = folder.join("lists").join(name);
    let Ok(bytes) = fs::read(&path) else {
        // Written past the capture of the test harness, which hides what a passing test prints.
        let note =
            format!("DID NOT RUN: `{}` is not there; OUTWORK_DATA names the folder of the data\n", path.display());
        std::io::stderr().write_all(note.as_bytes()).unwrap();
        return None;
    };
    let mut text = String::new();
    GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Names in lower case, as hosts hand them over; `host` is the authority, and pseudo-headers are no headers.
pub(crate) fn headers(list: &[(String, String)]) -> Vec<(String, Vec<u8>)> {
    let named = list.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone().into_bytes()));
    named.filter(|(name, _)| name != "host" && !name.starts_with(':')).collect()
}
