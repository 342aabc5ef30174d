//! Learning curves: loss and accuracy of every epoch.

use super::canvas::{Draw, Drawn, Figure};
use super::panel::Panel;
use mgc_train::{History, Metrics};
use plotters::coord::Shift;
use plotters::prelude::*;

/// A validation loss above so many times the highest training loss is cut off: early ones can be huge.
const CUT_OFF: f64 = 3.0;

/// The learning curves of a run: loss above, accuracy below.
///
/// Dashed lines mark where the learning rate was lowered, a circle the best epoch. Losses that exceed three
/// times the highest finite training loss are drawn at the upper edge; values that are not a number are left
/// out.
#[derive(Debug, Clone, Copy)]
pub struct CurvesFigure<'a> {
    history: &'a History,
}

impl<'a> CurvesFigure<'a> {
    /// Makes the figure of a run.
    #[must_use]
    pub fn new(history: &'a History) -> Self {
        Self { history }
    }

    /// The upper end of the axis of losses.
    fn highest_loss(&self) -> f64 {
        let epochs = &self.history.epochs;
        let highest = |scores: &mut dyn Iterator<Item = Metrics>| {
            scores.map(|score| score.loss).filter(|loss| loss.is_finite()).fold(0.1, f64::max)
        };
        let train = highest(&mut epochs.iter().map(|epoch| epoch.train));
        let valid = highest(&mut epochs.iter().filter_map(|epoch| epoch.valid));
        1.05 * valid.clamp(train, CUT_OFF * train)
    }
}

impl Figure for CurvesFigure<'_> {
    fn size(&self) -> (u32, u32) {
        (900, 760)
    }
}

impl Draw for CurvesFigure<'_> {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let loss = Panel {
            history: self.history,
            name: "loss",
            top: self.highest_loss(),
            value: |score| score.loss,
            legend: SeriesLabelPosition::UpperRight,
        };
        let accuracy = Panel {
            history: self.history,
            name: "accuracy",
            top: 1.0,
            value: |score| score.accuracy,
            legend: SeriesLabelPosition::LowerRight,
        };
        let halves = area.split_evenly((2, 1));
        loss.draw(&halves[0])?;
        accuracy.draw(&halves[1])
    }
}
