//! Measures the memory of training from a feature store: 20,000 rows of 647 x 128, the network `proposed`, batches of 8.
//!
//! ```text
//! cargo run --release -p mgc --example store_memory -- FOLDER
//! ```
//!
//! FOLDER needs 14 GB while the store is made, 7 GB afterwards. Expected: the largest anonymous memory of the process (its own,
//! without the mapped file that the system may drop at any time) over 25 training steps. Linux only.

use candle_nn::VarMap;
use mgc::Recipe;
use mgc::audio::{FrontEnd, MelConfig};
use mgc::candle::{DType, Device};
use mgc::datasets::{Dataset, FeatureStore, Info, Source, Track};
use mgc::experiment::StoreExamples;
use mgc::nets::{Variant, broadcast_net};
use mgc::train::{Adam, Callback, Error, Examples, Result, Step, seeded, trainable};
use ndarray::Array2;
use std::sync::Arc;

const ROWS: usize = 20_000;
const STEPS: usize = 25;

/// Rows of noise.
struct Noise(Vec<String>, Vec<Track>);

impl Dataset for Noise {
    fn info(&self) -> &Info {
        const NOISE: Info = Info {
            name: "noise",
            about: "spectrograms of noise",
            layout: "",
            genres: &[],
            clip_seconds: None,
            citation: "",
            licence: "",
            homepage: "",
            notes: "",
        };
        &NOISE
    }

    fn genres(&self) -> &[String] {
        &self.0
    }

    fn tracks(&self) -> &[Track] {
        &self.1
    }

    fn spectrogram(&self, row: usize) -> mgc::datasets::Result<Array2<f32>> {
        let value = |(frame, band): (usize, usize)| {
            -(((row * 7919 + frame * 104_729 + band * 1_299_709) % 800_011) as f32) / 1e4
        };
        Ok(Array2::from_shape_fn((647, 128), value))
    }
}

/// Ends the run after some steps and keeps the largest memory seen.
struct Watch<'a>(&'a mut usize);

impl Callback for Watch<'_> {
    fn on_step(&mut self, step: &Step) -> Result<()> {
        *self.0 = anonymous_memory().unwrap_or(0).max(*self.0);
        match step.done {
            STEPS => Err(Error::Callback("enough".into())),
            _ => Ok(()),
        }
    }
}

/// Bytes of memory that belong to this process alone.
fn anonymous_memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.split_whitespace().next()?.parse::<usize>().ok().map(|kilobytes| kilobytes * 1024)
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: store_memory FOLDER")?;
    let track = |row: usize| Track {
        id: row.to_string(),
        genre: Some(row % 10),
        group: None,
        split: None,
        source: Source::Row(row),
    };
    let noise = Noise((0..10).map(|genre| genre.to_string()).collect(), (0..ROWS).map(track).collect());
    let front_end = FrontEnd::new(MelConfig::bbnn())?;
    let store = Arc::new(FeatureStore::build(&noise, 0..ROWS, &front_end, folder, |_| ())?);
    let labels = (0..ROWS).map(|row| row as u32 % 10).collect();
    let examples = StoreExamples::new(store, (0..ROWS).collect(), labels, &Device::Cpu)?;

    let vars = VarMap::new();
    let net = broadcast_net(&Variant::Proposed.config(10), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    let recipe = Recipe::paper();
    let mut adam = Adam::from_named_vars(trainable(&vars)?, recipe.adam)?;
    let mut most = 0;
    let stopped = recipe.trainer(&net).with(Watch(&mut most)).fit(&net, &mut adam, &examples, None);
    if let Err(error) = stopped {
        println!(
            "{error}: {} rows, {STEPS} steps, at most {:.2} GB of own memory",
            examples.len(),
            most as f64 / 1e9
        );
    }
    Ok(())
}
