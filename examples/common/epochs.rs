//! Shows a run while it trains.

use super::clock::time;
use super::progress::bar;
use super::say::say;
use indicatif::ProgressBar;
use mgc::train::{Callback, Epoch, Result, Step};
use std::ops::ControlFlow;
use std::time::Duration;

/// The estimate comes after this many steps ...
const STEPS: usize = 10;
/// ... or this time, whichever is first.
const PATIENCE: Duration = Duration::from_secs(20);

/// A line for each epoch, a bar for its steps, and once an estimate of the time to come.
pub(crate) struct Show {
    epochs: usize,
    bar: ProgressBar,
    header_shown: bool,
}

impl Show {
    /// For a run of at most so many epochs.
    pub(crate) fn new(epochs: usize) -> Self {
        Self { epochs, bar: bar("", 0), header_shown: false }
    }

    fn say(&self, line: &str) {
        self.bar.suspend(|| say!("{line}"));
    }

    fn header(&mut self) {
        if !self.header_shown {
            self.header_shown = true;
            self.say("epoch   loss    acc  val loss  val acc        lr  time");
        }
    }
}

impl Callback for Show {
    fn on_start(&mut self, done: &[Epoch]) -> Result<()> {
        match done.len() {
            0 => {}
            done if done < self.epochs => self.say(&format!("Going on after epoch {done}.")),
            done => self.say(&format!("All {done} epochs were trained before.")),
        }
        Ok(())
    }

    fn on_step(&mut self, step: &Step) -> Result<()> {
        if !self.header_shown && step.done > 1 && (step.done == STEPS || step.elapsed > PATIENCE) {
            let per_step = step.elapsed.as_secs_f64() / step.done as f64;
            self.say(&format!(
                "{per_step:.2} s a step: {} to go, less if it stops early.",
                time(step.remaining())
            ));
            self.header();
        }
        if step.batch == 0 {
            self.bar.reset(); // it was finished with the epoch before
        }
        self.bar.set_length(step.batches as u64);
        self.bar.set_position(step.batch as u64 + 1);
        let left = time(step.remaining());
        self.bar.set_message(format!("loss {:.2}, {left} in all", step.loss));
        Ok(())
    }

    fn on_epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>> {
        self.bar.finish_and_clear();
        self.header();
        let valid = match epoch.valid {
            Some(valid) => format!("{:8.3} {:8.3}", valid.loss, valid.accuracy),
            None => format!("{:>8} {:>8}", "-", "-"),
        };
        let Epoch { index, lr, train, elapsed, .. } = epoch;
        let best = if epoch.best { "  best" } else { "" };
        self.say(&format!(
            "{:5} {:6.3} {:6.3}  {valid} {lr:9.2e}  {}{best}",
            index + 1,
            train.loss,
            train.accuracy,
            time(*elapsed)
        ));
        Ok(ControlFlow::Continue(()))
    }
}
