//! The synthetic corpus asks for learning: linear probes on mean spectra and loudness fail on it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

use mgc_audio::{FrontEnd, MelConfig};
use mgc_datasets::{Dataset, Features, Synthetic, SyntheticConfig, extract, official};
use ndarray::{Array1, Array2, Axis, concatenate};

/// No probe may name the style of this part of the test tracks, or more.
const TOO_EASY: f64 = 0.7;
/// Pairs of styles differ in timbre and register, and a probe that works sees that.
const PAIRS_ARE_PLAIN: f64 = 0.8;
/// L2 penalties of the probes, from too stiff to hardly any.
const PENALTIES: [f64; 4] = [1.0, 0.1, 0.01, 1e-3];
/// The gradient at which a probe counts as converged; weights are of order 1.
const CONVERGED: f64 = 1e-4;
const MOST_STEPS: usize = 20_000;

/// Names of the probes, and what each makes of a spectrogram.
type Probe = (&'static str, fn(&Array2<f32>) -> Array1<f32>);

const PROBES: [Probe; 4] = [
    ("mean of each band", mean),
    ("mean and deviation of each band", mean_and_deviation),
    ("mean level of each frame", |mel| mel.mean_axis(Axis(1)).unwrap()),
    ("loudness of each frame", |mel| {
        mel.mapv(|decibels| 10f32.powf(decibels / 10.0)).sum_axis(Axis(1)).mapv(|power| 10.0 * power.log10())
    }),
];

fn mean(mel: &Array2<f32>) -> Array1<f32> {
    mel.mean_axis(Axis(0)).unwrap()
}

fn mean_and_deviation(mel: &Array2<f32>) -> Array1<f32> {
    concatenate![Axis(0), mean(mel), mel.std_axis(Axis(0), 0.0)]
}

#[test]
fn linear_probes_on_spectrum_and_loudness_stay_below_seventy_percent() {
    let root = tempfile::tempdir().unwrap();
    let corpus = Synthetic::write(root.path(), &SyntheticConfig::default(), |_, _| ()).unwrap();
    let features =
        extract(&corpus, 0..corpus.tracks().len(), &FrontEnd::new(MelConfig::quick()).unwrap(), |_, _| ());
    assert_eq!(features.skipped, []);
    for (name, probe) in PROBES {
        let accuracy = best_accuracy(&corpus, &features, probe, 10, |style| style);
        println!("{name}: {accuracy:.3}");
        assert!(accuracy < TOO_EASY, "{name}: {accuracy}");
    }
    let pairs = best_accuracy(&corpus, &features, mean_and_deviation, 5, |style| style / 2);
    println!("pairs from mean and deviation: {pairs:.3}");
    assert!(pairs > PAIRS_ARE_PLAIN, "the probe itself is broken: {pairs}");
}

/// The best test accuracy over all penalties: what the probe could reach if it were tuned on the test.
fn best_accuracy(
    corpus: &Synthetic,
    features: &Features,
    probe: fn(&Array2<f32>) -> Array1<f32>,
    classes: usize,
    class: impl Fn(usize) -> usize,
) -> f64 {
    let sides = official(corpus.tracks()).unwrap();
    let side = |indices: &[usize]| {
        let rows: Vec<_> = indices.iter().map(|&index| probe(&features.spectrograms[index])).collect();
        let views: Vec<_> = rows.iter().map(|row| row.view()).collect();
        let labels: Vec<_> =
            indices.iter().map(|&index| class(corpus.tracks()[index].genre.unwrap())).collect();
        (ndarray::stack(Axis(0), &views).unwrap().mapv(f64::from), labels)
    };
    let ((mut train, train_labels), (mut test, test_labels)) = (side(sides.train()), side(sides.test()));
    standardise(&mut train, &mut test);
    let accuracy = |penalty| {
        let weights = logistic_regression(&train, &train_labels, classes, penalty);
        let scores = test.dot(&weights);
        let right =
            scores.rows().into_iter().zip(&test_labels).filter(|(row, label)| arg_max(row) == **label);
        right.count() as f64 / test_labels.len() as f64
    };
    PENALTIES.into_iter().map(accuracy).fold(0.0, f64::max)
}

/// To mean 0 and deviation 1 over the training tracks, and appends a constant.
fn standardise(train: &mut Array2<f64>, test: &mut Array2<f64>) {
    let (mean, deviation) =
        (train.mean_axis(Axis(0)).unwrap(), train.std_axis(Axis(0), 0.0).mapv(|d| d.max(1e-9)));
    for part in [train, test] {
        *part -= &mean;
        *part /= &deviation;
        let ones = Array2::ones((part.nrows(), 1));
        *part = concatenate![Axis(1), *part, ones];
    }
}

/// Multinomial logistic regression with an L2 penalty, by Nesterov's method for strongly convex
/// functions, until the gradient vanishes. Weights are (features, classes).
fn logistic_regression(x: &Array2<f64>, labels: &[usize], classes: usize, penalty: f64) -> Array2<f64> {
    let one_hot =
        Array2::from_shape_fn((labels.len(), classes), |(row, class)| f64::from(labels[row] == class));
    let smoothness = 0.5 * largest_eigenvalue(x) + penalty;
    let momentum = {
        let root = (penalty / smoothness).sqrt();
        (1.0 - root) / (1.0 + root)
    };
    let mut weights = Array2::zeros((x.ncols(), classes));
    let mut ahead = weights.clone();
    for _ in 0..MOST_STEPS {
        let errors = softmax(x.dot(&ahead)) - &one_hot;
        let gradient = x.t().dot(&errors) / labels.len() as f64 + &ahead * penalty;
        if gradient.iter().all(|slope| slope.abs() < CONVERGED) {
            return ahead;
        }
        let next = &ahead - &gradient / smoothness;
        ahead = &next + (&next - &weights) * momentum;
        weights = next;
    }
    panic!("no convergence at penalty {penalty}")
}

fn softmax(mut scores: Array2<f64>) -> Array2<f64> {
    for mut row in scores.rows_mut() {
        let most = row.fold(f64::NEG_INFINITY, |most, &score| most.max(score));
        row.mapv_inplace(|score| (score - most).exp());
        let sum = row.sum();
        row /= sum;
    }
    scores
}

/// Of the features' covariance, by power iteration, with a margin.
fn largest_eigenvalue(x: &Array2<f64>) -> f64 {
    let mut direction = Array1::<f64>::ones(x.ncols());
    let mut eigenvalue = 0.0;
    for _ in 0..100 {
        direction = x.t().dot(&x.dot(&direction)) / x.nrows() as f64;
        eigenvalue = direction.dot(&direction).sqrt();
        direction /= eigenvalue;
    }
    1.1 * eigenvalue
}

fn arg_max(row: &ndarray::ArrayView1<f64>) -> usize {
    (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap()
}
