//! From music to the probabilities of genres.

use crate::classify::chunks::{Chunks, for_each_batch};
use crate::classify::classification::Classification;
use crate::classify::mean::Mean;
use crate::classify::member::{Member, Tally};
use crate::error::{ModelError, Result};
use crate::model::bundle::Bundle;
use candle::{Device, Tensor};
use mgc_audio::{Clip, MelSpectrogram, decode, decode_reader};
use std::io::{Read, Seek};
use std::path::Path;
use std::sync::Arc;

/// A trained model, ready to name the genre of music; or several of them, an ensemble whose probabilities are
/// averaged.
///
/// It resamples to the rate of its own front end, whatever the file has. It is `Send + Sync`: threads may share it.
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
    members: Vec<Member>,
    labels: Arc<[String]>,
    chunks: Chunks,
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

    /// Reads a bundle and prepares its network on a device.
    ///
    /// # Errors
    /// As [`Bundle::load`] and [`Classifier::new`].
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
    /// [`Error::Model`](crate::Error::Model) when a tensor is missing, has another shape, belongs to no layer or is not finite, when
    /// labels and network do not fit, when the front end's settings are out of range, or when the
    /// input's size is not what the front end gives or less than the network needs.
    pub fn new(bundle: Bundle) -> Result<Self> {
        Self::on(bundle, &Device::Cpu)
    }

    /// Prepares the network of a bundle on a device, and its front end.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use mgc::{Bundle, Classifier, candle::Device};
    ///
    /// let device = Device::Cpu; // or Device::new_cuda(0)?
    /// let classifier = Classifier::on(Bundle::load("model.safetensors")?, &device)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Classifier::new`]; [`Error::Candle`](crate::Error::Candle) when the device cannot hold the network.
    pub fn on(bundle: Bundle, device: &Device) -> Result<Self> {
        let labels = bundle.labels.clone().into();
        Ok(Self { members: vec![Member::new(bundle, device)?], labels, chunks: Chunks::All })
    }

    /// Joins classifiers of the same labels into one that averages their probabilities: folds of one network, or
    /// different networks.
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
    /// [`Error::Model`](crate::Error::Model) when there is none, or when the labels of one are not those of the first, in number and order.
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

    /// Names the genre of a music file of any supported format and rate.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// let song = mgc::Classifier::load("model.safetensors")?.classify("song.wav")?;
    /// println!("{}, {} chunks of {:?}", song.best().label, song.chunks, song.duration);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoFrontEnd`](crate::Error::NoFrontEnd) for a model of ready-made spectrograms, [`Error::Audio`](crate::Error::Audio) when the file cannot be
    /// decoded.
    pub fn classify(&self, path: impl AsRef<Path>) -> Result<Classification> {
        self.front_ends()?;
        self.classify_clip(&decode(path)?)
    }

    /// Names the genre of music that is read from anything that reads and seeks, such as a `Cursor` over the bytes of
    /// an upload. `name` stands for the path in error messages.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use std::io::Cursor;
    ///
    /// let classifier = mgc::Classifier::load("model.safetensors")?;
    /// let upload: Vec<u8> = std::fs::read("song.wav")?;
    /// let song = classifier.classify_reader(Cursor::new(upload), "upload")?;
    /// assert_eq!(song, classifier.classify("song.wav")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`classify`](Self::classify).
    pub fn classify_reader(
        &self,
        reader: impl Read + Seek + Send + Sync + 'static,
        name: impl AsRef<Path>,
    ) -> Result<Classification> {
        self.front_ends()?;
        self.classify_clip(&decode_reader(reader, name)?)
    }

    /// Names the genre of mono samples (full scale -1 to 1) at `sample_rate` Hz.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// let classifier = mgc::Classifier::load("model.safetensors")?;
    /// let second: Vec<f32> = (0..44_100).map(|i| (0.06 * i as f32).sin()).collect();
    /// println!("{}", classifier.classify_samples(&second, 44_100)?.best().label);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoFrontEnd`](crate::Error::NoFrontEnd) for a model of ready-made spectrograms; [`Error::Audio`](crate::Error::Audio) when there are no samples,
    /// one is not finite, or the rate is out of range.
    pub fn classify_samples(&self, samples: &[f32], sample_rate: u32) -> Result<Classification> {
        self.classify_clip(&Clip::new(samples.to_vec(), sample_rate))
    }

    /// Names the genre of a decoded clip.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use std::time::Duration;
    ///
    /// let classifier = mgc::Classifier::load("model.safetensors")?;
    /// let half_a_second = Duration::from_millis(500);
    /// let part = mgc::audio::decode_segment("song.wav", half_a_second, half_a_second)?;
    /// assert_eq!(classifier.classify_clip(&part)?.duration, half_a_second);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`classify_samples`](Self::classify_samples).
    pub fn classify_clip(&self, clip: &Clip) -> Result<Classification> {
        let mut tallies = vec![Tally::default(); self.members.len()];
        for (front_end, members) in self.front_ends()? {
            for_each_batch(front_end, clip, self.chunks, |spectrograms| {
                for &member in &members {
                    tallies[member].add(&self.members[member].answers(spectrograms)?);
                }
                Ok(())
            })?;
        }
        Ok(self.classification(clip, &tallies))
    }

    /// Returns the probabilities of ready-made spectrograms, in the order of the labels.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use mgc::candle::{DType, Device, Tensor};
    ///
    /// let classifier = mgc::Classifier::load("model.safetensors")?;
    /// let silence = Tensor::zeros((2, 1, 44, 32), DType::F32, &Device::Cpu)?;
    /// let rows = classifier.probabilities(&silence)?;
    /// assert_eq!((rows.len(), rows[0].len()), (2, 3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Shapes
    /// - `spectrograms`: (N, 1, frames, bands) in dB, as the model was trained on
    /// - output: N rows of as many values as labels
    ///
    /// # Errors
    /// [`Error::Candle`](crate::Error::Candle) when the shape does not fit the network; [`Error::Model`](crate::Error::Model) when it is not the size that the
    /// model was trained on, or when a result is not finite.
    pub fn probabilities(&self, spectrograms: &Tensor) -> Result<Vec<Vec<f64>>> {
        let mut means: Vec<Mean> = Vec::new();
        for member in &self.members {
            let rows = member.answers(spectrograms)?.probabilities;
            means.resize(rows.len(), Mean::default());
            means.iter_mut().zip(&rows).for_each(|(mean, row)| mean.add(row));
        }
        Ok(means.iter().map(Mean::row).collect())
    }

    /// Returns the different front ends, each with the indices of the members that use it.
    fn front_ends(&self) -> Result<Vec<(&MelSpectrogram, Vec<usize>)>> {
        let mut groups: Vec<(&MelSpectrogram, Vec<usize>)> = Vec::new();
        for (index, member) in self.members.iter().enumerate() {
            let front_end = member.front_end()?;
            match groups.iter_mut().find(|(known, _)| known.config() == front_end.config()) {
                Some((_, members)) => members.push(index),
                None => groups.push((front_end, vec![index])),
            }
        }
        Ok(groups)
    }

    fn classification(&self, clip: &Clip, tallies: &[Tally]) -> Classification {
        let mut probabilities = Mean::default();
        tallies.iter().for_each(|tally| probabilities.add(&tally.probabilities.row()));
        let embedding = tallies.iter().flat_map(|tally| tally.embedding.row());
        Classification {
            labels: self.labels.clone(),
            probabilities: probabilities.row(),
            embedding: embedding.map(|value| value as f32).collect(),
            chunks: tallies[0].probabilities.rows(),
            duration: clip.duration(),
            sample_rate: clip.sample_rate,
            skipped_packets: clip.skipped_packets,
        }
    }
}
