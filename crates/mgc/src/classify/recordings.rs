//! From recordings and spectrograms to probabilities.

use crate::classify::chunks::{Chunks, next_batch};
use crate::classify::classification::Classification;
use crate::classify::classifier::Classifier;
use crate::classify::mean::Mean;
use crate::classify::member::Tally;
use crate::classify::rewind::Shared;
use crate::error::ExplainError;
use crate::error::{Error, ModelError, Result};
use candle::Tensor;
use mgc_audio::{Clip, FrontEnd, Spectrograms};
use std::io::{Read, Seek};
use std::path::Path;
use std::time::Duration;

impl Classifier {
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
    /// [`Error::NoFrontEnd`] for a model of ready-made spectrograms, [`Error::Audio`] when the file cannot be
    /// decoded.
    pub fn classify(&self, path: impl AsRef<Path>) -> Result<Classification> {
        let path = path.as_ref();
        self.ask(|front_end| Ok(front_end.file(path)?))
    }

    /// Names the genre of music that is read from anything that reads and seeks, such as a `Cursor` over the
    /// bytes of an upload. `name` stands for the path in error messages.
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
        let (reader, name) = (Shared::new(reader), name.as_ref());
        self.ask(|front_end| {
            let reader = reader.rewound().map_err(|source| Error::Io { path: name.into(), source })?;
            Ok(front_end.reader(reader, name)?)
        })
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
    /// [`Error::NoFrontEnd`] for a model of ready-made spectrograms; [`Error::Audio`] when there are no
    /// samples, one is not finite, or the rate is out of range.
    pub fn classify_samples(&self, samples: &[f32], sample_rate: u32) -> Result<Classification> {
        self.ask(|front_end| Ok(front_end.samples(samples, sample_rate)?))
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
        self.ask(|front_end| Ok(front_end.clip(clip)?))
    }

    /// Returns the probabilities of ready-made spectrograms, in the order of the labels, each calibrated as a
    /// recording of its own.
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
    /// [`Error::Candle`] when the shape does not fit the network; [`Error::Model`] when it is not the size
    /// that the model was trained on, or when a result is not finite.
    pub fn probabilities(&self, spectrograms: &Tensor) -> Result<Vec<Vec<f64>>> {
        self.rows(spectrograms, &mut vec![Mean::default(); self.members.len()])
    }

    /// As [`probabilities`](Self::probabilities); adds those that each network gives to the mean of its member.
    pub(crate) fn rows(&self, spectrograms: &Tensor, of_members: &mut [Mean]) -> Result<Vec<Vec<f64>>> {
        let mut means: Vec<Mean> = Vec::new();
        for (member, of_member) in self.members.iter().zip(of_members) {
            let rows = member.answers(spectrograms)?.probabilities;
            means.resize(rows.len(), Mean::default());
            let calibration = &member.bundle.calibration;
            means.iter_mut().zip(&rows).for_each(|(mean, row)| mean.add(&calibration.apply(row)));
            rows.iter().for_each(|row| of_member.add(row));
        }
        Ok(means.iter().map(Mean::row).collect())
    }

    /// Returns the probabilities of a recording from the mean over its chunks that each member gave.
    pub(crate) fn whole<'m>(&self, of_members: impl Iterator<Item = &'m Mean>) -> Vec<f64> {
        let mut probabilities = Mean::default();
        for (member, mean) in self.members.iter().zip(of_members) {
            probabilities.add(&member.bundle.calibration.apply(&mean.row()));
        }
        probabilities.row()
    }

    /// Classifies the recording that `open` gives to a front end. It is opened once for each different front
    /// end.
    fn ask<'a>(&self, open: impl Fn(&FrontEnd) -> Result<Spectrograms<'a>>) -> Result<Classification> {
        let mut tallies = vec![Tally::default(); self.members.len()];
        let mut first = None;
        for (front_end, members) in self.front_ends()? {
            let mut spectrograms = open(&self.chunks.of(front_end)?)?;
            while let Some(batch) = next_batch(&mut spectrograms)? {
                for &member in &members {
                    tallies[member].add(&self.members[member].answers(&batch)?);
                }
            }
            first.get_or_insert(spectrograms);
        }
        let recording = first.ok_or(ModelError::EmptyEnsemble)?;
        Ok(self.classification(&recording, &tallies))
    }

    /// Returns the front end that all members share.
    pub(crate) fn front_end(&self) -> Result<&FrontEnd> {
        match self.front_ends()?[..] {
            [(front_end, _)] => Ok(front_end),
            _ => Err(ExplainError::FrontEnds.into()),
        }
    }

    /// Returns the different front ends, each with the indices of the members that use it.
    fn front_ends(&self) -> Result<Vec<(&FrontEnd, Vec<usize>)>> {
        let mut groups: Vec<(&FrontEnd, Vec<usize>)> = Vec::new();
        for (index, member) in self.members.iter().enumerate() {
            let front_end = member.front_end()?;
            match groups.iter_mut().find(|(known, _)| known.config() == front_end.config()) {
                Some((_, members)) => members.push(index),
                None => groups.push((front_end, vec![index])),
            }
        }
        Ok(groups)
    }

    fn classification(&self, recording: &Spectrograms<'_>, tallies: &[Tally]) -> Classification {
        let embedding = tallies.iter().flat_map(|tally| tally.embedding.row());
        Classification {
            labels: self.labels.clone(),
            probabilities: self.whole(tallies.iter().map(|tally| &tally.probabilities)),
            threshold: self.threshold(),
            embedding: embedding.map(|value| value as f32).collect(),
            chunks: tallies[0].probabilities.rows(),
            duration: self.duration(recording),
            sample_rate: recording.sample_rate(),
            skipped_packets: recording.skipped_packets(),
            peak: recording.peak(),
            channel_peak: recording.channel_peak(),
        }
    }

    /// Returns the least probability of a sure answer, 0 to 1, that the model states; `None` where it states
    /// none, and for an ensemble: the mean of several models is less confident than each, so theirs do not hold
    /// for it.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use mgc::{Bundle, Classifier, train::Calibration};
    ///
    /// let model = || Bundle::load("model.safetensors");
    /// assert_eq!(Classifier::new(model()?)?.threshold(), None);
    /// let careful = Calibration { threshold: Some(0.9), ..Default::default() };
    /// assert_eq!(Classifier::new(model()?.with_calibration(careful))?.threshold(), Some(0.9));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn threshold(&self) -> Option<f64> {
        match self.members.as_slice() {
            [only] => only.bundle.calibration.threshold,
            _ => None,
        }
    }

    /// Returns the length of a recording whose chunks have been taken: the decoded length where all of it was
    /// decoded, else the stated one if there is one.
    fn duration(&self, recording: &Spectrograms<'_>) -> Duration {
        match self.chunks {
            Chunks::All => recording.duration(),
            Chunks::First => recording.declared_duration().unwrap_or_else(|| recording.duration()),
        }
    }
}
