//! Learning curves of all runs of a line.

use super::axes::{Axes, round_ticks};
use super::detail::{Curve, Detail};
use super::text::counted;
use crate::grid::EpochRow;
use std::collections::BTreeSet;
use std::fmt::Write;

/// A validation loss above so many times the highest training loss is drawn at the upper edge.
const CUT_OFF: f64 = 3.0;
/// Runs with at most so many epochs have a dot for each.
const DOTS: usize = 20;

type Value = fn(&EpochRow) -> Option<f64>;

/// Draws loss and accuracy over the epochs; a sentence where there are none.
pub(super) fn learning_curves(detail: &Detail) -> String {
    let last = detail.curves.iter().map(|curve| curve.epochs.len()).max().unwrap_or(0);
    if last == 0 {
        return "<p>No epoch was trained, so there are no learning curves.</p>\n".into();
    }
    let loss = Panel {
        curves: &detail.curves,
        values: [("train", |epoch| Some(epoch.loss)), ("valid", |epoch| epoch.valid_loss)],
        top: highest_loss(&detail.curves),
        last,
    };
    let percent = |value: f64| 100.0 * value;
    let accuracy = Panel {
        values: [
            ("train", |epoch| Some(100.0 * epoch.accuracy)),
            ("valid", |epoch| epoch.valid_accuracy.map(|value| 100.0 * value)),
        ],
        top: percent(1.0),
        ..loss
    };
    format!(
        "<div class=\"charts\">\n<figure><figcaption>Loss</figcaption>{}</figure>\n\
         <figure><figcaption>Accuracy, %</figcaption>{}</figure>\n</div>\n<p class=\"note\">{}</p>\n",
        loss.draw("Loss over the epochs"),
        accuracy.draw("Accuracy over the epochs"),
        legend(detail, loss.top)
    )
}

fn legend(detail: &Detail, top: f64) -> String {
    let mut legend = String::from(
        "<span class=\"key train\"></span>\u{a0}training, <span class=\"key valid\"></span>\u{a0}validation. ",
    );
    match detail.curves.len() {
        1 => legend += "One run; the circle is its best epoch.",
        runs => {
            let _ = write!(legend, "Thin: each of {}; circles: their best epochs. ", counted(runs, "run"));
            legend += "Bold: their mean, while all still train.";
        }
    }
    let rates = || detail.curves.iter().flat_map(|curve| &curve.epochs).map(|epoch| epoch.lr);
    let (most, least) = (rates().fold(0.0, f64::max), rates().fold(f64::INFINITY, f64::min));
    match most > least {
        true => write!(legend, " Dashed: the learning rate was lowered, from {most} to {least} at last."),
        false => write!(legend, " The learning rate stayed at {most}."),
    }
    .ok();
    let top = round_ticks(top).last().copied().unwrap_or(top);
    let epochs = || detail.curves.iter().flat_map(|curve| &curve.epochs);
    let highest =
        epochs().filter_map(|epoch| epoch.valid_loss).filter(|loss| loss.is_finite()).fold(0.0, f64::max);
    if highest > top {
        let _ = write!(
            legend,
            " Validation losses above {top} lie at the upper edge; the highest is {highest:.1}."
        );
    }
    legend
}

/// One quantity over the epochs.
struct Panel<'a> {
    curves: &'a [Curve],
    /// The class of the lines, and the value of an epoch.
    values: [(&'static str, Value); 2],
    top: f64,
    last: usize,
}

impl Panel<'_> {
    fn draw(&self, label: &str) -> String {
        let ticks = round_ticks(self.top);
        let axes = Axes {
            x: (1.0, self.last.max(2) as f64),
            y: (0.0, ticks.last().copied().unwrap_or(self.top)),
            x_ticks: epoch_ticks(self.last),
            y_ticks: ticks,
            x_name: "epoch",
        };
        let mut inside = self.rate_cuts(&axes);
        for (class, value) in self.values {
            inside += &self.lines(&axes, class, value);
        }
        inside += &self.best(&axes);
        axes.figure(label, &inside)
    }

    /// Marks the epochs at which a run went on at a lower learning rate.
    fn rate_cuts(&self, axes: &Axes<'_>) -> String {
        let cuts: BTreeSet<usize> = self
            .curves
            .iter()
            .flat_map(|curve| curve.epochs.windows(2).enumerate())
            .filter(|(_, pair)| pair[1].lr < pair[0].lr)
            .map(|(index, _)| index + 2)
            .collect();
        let (bottom, top) = (axes.y(axes.y.0), axes.y(axes.y.1));
        let line = |epoch: &usize| {
            let x = axes.x(*epoch as f64);
            format!("<line class=\"cut\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{bottom:.1}\" y2=\"{top:.1}\"/>")
        };
        cuts.iter().map(line).collect()
    }

    fn lines(&self, axes: &Axes<'_>, class: &str, value: Value) -> String {
        let mut lines = String::new();
        for curve in self.curves {
            let values: Vec<Option<f64>> = curve.epochs.iter().map(value).collect();
            let thin = if self.curves.len() > 1 { " thin" } else { "" };
            lines += &polylines(axes, &values, &format!("{class}{thin}"), curve.epochs.len() <= DOTS);
        }
        if self.curves.len() > 1 {
            lines += &polylines(axes, &self.means(value), class, false);
        }
        lines
    }

    /// The mean over the runs of each epoch that all have.
    fn means(&self, value: Value) -> Vec<Option<f64>> {
        let common = self.curves.iter().map(|curve| curve.epochs.len()).min().unwrap_or(0);
        let mean = |epoch: usize| {
            let values: Option<Vec<f64>> =
                self.curves.iter().map(|curve| value(&curve.epochs[epoch])).collect();
            values.map(|values| values.iter().sum::<f64>() / values.len() as f64)
        };
        (0..common).map(mean).collect()
    }

    /// Circles the best epoch of each run, on the curve that chose it.
    fn best(&self, axes: &Axes<'_>) -> String {
        let circle = |curve: &Curve| {
            let epoch = curve.epochs.get(curve.best_epoch.checked_sub(1)?)?;
            let [train, valid] = self.values;
            let (class, value) = match valid.1(epoch) {
                Some(value) => (valid.0, value),
                None => (train.0, train.1(epoch)?),
            };
            let (x, y) = (axes.x(curve.best_epoch as f64), axes.y(finite(value)?));
            Some(format!("<circle class=\"best {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>"))
        };
        self.curves.iter().filter_map(circle).collect()
    }
}

/// Draws a curve, in pieces where values are missing.
fn polylines(axes: &Axes<'_>, values: &[Option<f64>], class: &str, dots: bool) -> String {
    let place = |(index, value): (usize, &Option<f64>)| {
        value.and_then(finite).map(|value| (axes.x((index + 1) as f64), axes.y(value)))
    };
    let places: Vec<Option<(f64, f64)>> = values.iter().enumerate().map(place).collect();
    let mut svg = String::new();
    for piece in places.split(Option::is_none).filter(|piece| piece.len() > 1) {
        let points: Vec<String> = piece.iter().flatten().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = write!(svg, "<polyline class=\"{class}\" points=\"{}\"/>", points.join(" "));
    }
    if dots {
        for (x, y) in places.iter().flatten() {
            let _ = write!(svg, "<circle class=\"dot {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"1.8\"/>");
        }
    }
    svg
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn highest_loss(curves: &[Curve]) -> f64 {
    let epochs = || curves.iter().flat_map(|curve| &curve.epochs);
    let train = epochs().map(|epoch| epoch.loss).filter(|loss| loss.is_finite()).fold(0.1, f64::max);
    let valid = epochs().filter_map(|epoch| epoch.valid_loss).filter(|loss| loss.is_finite());
    valid.fold(train, f64::max).min(CUT_OFF * train)
}

/// Returns the first and last epoch and some between, evenly.
fn epoch_ticks(last: usize) -> Vec<f64> {
    let step = [1, 2, 5, 10, 20, 25, 50, 100].into_iter().find(|step| last / step <= 6).unwrap_or(last);
    let mut ticks: Vec<usize> = (1..=last).filter(|epoch| epoch % step == 0).collect();
    if ticks.first() != Some(&1) && step > 1 {
        ticks.insert(0, 1);
    }
    ticks.into_iter().map(|epoch| epoch as f64).collect()
}
