//! Charts as inline SVG, in the colours of the style sheet.

use maud::{Markup, html};

/// A stack of numbers over a name: allow, tag, throttle, challenge, block.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) parts: Vec<u64>,
}

/// The classes of the parts of a column, in the style sheet.
pub(super) const VERDICTS: [&str; 5] = ["allow", "tag", "throttle", "challenge", "block"];

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 220.0;
const BASE: f64 = 190.0;
const LEFT: f64 = 56.0;

/// Columns side by side; `classes` colour the parts, from the bottom.
pub(super) fn columns(label: &str, columns: &[Column], classes: &[&str]) -> Markup {
    let all = |column: &Column| column.parts.iter().sum::<u64>();
    let most = ceiling(columns.iter().map(all).max().unwrap_or(0));
    let step = (WIDTH - LEFT) / columns.len().max(1) as f64;
    html! {
        svg.chart viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(label) {
            title { (label) }
            @for quarter in [0, 1, 2] {
                @let y = BASE - 85.0 * quarter as f64;
                line.grid x1=(LEFT) x2=(WIDTH) y1=(y) y2=(y) {}
                text.axis x=(LEFT - 8.0) y=(y + 4.0) text-anchor="end" { (short(most / 2 * quarter)) }
            }
            @for (at, column) in columns.iter().enumerate() {
                (stack(column, classes, LEFT + step * at as f64, step, most))
            }
            @for (at, column) in columns.iter().enumerate().step_by(columns.len().div_ceil(12).max(1)) {
                text.axis x=(round(LEFT + step * (at as f64 + 0.5))) y=(BASE + 18.0) text-anchor="middle" { (column.name) }
            }
        }
    }
}

fn stack(column: &Column, classes: &[&str], x: f64, step: f64, most: u64) -> Markup {
    let gap = (step * 0.15).min(6.0);
    let scale = 170.0 / most.max(1) as f64;
    let mut top = BASE;
    let mut parts = Vec::new();
    for (number, class) in column.parts.iter().zip(classes) {
        let height = *number as f64 * scale;
        top -= height;
        if *number > 0 {
            parts.push((class, round(top), round(height.max(0.75))));
        }
    }
    let told = column.parts.iter().zip(classes).filter(|(number, _)| **number > 0);
    let told: Vec<_> = told.map(|(number, class)| format!("{class} {number}")).collect();
    html! {
        g {
            title { (column.name) ": " (told.join(", ")) }
            @for (class, y, height) in parts {
                rect class=(class) x=(round(x + gap / 2.0)) y=(y) width=(round(step - gap)) height=(height) {}
            }
        }
    }
}

/// One bar of parts that make a whole.
pub(super) fn whole(label: &str, parts: &[(&str, u64)]) -> Markup {
    let all = parts.iter().map(|(_, number)| number).sum::<u64>().max(1);
    let mut x = 0.0;
    let mut bars = Vec::new();
    for (class, number) in parts {
        let width = *number as f64 / all as f64 * WIDTH;
        if *number > 0 {
            bars.push((class, round(x), round(width.max(1.0)), number));
        }
        x += width;
    }
    html! {
        svg.whole viewBox=(format!("0 0 {WIDTH} 36")) preserveAspectRatio="none" role="img" aria-label=(label) {
            title { (label) }
            @for (class, x, width, number) in bars {
                rect class=(class) x=(x) y="0" width=(width) height="36" { title { (class) ": " (number) } }
            }
        }
    }
}

/// A bar inside a table's cell, as long as its part of the longest.
pub(super) fn bar(class: &str, number: u64, most: u64) -> Markup {
    let width = number as f64 / most.max(1) as f64 * 100.0;
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            rect class=(class) x="0" y="0" width=(round(width)) height="10" {}
        }
    }
}

/// What stands at the top of an axis: little above the most, round, and with a whole half.
fn ceiling(most: u64) -> u64 {
    let mut power = 1_u64;
    while power.saturating_mul(10) < most {
        power = power.saturating_mul(10);
    }
    let step = match power {
        1 => 2,
        _ if most > power.saturating_mul(2) => power,
        _ => power / 5,
    };
    most.max(1).div_ceil(step).saturating_mul(step)
}

/// `12k`, `1.5M`: for axes.
fn short(number: u64) -> String {
    let with = |unit: u64, name: &str| {
        let tenths = number % unit * 10 / unit;
        let fraction = if tenths == 0 { String::new() } else { format!(".{tenths}") };
        format!("{}{fraction}{name}", number / unit)
    };
    match number {
        0..1_000 => number.to_string(),
        1_000..1_000_000 => with(1_000, "k"),
        1_000_000..1_000_000_000 => with(1_000_000, "M"),
        _ => with(1_000_000_000, "G"),
    }
}

fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_above_what_they_show() {
        assert_eq!([0, 1, 3, 9, 11, 47, 99, 101, 1_000_000].map(ceiling), [2, 2, 4, 10, 12, 50, 100, 120, 1_000_000]);
        assert_eq!(ceiling(u64::MAX), u64::MAX);
        assert_eq!([7, 1_500, 20_000, 2_000_000].map(short), ["7", "1.5k", "20k", "2M"]);
    }
}
