//! The directories of agents as the shell fetches them: `worker/shell/directories.js` is the other side.

use outwork_engine::{
    directories::{Directories, Response},
    time::Time,
};

/// Reads the time in milliseconds, and appends a line for each directory that is due: `first` where nothing is known of it, or
/// `again`, and its URL. The shell fetches them all.
pub(crate) fn due(directories: &mut Directories, input: &[u8], out: &mut Vec<u8>) {
    let Some(now) = str::from_utf8(input).ok().and_then(time) else { return };
    let urls: Vec<String> = directories.due(now).map(str::to_owned).collect();
    for url in urls {
        let word = if directories.keys(&url, now).is_some() { "again" } else { "first" };
        out.extend_from_slice(format!("{word} {url}\n").as_bytes());
        directories.began(&url, now);
    }
}

/// Takes in an answer, and appends what came of it: `ok`, `unreachable`, or why it is no directory.
///
/// `told` are lines: when it was fetched, in milliseconds, a random byte, the URL, the status (0 for no answer), and three headers:
/// `content-type`, `cache-control`, `retry-after`.
pub(crate) fn fetched(directories: &mut Directories, told: &[u8], body: &[u8], out: &mut Vec<u8>) {
    let mut lines = str::from_utf8(told).unwrap_or_default().split('\n');
    let mut next = || lines.next().unwrap_or_default();
    let (Some(now), random, url) = (time(next()), next().parse().unwrap_or(0), next()) else { return };
    let response = Response {
        status: next().parse().unwrap_or(0),
        content_type: next().as_bytes(),
        cache_control: next().as_bytes(),
        retry_after: next().as_bytes(),
        body,
    };
    let result = if response.status == 0 {
        directories.failed(url, now, random);
        "unreachable"
    } else {
        directories.fetched(url, &response, now, random).map_or_else(|error| error.name(), |()| "ok")
    };
    out.extend_from_slice(result.as_bytes());
}

fn time(text: &str) -> Option<Time> {
    text.parse::<u64>().ok().map(|millis| Time(millis.saturating_mul(1_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://agent.example/.well-known/http-message-signatures-directory";
    const SET: &[u8] = br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    const TYPE: &str = "application/http-message-signatures-directory+json";

    fn text(work: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        work(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_directory_is_asked_for_until_it_is_known() {
        let mut directories = Directories::of([URL]);
        assert_eq!(text(|out| due(&mut directories, b"1795305600000", out)), format!("first {URL}\n"));
        assert_eq!(text(|out| due(&mut directories, b"1795305601000", out)), "", "one fetch at a time");
        let told = format!("1795305602000\n0\n{URL}\n0\n\n\n");
        assert_eq!(text(|out| fetched(&mut directories, told.as_bytes(), b"", out)), "unreachable");
        assert_eq!(text(|out| due(&mut directories, b"1795305612000", out)), format!("first {URL}\n"));
        let told = format!("1795305612000\n7\n{URL}\n200\n{TYPE}\nmax-age=600\n");
        assert_eq!(text(|out| fetched(&mut directories, told.as_bytes(), SET, out)), "ok");
        assert_eq!(text(|out| due(&mut directories, b"1795306300000", out)), format!("again {URL}\n"));
        let told = format!("1795306300000\n7\n{URL}\n302\n\n\n");
        assert_eq!(text(|out| fetched(&mut directories, told.as_bytes(), SET, out)), "redirect");
        assert_eq!(directories.keys(URL, Time(1_795_306_300_000_000)).map(<[_]>::len), Some(1));
    }

    #[test]
    fn any_bytes_are_read() {
        let mut directories = Directories::of([URL]);
        for input in [&b""[..], b"x", b"\xff", b"1\n2\n3", b"-1"] {
            text(|out| due(&mut directories, input, out));
            text(|out| fetched(&mut directories, input, input, out));
        }
    }
}
