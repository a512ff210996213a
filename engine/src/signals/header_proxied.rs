//! `header.proxied`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let [via, forwarded, connection] =
        [Known::Via, Known::Forwarded, Known::ProxyConnection].map(|header| scene.has(header));
    let is_sent = |header| header == Fact::Known(true);
    if is_sent(via) || is_sent(forwarded) || is_sent(connection) {
        return Fact::Known(Value::Bool(true));
    }
    via.and_then(|_| forwarded).and_then(|_| connection).map(Value::Bool)
}

pub(super) const PAGE: Page = Page {
    means: "The request says that it came through a proxy: Via, Forwarded or Proxy-Connection. X-Forwarded-For does not count, because hosts write it themselves.",
    evasion: "Leaving them out, as most proxy networks do.",
    honest_cost: "Companies, schools and carriers with an honest proxy.",
    seen_by: "every host",
    examples: &[
        (Sample { headers: &[("via", "1.1 proxy.example")], ..Sample::GET }, Expected::Bool(true)),
        (Sample { headers: &[("x-forwarded-for", "192.0.2.7")], ..Sample::GET }, Expected::Bool(false)),
    ],
};
