//! An experiment in the terminal: a bar for the features, a line for each epoch, the scores at the end.

use super::cli::Outcome;
use super::progress::bar;
use super::say::{say, tell};
use super::text::{thousands, time};
use indicatif::ProgressBar;
use mgc::candle::utils::get_num_threads;
use mgc::datasets::Split;
use mgc::experiment::{self, Data, Observer, RunFolder, Start, Warning};
use mgc::report::{save_figures, summary};
use mgc::train::{Epoch, Step};
use mgc_files::printable_path;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

/// The estimate comes after this many steps ...
const STEPS: usize = 10;
/// ... or this time, whichever is first.
const PATIENCE: Duration = Duration::from_secs(20);

/// Shows an experiment while it runs.
pub(crate) struct Terminal {
    recipe: String,
    started: Instant,
    features: Option<ProgressBar>,
    steps: ProgressBar,
    header_shown: bool,
}

impl Terminal {
    /// For an experiment with the recipe of this name.
    pub(crate) fn new(recipe: &str) -> Self {
        let (recipe, started) = (recipe.to_owned(), Instant::now());
        Self { recipe, started, features: None, steps: bar("", 0), header_shown: false }
    }

    fn say(&self, line: &str) {
        self.steps.suspend(|| say!("{line}"));
    }

    fn header(&mut self) {
        if !self.header_shown {
            self.header_shown = true;
            self.say("epoch   loss    acc  val loss  val acc        lr  time");
        }
    }
}

impl Observer for Terminal {
    fn on_warning(&mut self, warning: &Warning) {
        let advice = match warning {
            Warning::AlikeLabels(_) => "; `--label-map OTHER=ONE` makes them one",
            _ => "",
        };
        tell!("warning: {warning}{advice}");
    }

    fn on_features(&mut self, done: usize, total: usize) {
        self.features.get_or_insert_with(|| bar("Log-mel features", total)).set_position(done as u64);
    }

    fn on_data(&mut self, data: &Data<'_>) {
        if let Some(bar) = self.features.take() {
            bar.finish_and_clear();
        }
        let mut tracks: Vec<_> = Split::ALL.iter().flat_map(|split| data.side(*split).tracks()).collect();
        tracks.dedup();
        let (frames, bands) = data.shape();
        let (tracks, took) = (thousands(tracks.len()), time(self.started.elapsed()));
        say!("Spectrograms of {tracks} tracks, {frames} frames x {bands} bands: {took}");
    }

    fn on_start(&mut self, start: &Start) {
        let Start { network, parameters, train, steps, valid_tracks, done, .. } = start;
        say!(
            "{network} ({} parameters), recipe {}: at most {} x {steps} steps, batch size {}, seed {}, threads {}",
            thousands(*parameters),
            self.recipe,
            train.epochs,
            train.batch_size,
            train.seed,
            get_num_threads()
        );
        if let Some(tracks) = valid_tracks {
            let tracks = thousands(*tracks);
            say!(
                "Training counts chunks; validation counts {tracks} tracks, by the mean over the chunks of each."
            );
        }
        match *done {
            0 => {}
            done if done < train.epochs => say!("Resuming after epoch {done}."),
            done => say!("Nothing to train: all {done} epochs are done. A larger --epochs goes further."),
        }
    }

    fn on_step(&mut self, step: &Step) {
        if !self.header_shown && step.done > 1 && (step.done == STEPS || step.elapsed > PATIENCE) {
            let per_step = step.elapsed.as_secs_f64() / step.done as f64;
            let left = time(step.remaining());
            self.say(&format!("{per_step:.2} s a step: {left} to go, less if it stops early."));
            self.header();
        }
        if step.batch == 0 {
            self.steps.reset(); // it was finished with the epoch before
        }
        self.steps.set_length(step.batches as u64);
        self.steps.set_position(step.batch as u64 + 1);
        self.steps.set_message(format!("loss {:.2}, {} in all", step.loss, time(step.remaining())));
    }

    fn on_epoch(&mut self, epoch: &Epoch) -> ControlFlow<()> {
        self.steps.finish_and_clear();
        self.header();
        let valid = match epoch.valid {
            Some(valid) => format!("{:8.3} {:8.3}", valid.loss, valid.accuracy),
            None => format!("{:>8} {:>8}", "-", "-"),
        };
        let Epoch { index, lr, train, elapsed, .. } = epoch;
        let best = if epoch.best { "  best" } else { "" };
        let (index, elapsed) = (index + 1, time(*elapsed));
        self.say(&format!(
            "{index:5} {:6.3} {:6.3}  {valid} {lr:9.2e}  {elapsed}{best}",
            train.loss, train.accuracy
        ));
        ControlFlow::Continue(())
    }
}

/// Draws the figures of a finished run and prints its scores, which do not depend on a disk with space.
pub(crate) fn show_outcome(outcome: &experiment::Outcome, folder: &Path) -> Outcome {
    let drawn = save_figures(outcome, folder);
    let confusion = outcome.confusion();
    let best = outcome.history.best.map_or(0, |index| index + 1);
    let side = match outcome.side {
        Split::Test => "Test",
        Split::Valid => "Valid",
        Split::Train => "Train",
    };
    say!("\n{side} {}, best epoch {best}", summary(confusion));
    if outcome.by_track.is_some() {
        let chunks = &outcome.evaluation.confusion;
        say!(
            "(a track counts by the mean over its chunks; of single chunks {:.2} are right)",
            chunks.accuracy()
        );
    }
    if outcome.side != Split::Test {
        say!("(there is no test side: these tracks took part in training or in choosing the best epoch)");
    }
    say!("\n{}", confusion.table(&outcome.labels));
    drawn?;
    let (curves, matrix) = (RunFolder::CURVES, RunFolder::CONFUSION);
    say!(
        "{}: {} {} {curves}.svg/.png {matrix}.svg/.png {} {}",
        printable_path(folder),
        RunFolder::MODEL,
        RunFolder::LOG,
        RunFolder::SPLIT,
        RunFolder::SKIPPED
    );
    Ok(())
}
