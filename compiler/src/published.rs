//! Lists of networks that somebody else publishes: where they are fetched from, and how old they are.

use crate::{
    Code, Context, Diagnostic, Files, Folder, Report, cel, pack,
    read::{Keys, day},
    source::Span,
    url,
};
use std::path::Path;

/// How a published list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFormat {
    /// JSON, `{"prefixes": [{"ipv4Prefix": "…"}, {"ipv6Prefix": "…"}]}`, as Google was the first to.
    Prefixes,
    /// An address or network a line; `#` begins a comment.
    Text,
    /// Comma-separated values, of which the first is an address or network (as RFC 8805 has them); `#` begins a comment.
    Csv,
}

pub(crate) const FORMATS: &[(&str, ListFormat)] =
    &[("prefixes", ListFormat::Prefixes), ("text", ListFormat::Text), ("csv", ListFormat::Csv)];

/// A list of a policy that is published elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListSource {
    /// The list's name.
    pub name: String,
    /// Its file, by its path from the policy's folder.
    pub file: String,
    /// Where it is published; several make one list.
    pub urls: Vec<String>,
    /// How it is written there.
    pub format: ListFormat,
    /// The day since 1970 on which its operator published what the file has, where the file says so.
    pub published: Option<u64>,
}

/// What a list says of where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct SourceOf {
    pub(crate) file: String,
    urls: Vec<String>,
    format: ListFormat,
    pub(crate) day: Option<u64>,
    published: Option<u64>,
    pub(crate) span: Span,
}

/// How the line begins that says of which day a file is: until then, what it has stood where its operator publishes it.
const AS_OF: &str = "# As of ";

/// How the line begins that says when its operator published it, which may be long before.
const PUBLISHED: &str = "# Published ";

/// The most places that one list is published at.
const MOST: usize = 16;

/// Reads where a list comes from, whose file has this path and text.
pub(crate) fn read(
    cx: &mut Context<'_>,
    keys: &Keys<'_, '_>,
    kind: &str,
    (path, text): (&str, &str),
) -> Option<SourceOf> {
    let format = keys.word(cx, "format", FORMATS);
    if !keys.has("source") {
        if keys.has("format") {
            keys.missing(cx, "source");
        }
        return None;
    }
    if !keys.has("format") {
        keys.missing(cx, "format");
    }
    let span = keys.key_span("source");
    if kind != "cidr" {
        let message = "only lists of networks are refreshed from elsewhere";
        cx.report(Diagnostic::new(Code::BadSource, span, message).help("leave `source` and `format` out"));
        return None;
    }
    let urls = keys.texts(cx, "source")?;
    if urls.is_empty() || urls.len() > MOST {
        let message = format!("a list is published at 1 to {MOST} places");
        cx.report(Diagnostic::new(Code::BadSource, span.clone(), message).help("write `source = [\"https://…\"]`"));
    }
    for text in &urls {
        if url::check(&text.value).is_err() {
            let message = format!("`{}` cannot be fetched", text.value);
            let help = "write `https://`, a public host name and a path";
            cx.report(Diagnostic::new(Code::BadSource, text.span.clone(), message).help(help));
        }
    }
    let urls = urls.into_iter().map(|text| text.value).collect();
    let (day, published) = (day_of(text, AS_OF), day_of(text, PUBLISHED));
    Some(SourceOf { file: path.to_owned(), urls, format: format?, day, published, span })
}

/// The day that a line names which begins so, of the comments that a file begins with.
fn day_of(text: &str, line_begins: &str) -> Option<u64> {
    let head = text.lines().take_while(|line| line.starts_with('#'));
    let dates = head.filter_map(|line| line.strip_prefix(line_begins)?.get(..10)?.parse().ok());
    dates.filter_map(day).last()
}

/// The lists of a policy that are published elsewhere, each file once. The policy is the folder of an `outwork.toml`, that
/// file, or a pack. A file that is not there is one that is still to be fetched.
///
/// # Errors
/// Everything that is wrong with the policy.
pub fn list_sources(policy: &Path) -> Result<Vec<ListSource>, Report> {
    let (folder, entry) = crate::entry(policy);
    sources_of(&Folder(folder.clone()), &entry).map_err(|report| report.inside(&folder))
}

fn sources_of(files: &dyn Files, entry: &str) -> Result<Vec<ListSource>, Report> {
    cel::with_stack(|| {
        let mut cx = Context::new(files);
        cx.fetches_lists = true;
        let policy = pack::read(&mut cx, entry);
        if cx.has_errors() {
            return Err(Report::new(cx.diagnostics, cx.sources));
        }
        let mut sources: Vec<ListSource> = Vec::new();
        for (name, of) in policy.list_names.iter().filter_map(|list| Some((&list.name, list.source.as_ref()?))) {
            if !sources.iter().any(|known| known.file == of.file) {
                let SourceOf { file, urls, format, published, .. } = of.clone();
                sources.push(ListSource { name: name.clone(), file, urls, format, published });
            }
        }
        Ok(sources)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_how_old_it_is_in_the_comments_that_it_begins_with() {
        let text = "# Networks.\n# As of 2026-11-22, refreshed.\n# Published 2026-11-20.\n1.2.3.4\n";
        assert_eq!((day_of(text, AS_OF), day_of(text, PUBLISHED)), (Some(20_779), Some(20_777)));
        for text in ["# Networks.\n1.2.3.4\n# As of 2026-11-22\n", "# As of 2026-13-01\n", "# As of yesterday\n", ""] {
            assert_eq!(day_of(text, AS_OF), None, "{text}");
        }
    }
}
