//! Diagnostics as text.

use super::{Diagnostic, Severity, place::clip};
use crate::source::Sources;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::path::Path;

/// Wide enough that no source line is cut in the middle of what is underlined.
const WIDTH: usize = 160;

pub(super) fn render(diagnostics: &[Diagnostic], sources: &Sources, folder: &Path, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.term_width(WIDTH);
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&[group(diagnostic, sources, folder)]));
        out.push_str("\n\n");
    }
    if !diagnostics.is_empty() {
        out.push_str(&format!("{} found\n", summary(diagnostics)));
    }
    out
}

/// `2 mistakes and 1 warning`.
fn summary(diagnostics: &[Diagnostic]) -> String {
    let count = |severity, what: &str| {
        let count = diagnostics.iter().filter(|one| one.severity() == severity).count();
        (count > 0).then(|| format!("{count} {what}{}", if count == 1 { "" } else { "s" }))
    };
    let counts = [count(Severity::Error, "mistake"), count(Severity::Warning, "warning")];
    counts.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources, folder: &Path) -> Group<'a> {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&diagnostic.message).id(diagnostic.code.id());
    let mut group = Group::with_title(title);
    for snippet in snippets(diagnostic, sources, folder) {
        group = group.element(snippet);
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    group
}

/// The underlined text, a snippet for each file.
fn snippets<'a>(
    diagnostic: &'a Diagnostic,
    sources: &'a Sources,
    folder: &Path,
) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let Some(place) = &diagnostic.place else { return Vec::new() };
    let primary = AnnotationKind::Primary.span(clip(place, sources)).label(label(&diagnostic.label));
    let mut snippets = vec![(place.file, vec![primary])];
    for (place, text) in &diagnostic.related {
        let annotation = AnnotationKind::Context.span(clip(place, sources)).label(label(text));
        match snippets.iter_mut().find(|(file, _)| *file == place.file) {
            Some((_, annotations)) => annotations.push(annotation),
            None => snippets.push((place.file, vec![annotation])),
        }
    }
    let snippet = |(file, annotations)| {
        let source = sources.file(file)?;
        Some(
            Snippet::source(&*source.text)
                .path(folder.join(&source.path).to_string_lossy().into_owned())
                .annotations(annotations),
        )
    };
    snippets.into_iter().filter_map(snippet).collect()
}

fn label(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
