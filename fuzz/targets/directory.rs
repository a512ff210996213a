//! Bytes as what a directory's server answers, as a URL, and as what threads share: a fetch always ends, and is due again later.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::directories::{Directories, MOST_KEYS, Response, check_url};
use outwork_engine::time::Time;

const URL: &str = "https://agent.example/.well-known/http-message-signatures-directory";
const SET: &str = "https://agent.example/keys.json";
const NOW: Time = Time::from_seconds(1_795_305_600);

fuzz_target!(|data: &[u8]| {
    if let Ok(location) = std::str::from_utf8(data).map_err(drop).and_then(|text| check_url(text).map_err(drop)) {
        assert_eq!(check_url(location.url()), Ok(location.clone()));
        assert_eq!(location.url(), ["https://", location.authority(), location.path()].concat());
    }
    if let Some(read) = Directories::from_bytes(data) {
        assert_eq!(Directories::from_bytes(&read.to_bytes()), Some(read));
    }
    let Some((&[random, status], rest)) = data.split_first_chunk::<2>() else { return };
    let (head, body) = rest.split_at(rest.iter().position(|&byte| byte == b'\n').unwrap_or(0));
    for url in [URL, SET] {
        let mut directories = Directories::of([url]);
        let response = Response {
            status: if status < 200 { 200 } else { u16::from(status) + 100 },
            content_type: b"application/http-message-signatures-directory+json",
            cache_control: head,
            retry_after: head,
            body,
        };
        let result = directories.fetched(url, &response, NOW, random);
        assert_eq!(result.is_ok(), directories.keys(url, NOW).is_some());
        assert!(directories.keys(url, NOW).unwrap_or_default().len() <= MOST_KEYS);
        assert_eq!(directories.due(NOW).count(), 0);
        assert_eq!(directories.due(Time(NOW.0 + 25 * 3_600_000_000)).count(), 1);
        assert_eq!(Directories::from_bytes(&directories.to_bytes()), Some(directories));
    }
});
