//! Limits that shut out whoever shares what they count.

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    pack::PolicySource,
};
use outwork_engine::limits::{KeyPart, Rung};

/// Reports limits that block by what many people share, or by what an attacker can name for somebody else.
pub(super) fn check(cx: &mut Context<'_>, policy: &PolicySource) {
    let is_own = |part: &KeyPart| match part {
        KeyPart::Ip | KeyPart::Session | KeyPart::Clearance | KeyPart::Agent | KeyPart::Signature => true,
        KeyPart::Device | KeyPart::Account | KeyPart::Path | KeyPart::Asn | KeyPart::Country => false,
    };
    for limit in &policy.limits {
        let of = &limit.limit;
        if of.ladder.level_of(Rung::Block) == 0 || of.key.iter().any(is_own) {
            continue;
        }
        let message = format!("the limit `{}` shuts out all who share what it counts", limit.id.value);
        let help = "add `ip`, `session` or `clearance` to `key`, or end the ladder with `challenge`";
        let note =
            "people with one browser are one device, and whoever names an account of somebody else uses up its tokens";
        let diagnostic = Diagnostic::new(Code::SharedKey, limit.id.span.clone(), message).note(note).help(help);
        cx.warn(&limit.accepted, diagnostic);
    }
}
