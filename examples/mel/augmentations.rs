//! Every augmentation alone, drawn for one recording.

use crate::common::cli::Outcome;
use mgc::audio::{MelConfig, Spectrogram};
use mgc::augmentation;
use mgc::candle::{Device, Tensor};
use mgc::report::SpectrogramSheet;
use mgc::train::{
    AugmentConfig, CropConfig, Draw, EqualiserConfig, GainConfig, LowPassConfig, MasksConfig, MixStyleConfig,
    MixupConfig, NoiseFloorConfig, PitchConfig, StretchConfig, TiltConfig,
};

/// Draws a recording as it is and under each augmentation; mixtures only where there is a partner.
pub(crate) fn sheet<'a>(
    spectrogram: &Spectrogram,
    partner: Option<&Spectrogram>,
    config: &'a MelConfig,
    seed: u64,
) -> Outcome<SpectrogramSheet<'a>> {
    let values = spectrogram.as_slice();
    let mut sheet = SpectrogramSheet::new(config).with("as it is", values.to_vec());
    let draw = Draw { seed, epoch: 0, example: 0, visit: 0 };
    for (title, strengths) in single(spectrogram.frames()) {
        sheet = sheet.with(title, augmentation(strengths, config)?.example(&draw, values)?);
    }
    let Some(partner) = partner else { return Ok(sheet) };
    sheet = sheet.with("the partner", partner.as_slice().to_vec());
    for (title, strengths) in mixtures() {
        let (changed, share) = mixed(&strengths, [spectrogram, partner], config, draw)?;
        let title = share.map_or(title.to_owned(), |share| format!("{title}, here {share:.2} of itself"));
        sheet = sheet.with(title, changed);
    }
    Ok(sheet)
}

/// Returns the first of two recordings as a batch of both changes it, and its share of a mixture.
fn mixed(
    strengths: &AugmentConfig,
    pair: [&Spectrogram; 2],
    config: &MelConfig,
    draw: Draw,
) -> Outcome<(Vec<f32>, Option<f64>)> {
    let values: Vec<f32> = pair.iter().flat_map(|spectrogram| spectrogram.as_slice()).copied().collect();
    let shape = (2, 1, pair[0].frames(), pair[0].bands());
    let inputs = Tensor::from_vec(values, shape, &Device::Cpu)?;
    let labels = Tensor::new(&[0u32, 1], &Device::Cpu)?;
    let draws = [draw, Draw { example: 1, ..draw }];
    let (changed, targets) = augmentation(*strengths, config)?.batch(&draws, &inputs, &labels)?;
    Ok((changed.get(0)?.flatten_all()?.to_vec1()?, targets.shares().first().copied()))
}

fn single(frames: usize) -> [(&'static str, AugmentConfig); 9] {
    let off = AugmentConfig::default();
    let equaliser = EqualiserConfig { db: 8.0, ..Default::default() };
    let low_pass = LowPassConfig { probability: 1.0, ..Default::default() };
    let noise_floor = NoiseFloorConfig { probability: 1.0, ..Default::default() };
    let masks =
        MasksConfig { time_masks: 2, time_width: frames / 12, frequency_masks: 2, frequency_width: 12 };
    [
        ("crop to a third", AugmentConfig { crop: CropConfig { frames: Some(frames.div_ceil(3)) }, ..off }),
        ("stretch by up to 1.25", AugmentConfig { stretch: StretchConfig { max_factor: 1.25 }, ..off }),
        ("pitch by up to 2 semitones", AugmentConfig { pitch: PitchConfig { semitones: 2.0 }, ..off }),
        ("equaliser of up to 8 dB", AugmentConfig { equaliser, ..off }),
        ("tilt of up to 3 dB per octave", AugmentConfig { tilt: TiltConfig { db_per_octave: 3.0 }, ..off }),
        ("low-pass from 3 to 9 kHz", AugmentConfig { low_pass, ..off }),
        ("noise floor of -80 to -40 dB", AugmentConfig { noise_floor, ..off }),
        ("gain of up to 6 dB", AugmentConfig { gain: GainConfig { db: 6.0 }, ..off }),
        ("masks over time and frequency", AugmentConfig { masks, ..off }),
    ]
}

fn mixtures() -> [(&'static str, AugmentConfig); 2] {
    let off = AugmentConfig::default();
    let mix_style = MixStyleConfig { probability: 1.0, ..Default::default() };
    [
        ("MixStyle, alpha 0.3", AugmentConfig { mix_style, ..off }),
        ("mixup, alpha 0.4", AugmentConfig { mixup: MixupConfig { alpha: 0.4 }, ..off }),
    ]
}
