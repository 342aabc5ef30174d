//! A share with its interval, drawn on a line from 0 to 100 %.
//!
//! Places are in percent of the width, so strips fit any page and their strokes and dots keep their size.

use super::dataset::Dataset;
use super::escape::html;
use super::facts::Facts;
use super::line::Line;
use super::test_set::TestSet;
use super::text::{interval, percent};
use std::fmt::Write;

/// What a strip shows.
#[derive(Default)]
pub(super) struct Strip<'a> {
    pub(super) mean: f64,
    /// Whiskers; without them the dot is hollow.
    pub(super) interval: Option<(f64, f64)>,
    /// Small dots.
    pub(super) runs: &'a [f64],
    /// A dashed line: what is right without listening.
    pub(super) chance: Option<f64>,
    /// A diamond: a published figure.
    pub(super) paper: Option<f64>,
}

/// Draws a strip.
pub(super) fn strip(strip: &Strip<'_>) -> String {
    let mut svg = String::from("<svg class=\"strip\" aria-hidden=\"true\">");
    for place in [0.0, 0.25, 0.5, 0.75, 1.0] {
        svg += &vertical(place, "grid");
    }
    svg += &strip.chance.map_or_else(String::new, |chance| vertical(chance, "chance"));
    for run in strip.runs {
        let _ = write!(svg, "<circle class=\"run\" cx=\"{}%\" cy=\"50%\" r=\"2.5\"/>", percent(*run));
    }
    if let Some((low, high)) = strip.interval {
        svg += &whiskers(&percent(low), &percent(high));
    }
    if let Some(paper) = strip.paper {
        let place = percent(paper);
        let _ = write!(
            svg,
            "<svg class=\"paper\" x=\"{place}%\" y=\"50%\"><path d=\"M0-6 6 0 0 6-6 0z\"/></svg>"
        );
    }
    let class = if strip.interval.is_some() { "mean" } else { "mean hollow" };
    let _ =
        write!(svg, "<circle class=\"{class}\" cx=\"{}%\" cy=\"50%\" r=\"5\"/></svg>", percent(strip.mean));
    svg
}

fn vertical(place: f64, class: &str) -> String {
    let x = percent(place);
    format!("<line class=\"{class}\" x1=\"{x}%\" x2=\"{x}%\" y1=\"0\" y2=\"100%\"/>")
}

fn whiskers(low: &str, high: &str) -> String {
    let cap = |x: &str| format!("<line class=\"whisker\" x1=\"{x}%\" x2=\"{x}%\" y1=\"30%\" y2=\"70%\"/>");
    let bar = format!("<line class=\"whisker\" x1=\"{low}%\" x2=\"{high}%\" y1=\"50%\" y2=\"50%\"/>");
    bar + &cap(low) + &cap(high)
}

/// Draws the means and intervals on one dataset below each other; nothing without a result.
pub(super) fn interval_plot(facts: &Facts, dataset: &Dataset) -> String {
    let lines: Vec<&Line> =
        facts.lines.iter().filter(|line| line.n > 0 && line.names.dataset == dataset.name).collect();
    let several = facts.different(|line| &line.names.recipe).len() > 1;
    let rows: String = lines.iter().map(|line| row(facts, line, several)).collect();
    let mut legend = String::from(
        "Dot: mean. Whiskers: 95\u{a0}% interval. Small dots: single runs. Dashed line: right without listening.",
    );
    if lines.iter().any(|line| line.interval.is_none()) {
        legend += " Hollow dot: no interval, as the table explains.";
    }
    if lines.iter().any(|line| line.paper.is_some()) {
        legend += " Diamond: paper, best of several random splits.";
    }
    let quick = if facts.quick { " (quick run)" } else { "" };
    format!(
        "<figure class=\"plot\">\n<figcaption>Share of tracks named right on {}{quick}</figcaption>\n{rows}{}\
         <p class=\"note\">{legend}</p>\n</figure>\n",
        html(&dataset.name),
        axis()
    )
}

fn row(facts: &Facts, line: &Line, several: bool) -> String {
    let drawn = strip(&Strip {
        mean: line.mean.unwrap_or(0.0),
        interval: line.interval,
        runs: &line.accuracies,
        chance: facts.test_set(line).map(TestSet::without_listening),
        paper: line.paper.as_ref().map(|paper| paper.accuracy),
    });
    let names = &line.names;
    let recipe = if several { format!(" \u{b7} {}", html(&names.recipe)) } else { String::new() };
    let value = line.mean.map_or_else(String::new, percent);
    let ends = match line.no_interval {
        Some(why) => why.brief().to_owned(),
        None => line.interval.map_or_else(|| "no interval".to_owned(), interval),
    };
    format!(
        "<div class=\"plot-row\"><span class=\"plot-name\">{} <small>{}{recipe}</small></span>{drawn}\
         <span class=\"plot-value\">{value}\u{a0}% <small>{ends}</small></span></div>\n",
        html(&names.network),
        html(&names.protocol),
    )
}

/// The numbers below the strips.
fn axis() -> String {
    let tick = |(place, anchor): (u32, &str)| {
        format!("<text x=\"{place}%\" y=\"14\" text-anchor=\"{anchor}\">{place}\u{a0}%</text>")
    };
    let ticks: String =
        [(0, "start"), (25, "middle"), (50, "middle"), (75, "middle"), (100, "end")].map(tick).concat();
    format!(
        "<div class=\"plot-row axis\"><span class=\"plot-name\"></span>\
         <svg class=\"strip\" aria-hidden=\"true\">{ticks}</svg><span class=\"plot-value\"></span></div>\n"
    )
}
