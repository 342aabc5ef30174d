//! All augmentations together.

use crate::augment::config::AugmentConfig;
use crate::augment::crop::CropConfig;
use crate::augment::decibel_range::DecibelRange;
use crate::augment::draw::Draw;
use crate::augment::frequency_axis::FrequencyAxis;
use crate::augment::stretch::{append_at_tempo, span};
use crate::error::{Error, Result};
use crate::metrics::targets::Targets;
use candle::{DType, Device, Storage, Tensor};
use serde::Serialize;

/// Seeded changes of training examples, ready to be applied.
///
/// An example is a log-mel spectrogram in dB, as front ends make it and networks take it: `frames` x `bands`
/// values, frame after frame, not normalised. Levels may be absolute or relative to the loudest.
///
/// The order is that of a recording: crop and stretch, pitch, equaliser, tilt, low-pass, noise floor, gain;
/// then the limits of the front end ([`DecibelRange`]), then masks; then, over the batch, MixStyle and mixup.
/// All random numbers follow from a [`Draw`].
///
/// [`Trainer::with_augmentation`](crate::Trainer::with_augmentation) applies it to training batches. For a
/// loop of your own there is [`Augmentation::batch`].
///
/// # Examples
///
/// ```
/// use mgc_train::{AugmentConfig, Augmentation, Draw, FrequencyAxis, GainConfig, MasksConfig};
///
/// let config = AugmentConfig {
///     gain: GainConfig { db: 6.0 },
///     masks: MasksConfig { frequency_masks: 1, frequency_width: 2, ..Default::default() },
///     ..Default::default()
/// };
/// let axis = FrequencyAxis::new(vec![100.0, 200.0, 400.0, 800.0])?;
/// let augmentation = Augmentation::new(config, axis)?;
///
/// let spectrogram = [-10.0, -20.0, -30.0, -40.0, -12.0, -22.0, -32.0, -42.0]; // 2 frames x 4 bands
/// let draw = Draw { seed: 1, epoch: 0, example: 5, visit: 0 };
/// let first = augmentation.example(&draw, &spectrogram)?;
/// assert_eq!(augmentation.example(&draw, &spectrogram)?, first);
/// assert_ne!(augmentation.example(&Draw { epoch: 1, ..draw }, &spectrogram)?, first);
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Augmentation {
    #[serde(flatten)]
    config: AugmentConfig,
    #[serde(rename = "band_centres")]
    axis: FrequencyAxis,
    range: DecibelRange,
}

impl Augmentation {
    /// Checks the strengths; without limits of levels at first.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] names the first setting that is out of range.
    pub fn new(config: AugmentConfig, axis: FrequencyAxis) -> Result<Self> {
        config.validate()?;
        Ok(Self { config, axis, range: DecibelRange::default() })
    }

    /// Sets the limits of the front end.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when `top_db` is below 0, or a limit is no number.
    pub fn with_range(self, range: DecibelRange) -> Result<Self> {
        range.validate()?;
        Ok(Self { range, ..self })
    }

    /// Returns the strengths.
    #[must_use]
    pub fn config(&self) -> &AugmentConfig {
        &self.config
    }

    /// Returns an example as its own augmentations change it: all but MixStyle and mixup, which need a batch.
    ///
    /// `values` holds at least one frame of as many bands as the frequency axis, frame after frame, dB. The
    /// result has the same number of frames, or that of the crop.
    ///
    /// # Errors
    ///
    /// [`Error::SpectrogramSize`] when the values are not whole frames; [`Error::Config`] when the crop is
    /// longer than the example.
    pub fn example(&self, draw: &Draw, values: &[f32]) -> Result<Vec<f32>> {
        let mut changed = Vec::new();
        self.append(draw, values, &mut changed)?;
        Ok(changed)
    }

    /// Appends an example as its own augmentations change it.
    fn append(&self, draw: &Draw, values: &[f32], output: &mut Vec<f32>) -> Result<()> {
        let (config, bands) = (&self.config, self.axis.bands());
        let frames = values.len() / bands;
        if frames == 0 || frames * bands != values.len() {
            let (index, actual, frames) = (draw.example, values.len(), frames.max(1));
            return Err(Error::SpectrogramSize { index, actual, frames, bands });
        }
        let (length, tempo) = (config.crop.length(frames)?, config.stretch.tempo(draw));
        let start = CropConfig::start(draw, span(length, tempo), frames);
        let first = output.len();
        append_at_tempo(values, bands, start, length, tempo, output);
        let changed = &mut output[first..];
        config.pitch.apply(draw, &self.axis, changed);
        config.equaliser.apply(draw, bands, changed);
        config.tilt.apply(draw, &self.axis, changed);
        config.low_pass.apply(draw, &self.axis, changed);
        config.noise_floor.apply(draw, changed);
        config.gain.apply(draw, changed);
        self.range.apply(changed);
        config.masks.apply(draw, bands, changed);
        Ok(())
    }

    /// Returns a batch as all augmentations change it, with its targets. The work is done on the host; the
    /// results lie on the device of the inputs and have their type.
    ///
    /// # Shapes
    ///
    /// - draws: one for each example
    /// - inputs: (n, 1, frames, bands), as [`Examples::batch`](crate::Examples::batch) returns them
    /// - labels: (n), `u32`
    /// - output: (n, 1, frames, bands), with the number of frames of the crop, if any
    ///
    /// # Errors
    ///
    /// [`Error::BatchShape`] when the inputs have another shape, [`Error::Unpaired`] when there are not as
    /// many draws as examples; as [`Augmentation::example`].
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::candle::{Device, Tensor};
    /// use mgc_train::{AugmentConfig, Augmentation, Draw, FrequencyAxis, MixupConfig};
    ///
    /// let config = AugmentConfig { mixup: MixupConfig { alpha: 0.3 }, ..Default::default() };
    /// let augmentation = Augmentation::new(config, FrequencyAxis::new(vec![100.0, 200.0])?)?;
    /// let inputs = Tensor::new(&[[[[0f32, 0.0]]], [[[1.0, 1.0]]]], &Device::Cpu)?;
    /// let labels = Tensor::new(&[0u32, 1], &Device::Cpu)?;
    /// let draws = [4, 9].map(|example| Draw { seed: 1, epoch: 0, example, visit: 0 });
    /// let (mixed, targets) = augmentation.batch(&draws, &inputs, &labels)?;
    /// let share = 1.0 - mixed.flatten_all()?.to_vec1::<f32>()?[0];
    /// assert!((share - targets.shares()[0] as f32).abs() < 1e-6);
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    pub fn batch(&self, draws: &[Draw], inputs: &Tensor, labels: &Tensor) -> Result<(Tensor, Targets)> {
        if self.config.is_off() {
            return Ok((inputs.clone(), Targets::new(labels.clone())));
        }
        let bands = self.axis.bands();
        let [count, frames] = self.size(inputs)?;
        if draws.len() != count {
            return Err(Error::Unpaired { first: draws.len(), second: count });
        }
        let length = self.config.crop.length(frames)?;
        let mut values = Vec::with_capacity(count * length * bands);
        on_host(inputs, |inputs| {
            let mut pairs = draws.iter().zip(inputs.chunks_exact(frames * bands));
            pairs.try_for_each(|(draw, input)| self.append(draw, input, &mut values))
        })?;
        let mut examples: Vec<&mut [f32]> = values.chunks_exact_mut(length * bands).collect();
        self.config.mix_style.apply(draws, bands, &mut examples);
        let targets = match self.config.mixup.apply(draws, &mut examples) {
            Some(mixture) => Targets::mixed(labels.clone(), &mixture.partners, mixture.shares)?,
            None => Targets::new(labels.clone()),
        };
        let changed = Tensor::from_vec(values, (count, 1, length, bands), inputs.device())?;
        Ok((changed.to_dtype(inputs.dtype())?, targets))
    }

    /// Returns the numbers of examples and of frames in a batch.
    fn size(&self, inputs: &Tensor) -> Result<[usize; 2]> {
        match *inputs.dims() {
            [count, 1, frames, bands] if count * frames > 0 && bands == self.axis.bands() => {
                Ok([count, frames])
            }
            _ => Err(Error::BatchShape { actual: inputs.dims().to_vec(), bands: self.axis.bands() }),
        }
    }
}

/// Lends the values of a tensor, copied to the host only where they lie elsewhere or in another order.
fn on_host<T>(tensor: &Tensor, work: impl FnOnce(&[f32]) -> Result<T>) -> Result<T> {
    let tensor = tensor.to_device(&Device::Cpu)?.to_dtype(DType::F32)?.contiguous()?;
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cpu(values) => {
            let first = layout.start_offset();
            work(&values.as_slice()?[first..first + tensor.elem_count()])
        }
        _ => Err(candle::Error::Msg("a tensor on the host is stored elsewhere".into()).into()),
    }
}
