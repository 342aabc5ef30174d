//! A trained model, or several, ready for use.

use crate::classify::chunks::Chunks;
use crate::classify::member::Member;
use crate::error::{ModelError, Result};
use crate::model::bundle::Bundle;
use candle::Device;
use std::path::Path;
use std::sync::Arc;

/// A trained model, ready to name the genre of music; or several of them, an ensemble whose probabilities are
/// averaged.
///
/// The probabilities of a recording are the mean over its chunks, at the temperature of the model's
/// [`calibration`](Bundle::calibration); without one, as the network gives them.
///
/// It resamples to the rate of its own front end, whatever the file has. It is `Send + Sync`: threads may
/// share it.
///
/// ```
/// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
/// use mgc::Classifier;
///
/// let song = Classifier::load("model.safetensors")?.classify("song.wav")?;
/// println!("{} ({:.0} %)", song.best().label, 100.0 * song.best().probability);
///
/// let both = Classifier::load_ensemble(&["model.safetensors", "other.safetensors"])?;
/// println!("{}", both.classify("song.wav")?.best().label);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Classifier {
    /// At least one.
    pub(crate) members: Vec<Member>,
    pub(crate) labels: Arc<[String]>,
    pub(super) chunks: Chunks,
}

impl Classifier {
    /// Reads a bundle and prepares its network, on the CPU, and its front end.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// let classifier = mgc::Classifier::load("model.safetensors")?;
    /// assert_eq!(classifier.labels(), ["waltz", "march", "tango"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Bundle::load`] and [`Classifier::new`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_on(path, &Device::Cpu)
    }

    /// Reads a bundle and prepares its network on a device, which has to be the CPU so far.
    ///
    /// # Errors
    /// As [`Bundle::load`] and [`Classifier::on`].
    pub fn load_on(path: impl AsRef<Path>, device: &Device) -> Result<Self> {
        let path = path.as_ref();
        Self::on(Bundle::load(path)?, device).map_err(|error| error.in_file(path))
    }

    /// Reads several bundles and joins them into an ensemble, on the CPU.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// let both = mgc::Classifier::load_ensemble(&["model.safetensors", "other.safetensors"])?;
    /// assert_eq!(both.bundles().len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Classifier::load`] and [`Classifier::ensemble`].
    pub fn load_ensemble(paths: &[impl AsRef<Path>]) -> Result<Self> {
        Self::ensemble(paths.iter().map(Self::load).collect::<Result<_>>()?)
    }

    /// Reads a bundle from the bytes of its file, and prepares it as [`Classifier::load`] does.
    ///
    /// ```
    /// const MODEL: &[u8] = include_bytes!(
    ///     concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/model.safetensors")
    /// );
    /// let classifier = mgc::Classifier::from_bytes(MODEL)?;
    /// assert_eq!(classifier.labels().len(), 3);
    /// # Ok::<(), mgc::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Bundle::from_bytes`] and [`Classifier::new`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::new(Bundle::from_bytes(bytes)?)
    }

    /// Prepares the network and front end of a bundle, on the CPU: [`Classifier::on`] takes another device.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use mgc::{Bundle, Classifier};
    ///
    /// let bundle = Bundle::load("model.safetensors")?.with_provenance("used by", "a radio station");
    /// let classifier = Classifier::new(bundle)?;
    /// assert_eq!(classifier.bundle().provenance["used by"], "a radio station");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Model`](crate::Error::Model) when a tensor is missing, has another shape, belongs to no layer
    /// or is not finite, when labels and network do not fit, when the front end's settings are out of range,
    /// or when the input's size is not what the front end gives or less than the network needs.
    pub fn new(bundle: Bundle) -> Result<Self> {
        Self::on(bundle, &Device::Cpu)
    }

    /// Prepares the network of a bundle on a device, and its front end. The networks of [`mgc_nets`] compute
    /// on the CPU alone, so far: another device is an error.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use mgc::{Bundle, Classifier, candle::Device};
    ///
    /// let classifier = Classifier::on(Bundle::load("model.safetensors")?, &Device::Cpu)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Classifier::new`]; [`Error::Candle`](crate::Error::Candle) when the device cannot hold or
    /// compute the network.
    pub fn on(bundle: Bundle, device: &Device) -> Result<Self> {
        let labels = bundle.labels.clone().into();
        Ok(Self { members: vec![Member::new(bundle, device)?], labels, chunks: Chunks::All })
    }

    /// Joins classifiers of the same labels into one that averages their probabilities: folds of one network,
    /// or different networks.
    ///
    /// A file is decoded once for all members that share a front end.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use mgc::Classifier;
    ///
    /// let members = vec![Classifier::load("model.safetensors")?, Classifier::load("other.safetensors")?];
    /// let both = Classifier::ensemble(members)?;
    /// assert_eq!(both.labels(), ["waltz", "march", "tango"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Model`](crate::Error::Model) when there is none, or when the labels of one are not those of
    /// the first, in number and order.
    pub fn ensemble(classifiers: Vec<Self>) -> Result<Self> {
        let Some(first) = classifiers.first() else { return Err(ModelError::EmptyEnsemble.into()) };
        let (labels, chunks) = (first.labels.clone(), first.chunks);
        if let Some(index) = classifiers.iter().position(|classifier| classifier.labels != labels) {
            let actual = classifiers[index].labels.to_vec();
            return Err(ModelError::EnsembleLabels { index, actual, expected: labels.to_vec() }.into());
        }
        let members = classifiers.into_iter().flat_map(|classifier| classifier.members).collect();
        Ok(Self { members, labels, chunks })
    }

    /// Chooses which chunks of a long recording count; without it, all do.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use mgc::{Chunks, Classifier};
    ///
    /// let classifier = Classifier::load("model.safetensors")?.with_chunks(Chunks::First);
    /// assert_eq!(classifier.classify("song.wav")?.chunks, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_chunks(self, chunks: Chunks) -> Self {
        Self { chunks, ..self }
    }

    /// Returns the labels, in the order of the probabilities.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Returns the model; of an ensemble, the first.
    #[must_use]
    pub fn bundle(&self) -> &Bundle {
        &self.members[0].bundle
    }

    /// Returns the models, at least one.
    pub fn bundles(&self) -> impl ExactSizeIterator<Item = &Bundle> {
        self.members.iter().map(|member| &member.bundle)
    }
}
