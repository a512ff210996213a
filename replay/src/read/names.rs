//! The names that logs commonly use.

use super::Field;

/// Envoy: what Istio, Envoy Gateway and our own scenario write, and what people write by hand. A name that may as well
/// mean something else, as `origin` or `priority`, is not among them.
pub(super) const ENVOY: &[(&str, &str)] = &[
    ("method", "method"),
    (":method", "method"),
    ("request_method", "method"),
    ("path", "target"),
    (":path", "target"),
    ("x-envoy-origin-path", "target"),
    ("path_without_query", "path"),
    ("scheme", "scheme"),
    (":scheme", "scheme"),
    ("authority", "authority"),
    (":authority", "authority"),
    ("host", "authority"),
    ("protocol", "protocol"),
    ("start_time", "time"),
    ("time", "time"),
    ("timestamp", "time"),
    ("@timestamp", "time"),
    ("downstream_remote_address", "address"),
    ("client_address", "address"),
    ("client_ip", "address"),
    ("response_code", "status"),
    ("status", "status"),
    ("ja4", "ja4"),
    ("tls_ja4", "ja4"),
    ("ja3", "ja3"),
    ("tls_ja3", "ja3"),
    ("tls_version", "tls_version"),
    ("downstream_tls_version", "tls_version"),
    ("sni", "sni"),
    ("requested_server_name", "sni"),
    ("asn", "asn"),
    ("country", "country"),
    ("headers", "headers"),
    ("outwork", "record"),
];

/// <https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone/http_requests/>
pub(super) const LOGPUSH: &[(&str, &str)] = &[
    ("ClientIP", "address"),
    ("ClientRequestMethod", "method"),
    ("ClientRequestURI", "target"),
    ("ClientRequestPath", "path"),
    ("ClientRequestScheme", "scheme"),
    ("ClientRequestHost", "authority"),
    ("ClientRequestUserAgent", "header:user-agent"),
    ("ClientRequestReferer", "header:referer"),
    ("ClientXRequestedWith", "header:x-requested-with"),
    ("ClientRequestProtocol", "protocol"),
    ("ClientSSLProtocol", "tls_version"),
    ("ClientASN", "asn"),
    ("ClientCountry", "country"),
    ("JA3Hash", "ja3"),
    ("JA4", "ja4"),
    ("EdgeStartTimestamp", "time"),
    ("EdgeResponseStatus", "status"),
    ("RequestHeaders", "headers"),
];

/// What `outwork_engine::record` writes, in the words of OCSF and in those of ECS.
pub(super) const RECORDS: &[(&str, &str)] = &[
    ("time", "time"),
    ("activity_name", "activity"),
    ("http_request.http_method", "method"),
    ("http_request.url.scheme", "scheme"),
    ("http_request.url.hostname", "authority"),
    ("http_request.url.port", "port"),
    ("http_request.url.path", "path"),
    ("http_request.user_agent", "header:user-agent"),
    ("http_request.version", "protocol"),
    ("src_endpoint.uid", "pseudonym"),
    ("tls.version", "tls_version"),
    ("tls.sni", "sni"),
    ("tls.ja3_hash.value", "ja3"),
    ("ja4_fingerprint_list.value", "ja4"),
    ("unmapped.outwork.verdict", "verdict"),
    ("unmapped.outwork.enforced", "enforced"),
    ("unmapped.outwork.context", "context"),
    ("unmapped.outwork.sampled", "sampled"),
    ("unmapped.outwork.undecided.stage", "undecided"),
    ("@timestamp", "time"),
    ("http.request.method", "method"),
    ("http.version", "protocol"),
    ("url.scheme", "scheme"),
    ("url.domain", "authority"),
    ("url.port", "port"),
    ("url.path", "path"),
    ("user_agent.original", "header:user-agent"),
    ("tls.client.server_name", "sni"),
    ("tls.client.ja3", "ja3"),
    ("outwork.verdict", "verdict"),
    ("outwork.enforced", "enforced"),
    ("outwork.context", "context"),
    ("outwork.sampled", "sampled"),
    ("outwork.undecided.stage", "undecided"),
    ("outwork.client_id", "pseudonym"),
    ("outwork.ja4", "ja4"),
];

/// Headers that signals read and whose names mean nothing else.
pub(super) const HEADERS: &[&str] = &[
    "accept",
    "accept-encoding",
    "accept-language",
    "access-control-request-method",
    "referer",
    "sec-ch-ua",
    "sec-ch-ua-mobile",
    "sec-ch-ua-platform",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "sec-fetch-user",
    "sec-gpc",
    "sec-purpose",
    "sec-websocket-version",
    "upgrade-insecure-requests",
    "user-agent",
    "x-requested-with",
];

/// The names of fields, as a map file gives them.
pub(super) const FIELDS: &[&str] = &[
    "method",
    "target",
    "path",
    "scheme",
    "authority",
    "protocol",
    "time",
    "address",
    "pseudonym",
    "headers",
    "ja4",
    "ja3",
    "tls_version",
    "sni",
    "alpn",
    "asn",
    "country",
    "status",
    "sampled",
    "record",
];

/// The field of a name; `header:NAME` is a header.
pub(super) fn field(name: &str) -> Option<Field> {
    if let Some(header) = name.strip_prefix("header:") {
        return Some(Field::Header(header.to_ascii_lowercase().into_bytes().into()));
    }
    Some(match name {
        "method" => Field::Method,
        "target" => Field::Target,
        "path" => Field::Path,
        "scheme" => Field::Scheme,
        "authority" => Field::Authority,
        "protocol" => Field::Protocol,
        "time" => Field::Time,
        "address" => Field::Address,
        "pseudonym" => Field::Pseudonym,
        "headers" => Field::Headers,
        "ja4" => Field::Ja4,
        "ja3" => Field::Ja3,
        "tls_version" => Field::TlsVersion,
        "sni" => Field::Sni,
        "alpn" => Field::Alpn,
        "asn" => Field::Asn,
        "country" => Field::Country,
        "status" => Field::Status,
        "sampled" => Field::Sampled,
        "record" => Field::Record,
        "verdict" => Field::Verdict,
        "enforced" => Field::Enforced,
        "context" => Field::Context,
        "undecided" => Field::Undecided,
        "activity" => Field::Activity,
        "port" => Field::Port,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_for_a_field() {
        for (name, of) in ENVOY.iter().chain(LOGPUSH).chain(RECORDS) {
            assert!(field(of).is_some(), "{name}");
        }
        assert!(FIELDS.iter().all(|name| field(name).is_some()));
    }
}
