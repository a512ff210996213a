//! The responses that are being changed, each with its scanner.

use crate::{
    response::{Head, wants_page, weak},
    scanner::Scanner,
};
use std::collections::{HashMap, HashSet};

/// What this filter asks of its proxy.
pub trait Host {
    /// A header of the request.
    fn request_header(&self, name: &str) -> Option<Vec<u8>>;
    /// A header of the response.
    fn response_header(&self, name: &str) -> Option<Vec<u8>>;
    /// Sets a header of the response, or removes it.
    fn edit(&self, name: &str, value: Option<&[u8]>);
    /// The part of the body that has just arrived, of this many bytes.
    fn chunk(&self, size: usize) -> Option<Vec<u8>>;
    /// Puts other bytes in the place of that part.
    fn replace(&self, size: usize, bytes: &[u8]);
}

/// What no longer holds of a page that was changed.
const UNTRUE: [&str; 6] = ["content-length", "accept-ranges", "content-digest", "repr-digest", "digest", "content-md5"];

/// The responses of one VM that may still take the tag.
#[derive(Debug, Default)]
pub struct Streams {
    tag: Vec<u8>,
    /// The requests that are not for a page, until they are over.
    others: HashSet<u32>,
    open: HashMap<u32, Scanner>,
}

impl Streams {
    /// Responses from now on take this tag.
    pub fn configure(&mut self, tag: String) {
        self.tag = tag.into_bytes();
    }

    /// The head of a request.
    pub fn asked(&mut self, host: &impl Host, context: u32) {
        if !wants_page(host.request_header("sec-fetch-dest").as_deref()) {
            self.others.insert(context);
        }
    }

    /// The head of a response; `ended` where it has no body, as to HEAD or with 304.
    pub fn head(&mut self, host: &impl Host, context: u32, ended: bool) {
        if ended || self.others.contains(&context) || !takes_tag(host) {
            return;
        }
        for name in UNTRUE {
            host.edit(name, None);
        }
        if let Some(tag) = host.response_header("etag") {
            host.edit("etag", Some(&weak(&tag)));
        }
        self.open.insert(context, Scanner::default());
    }

    /// A part of a response's body. Nothing is held back, so what a response takes here is its scanner.
    pub fn body(&mut self, host: &impl Host, context: u32, size: usize) {
        let Some(scanner) = self.open.get_mut(&context) else { return };
        let Some(chunk) = host.chunk(size) else { return };
        if let Some((before, after)) = scanner.read(&chunk).and_then(|at| chunk.split_at_checked(at)) {
            host.replace(size, &[before, &self.tag, after].concat());
        }
        if scanner.is_done() {
            self.open.remove(&context);
        }
    }

    /// A response is over, or its client is gone.
    pub fn forget(&mut self, context: u32) {
        self.others.remove(&context);
        self.open.remove(&context);
    }
}

/// Asks for what most responses fail by first: each question costs about a microsecond.
fn takes_tag(host: &impl Host) -> bool {
    let head = Head { content_type: host.response_header("content-type"), ..Head::default() };
    let likely = Head { status: Some(b"200".into()), ..head.clone() };
    likely.takes_tag()
        && Head {
            status: host.response_header(":status"),
            content_encoding: host.response_header("content-encoding"),
            cache_control: host.response_header("cache-control"),
            ..head
        }
        .takes_tag()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[derive(Default)]
    struct Proxy {
        headers: RefCell<Vec<(String, Vec<u8>)>>,
        chunk: RefCell<Vec<u8>>,
        destination: Option<&'static [u8]>,
    }

    impl Host for Proxy {
        fn request_header(&self, _: &str) -> Option<Vec<u8>> {
            self.destination.map(Into::into)
        }

        fn response_header(&self, name: &str) -> Option<Vec<u8>> {
            self.headers.borrow().iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        }

        fn edit(&self, name: &str, value: Option<&[u8]>) {
            let mut headers = self.headers.borrow_mut();
            headers.retain(|(known, _)| known != name);
            headers.extend(value.map(|value| (name.into(), value.into())));
        }

        fn chunk(&self, size: usize) -> Option<Vec<u8>> {
            assert_eq!(size, self.chunk.borrow().len());
            Some(self.chunk.borrow().clone())
        }

        fn replace(&self, _: usize, bytes: &[u8]) {
            *self.chunk.borrow_mut() = bytes.into();
        }
    }

    fn send(streams: &mut Streams, headers: &[(&str, &str)], chunks: &[&str]) -> (Vec<(String, Vec<u8>)>, String) {
        let proxy = Proxy::default();
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        *proxy.headers.borrow_mut() = headers;
        streams.head(&proxy, 7, chunks.is_empty());
        let mut body = Vec::new();
        for chunk in chunks {
            *proxy.chunk.borrow_mut() = (*chunk).into();
            streams.body(&proxy, 7, chunk.len());
            body.extend_from_slice(&proxy.chunk.borrow());
        }
        (proxy.headers.take(), String::from_utf8(body).unwrap())
    }

    const PAGE: [(&str, &str); 5] = [
        (":status", "200"),
        ("content-type", "text/html"),
        ("content-length", "10"),
        ("etag", "\"a\""),
        ("x-other", "1"),
    ];

    #[test]
    fn a_page_has_the_tag_and_no_length() {
        let mut streams = Streams::default();
        streams.configure("{tag}".into());
        let (headers, body) = send(&mut streams, &PAGE, &["<head>", "</head", "><body>", "b"]);
        assert_eq!(body, "<head></head>{tag}<body>b");
        assert!(headers.iter().all(|(name, _)| name != "content-length"));
        assert!(headers.contains(&("etag".into(), b"W/\"a\"".into())));
        assert!(headers.contains(&("x-other".into(), b"1".into())));
        assert!(streams.open.is_empty(), "nothing is kept of a response that has its tag");
    }

    #[test]
    fn what_takes_no_tag_is_not_touched() {
        let mut streams = Streams::default();
        streams.configure("{tag}".into());
        let (headers, _) = send(&mut streams, &PAGE, &[]);
        assert_eq!(headers.len(), PAGE.len(), "a response without a body keeps its length");
        let json = [(":status", "200"), ("content-type", "application/json"), ("content-length", "10")];
        let (headers, body) = send(&mut streams, &json, &["<head></head>"]);
        assert_eq!((headers.len(), body.as_str()), (3, "<head></head>"));
    }

    #[test]
    fn nothing_is_kept_of_a_client_that_is_gone() {
        let mut streams = Streams::default();
        let fetched = Proxy { destination: Some(b"empty"), ..Proxy::default() };
        streams.asked(&fetched, 8);
        send(&mut streams, &PAGE, &["<head>"]);
        assert_eq!((streams.open.len(), streams.others.len()), (1, 1));
        streams.forget(7);
        streams.forget(8);
        assert!(streams.open.is_empty() && streams.others.is_empty());
    }
}
