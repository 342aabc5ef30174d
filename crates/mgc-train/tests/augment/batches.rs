//! MixStyle, mixup and their targets.

use crate::support::{BANDS, FRAMES, augmentation, batch, draws, rows};
use mgc_train::candle::{Device, Tensor, Var};
use mgc_train::{
    AugmentConfig, MixStyleConfig, MixupConfig, Targets, smoothed_cross_entropy, weighted_cross_entropy,
};

const EXAMPLES: [usize; 6] = [3, 1, 4, 15, 9, 2];

fn mix_style(probability: f64) -> AugmentConfig {
    AugmentConfig { mix_style: MixStyleConfig { probability, alpha: 0.3 }, ..Default::default() }
}

/// Mean and deviation of each band.
fn style(values: &[f32]) -> Vec<(f64, f64)> {
    let of = |band: usize| {
        let column: Vec<f64> = values.chunks(BANDS).map(|frame| f64::from(frame[band])).collect();
        let mean = column.iter().sum::<f64>() / FRAMES as f64;
        let variance = column.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / FRAMES as f64;
        (mean, (variance + 1e-6).sqrt())
    };
    (0..BANDS).map(of).collect()
}

/// Returns the share that lies behind a mean between two others.
fn share(mixed: f64, own: f64, other: f64) -> f64 {
    (mixed - other) / (own - other)
}

#[test]
fn a_mixed_style_lies_between_those_of_two_examples_and_keeps_the_shape() {
    const TOLERANCE: f64 = 1e-3;
    let (inputs, labels) = batch(&EXAMPLES);
    let (changed, targets) = augmentation(mix_style(1.0)).batch(&draws(&EXAMPLES), &inputs, &labels).unwrap();
    assert!(targets.shares().is_empty(), "styles leave the labels alone");
    let (before, after) = (rows(&inputs), rows(&changed));
    let styles: Vec<_> = before.iter().map(|values| style(values)).collect();
    let mut partners = Vec::new();
    for place in 0..EXAMPLES.len() {
        let (own, mixed) = (&styles[place], style(&after[place]));
        let fits = |other: &usize| {
            let other = &styles[*other];
            let part = share(mixed[0].0, own[0].0, other[0].0);
            own.iter().zip(other).zip(&mixed).all(|((own, other), mixed)| {
                (mixed.0 - (part * own.0 + (1.0 - part) * other.0)).abs() < TOLERANCE
                    && (mixed.1 - (part * own.1 + (1.0 - part) * other.1)).abs() < TOLERANCE
            })
        };
        let found: Vec<usize> = (0..EXAMPLES.len()).filter(|other| *other != place).filter(fits).collect();
        assert_eq!(found.len(), 1, "example {place} fits {found:?}");
        partners.push(found[0]);
        for index in 0..BANDS * FRAMES {
            let band = index % BANDS;
            let shape = |value: f32, (mean, deviation): (f64, f64)| (f64::from(value) - mean) / deviation;
            let (old, new) =
                (shape(before[place][index], own[band]), shape(after[place][index], mixed[band]));
            assert!((old - new).abs() < TOLERANCE, "{new}, expected {old}");
        }
    }
    partners.sort_unstable();
    assert_eq!(partners, [0, 1, 2, 3, 4, 5], "everyone is the partner of one");
}

#[test]
fn a_style_is_mixed_as_often_as_asked() {
    let examples: Vec<usize> = (0..400).collect();
    let (inputs, labels) = batch(&examples);
    let (changed, _) = augmentation(mix_style(0.3)).batch(&draws(&examples), &inputs, &labels).unwrap();
    let pairs = rows(&changed).into_iter().zip(rows(&inputs));
    let mixed = pairs.filter(|(after, before)| after != before).count();
    assert!((83..157).contains(&mixed), "{mixed} of 400, expected about 120"); // four sigma
}

#[test]
fn a_mixture_has_the_shares_of_its_target() {
    const TOLERANCE: f32 = 1e-5;
    let config = AugmentConfig { mixup: MixupConfig { alpha: 1.0 }, ..Default::default() };
    let (inputs, _) = batch(&EXAMPLES);
    let labels = Tensor::new(&[0u32, 1, 2, 3, 4, 5], &Device::Cpu).unwrap();
    let (changed, targets) = augmentation(config).batch(&draws(&EXAMPLES), &inputs, &labels).unwrap();
    let (before, after, likeliest) = (rows(&inputs), rows(&changed), targets.likeliest().unwrap());
    for (place, share) in targets.shares().iter().enumerate() {
        let own = *share as f32;
        let fits = |other: &usize| {
            let pairs = before[place].iter().zip(&before[*other]).zip(&after[place]);
            pairs.into_iter().all(|((own_value, other_value), mixed)| {
                (mixed - (own * own_value + (1.0 - own) * other_value)).abs() < 80.0 * TOLERANCE
            })
        };
        let found: Vec<usize> = (0..EXAMPLES.len()).filter(|other| *other != place).filter(fits).collect();
        assert_eq!(found.len(), 1, "example {place} fits {found:?}");
        assert_eq!(likeliest[place], if *share >= 0.5 { place } else { found[0] } as u32);
    }
}

const LOGITS: [[f64; 4]; 3] = [[1.0, -0.5, 0.25, 2.0], [0.0, 3.0, -1.0, 0.5], [-2.0, 0.1, 0.2, 0.3]];
const LABELS: [u32; 3] = [3, 1, 0];
const PARTNERS: [usize; 3] = [1, 2, 0];
const SHARES: [f64; 3] = [0.8, 0.5, 0.1];
const WEIGHTS: [f64; 4] = [0.25, 3.0, 0.5, 1.0];

fn targets() -> Targets {
    let labels = Tensor::new(&LABELS, &Device::Cpu).unwrap();
    Targets::mixed(labels, &PARTNERS, SHARES.to_vec()).unwrap()
}

/// Cross-entropy with a soft target, by the textbook: the sum of target times logarithm of the probability.
fn by_hand(smoothing: f64, weights: [f64; 4]) -> f64 {
    let mut sum = 0.0;
    for (place, logits) in LOGITS.iter().enumerate() {
        let total: f64 = logits.iter().map(|logit| logit.exp()).sum();
        let partner = LABELS[PARTNERS[place]];
        for (label, share) in [(LABELS[place], SHARES[place]), (partner, 1.0 - SHARES[place])] {
            let target =
                |class: usize| smoothing / 4.0 + if class == label as usize { 1.0 - smoothing } else { 0.0 };
            let entropy: f64 = (0..4).map(|class| -target(class) * (logits[class].exp() / total).ln()).sum();
            sum += share * weights[label as usize] * entropy;
        }
    }
    sum / 3.0
}

#[test]
fn the_loss_of_mixed_targets_is_the_cross_entropy_with_soft_ones() {
    /// Three exponentials and logarithms of f64.
    const TOLERANCE: f64 = 1e-14;
    let logits = Tensor::new(&LOGITS, &Device::Cpu).unwrap();
    for smoothing in [0.0, 0.1] {
        for weights in [None, Some(WEIGHTS)] {
            let loss = targets().loss(&logits, smoothing, weights.as_ref().map(|it| &it[..])).unwrap();
            let expected = by_hand(smoothing, weights.unwrap_or([1.0; 4]));
            let loss = loss.to_scalar::<f64>().unwrap();
            assert!((loss - expected).abs() < TOLERANCE, "{loss}, expected {expected}");
        }
    }
}

#[test]
fn the_gradient_of_mixed_targets_is_the_softmax_minus_the_target() {
    const TOLERANCE: f64 = 1e-15;
    let logits = Var::new(&LOGITS, &Device::Cpu).unwrap();
    let loss = targets().loss(&logits, 0.0, None).unwrap();
    let gradient: Vec<Vec<f64>> =
        loss.backward().unwrap().get(logits.as_tensor()).unwrap().to_vec2().unwrap();
    for (place, row) in LOGITS.iter().enumerate() {
        let total: f64 = row.iter().map(|logit| logit.exp()).sum();
        for class in 0..4 {
            let own = if class == LABELS[place] as usize { SHARES[place] } else { 0.0 };
            let other = if class == LABELS[PARTNERS[place]] as usize { 1.0 - SHARES[place] } else { 0.0 };
            let expected = (row[class].exp() / total - own - other) / 3.0;
            assert!((gradient[place][class] - expected).abs() < TOLERANCE);
        }
    }
}

#[test]
fn targets_of_one_label_have_the_losses_they_always_had() {
    let (logits, labels) =
        (Tensor::new(&LOGITS, &Device::Cpu).unwrap(), Tensor::new(&LABELS, &Device::Cpu).unwrap());
    let plain = Targets::new(labels.clone());
    let value = |loss: mgc_train::candle::Result<Tensor>| loss.unwrap().to_scalar::<f64>().unwrap();
    let smoothed = value(smoothed_cross_entropy(&logits, &labels, 0.1));
    assert_eq!(value(plain.loss(&logits, 0.1, None)), smoothed);
    let weighted = value(weighted_cross_entropy(&logits, &labels, 0.1, &WEIGHTS));
    assert_eq!(value(plain.loss(&logits, 0.1, Some(&WEIGHTS))), weighted);
    assert_eq!((plain.likeliest().unwrap(), plain.shares()), (LABELS.to_vec(), &[][..]));
}

#[test]
fn half_and_half_counts_as_its_own_label() {
    assert_eq!(targets().likeliest().unwrap(), [3, 1, 3]);
}

#[test]
fn targets_that_do_not_fit_are_errors() {
    let labels = || Tensor::new(&LABELS, &Device::Cpu).unwrap();
    assert!(Targets::mixed(labels(), &[1, 0], vec![0.5; 3]).is_err());
    assert!(Targets::mixed(labels(), &PARTNERS, vec![0.5; 2]).is_err());
    assert!(Targets::mixed(labels(), &[1, 2, 3], vec![0.5; 3]).is_err());
    for share in [-0.1, 1.1, f64::NAN] {
        assert!(Targets::mixed(labels(), &PARTNERS, vec![0.5, share, 0.5]).is_err());
    }
    let logits = Tensor::new(&LOGITS, &Device::Cpu).unwrap();
    assert!(targets().loss(&logits, 0.0, Some(&WEIGHTS[..2])).is_err());
}
