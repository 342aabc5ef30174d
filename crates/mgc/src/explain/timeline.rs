//! How the answer changes over a recording.

use crate::classify::chunks::next_batch;
use crate::classify::classification::most_probable;
use crate::classify::classifier::Classifier;
use crate::classify::mean::Mean;
use crate::error::Result;
use mgc_audio::{FrontEnd, Spectrograms};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The probabilities of all labels over a recording.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Timeline {
    /// The model's labels, in its order.
    pub labels: Arc<[String]>,
    /// One for each chunk, in the order of time; at least one.
    pub moments: Vec<Moment>,
    /// The probability of each label in the whole recording.
    whole: Vec<f64>,
}

/// The probabilities of one chunk.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// Where the chunk begins.
    pub start: Duration,
    /// Where it ends, at most the end of the recording.
    pub end: Duration,
    /// The probability of each label, in the order of the labels.
    pub probabilities: Vec<f64>,
}

impl Moment {
    /// Returns the index of the most probable label, the first of equals.
    ///
    /// ```
    /// use mgc::explain::Moment;
    ///
    /// let second = std::time::Duration::from_secs(1);
    /// let moment = Moment { start: second, end: 2 * second, probabilities: vec![0.1, 0.7, 0.2] };
    /// assert_eq!(moment.predicted(), 1);
    /// ```
    #[must_use]
    pub fn predicted(&self) -> usize {
        most_probable(&self.probabilities)
    }
}

impl Timeline {
    /// Classifies the chunks of a music file one by one.
    ///
    /// They begin `hop` apart, which may be less than their length; `None` lets each begin where the one
    /// before ends. [`mgc_audio::chunks`] says which remainder counts. A model without a chunk length takes
    /// the recording whole, as one chunk. `progress` is called after each batch with the length of what has been
    /// decoded.
    ///
    /// The recording is never held whole.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use mgc::explain::Timeline;
    ///
    /// let classifier = mgc::Classifier::load("other.safetensors")?; // chunks of half a second
    /// let timeline = Timeline::read(&classifier, "song.wav", None, |_| {})?;
    /// for moment in &timeline.moments {
    ///     println!("{:?} {:.2?}", moment.start, moment.probabilities);
    /// }
    /// assert_eq!(timeline.moments.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoFrontEnd`](crate::Error::NoFrontEnd) for a model of ready-made spectrograms;
    /// [`Error::Explain`](crate::Error::Explain) for an ensemble of different front ends;
    /// [`Error::Audio`](crate::Error::Audio) when the file cannot be decoded or `hop` is less than half a
    /// sample.
    pub fn read(
        classifier: &Classifier,
        path: impl AsRef<Path>,
        hop: Option<Duration>,
        mut progress: impl FnMut(Duration),
    ) -> Result<Self> {
        let front_end = hopping(classifier.front_end()?, hop)?;
        let mut spectrograms = front_end.file(path)?;
        let (mut rows, mut means) = (Vec::new(), vec![Mean::default(); classifier.members.len()]);
        while let Some(batch) = next_batch(&mut spectrograms)? {
            rows.extend(classifier.rows(&batch, &mut means)?);
            progress(spectrograms.duration());
        }
        let moments = rows.into_iter().enumerate();
        let moments = moments.map(|(index, row)| moment(&front_end, &spectrograms, index, row)).collect();
        Ok(Self { labels: classifier.labels.clone(), moments, whole: classifier.whole(means.iter()) })
    }

    /// Returns the probabilities of the whole recording, in the order of the labels: the mean over its chunks, at
    /// the model's temperature. Without overlap it is what [`Classifier::classify`] answers.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use mgc::explain::Timeline;
    ///
    /// let classifier = mgc::Classifier::load("other.safetensors")?;
    /// let timeline = Timeline::read(&classifier, "song.wav", None, |_| {})?;
    /// assert_eq!(timeline.mean(), classifier.classify("song.wav")?.probabilities);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn mean(&self) -> Vec<f64> {
        self.whole.clone()
    }

    /// Returns the indices of the labels by falling mean probability; equals keep their order.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use mgc::explain::Timeline;
    ///
    /// let classifier = mgc::Classifier::load("model.safetensors")?;
    /// let timeline = Timeline::read(&classifier, "song.wav", None, |_| {})?;
    /// let best = classifier.classify("song.wav")?.predicted();
    /// assert_eq!(timeline.ranking()[0], best);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn ranking(&self) -> Vec<usize> {
        let mean = self.mean();
        let mut order: Vec<usize> = (0..mean.len()).collect();
        order.sort_by(|&a, &b| mean[b].total_cmp(&mean[a])); // stable
        order
    }

    /// Returns the moment at which a class is most probable, the first of equals; `None` without a moment.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use mgc::explain::Timeline;
    ///
    /// let classifier = mgc::Classifier::load("other.safetensors")?;
    /// let timeline = Timeline::read(&classifier, "song.wav", None, |_| {})?;
    /// let (first, second) = (&timeline.moments[0], &timeline.moments[1]);
    /// let peak = if second.probabilities[0] > first.probabilities[0] { second } else { first };
    /// assert_eq!(timeline.peak(0), Some(peak));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    /// When `class` is not below the number of labels.
    #[must_use]
    pub fn peak(&self, class: usize) -> Option<&Moment> {
        let row: Vec<f64> = self.moments.iter().map(|moment| moment.probabilities[class]).collect();
        self.moments.get(most_probable(&row))
    }
}

/// A front end for chunks this far apart.
fn hopping(front_end: &FrontEnd, hop: Option<Duration>) -> Result<FrontEnd> {
    let (config, rate) = (front_end.config(), f64::from(front_end.config().sample_rate));
    match (config.chunk_samples, hop) {
        (Some(_), Some(hop)) => Ok(front_end.with_hop((hop.as_secs_f64() * rate).round() as usize)?),
        (Some(length), None) => Ok(front_end.with_hop(length)?),
        (None, _) => Ok(front_end.clone()),
    }
}

fn moment(
    front_end: &FrontEnd,
    recording: &Spectrograms<'_>,
    index: usize,
    probabilities: Vec<f64>,
) -> Moment {
    let (config, whole) = (front_end.config(), recording.duration());
    let seconds = |samples: usize| Duration::from_secs_f64(samples as f64 / f64::from(config.sample_rate));
    let start = seconds(index * front_end.hop().unwrap_or(0));
    let end = config.chunk_samples.map_or(whole, |length| whole.min(start + seconds(length)));
    Moment { start, end, probabilities }
}
