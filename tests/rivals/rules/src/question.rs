//! A request as rule engines are asked about it.

use outwork_compiler::Request;
use outwork_engine::fact::Fact;
use std::net::{IpAddr, Ipv4Addr};

/// A request, and the parts of it that rivals read, taken apart before any clock runs. Questions are never dropped, for
/// filters of `wirefilter` take only what lives as long as they.
pub(crate) struct Question {
    pub(crate) request: Request,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) address: IpAddr,
}

impl Question {
    pub(crate) fn new(request: Request) -> Self {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers = request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), text(value))).collect();
        let path = request.target.split('?').next().unwrap_or_default().to_owned();
        let address = match request.address {
            Fact::Known(address) => address,
            Fact::Absent | Fact::Unavailable => Ipv4Addr::UNSPECIFIED.into(),
        };
        Self { request, path, headers, address }
    }

    /// The first header of this name.
    pub(crate) fn header(&self, wanted: &str) -> Option<&str> {
        self.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }
}

/// What answers which rules fire.
pub(crate) trait Engine {
    fn name(&self) -> &'static str;

    /// Which rules fire, in order, and how long that took, with all that it reads of the request.
    fn fired(&mut self, question: &'static Question, fired: &mut Vec<usize>) -> std::time::Duration;
}
