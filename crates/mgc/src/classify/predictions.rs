//! A classifier's predictions for the tracks of a dataset.

use crate::classify::classification::most_probable;
use crate::classify::classifier::Classifier;
use crate::error::{Error, ModelError, Result};
use candle::{Device, Tensor};
use mgc_datasets::{Dataset, Skipped, Source, Track, composed, similar_label};
use mgc_train::ConfusionMatrix;

/// The prediction for one track of a dataset.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Prediction {
    /// The index of the track in its dataset.
    pub track: usize,
    /// The index of the track's label among the model's labels; none for a track without a label.
    pub truth: Option<usize>,
    /// The probability of each of the model's labels, in their order.
    pub probabilities: Vec<f64>,
}

impl Prediction {
    /// Returns the index of the most probable label; of equal ones, the first.
    #[must_use]
    pub fn predicted(&self) -> usize {
        most_probable(&self.probabilities)
    }
}

/// The predictions for tracks of a dataset, from [`Classifier::predict`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Predictions {
    /// The model's labels.
    pub labels: Vec<String>,
    /// The tracks that could be classified, in the order asked for.
    pub tracks: Vec<Prediction>,
    /// The tracks that could not be classified, in the order asked for.
    pub skipped: Vec<Skipped>,
    /// The indices of classified tracks of which the model heard nothing: silence, or channels that cancel
    /// each other ([`Classification::is_silent`](crate::Classification::is_silent)).
    pub silent: Vec<usize>,
}

impl Predictions {
    /// Counts the true and predicted labels of the tracks that have a label.
    ///
    /// # Errors
    /// None for predictions that [`Classifier::predict`] made; [`Error::Train`] when a class is not below the
    /// number of labels.
    pub fn confusion(&self) -> Result<ConfusionMatrix> {
        let pair = |track: &Prediction| Some((track.truth? as u32, track.predicted() as u32));
        let (truth, predicted): (Vec<_>, Vec<_>) = self.tracks.iter().filter_map(pair).unzip();
        Ok(ConfusionMatrix::new(self.labels.len(), &truth, &predicted)?)
    }
}

impl Classifier {
    /// Classifies tracks of a dataset, those without a label too.
    ///
    /// Labels of dataset and model are matched by name; [`with_label_map`](mgc_datasets::with_label_map)
    /// renames those of the dataset. Tracks that cannot be read are left out and listed in
    /// [`Predictions::skipped`]. `progress` is called after each track with the number of tracks done.
    ///
    /// ```no_run
    /// use mgc::{Classifier, datasets, datasets::Dataset};
    ///
    /// let dataset = datasets::open("gtzan", "GTZAN")?;
    /// let tracks: Vec<usize> = (0..dataset.tracks().len()).collect();
    /// let predictions = Classifier::load("bbnn.safetensors")?.predict(dataset.as_ref(), &tracks, |_| {})?;
    /// println!("accuracy {:.3}", predictions.confusion()?.accuracy());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UnknownGenre`] when the dataset has a genre that the model does not know; [`Error::Model`]
    /// when its spectrograms have another size than the model was trained on; [`Error::NoFrontEnd`] when they
    /// are audio and the model reads spectrograms only; [`Error::Datasets`] when the first spectrogram cannot
    /// be read.
    ///
    /// # Panics
    /// When an index in `tracks` is not below the number of the dataset's tracks.
    pub fn predict(
        &self,
        dataset: &dyn Dataset,
        tracks: &[usize],
        mut progress: impl FnMut(usize),
    ) -> Result<Predictions> {
        let labels = self.labels().to_vec();
        let classes = match_labels(dataset.genres(), &labels)?;
        self.check_arrays(dataset)?;
        let mut predictions =
            Predictions { labels, tracks: Vec::new(), skipped: Vec::new(), silent: Vec::new() };
        for (done, &index) in tracks.iter().enumerate() {
            let track = &dataset.tracks()[index];
            match self.track_probabilities(dataset, track) {
                Ok((probabilities, silent)) => {
                    predictions.silent.extend(silent.then_some(index));
                    let truth = track.genre.map(|genre| classes[genre]);
                    predictions.tracks.push(Prediction { track: index, truth, probabilities });
                }
                Err(Error::NoFrontEnd) => return Err(Error::NoFrontEnd),
                Err(error) => predictions.skipped.push(skipped(track, &error)),
            }
            progress(done + 1);
        }
        Ok(predictions)
    }

    /// Checks the first spectrogram of a dataset of arrays against the model's input.
    fn check_arrays(&self, dataset: &dyn Dataset) -> Result<()> {
        let Some(Source::Row(row)) = dataset.tracks().first().map(|track| &track.source) else {
            return Ok(());
        };
        let actual = dataset.spectrogram(*row)?.dim();
        match self.bundle().input_size().filter(|expected| *expected != actual) {
            Some(expected) => Err(ModelError::SpectrogramSize { actual, expected }.into()),
            None => Ok(()),
        }
    }

    /// The probabilities, and whether there was nothing to hear.
    fn track_probabilities(&self, dataset: &dyn Dataset, track: &Track) -> Result<(Vec<f64>, bool)> {
        match &track.source {
            Source::Audio(path) => {
                let answer = self.classify(path)?;
                let silent = answer.is_silent() || answer.channels_cancel();
                Ok((answer.probabilities, silent))
            }
            Source::Row(row) => {
                let spectrogram = dataset.spectrogram(*row)?;
                let (frames, bands) = spectrogram.dim();
                let values = spectrogram.into_raw_vec_and_offset().0;
                let input = Tensor::from_vec(values, (1, 1, frames, bands), &Device::Cpu)?;
                Ok((self.probabilities(&input)?.concat(), false))
            }
            _ => Err(Error::NoFrontEnd),
        }
    }
}

/// Returns, for each genre of a dataset, its index among the model's labels.
fn match_labels(genres: &[String], labels: &[String]) -> Result<Vec<usize>> {
    let place = |genre: &String| {
        let exact = labels.iter().position(|label| label == genre);
        let found = exact.or_else(|| labels.iter().position(|label| composed(label) == composed(genre)));
        found.ok_or_else(|| Error::UnknownGenre {
            genre: genre.clone(),
            suggestion: similar_label(genre, labels).map(str::to_owned),
            genres: genres.to_vec(),
            labels: labels.to_vec(),
        })
    };
    genres.iter().map(place).collect()
}

fn skipped(track: &Track, error: &Error) -> Skipped {
    let path = match &track.source {
        Source::Audio(path) => Some(path.clone()),
        _ => None,
    };
    Skipped { id: track.id.clone(), path, reason: error.to_string() }
}
