//! A grid of experiments in the terminal: options, progress, tables.

use super::cli::Outcome;
use super::corpus::render;
use super::outputs::claim_grid;
use super::progress::bar;
use super::say::{say, tell};
use super::text::{thousands, time};
use clap::Args;
use indicatif::ProgressBar;
use mgc::datasets::{Shard, Synthetic};
use mgc::experiment::Warning;
use mgc::grid::{Cell, CellResult, Cost, Grid, GridObserver, GridResults, GridRun, GridTimes, Row};
use mgc::ops::keep_freed_memory;
use mgc::report::grid::{GridReport, ReportContext};
use mgc::train::Step;
use mgc_files::printable_path;
use signal_hook::consts::SIGINT;
use signal_hook::flag::{register, register_conditional_shutdown};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How a grid is run.
#[derive(Args)]
pub(crate) struct GridOptions {
    /// Train so many experiments at the same time; one already uses every core
    #[arg(long, default_value_t = 1, value_name = "N")]
    jobs: usize,

    /// Train only part I of N; other processes or machines train the rest in the same --out. Without it, processes
    /// that share --out each take the next experiment that no other has begun (docs/SCALING.md)
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,

    /// Write the curves of each experiment for TensorBoard too; `tensorboard --logdir` of --out shows them all
    #[arg(long)]
    tensorboard: bool,

    /// List the experiments and end
    #[arg(long)]
    list: bool,

    /// Time a training step of each network, say what everything would cost, and end
    #[arg(long)]
    dry_run: bool,

    /// State the measured time in the report too, which then differs from run to run; times.csv always has it
    #[arg(long)]
    timed: bool,
}

impl GridOptions {
    /// Lists the grid, says what it costs, or runs it in a folder and writes tables and report there; returns whether
    /// no experiment failed.
    ///
    /// `file` describes the grid, if one does.
    pub(crate) fn run(
        &self,
        grid: &Grid,
        file: Option<&PathBuf>,
        out: &Path,
        context: &ReportContext,
    ) -> Outcome<bool> {
        keep_freed_memory();
        let stop = Arc::new(AtomicBool::new(false));
        let mut run = GridRun::new(grid, out).with_jobs(self.jobs).with_stop(stop.clone());
        if let Some(shard) = self.shard {
            run = run.with_shard(shard);
        }
        if self.tensorboard {
            run = run.with_tensorboard();
        }
        if self.list {
            run.cells().iter().for_each(|cell| say!("{cell}"));
            return Ok(true);
        }
        if self.dry_run {
            show_costs(&grid.costs()?, self.jobs);
            return Ok(true);
        }
        let inputs = grid.datasets.iter().flat_map(|data| [Some(&data.root), data.groups.as_ref()]);
        claim_grid(out, inputs.chain([file]))?;
        make_music(grid)?;
        // The first Ctrl-C ends the run after the present epoch, the second at once.
        register_conditional_shutdown(SIGINT, 130, stop.clone())?;
        register(SIGINT, stop)?;
        let results = run.run(&Terminal::default())?;
        results.write(out)?;
        let times = run.times(&results);
        times.write(out)?;
        let context = ReportContext {
            grid: Some(grid.clone()),
            machines: times.machines(),
            time: self.timed.then(|| times.total()),
            ..context.clone()
        };
        GridReport::new(&results, &context)?.save(out)?;
        show_rows(&results.rows()?);
        let machines = times.machines().join("; ");
        say!("");
        if !machines.is_empty() {
            say!("trained in {} on {machines}", time(times.total()));
        }
        let (html, table, cells) = (GridReport::HTML, GridResults::TABLE, GridResults::CELLS);
        say!("{}: {html} (also as .md and .json) {table} {cells} {}", printable_path(out), GridTimes::FILE);
        for paper in &context.paper {
            let percent = 100.0 * paper.accuracy;
            say!("the paper prints {percent:.1} % for {}, the best of several random splits", paper.variant);
        }
        Ok(results.failures.is_empty())
    }
}

/// Renders the invented music of a grid where none is there.
fn make_music(grid: &Grid) -> Outcome {
    let invented = grid.datasets.iter().filter(|data| data.kind == Synthetic::INFO.name);
    invented.filter(|data| !data.root.exists()).try_for_each(|data| render(&data.root))
}

/// Shows a grid while it runs.
struct Terminal {
    features: Mutex<BTreeMap<String, ProgressBar>>,
    steps: ProgressBar,
    started: Mutex<BTreeMap<String, (Instant, String)>>,
    warnings: Mutex<BTreeSet<String>>,
}

impl Default for Terminal {
    fn default() -> Self {
        let (features, started, warnings) = Default::default();
        Self { features, steps: bar("", 0), started, warnings }
    }
}

impl Terminal {
    fn line(&self, cell: &Cell, text: &str) {
        let started = lock(&self.started).remove(&cell.to_string());
        let (started, number) = started.unwrap_or_else(|| (Instant::now(), String::new()));
        let took = time(started.elapsed());
        self.steps.finish_and_clear();
        self.steps.suspend(|| say!("{number} {cell}: {text}, {took}"));
    }
}

impl GridObserver for Terminal {
    fn on_features(&self, dataset: &str, done: usize, total: usize) {
        let mut bars = lock(&self.features);
        let bar = bars.entry(dataset.into()).or_insert_with(|| bar(&format!("Log-mel of {dataset}"), total));
        bar.set_position(done as u64);
        if done == total {
            bar.finish_and_clear();
        }
    }

    fn on_start(&self, cell: &Cell, number: usize, of: usize) {
        lock(&self.started).insert(cell.to_string(), (Instant::now(), format!("[{}/{of}]", number + 1)));
    }

    /// Each warning is shown once: most concern the dataset and come again with every experiment.
    fn on_warning(&self, _: &Cell, warning: &Warning) {
        let text = warning.to_string();
        if lock(&self.warnings).insert(text.clone()) {
            self.steps.suspend(|| tell!("warning: {text}"));
        }
    }

    fn on_step(&self, cell: &Cell, step: &Step) {
        self.steps.set_length((step.batches * step.epochs) as u64);
        self.steps.set_position((step.epoch * step.batches + step.batch + 1) as u64);
        self.steps.set_message(format!("{cell}, epoch {}", step.epoch + 1));
    }

    fn on_result(&self, result: &CellResult, was_there: bool) {
        let accuracy = result.confusion().map_or(f64::NAN, |confusion| confusion.accuracy());
        let how = if was_there { "was there" } else { "trained" };
        self.line(&result.cell, &format!("{} {accuracy:.3}, {how}", result.side));
    }

    fn on_failure(&self, cell: &Cell, reason: &str) {
        self.line(cell, &format!("failed: {reason}"));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints the table of a grid.
fn show_rows(rows: &[Row]) {
    say!(
        "\n{:<18} {:<10} {:<8} {:<20} {:>5}  accuracy (95 % interval)   macro-F1  best of n",
        "dataset",
        "protocol",
        "recipe",
        "network",
        "runs"
    );
    for row in rows {
        let number = |value: Option<f64>| value.map_or_else(|| "-".into(), |value| format!("{value:.3}"));
        let interval =
            row.interval().map_or_else(|| "(one run)".into(), |(low, high)| format!("({low:.3}-{high:.3})"));
        say!(
            "{:<18} {:<10} {:<8} {:<20} {:>5}  {:<8} {:<16}  {:>8}  {:>9}",
            row.dataset,
            row.protocol.to_string(),
            row.recipe,
            row.variant.to_string(),
            row.done,
            number(row.mean()),
            interval,
            number(row.macro_f1),
            number(row.best())
        );
    }
}

fn show_costs(costs: &[Cost], jobs: usize) {
    for cost in costs {
        let (steps, step) = (thousands(cost.steps), cost.step.as_secs_f64());
        let memory = gigabytes(cost.memory.own());
        say!("{}: at most {steps} steps of {step:.2} s, {}, about {memory}", cost.cell, time(cost.time));
    }
    let total = costs.iter().fold(Duration::ZERO, |total, cost| total.saturating_add(cost.time));
    say!("{} experiments, at most {} on this machine, features not included", costs.len(), time(total));
    let most = costs.iter().map(|cost| cost.memory.own()).max().unwrap_or(0) * jobs as u64;
    let features: BTreeMap<_, _> =
        costs.iter().map(|cost| (&cost.cell.dataset, cost.memory.features)).collect();
    let features = gigabytes(features.values().sum());
    say!(
        "about {} of memory (estimated), and {features} of spectrograms, mapped from the disk",
        gigabytes(most)
    );
}

/// `1.2 GB`, `35 MB`
fn gigabytes(bytes: u64) -> String {
    match bytes as f64 {
        few if few < 1e9 => format!("{:.0} MB", few / 1e6),
        many => format!("{:.1} GB", many / 1e9),
    }
}
