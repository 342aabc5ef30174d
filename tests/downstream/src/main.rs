//! A dataset, a network and an observer of one's own, trained and reported with `mgc`.
//!
//! ```text
//! cargo run --manifest-path tests/downstream/Cargo.toml -- OUT
//! ```
//!
//! Expected: a line for each epoch, the test accuracy, and figures in OUT. Takes a second after the build.

use candle_nn::{Linear, Module, ModuleT, VarBuilder, linear};
use mgc::Recipe;
use mgc::audio::{Clip, MelConfig, write_wav};
use mgc::candle::{Result as CandleResult, Tensor};
use mgc::datasets::{Dataset, Info, Source, Track};
use mgc::experiment::{CustomNetwork, Experiment, Observer};
use mgc::report::{save_figures, summary};
use mgc::train::Epoch;
use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Sine waves: low ones and high ones.
struct Tones {
    genres: Vec<String>,
    tracks: Vec<Track>,
}

const TONES: Info = Info {
    name: "tones",
    about: "low and high sine waves",
    layout: "low-N.wav, high-N.wav",
    genres: &[("low", 60), ("high", 60)],
    clip_seconds: Some(1),
    citation: "",
    licence: "",
    homepage: "",
    notes: "",
};

impl Tones {
    fn write(folder: &Path) -> Result<Self, Box<dyn Error>> {
        std::fs::create_dir_all(folder)?;
        let mut tracks = Vec::new();
        for (genre, (name, hertz)) in [("low", 110.0), ("high", 1760.0)].into_iter().enumerate() {
            for index in 0..60 {
                let id = format!("{name}-{index}");
                let path = folder.join(format!("{id}.wav"));
                write_wav(&path, &tone(hertz * (1.0 + 0.01 * f64::from(index))))?;
                tracks.push(Track {
                    id,
                    genre: Some(genre),
                    group: None,
                    split: None,
                    source: Source::Audio(path),
                });
            }
        }
        Ok(Self { genres: vec!["low".into(), "high".into()], tracks })
    }
}

fn tone(hertz: f64) -> Clip {
    let sample = |i: u32| 0.5 * (std::f64::consts::TAU * hertz * f64::from(i) / 22_050.0).sin() as f32;
    Clip::new((0..22_050).map(sample).collect(), 22_050)
}

impl Dataset for Tones {
    fn info(&self) -> &Info {
        &TONES
    }

    fn genres(&self) -> &[String] {
        &self.genres
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }
}

/// The mean level of each mel band, then a dense layer.
struct BandMeans(Linear);

fn band_means(classes: usize, vb: VarBuilder<'_>) -> CandleResult<BandMeans> {
    Ok(BandMeans(linear(128, classes, vb.pp("out"))?))
}

impl ModuleT for BandMeans {
    fn forward_t(&self, spectrograms: &Tensor, _train: bool) -> CandleResult<Tensor> {
        let centred = ((spectrograms.mean(2)?.flatten_from(1)? + 40.0)? / 40.0)?;
        self.0.forward(&centred)
    }
}

/// Prints a line for each epoch.
struct Lines;

impl Observer for Lines {
    fn on_epoch(&mut self, epoch: &Epoch) -> ControlFlow<()> {
        println!("epoch {}: loss {:.3}", epoch.index + 1, epoch.train.loss);
        ControlFlow::Continue(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::args_os().nth(1).map_or_else(|| "target/downstream".into(), PathBuf::from);
    let tones = Tones::write(&out.join("tones"))?;
    let outcome = Experiment::new(&tones, CustomNetwork::new("band means", band_means))
        .with_recipe(Recipe::quick())
        .with_front_end(MelConfig { chunk_samples: Some(22_050), ..MelConfig::default() })
        .run(out.join("run"), &mut Lines)?;
    let figures = save_figures(&outcome, out.join("run"))?;
    println!("test {}", summary(&outcome.evaluation.confusion));
    assert_eq!(outcome.evaluation.confusion.accuracy(), 1.0, "low and high tones are told apart");
    assert!(figures.iter().all(|figure| figure.exists()));
    Ok(())
}
