//! Predictions as a table.

use crate::classify::predictions::{Prediction, Predictions};
use mgc_datasets::{Source, Track, path_text};
use std::io::{self, Write};

impl Predictions {
    /// Writes a CSV table: the name of the file (of arrays, the id), the true label, the predicted one, and the
    /// probability of each label in a column `p_LABEL` with seven decimals. A track without a label has an empty
    /// cell. `tracks` are those of the dataset.
    ///
    /// Bytes of a name that are not Unicode are escaped by [`path_text`].
    ///
    /// ```no_run
    /// use mgc::Classifier;
    /// use mgc::datasets::{Dataset, Gtzan};
    ///
    /// let (classifier, gtzan) = (Classifier::load("bbnn.safetensors")?, Gtzan::open("GTZAN")?);
    /// let predictions = classifier.predict(&gtzan, &[0, 1, 2], |_| ())?;
    /// predictions.write_csv(gtzan.tracks(), std::io::stdout().lock())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of `writer`; [`InvalidInput`](io::ErrorKind::InvalidInput) when `tracks` are fewer than the dataset's.
    pub fn write_csv(&self, tracks: &[Track], writer: impl Write) -> io::Result<()> {
        let audio = tracks.iter().any(|track| matches!(track.source, Source::Audio(_)));
        let names = [if audio { "file" } else { "id" }, "label", "predicted"].map(str::to_owned);
        let mut table = csv::Writer::from_writer(writer);
        table.write_record(names.into_iter().chain(self.labels.iter().map(|label| format!("p_{label}"))))?;
        for prediction in &self.tracks {
            let track = tracks.get(prediction.track).ok_or(io::ErrorKind::InvalidInput)?;
            table.write_record(self.row(track, prediction))?;
        }
        table.flush()
    }

    fn row(&self, track: &Track, prediction: &Prediction) -> Vec<String> {
        let name = match &track.source {
            Source::Audio(path) => path_text(path.file_name().unwrap_or_default()),
            _ => track.id.clone(),
        };
        let label = prediction.truth.map_or(String::new(), |truth| self.labels[truth].clone());
        let predicted = self.labels[prediction.predicted()].clone();
        let probabilities = prediction.probabilities.iter().map(|probability| format!("{probability:.7}"));
        [name, label, predicted].into_iter().chain(probabilities).collect()
    }
}
