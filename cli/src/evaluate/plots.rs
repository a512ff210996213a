//! Plots as SVG. Colours are readable on white and on black: pages and READMEs have both.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::Evaluation;
use super::spread::Spread;
use crate::failure::Failure;
use crate::metrics::Ranked;

/// A plot.
pub(crate) struct Figure {
    /// Its file is called this, with `.svg`.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) svg: String,
}

const GREY: RGBColor = RGBColor(120, 130, 142);
const PEOPLE: RGBColor = RGBColor(79, 143, 111);
const PROGRAMS: RGBColor = RGBColor(190, 70, 84);
const LINE: RGBColor = RGBColor(91, 127, 176);

const WIDTH: u32 = 760;
const HEIGHT: u32 = 420;
/// The height of one row of a list.
const ROW: i32 = 20;
/// Where the names of a list end, and its bars begin.
const NAMES: i32 = 230;
const BARS: i32 = 440;

/// The smallest share of people that is drawn: its axis is logarithmic.
const LEAST: f64 = 1e-4;

/// The plots of an evaluation.
///
/// # Errors
/// One cannot be drawn.
pub(crate) fn figures(evaluation: &Evaluation) -> Result<Vec<Figure>, Failure> {
    let mut curves = vec![("model", LINE, &evaluation.ranked)];
    if !evaluation.baseline.is_empty() {
        curves.push(("logistic regression", GREY, &evaluation.baseline_ranked));
    }
    let bins: Vec<_> = evaluation.calibration.iter().map(|bin| (bin.probability, bin.programs)).collect();
    Ok(vec![
        Figure { name: "roc", title: "Programs found, by people wrongly taken for programs", svg: roc(&curves)? },
        Figure { name: "calibration", title: "Share of programs, by probability", svg: calibration(&bins)? },
        Figure { name: "scores", title: "Probabilities by source and generator", svg: scores(&evaluation.scores)? },
    ])
}

/// A list of bars: name and length, in a unit of their own.
///
/// # Errors
/// It cannot be drawn.
pub(crate) fn bars(rows: &[(String, f64)]) -> Result<String, Failure> {
    let most = rows.iter().map(|(_, length)| *length).fold(f64::MIN_POSITIVE, f64::max);
    draw(WIDTH, list_height(rows.len()), |area| {
        for (at, (name, length)) in rows.iter().enumerate() {
            let y = ROW * at as i32 + ROW;
            label(area, name, (NAMES - 10, y), HPos::Right)?;
            let end = NAMES + (f64::from(BARS) * length / most).round() as i32;
            area.draw(&Rectangle::new([(NAMES, y - 6), (end.max(NAMES + 1), y + 6)], LINE.filled()))?;
            label(area, &format!("{length:.3}"), (end + 6, y), HPos::Left)?;
        }
        Ok(())
    })
}

fn roc(curves: &[(&str, RGBColor, &Ranked)]) -> Result<String, Failure> {
    draw(WIDTH, HEIGHT, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(14)
            .margin_top(36)
            .margin_right(28)
            .x_label_area_size(44)
            .y_label_area_size(54)
            .build_cartesian_2d((LEAST..1.0).log_scale(), 0.0..1.0)?;
        let font = ("sans-serif", 13).into_font().color(&GREY);
        chart
            .configure_mesh()
            .axis_style(GREY)
            .bold_line_style(GREY.mix(0.35))
            .light_line_style(GREY.mix(0.0))
            .label_style(font)
            .x_desc("people above the score")
            .y_desc("programs above the score")
            .x_label_formatter(&|x| format!("{} %", 100.0 * x))
            .y_label_formatter(&|y| format!("{:.0} %", 100.0 * y))
            .draw()?;
        for (at, (name, colour, ranked)) in curves.iter().enumerate() {
            let curve = ranked.curve(|_| 1.0);
            let steps = curve.as_ref().map(|curve| curve.steps()).unwrap_or_default();
            chart.draw_series(LineSeries::new(staircase(steps), colour.stroke_width(2)))?;
            let x = 60 + 180 * at as i32;
            area.draw(&PathElement::new(vec![(x, 16), (x + 24, 16)], colour.stroke_width(2)))?;
            label(area, name, (x + 32, 16), HPos::Left)?;
        }
        Ok(())
    })
}

/// A curve as it is drawn: its corners, as far apart as can be seen, and not left of what is drawn.
fn staircase(steps: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut drawn: Vec<(f64, f64)> = Vec::new();
    for &(x, y) in steps {
        let x = x.max(LEAST);
        match drawn.last().copied() {
            Some((before, below)) if x < before * 1.01 && y < below + 0.002 => {}
            Some((_, below)) if y > below => drawn.extend([(x, below), (x, y)]),
            _ => drawn.push((x, y)),
        }
    }
    drawn.extend(steps.last().map(|_| (1.0, 1.0)));
    drawn
}

fn calibration(bins: &[(f64, f64)]) -> Result<String, Failure> {
    draw(WIDTH, HEIGHT, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(14)
            .margin_right(28)
            .x_label_area_size(44)
            .y_label_area_size(54)
            .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
        let font = ("sans-serif", 13).into_font().color(&GREY);
        chart
            .configure_mesh()
            .axis_style(GREY)
            .bold_line_style(GREY.mix(0.35))
            .light_line_style(GREY.mix(0.0))
            .label_style(font)
            .x_desc("probability that the model gives")
            .y_desc("share of programs")
            .x_label_formatter(&|x| format!("{:.0} %", 100.0 * x))
            .y_label_formatter(&|y| format!("{:.0} %", 100.0 * y))
            .draw()?;
        chart.draw_series(LineSeries::new([(0.0, 0.0), (1.0, 1.0)], GREY.mix(0.7)))?;
        chart.draw_series(LineSeries::new(bins.iter().copied(), LINE.stroke_width(2)))?;
        chart.draw_series(bins.iter().map(|bin| Circle::new(*bin, 4, LINE.filled())))?;
        Ok(())
    })
}

fn scores(spreads: &[Spread]) -> Result<String, Failure> {
    draw(WIDTH, list_height(spreads.len()), |area| {
        for (at, Spread { name, is_program, rows, at: [low, from, middle, to, high] }) in spreads.iter().enumerate() {
            let y = ROW * at as i32 + ROW;
            let x = |share: f64| NAMES + (f64::from(BARS) * share).round() as i32;
            let colour = if *is_program { PROGRAMS } else { PEOPLE };
            label(area, name, (NAMES - 10, y), HPos::Right)?;
            area.draw(&PathElement::new(vec![(x(*low), y), (x(*high), y)], colour.stroke_width(1)))?;
            area.draw(&Rectangle::new(
                [(x(*from), y - 5), (x(*to).max(x(*from) + 1), y + 5)],
                colour.mix(0.55).filled(),
            ))?;
            area.draw(&Rectangle::new([(x(*middle) - 1, y - 7), (x(*middle) + 1, y + 7)], colour.filled()))?;
            label(area, &rows.to_string(), (NAMES + BARS + 14, y), HPos::Left)?;
        }
        Ok(())
    })
}

type Drawn = Result<(), Box<dyn std::error::Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn draw(width: u32, height: u32, with: impl FnOnce(&Area<'_>) -> Drawn) -> Result<String, Failure> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
        with(&area).map_err(Failure::because("a plot cannot be drawn"))?;
        area.present().map_err(Failure::because("a plot cannot be drawn"))?;
    }
    Ok(svg)
}

fn label(area: &Area<'_>, text: &str, at: (i32, i32), side: HPos) -> Drawn {
    let style = ("sans-serif", 13).into_font().color(&GREY).pos(Pos::new(side, VPos::Center));
    area.draw(&Text::new(text.to_owned(), at, style))?;
    Ok(())
}

fn list_height(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(0) * ROW as u32 + ROW as u32
}
