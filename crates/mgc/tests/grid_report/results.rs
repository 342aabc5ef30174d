//! Results of a grid that nobody has trained: made from a few numbers, in the form in which a grid keeps them.

use mgc::grid::{CellResult, Failure, GridResults};
use serde_json::{Value, json};

/// A draw from 0 to 1 that depends on its arguments alone.
fn draw(parts: [usize; 4]) -> f64 {
    let mix =
        |state: u64, part: usize| (state ^ part as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    let state = parts.into_iter().fold(0x0123_4567_89AB_CDEF, mix);
    (mix(state, 7) >> 11) as f64 / (1u64 << 53) as f64
}

/// What a made grid looks like.
#[derive(Clone, Copy)]
pub(super) struct Made {
    pub(super) networks: &'static [&'static str],
    pub(super) protocols: &'static [&'static str],
    pub(super) runs: usize,
    pub(super) labels: &'static [&'static str],
    /// Tracks of each genre; three follow each other in one group.
    pub(super) tracks: usize,
    pub(super) epochs: usize,
}

pub(super) const SMALL: Made = Made {
    networks: &["bbnn", "proposed"],
    protocols: &["kfold", "grouped"],
    runs: 3,
    labels: &["blues", "jazz", "rock"],
    tracks: 12,
    epochs: 2,
};

/// A track: its id, its genre and its number in the genre.
fn tracks(made: Made) -> Vec<(String, usize, usize)> {
    let genre = |(genre, label): (usize, &&str)| {
        (0..made.tracks)
            .map(|number| (format!("{label}/{label}.{number:05}.wav"), genre, number))
            .collect::<Vec<_>>()
    };
    made.labels.iter().enumerate().flat_map(genre).collect()
}

/// The answer of a network to a track: right with probability `skill`, else a neighbour of the genre.
fn answer(made: Made, (id, genre, number): &(String, usize, usize), skill: f64, salt: usize) -> Value {
    let classes = made.labels.len();
    let luck = draw([*genre, *number, salt, 1]);
    let hard = draw([*genre, *number, 0, 2]);
    let right = 0.6 * luck + 0.4 * hard < skill;
    let named = if right { *genre } else { (genre + 1 + (luck * 2.0) as usize) % classes };
    let sure = 0.45 + 0.5 * draw([*genre, *number, salt, 3]);
    let rest = (1.0 - sure) / (classes - 1) as f64;
    let probabilities: Vec<f64> =
        (0..classes).map(|class| if class == named { sure } else { rest }).collect();
    json!({"id": id, "group": format!("artist {genre}-{}", number / 3), "genre": genre, "probabilities": probabilities})
}

fn epoch(index: usize, salt: usize, skill: f64) -> Value {
    let time = 1.0 - (-(index as f64 + 1.0) / 6.0).exp();
    let noise = 0.06 * (draw([index, salt, 0, 4]) - 0.5);
    json!({
        "lr": if index < 8 { 0.01 } else { 0.005 },
        "loss": 2.2 - 1.9 * time + noise, "accuracy": 0.1 + 0.85 * time + noise / 2.0,
        "valid_loss": 2.4 - 1.2 * time + 3.0 * noise, "valid_accuracy": 0.1 + (skill - 0.1) * time + 2.0 * noise,
    })
}

/// Returns one result as a grid keeps it.
pub(super) fn cell(made: Made, network: usize, protocol: usize, run: usize) -> Value {
    let grouped = made.protocols[protocol] == "grouped";
    let skill = 0.62 + 0.06 * network as f64 - if grouped { 0.14 } else { 0.0 };
    let salt = 97 * network + 31 * protocol + run;
    let part = |number: usize| if grouped { number / 3 % made.runs } else { number % made.runs };
    let tested: Vec<Value> = tracks(made)
        .iter()
        .filter(|(.., number)| part(*number) == run)
        .map(|track| answer(made, track, skill, salt))
        .collect();
    let (all, test) = (made.labels.len() * made.tracks, tested.len());
    let parameters = [190_826, 186_026][network % 2];
    json!({
        "key": format!("{salt:016x}"), "version": "0.1.0",
        "cell": {
            "dataset": "gtzan", "variant": made.networks[network], "recipe": "short",
            "protocol": made.protocols[protocol], "run": run, "of": made.runs, "seed": 1,
        },
        "labels": made.labels, "split": format!("{} {} of {}, seed 0", made.protocols[protocol], run + 1, made.runs),
        "tracks": [all.saturating_sub(2 * test), test, test, 0],
        "crossing_groups": if grouped { 0 } else { made.labels.len() * made.tracks / 3 },
        "shape": [647, 128], "parameters": parameters, "steps": 40 * made.epochs,
        "epochs": (0..made.epochs).map(|index| epoch(index, salt, skill)).collect::<Vec<_>>(),
        "best": made.epochs, "side": "test", "tested": tested,
    })
}

/// Returns the results of a whole grid.
pub(super) fn results(made: Made) -> GridResults {
    let mut results = GridResults::default();
    results.title = "Two networks on GTZAN".into();
    for protocol in 0..made.protocols.len() {
        for network in 0..made.networks.len() {
            let cells = (0..made.runs).map(|run| read(cell(made, network, protocol, run)));
            results.cells.extend(cells);
        }
    }
    results
}

pub(super) fn read(cell: Value) -> CellResult {
    serde_json::from_value(cell).unwrap()
}

/// Returns a cell that failed.
pub(super) fn failure(made: Made, network: usize, protocol: usize, run: usize, reason: &str) -> Failure {
    let cell = cell(made, network, protocol, run)["cell"].clone();
    serde_json::from_value(json!({"cell": cell, "reason": reason})).unwrap()
}
