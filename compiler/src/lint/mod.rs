//! What in a policy is probably not meant, though it can be built.

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    options::Options,
    pack::PolicySource,
};

/// Reports what is probably not meant. Does nothing to a policy with mistakes, of which parts may be missing.
pub(crate) fn lint(cx: &mut Context<'_>, policy: &PolicySource, options: &Options) {
    if cx.has_errors() {
        return;
    }
    if options.untested {
        untested(cx, policy);
    }
}

fn untested(cx: &mut Context<'_>, policy: &PolicySource) {
    for rule in policy.rules.iter().filter(|rule| rule.tests.is_empty()) {
        let message = format!("rule `{}` has no test", rule.id.value);
        let help = "add `[[rule.test]]` with a `request` and whether the rule `fires`";
        cx.report(Diagnostic::new(Code::Untested, rule.id.span.clone(), message).help(help));
    }
}
