//! What each class of client may and must be. Reasoned by hand: the engine has no say in it.

use crate::case::Outcome;

/// What is wrong with an outcome for a client of this class, if anything is. `ordered`: whether the host
/// saw its headers as they were on the wire.
pub(crate) fn objection(class: &str, outcome: &Outcome, ordered: bool) -> Option<&'static str> {
    let acted = outcome.verdict != "allow";
    let because = |prefix: &str| outcome.reasons.iter().any(|reason| reason.starts_with(prefix));
    let (holds, rule) = match class {
        // What a person uses must pass, whatever this host can see of it.
        "browser" => (!acted && outcome.risk < 30, "a browser is allowed, with a risk below 30"),
        // It names itself, or hides what every browser names.
        "tool" | "silent" | "automation" => {
            (acted && because("client."), "a tool is at least tagged, with a reason `client.*`")
        }
        // Two parts of the request are of different clients.
        "impostor" => (acted && because("client."), "an impostor is at least tagged, with a reason `client.*`"),
        // Its headers stand in an order that the claimed browser never writes.
        "disordered" if ordered => {
            (acted && because("client."), "a wrong order is at least tagged, with a reason `client.*`")
        }
        // One part is not what the claimed browser sends, but extensions and proxies can do that too.
        // Where the wire is not seen (a Worker), Cloudflare's own accept-encoding may stand for the client's.
        "contradiction" if ordered => {
            (outcome.risk > 0 && outcome.forwarded(), "a contradiction counts, and is not refused")
        }
        "crawler-verified" => (!acted && because("crawler."), "a crawler from its own addresses is allowed, and named"),
        "crawler-impostor" => (
            acted && because("crawler."),
            "a crawler's name from elsewhere is at least tagged, with a reason `crawler.*`",
        ),
        "crawler" => (because("crawler."), "a crawler is named"),
        "ai-crawler" => (acted && because("ai."), "an AI crawler is at least tagged, with a reason `ai.*`"),
        "datacenter" | "tor-exit" => {
            (because("network.") && outcome.forwarded(), "a network counts, and is not refused for itself")
        }
        "decoy" => (outcome.status == Some(404), "a decoy looks as if nothing were there"),
        // Refusing these breaks certificates, crawling rules, CORS, probes.
        "exempt" => (outcome.forwarded(), "this request is never refused"),
        // An impersonator that is byte for byte a browser here, a header set of doubtful making, an unusual input:
        // other layers must decide.
        "mimic" | "disordered" | "contradiction" | "template" | "unlisted-agent" | "odd" => {
            (outcome.forwarded(), "this is no ground to refuse anyone")
        }
        _ => (false, "there is no such class"),
    };
    (!holds).then_some(rule)
}
