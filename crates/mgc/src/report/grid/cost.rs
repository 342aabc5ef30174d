//! What the training of a grid cost.
//!
//! Measured times differ from run to run, and a report of the same results must not. So the report states the
//! arithmetic, which is exact, and the time that it takes on a known machine. Measured times lie beside it
//! ([`GridTimes`](crate::grid::GridTimes)), and stand in the report where the context gives them.

use super::facts::Facts;
use super::line::Line;
use super::rates::{FUSED_RATE, LAYER_RATE};
use super::table::{Field, Table, number};
use super::text::{count, counted, duration, large, list};
use crate::grid::GridTimes;
use std::time::Duration;

/// The machine whose time is stated.
const REFERENCE: &str = "one core of a virtual machine on an AMD EPYC (2026)";

/// Answers what it cost, in a few sentences.
pub(super) fn cost(facts: &Facts) -> Vec<String> {
    let sum = |of: fn(&Line) -> usize| facts.lines.iter().map(of).sum::<usize>();
    let mut text = vec![format!(
        "{} with {} in all, {}.",
        counted(facts.cells.len(), "experiment"),
        counted(sum(|line| line.epochs), "epoch"),
        counted(sum(|line| line.training_steps), "training step"),
    )];
    let total = |of: fn(&Line) -> Option<f64>| facts.lines.iter().filter_map(of).sum::<f64>();
    let (work, seconds) = (total(|line| line.multiply_adds), total(|line| line.core_seconds));
    if work > 0.0 {
        text.push(format!(
            "That is about {} of work for {REFERENCE}, calculated from {} multiply-adds. Another processor may take \
             half or twice as long; two cores share the work.",
            spent(seconds),
            large(work)
        ));
    }
    text
}

/// Says where it was trained, and how long it took if that is known.
pub(super) fn cost_points(facts: &Facts) -> Vec<String> {
    let machines = (!facts.machines.is_empty()).then(|| format!("Trained on: {}.", list(&facts.machines)));
    let time = match facts.seconds {
        Some(seconds) => {
            format!("Measured time of the experiments, one after the other: {}.", spent(seconds))
        }
        None => format!(
            "The time that was measured stands in {}, not here: it differs from run to run, and the same results give \
             the same page.",
            GridTimes::FILE
        ),
    };
    let time = (!facts.cells.is_empty()).then_some(time);
    machines.into_iter().chain(time).collect()
}

fn spent(seconds: f64) -> String {
    duration(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

/// The size and work of each line; `None` without a result.
pub(super) fn costs(facts: &Facts) -> Option<Table> {
    let mut table = Table::new(
        "What each line of the results cost, all runs together",
        &[
            "network",
            "dataset",
            "protocol",
            "recipe",
            "runs",
            "parameters",
            "multiply-adds of an answer",
            "epochs",
            "training steps",
            "multiply-adds",
            "time of one core",
        ],
    );
    table.rows = facts.lines.iter().filter(|line| line.n > 0).map(row).collect();
    table.notes = vec![format!(
        "Multiply-adds are those of convolutions, dense and recurrent layers: of each training example three times \
         an answer (forward, and backward twice as much), of each validated or tested one once. The time is what \
         {REFERENCE} takes for them, as this program was timed there: {} in a second, {} for networks whose layers \
         run one by one (group normalisation, gates, LSTM, Inception-ResNet, Xception). Decoding, spectrograms and \
         waiting are not in it.",
        large(FUSED_RATE),
        large(LAYER_RATE)
    )];
    (!table.rows.is_empty()).then_some(table)
}

fn row(line: &Line) -> Vec<Field> {
    let names = &line.names;
    vec![
        Field::Head(names.network.clone()),
        Field::Text(names.dataset.clone()),
        Field::Text(names.protocol.clone()),
        Field::Text(names.recipe.clone()),
        Field::Number(line.n.to_string()),
        number(line.size, |size| count(size.parameters as u64)),
        number(line.size.and_then(|size| size.multiply_adds), |macs| large(macs as f64)),
        Field::Number(count(line.epochs as u64)),
        Field::Number(count(line.training_steps as u64)),
        number(line.multiply_adds, large),
        number(line.core_seconds, spent),
    ]
}
