use super::Record;
use super::record::{Http, Outwork, Said};
use crate::instant;
use crate::output::tame;

/// A record as a person reads it, in several lines. What a client wrote cannot steer the terminal.
pub(crate) fn shown(record: &Record) -> String {
    let Http { url, user_agent, version, .. } = &record.http_request;
    let Outwork { verdict, band, device, behaviour, context, window, confidence, reasons, device_id, .. } =
        record.outwork();
    let port = url.port.map_or_else(String::new, |port| format!(":{port}"));
    let layer = |score: &Option<u8>| score.map_or_else(|| "–".to_owned(), |score| score.to_string());
    let (device, behaviour, context) = (layer(device), layer(behaviour), layer(context));
    let reasons: Vec<String> = reasons.iter().map(|reason| format!("{} {:+}", reason.id, reason.score)).collect();
    let mut lines = vec![
        format!("record {} of {}", record.id(), instant::shown(record.at())),
        format!("  {} {}://{}{port}{}  {version}", record.method(), url.scheme, url.hostname, url.path),
        format!("  user agent  {}", if user_agent.is_empty() { "none" } else { user_agent }),
        format!("  client {}, device {device_id}", record.client().unwrap_or("unknown")),
        format!(
            "  {verdict}, risk {} {band}: device {device}, behaviour {behaviour}, context {context}",
            record.risk_score
        ),
        format!("  window {window}, confidence {confidence:.2}"),
        format!("  because of  {}", if reasons.is_empty() { "nothing".to_owned() } else { reasons.join(", ") }),
    ];
    lines.extend(record.outwork().models.iter().map(model));
    lines.iter().map(|line| tame(line) + "\n").collect()
}

fn model(said: &Said) -> String {
    let moved: Vec<String> = said.reasons.iter().map(|reason| format!("{} {:+.2}", reason.id, reason.logits)).collect();
    let force = if said.in_force { "" } else { " (shadow)" };
    let moved = if moved.is_empty() { String::new() } else { format!(": {}", moved.join(", ")) };
    format!("  {}{force}, {}: a program by {:.1} %{moved}", said.slot, said.id, 100.0 * said.probability)
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::{line, one};
    use super::*;

    #[test]
    fn a_record_is_shown_with_its_reasons() {
        let record = one(line("7Q3M", "d1", 0.875).as_bytes());
        assert_eq!(
            shown(&record),
            "record 7Q3M of 2026-11-22T00:00:01Z\n  \
             GET https://shop.example/a  HTTP/2\n  \
             user agent  x\\u{1b}[2J\n  \
             client c-d1, device d1\n  \
             tag, risk 40 low: device 40, behaviour –, context –\n  \
             window inside, confidence 0.50\n  \
             because of  a.rule +40\n  \
             shadowed (shadow), b-1: a program by 50.0 %\n  \
             behaviour, b-2: a program by 87.5 %: motion.rhythm -1.25\n"
        );
    }
}
