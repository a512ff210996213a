//! What the host saw, as explanations show it.

use outwork_engine::facts::Facts;
use outwork_engine::signals::{Reading, Value};

use super::Named;

/// Every fact of a request, its headers in their order.
pub(super) fn of(facts: &Facts<'_>) -> Vec<Named> {
    let (request, connection) = (&facts.request, &facts.connection);
    let known = |bytes| Reading::Known(Value::Text(bytes));
    let mut named = vec![
        Named::of("method", known(request.method)),
        Named::of("scheme", known(request.scheme)),
        Named::of("authority", known(request.authority)),
        Named::of("target", known(request.target)),
        Named::of("protocol", request.protocol.map(|protocol| Value::Text(protocol.name().as_bytes()))),
        Named::of("pseudo_order", request.pseudo_order.map(Value::Text)),
        Named::of("ordered", Reading::Known(Value::Bool(facts.headers.ordered))),
        Named::of("address", connection.address.map(Value::Address)),
        Named::of("encrypted", connection.encrypted.map(Value::Bool)),
        Named::of("ja4", connection.ja4.map(Value::Text)),
        Named::of("ja3", connection.ja3.map(Value::Text)),
        Named::of("tls_version", connection.tls_version.map(Value::Text)),
        Named::of("sni", connection.sni.map(Value::Text)),
        Named::of("alpn", connection.alpn.map(Value::Text)),
        Named::of("asn", connection.asn.map(Value::from)),
        Named::of("country", connection.country.map(Value::Text)),
    ];
    named.extend(
        facts
            .headers
            .list
            .iter()
            .map(|&(name, value)| Named::of(format!("header {}", String::from_utf8_lossy(name)), known(value))),
    );
    named
}
