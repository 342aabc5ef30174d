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
/// # use mgc::{nets::NetConfig, train::seeded};
/// # let network = NetConfig { width: 4, growth: 4, blocks: 1, classes: 3, ..NetConfig::default() };
/// # let vars = candle_nn::VarMap::new();
/// # mgc::nets::broadcast_net(&network, seeded(&vars, 1, mgc::candle::DType::F32, &mgc::candle::Device::Cpu))?;
/// # let labels = ["waltz", "march", "tango"].map(String::from).to_vec();
/// # let bundle = mgc::Bundle::new(network, Some(mgc::audio::MelConfig::quick()), labels, &vars)?;
/// # let classifier = mgc::Classifier::new(bundle)?;
/// let song = classifier.classify_samples(&[0.1; 22_050], 22_050)?;
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
    /// The vector before the classifying layer, averaged over the chunks: an embedding of the music
    /// ([`BroadcastNet::features_t`](mgc_nets::BroadcastNet::features_t)). For an ensemble, those of its
    /// members, concatenated.
    pub embedding: Vec<f32>,
    /// Number of chunks that the probabilities were averaged over, at least 1; for an ensemble, that of its
    /// first member.
    pub chunks: usize,
    /// Length of the music that was given.
    pub duration: Duration,
    /// Sample rate of the music in Hz, before any resampling.
    pub sample_rate: u32,
    /// Damaged packets of the file: see [`Clip::skipped_packets`](mgc_audio::Clip::skipped_packets).
    pub skipped_packets: usize,
}

impl Classification {
    /// Returns the index of the most probable label, the first of equals.
    ///
    /// ```
    /// # use mgc::{nets::NetConfig, train::seeded};
    /// # let network = NetConfig { width: 4, growth: 4, blocks: 1, classes: 2, ..NetConfig::default() };
    /// # let vars = candle_nn::VarMap::new();
    /// # mgc::nets::broadcast_net(&network, seeded(&vars, 1, mgc::candle::DType::F32, &mgc::candle::Device::Cpu))?;
    /// # let labels = ["waltz", "march"].map(String::from).to_vec();
    /// # let bundle = mgc::Bundle::new(network, Some(mgc::audio::MelConfig::quick()), labels, &vars)?;
    /// # let classifier = mgc::Classifier::new(bundle)?;
    /// let song = classifier.classify_samples(&[0.1; 22_050], 22_050)?;
    /// assert_eq!(song.labels[song.predicted()], song.best().label);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn predicted(&self) -> usize {
        let better = |best, class| {
            if self.probabilities[class] > self.probabilities[best] { class } else { best }
        };
        (0..self.probabilities.len()).reduce(better).unwrap_or(0)
    }

    /// Returns the most probable label, the first of equals.
    ///
    /// ```no_run
    /// let song = mgc::Classifier::load("bbnn.safetensors")?.classify("song.mp3")?;
    /// println!("{} ({:.0} %)", song.best().label, 100.0 * song.best().probability);
    /// # Ok::<(), mgc::Error>(())
    /// ```
    #[must_use]
    pub fn best(&self) -> Genre<'_> {
        self.genre(self.predicted())
    }

    /// Returns every label by falling probability; equals keep the order of the labels.
    ///
    /// ```no_run
    /// let song = mgc::Classifier::load("bbnn.safetensors")?.classify("song.mp3")?;
    /// for (place, genre) in song.ranking().enumerate() {
    ///     println!("{}. {} {:.3}", place + 1, genre.label, genre.probability);
    /// }
    /// # Ok::<(), mgc::Error>(())
    /// ```
    pub fn ranking(&self) -> impl ExactSizeIterator<Item = Genre<'_>> {
        let mut order: Vec<usize> = (0..self.probabilities.len()).collect();
        order.sort_by(|&a, &b| self.probabilities[b].total_cmp(&self.probabilities[a])); // stable
        order.into_iter().map(|class| self.genre(class))
    }

    /// Returns the `count` most probable labels, or all of them where there are fewer.
    ///
    /// ```no_run
    /// let song = mgc::Classifier::load("bbnn.safetensors")?.classify("song.mp3")?;
    /// for genre in song.top(3) {
    ///     println!("{:10} {:.2}", genre.label, genre.probability);
    /// }
    /// # Ok::<(), mgc::Error>(())
    /// ```
    pub fn top(&self, count: usize) -> impl ExactSizeIterator<Item = Genre<'_>> {
        self.ranking().take(count)
    }

    fn genre(&self, class: usize) -> Genre<'_> {
        Genre { label: &self.labels[class], probability: self.probabilities[class] }
    }
}
