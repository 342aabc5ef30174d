//! The reliability diagram.

use super::axes::Axes;
use super::detail::{Bin, Calibration};
use std::fmt::Write;

/// Draws the share of right answers against their probability. The area of a dot is its number of answers.
pub(super) fn reliability_diagram(calibration: &Calibration) -> String {
    let ticks: Vec<f64> = (0..=5).map(|tick| 20.0 * f64::from(tick)).collect();
    let axes = Axes {
        x: (0.0, 100.0),
        y: (0.0, 100.0),
        x_ticks: ticks.clone(),
        y_ticks: ticks,
        x_name: "probability of the answer, %",
    };
    let mut inside = format!(
        "<line class=\"ideal\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>",
        axes.x(0.0),
        axes.y(0.0),
        axes.x(100.0),
        axes.y(100.0)
    );
    let filled: Vec<&Bin> = calibration.bins.iter().filter(|bin| bin.answers > 0).collect();
    let place = |bin: &Bin| (axes.x(100.0 * bin.probability), axes.y(100.0 * bin.accuracy));
    let points: Vec<String> =
        filled.iter().map(|bin| place(bin)).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ = write!(inside, "<polyline class=\"train thin\" points=\"{}\"/>", points.join(" "));
    let most = filled.iter().map(|bin| bin.answers).max().unwrap_or(1) as f64;
    for bin in filled {
        let (x, y) = place(bin);
        let radius = 2.0 + 7.0 * (bin.answers as f64 / most).sqrt();
        let _ = write!(inside, "<circle class=\"bin\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/>");
    }
    axes.figure("Share of right answers against their probability", &inside)
}
