//! Reports as one file of HTML: no script, nothing from elsewhere, light and dark.
//!
//! Whatever comes from a log goes through `maud`, which escapes it; nothing is written into the page as it is but the
//! style sheet of this folder.

mod chart;
mod diff;
mod limits;
mod replay;

pub use diff::diff;
pub use limits::simulation;
pub use replay::replay;

use crate::{Estimate, FileRow, Passed, Rejected, text};
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("html/style.css");

/// A whole page.
pub fn page(title: &str, subtitle: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                // What a log smuggled in despite the escaping could not run or fetch anything.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { h1 { (title) } p { (subtitle) } }
                main { (body) }
                footer { "Made by outwork " (env!("CARGO_PKG_VERSION")) "." }
            }
        }
    };
    page.into_string()
}

/// Numbers that stand first: each with its name and a note.
pub fn tiles(tiles: &[(&str, String, String)]) -> Markup {
    html! {
        dl.tiles {
            @for (name, value, note) in tiles {
                div { dt { (name) } dd { (value) } dd.note { (note) } }
            }
        }
    }
}

/// A part of a page.
pub fn section(title: &str, body: &Markup) -> Markup {
    html! { section { h2 { (title) } (body) } }
}

/// What limits and canaries could not do.
fn cautions(cautions: &[String]) -> Markup {
    html! { @for caution in cautions { p.note { strong { "Warning" } ": " (caution) } } }
}

/// That numbers are estimates, and which lines were passed over.
fn measured(estimate: Option<&Estimate>, passed: Option<Passed>) -> Markup {
    html! {
        @if let Some(estimate) = estimate {
            p.note {
                strong { "Estimated" } ", ± " (format!("{:.0}", estimate.requests_error)) ": " (text::number(estimate.lines))
                " lines, of which " (text::number(estimate.sampled))
                " stand for several requests each, by the rate at which they were kept. ± is a standard error, of shares in points."
            }
        }
        @if let Some(passed) = passed {
            p.note {
                (text::number(passed.outside)) " lines of another time were passed over, and "
                (text::number(passed.timeless)) " without a time."
            }
        }
    }
}

/// A table whose first column is text and whose other columns are numbers.
fn table(caption: &str, head: &[&str], rows: &[(String, Vec<String>)]) -> Markup {
    html! {
        table {
            caption { (caption) }
            thead { tr { @for name in head { th scope="col" { (name) } } } }
            tbody {
                @for (name, cells) in rows {
                    tr { th scope="row" { (name) } @for cell in cells { td { (cell) } } }
                }
            }
        }
    }
}

/// A chart, and its numbers for who cannot see it.
fn figure(chart: &Markup, numbers: &Markup) -> Markup {
    html! { figure { (chart) details { summary { "The numbers" } (numbers) } } }
}

fn files(files: &[FileRow]) -> Markup {
    html! {
        p.files {
            @for file in files {
                span { code { (file.name) } " " (file.format.unwrap_or("empty")) }
                @if let Some(why) = &file.broken { strong { " not read to its end: " (why) } }
                " "
            }
        }
    }
}

fn rejected(rejected: &Rejected) -> Markup {
    if rejected.lines == 0 {
        return html! {};
    }
    let rows: Vec<_> = rejected.reasons.iter().map(|row| (row.reason.clone(), vec![text::number(row.lines)])).collect();
    section(
        "Lines that could not be read",
        &html! {
            (table("Lines passed over, by reason", &["Reason", "Lines"], &rows))
            ul { @for line in &rejected.first { li { code { (line.file) ":" (line.line) } " " (line.reason) } } }
        },
    )
}
