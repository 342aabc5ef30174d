//! The answer of a classifier.

use std::sync::Arc;
use std::time::Duration;

/// One label with its probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Genre<'a> {
    /// The label.
    pub label: &'a str,
    /// Its probability, 0 to 1; those of a classification sum to 1.
    pub probability: f64,
}

/// The probabilities of all labels for one piece of music.
///
/// ```
/// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
/// let song = mgc::Classifier::load("model.safetensors")?.classify("song.wav")?;
/// println!("{} ({:.0} %)", song.best().label, 100.0 * song.best().probability);
/// for genre in song.top(3) {
///     println!("{:10} {:.2}", genre.label, genre.probability);
/// }
/// assert_eq!(song.labels[..], ["waltz", "march", "tango"]);
/// assert_eq!(song.probabilities.len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Classification {
    /// The model's labels, in its order.
    pub labels: Arc<[String]>,
    /// The probability of each label, in the order of `labels`; they sum to 1.
    pub probabilities: Vec<f64>,
    /// The least probability of a sure answer, by the calibration; `None` where the model states none,
    /// and for an ensemble.
    pub threshold: Option<f64>,
    /// The vector before the classifying layer, averaged over the chunks: an embedding of the music
    /// ([`BroadcastNet::features_t`](mgc_nets::BroadcastNet::features_t)). For an ensemble, those of its
    /// members, concatenated.
    pub embedding: Vec<f32>,
    /// Number of chunks that the probabilities were averaged over, at least 1; for an ensemble, that of its
    /// first member.
    pub chunks: usize,
    /// Length of the music that was given. Of a file of which only the first chunk was decoded
    /// ([`Chunks::First`]) it is the length that the file states, or the decoded length where it states none.
    ///
    /// [`Chunks::First`]: crate::Chunks::First
    pub duration: Duration,
    /// Sample rate of the music in Hz, before any resampling.
    pub sample_rate: u32,
    /// Damaged packets in what was decoded of the file: see
    /// [`Clip::skipped_packets`](mgc_audio::Clip::skipped_packets).
    pub skipped_packets: usize,
    /// The largest absolute sample of what was decoded, in the mean of the channels: what the model hears.
    /// Full scale is 1.
    pub peak: f32,
    /// The largest absolute sample of any channel of what was decoded; of samples in memory,
    /// [`peak`](Self::peak).
    pub channel_peak: f32,
}

/// Music whose largest sample is below this is silence: -80 dB, three steps of 16 bits.
const SILENT: f32 = 1e-4;
/// Channels whose mean is this much weaker than they are cancel each other: 40 dB.
const CANCELLED: f32 = 0.01;

impl Classification {
    /// Returns whether the model heard nothing: no sample of what was decoded, in the mean of the channels,
    /// is above -80 dB of full scale. The probabilities then say nothing about the music.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// let classifier = mgc::Classifier::load("model.safetensors")?;
    /// assert!(classifier.classify_samples(&[0.0; 22_050], 22_050)?.is_silent());
    /// assert!(!classifier.classify("song.wav")?.is_silent());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.peak < SILENT
    }

    /// Returns whether the model is not sure of its answer: the probability of the best label is below
    /// [`threshold`](Self::threshold). Without a threshold every answer counts as sure.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use mgc::{Bundle, Classifier, train::Calibration};
    ///
    /// let model = Bundle::load("model.safetensors")?;
    /// let demanding = Calibration { threshold: Some(0.95), ..Default::default() };
    /// let song = Classifier::new(model.with_calibration(demanding))?.classify("song.wav")?;
    /// if song.is_unsure() {
    ///     println!("perhaps {}", song.best().label);
    /// }
    /// assert!(song.is_unsure() && song.best().probability < 0.95);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn is_unsure(&self) -> bool {
        self.threshold.is_some_and(|threshold| self.best().probability < threshold)
    }

    /// Returns whether the channels of the file cancel each other: their mean, which the model hears, is 40
    /// dB or more below them. So it is with stereo of which one channel was turned round.
    #[must_use]
    pub fn channels_cancel(&self) -> bool {
        self.channel_peak >= SILENT && self.peak <= self.channel_peak * CANCELLED
    }

    /// Returns the index of the most probable label, the first of equals.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// let song = mgc::Classifier::load("model.safetensors")?.classify("song.wav")?;
    /// assert_eq!(song.labels[song.predicted()], song.best().label);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn predicted(&self) -> usize {
        most_probable(&self.probabilities)
    }

    /// Returns the most probable label, the first of equals.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// let song = mgc::Classifier::load("model.safetensors")?.classify("song.wav")?;
    /// println!("{} ({:.0} %)", song.best().label, 100.0 * song.best().probability);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn best(&self) -> Genre<'_> {
        self.genre(self.predicted())
    }

    /// Returns every label by falling probability; equals keep the order of the labels.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// let song = mgc::Classifier::load("model.safetensors")?.classify("song.wav")?;
    /// for (place, genre) in song.ranking().enumerate() {
    ///     println!("{}. {} {:.3}", place + 1, genre.label, genre.probability);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ranking(&self) -> impl ExactSizeIterator<Item = Genre<'_>> {
        let mut order: Vec<usize> = (0..self.probabilities.len()).collect();
        order.sort_by(|&a, &b| self.probabilities[b].total_cmp(&self.probabilities[a])); // stable
        order.into_iter().map(|class| self.genre(class))
    }

    /// Returns the `count` most probable labels, or all of them where there are fewer.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// let song = mgc::Classifier::load("model.safetensors")?.classify("song.wav")?;
    /// for genre in song.top(3) {
    ///     println!("{:10} {:.2}", genre.label, genre.probability);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn top(&self, count: usize) -> impl ExactSizeIterator<Item = Genre<'_>> {
        self.ranking().take(count)
    }

    fn genre(&self, class: usize) -> Genre<'_> {
        Genre { label: &self.labels[class], probability: self.probabilities[class] }
    }
}

/// Returns the index of the largest probability; of equal ones, the first.
pub(crate) fn most_probable(probabilities: &[f64]) -> usize {
    let better = |best, class| if probabilities[class] > probabilities[best] { class } else { best };
    (0..probabilities.len()).reduce(better).unwrap_or(0)
}
