//! The part of a chunk that decides most.

use super::eraser::{Eraser, check_class};
use super::log_odds::log_odds;
use super::patches::Patch;
use super::{Chunk, ExplainError, Fill};
use crate::error::Result;
use candle::Tensor;
use std::ops::Range;
use std::time::Duration;

/// Settings of [`decisive_passage`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PassageConfig {
    /// Length of the passage in s, above 0; music that is shorter is one passage.
    pub seconds: f64,
    /// From the start of one passage that is tried to that of the next, s, above 0.
    pub step: f64,
    /// What replaces a passage.
    pub fill: Fill,
}

impl Default for PassageConfig {
    /// 5 s, every second.
    fn default() -> Self {
        Self { seconds: 5.0, step: 1.0, fill: Fill::default() }
    }
}

/// A passage of a chunk and what its class loses without it.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// Its frames in the chunk.
    pub frames: Range<usize>,
    /// Where it begins in the recording.
    pub start: Duration,
    /// Its length.
    pub duration: Duration,
    /// The probability of the class in the whole chunk.
    pub before: f64,
    /// The probability of the class with the passage replaced.
    pub after: f64,
}

/// Finds the passage of a chunk whose removal lowers the log-odds of a class most; of equals, the first.
///
/// `answer` is any model, as for [`occlusion`](super::occlusion).
///
/// # Errors
/// [`Error::Explain`](crate::Error::Explain) for settings that are out of range, a class that the answer does
/// not have, a chunk without music, or an answer that has not a row for each spectrogram; the errors of
/// `answer`.
///
/// ```
/// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
/// use mgc::explain::{Chunk, PassageConfig, decisive_passage};
///
/// let classifier = mgc::Classifier::load("model.safetensors")?;
/// let chunk = Chunk::read(&classifier, "song.wav", Default::default())?;
/// let config = PassageConfig { seconds: 0.2, step: 0.1, ..Default::default() };
/// let passage = decisive_passage(&chunk, 0, &config, |batch| classifier.probabilities(batch))?;
/// println!("from {:?} on, without it {:.2}", passage.start, passage.after);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn decisive_passage(
    chunk: &Chunk,
    class: usize,
    config: &PassageConfig,
    answer: impl FnMut(&Tensor) -> Result<Vec<Vec<f64>>>,
) -> Result<Passage> {
    let passages = passages(chunk, config)?;
    let bands = 0..chunk.spectrogram.ncols();
    let erased = |frames: &Range<usize>| vec![Patch { frames: frames.clone(), bands: bands.clone() }];
    let variants: Vec<_> = [Vec::new()].into_iter().chain(passages.iter().map(erased)).collect();
    let answers = Eraser::new(&chunk.spectrogram, config.fill)?.answers(&variants, answer)?;
    check_class(class, &answers[0])?;
    let lower = |best: usize, index: usize| {
        if log_odds(&answers[1 + index], class) < log_odds(&answers[1 + best], class) { index } else { best }
    };
    let best = (0..passages.len()).reduce(lower).ok_or(ExplainError::Empty)?;
    let frames = passages[best].clone();
    let (start, end) = (chunk.time(frames.start), chunk.time(frames.end));
    let (before, after) = (answers[0][class], answers[1 + best][class]);
    Ok(Passage { frames, start, duration: end - start, before, after })
}

/// The passages that are tried. The last one ends with the music.
fn passages(chunk: &Chunk, config: &PassageConfig) -> Result<Vec<Range<usize>>> {
    let frames = |field, seconds: f64| -> Result<usize> {
        ExplainError::check(seconds > 0.0 && seconds.is_finite(), field, &seconds, "above 0 s")?;
        Ok((seconds / chunk.frame_seconds).round().max(1.0) as usize)
    };
    let (length, step) = (frames("seconds", config.seconds)?, frames("step", config.step)?);
    let music = chunk.music.min(chunk.spectrogram.nrows());
    if music == 0 {
        return Err(ExplainError::Empty.into());
    }
    let length = length.min(music);
    let last = music - length;
    let starts = (0..last).step_by(step).chain([last]);
    Ok(starts.map(|start| start..start + length).collect())
}
