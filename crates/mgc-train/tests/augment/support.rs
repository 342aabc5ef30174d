//! Music, axes and strengths that the tests share.

use mgc_train::candle::{Device, Tensor};
use mgc_train::{
    AugmentConfig, Augmentation, CropConfig, Draw, EqualiserConfig, FrequencyAxis, GainConfig, LowPassConfig,
    MasksConfig, MixStyleConfig, MixupConfig, NoiseFloorConfig, PitchConfig, StretchConfig, TiltConfig,
};

pub(crate) const BANDS: usize = 24;
pub(crate) const FRAMES: usize = 30;

pub(crate) fn draw(example: usize) -> Draw {
    Draw { seed: 1, epoch: 0, example, visit: 0 }
}

pub(crate) fn draws(examples: &[usize]) -> Vec<Draw> {
    examples.iter().map(|&example| draw(example)).collect()
}

/// Bands that are even in Hz below 1 kHz and even in pitch above.
pub(crate) fn axis() -> FrequencyAxis {
    let centre = |band: usize| match band {
        0..10 => 100.0 * (band + 1) as f64,
        _ => 1000.0 * ((band - 9) as f64 / 5.0).exp2(),
    };
    FrequencyAxis::new((0..BANDS).map(centre).collect()).unwrap()
}

pub(crate) fn augmentation(config: AugmentConfig) -> Augmentation {
    Augmentation::new(config, axis()).unwrap()
}

/// A spectrogram like no other, from -80 to 0 dB.
pub(crate) fn music(example: usize) -> Vec<f32> {
    let value = |index: usize| ((index * 7919 + example * 104_729) % 8000) as f32 / -100.0;
    (0..FRAMES * BANDS).map(value).collect()
}

/// A batch of such music with its labels, (n, 1, frames, bands).
pub(crate) fn batch(examples: &[usize]) -> (Tensor, Tensor) {
    let values: Vec<f32> = examples.iter().flat_map(|&example| music(example)).collect();
    let inputs = Tensor::from_vec(values, (examples.len(), 1, FRAMES, BANDS), &Device::Cpu).unwrap();
    let labels: Vec<u32> = examples.iter().map(|&example| example as u32 % 3).collect();
    (inputs, Tensor::from_vec(labels, examples.len(), &Device::Cpu).unwrap())
}

/// The values of a batch, example after example.
pub(crate) fn rows(batch: &Tensor) -> Vec<Vec<f32>> {
    batch.flatten_from(1).unwrap().to_vec2().unwrap()
}

pub(crate) fn extremes(values: &[f32]) -> (f32, f32) {
    values.iter().fold((f32::MAX, f32::MIN), |(low, high), &value| (low.min(value), high.max(value)))
}

/// Every augmentation of a single example, alone, by name.
pub(crate) fn each() -> Vec<(&'static str, AugmentConfig)> {
    let off = AugmentConfig::default();
    vec![
        ("crop", AugmentConfig { crop: CropConfig { frames: Some(12) }, ..off }),
        ("stretch", AugmentConfig { stretch: StretchConfig { max_factor: 1.25 }, ..off }),
        ("pitch", AugmentConfig { pitch: PitchConfig { semitones: 2.0 }, ..off }),
        ("equaliser", AugmentConfig { equaliser: EqualiserConfig { db: 8.0, ..Default::default() }, ..off }),
        ("tilt", AugmentConfig { tilt: TiltConfig { db_per_octave: 1.5 }, ..off }),
        (
            "low_pass",
            AugmentConfig {
                low_pass: LowPassConfig {
                    probability: 1.0,
                    lowest_hz: 500.0,
                    highest_hz: 2000.0,
                    ..Default::default()
                },
                ..off
            },
        ),
        (
            "noise_floor",
            AugmentConfig { noise_floor: NoiseFloorConfig { probability: 1.0, ..Default::default() }, ..off },
        ),
        ("gain", AugmentConfig { gain: GainConfig { db: 6.0 }, ..off }),
        ("masks", AugmentConfig { masks: masks(), ..off }),
    ]
}

fn masks() -> MasksConfig {
    MasksConfig { time_masks: 2, time_width: 8, frequency_masks: 2, frequency_width: 5 }
}

/// All of them together, those of a batch too.
pub(crate) fn all() -> AugmentConfig {
    AugmentConfig {
        crop: CropConfig { frames: Some(12) },
        stretch: StretchConfig { max_factor: 1.25 },
        pitch: PitchConfig { semitones: 2.0 },
        equaliser: EqualiserConfig { db: 8.0, ..Default::default() },
        tilt: TiltConfig { db_per_octave: 1.5 },
        low_pass: LowPassConfig { probability: 0.5, ..Default::default() },
        noise_floor: NoiseFloorConfig { probability: 0.5, ..Default::default() },
        gain: GainConfig { db: 6.0 },
        masks: masks(),
        mix_style: MixStyleConfig { probability: 0.5, ..Default::default() },
        mixup: MixupConfig { alpha: 0.3 },
    }
}
