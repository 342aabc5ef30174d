//! Scores of probabilities, calibration and refusal.

use crate::fixture::{assert_close, cases, classes, number, numbers, rows, whole};
use mgc_train::{
    Calibration, ConfusionMatrix, CoverageCurve, Reliability, Temperature, brier_score,
    negative_log_likelihood, top_k_accuracy,
};
use proptest::prelude::*;

#[test]
fn balanced_and_top_k_accuracy_equal_scikit_learn() {
    for case in cases("scores") {
        let (probabilities, truth) = (rows(&case["probabilities"]), classes(&case["labels"]));
        let confusion =
            ConfusionMatrix::new(probabilities[0].len(), &truth, &classes(&case["predicted"])).unwrap();
        assert_close(confusion.balanced_accuracy(), number(&case["balanced"]), "balanced accuracy");
        for (index, expected) in numbers(&case["top"]).into_iter().enumerate() {
            let actual = top_k_accuracy(&probabilities, &truth, index + 1).unwrap();
            assert_close(actual, expected, &format!("top {}", index + 1));
        }
    }
}

#[test]
fn proper_scores_equal_scikit_learn() {
    for case in cases("calibration") {
        let (probabilities, truth) = (rows(&case["probabilities"]), classes(&case["labels"]));
        let loss = negative_log_likelihood(&probabilities, &truth).unwrap();
        assert_close(loss, number(&case["log_loss"]), "log loss");
        assert_close(brier_score(&probabilities, &truth).unwrap(), number(&case["brier"]), "Brier score");
    }
}

#[test]
fn reliability_bins_equal_scikit_learn() {
    for case in cases("calibration") {
        let (probabilities, truth) = (rows(&case["probabilities"]), classes(&case["labels"]));
        let reliability = Reliability::new(&probabilities, &truth, 10).unwrap();
        let mut error = 0.0;
        let expected = case["bins"].as_array().unwrap();
        for bin in expected {
            let actual = reliability.bins[whole(&bin[0])];
            assert_eq!(actual.count, whole(&bin[1]));
            assert_close(actual.confidence, number(&bin[2]), "confidence");
            assert_close(actual.accuracy, number(&bin[3]), "accuracy");
            let share = number(&bin[1]) / truth.len() as f64;
            error += share * (number(&bin[2]) - number(&bin[3])).abs();
        }
        assert_eq!(reliability.bins.iter().filter(|bin| bin.count > 0).count(), expected.len());
        assert_close(reliability.expected_calibration_error(), error, "calibration error");
    }
}

#[test]
fn temperatures_equal_scipy_and_scikit_learn() {
    /// scikit-learn searches the minimum of the loss, which is flat there.
    const FLAT: f64 = 1e-6;
    for case in cases("calibration") {
        let (probabilities, truth) = (rows(&case["probabilities"]), classes(&case["labels"]));
        let temperature = Temperature::fit(&probabilities, &truth).unwrap().unwrap();
        assert_close(temperature.value(), number(&case["temperature"]), "temperature");
        assert!((temperature.value() - number(&case["temperature_sklearn"])).abs() < FLAT);
        for (actual, expected) in
            temperature.apply(&probabilities[0]).into_iter().zip(numbers(&case["first_row"]))
        {
            assert_close(actual, expected, "probability");
        }
    }
}

#[test]
fn the_fitted_temperature_has_the_least_loss() {
    for case in cases("calibration") {
        let (probabilities, truth) = (rows(&case["probabilities"]), classes(&case["labels"]));
        let loss = |value: f64| {
            let temperature = Temperature::new(value).unwrap();
            let rows: Vec<_> = probabilities.iter().map(|row| temperature.apply(row)).collect();
            negative_log_likelihood(&rows, &truth).unwrap()
        };
        let best = Temperature::fit(&probabilities, &truth).unwrap().unwrap().value();
        assert!(loss(best) < loss(1.01 * best) && loss(best) < loss(best / 1.01) && loss(best) <= loss(1.0));
    }
}

#[test]
fn bins_whose_share_of_right_answers_is_their_confidence_have_no_calibration_error() {
    // in the bin of k/8, k of 8 answers are right
    let (mut probabilities, mut truth) = (Vec::new(), Vec::new());
    for right in 5..=8_u32 {
        for example in 0..8 {
            let confidence = f64::from(right) / 8.0;
            probabilities.push(vec![confidence, 1.0 - confidence]);
            truth.push(u32::from(example >= right));
        }
    }
    let calibrated = Reliability::new(&probabilities, &truth, 8).unwrap();
    assert_eq!(calibrated.expected_calibration_error(), 0.0);
    assert_eq!(calibrated.bins[7].count, 8);
    truth.iter_mut().for_each(|label| *label = 1 - *label);
    assert!(Reliability::new(&probabilities, &truth, 8).unwrap().expected_calibration_error() > 0.5);
}

#[test]
fn a_confidence_on_an_edge_belongs_to_the_bin_below() {
    let reliability = Reliability::new(&[vec![0.5, 0.5], vec![1.0, 0.0]], &[0, 0], 2).unwrap();
    assert_eq!(reliability.bins.iter().map(|bin| bin.count).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn probabilities_of_0_are_fitted_and_stay_0() {
    let probabilities =
        [vec![1.0, 0.0, 0.0], vec![0.9, 0.1, 0.0], vec![0.6, 0.4, 0.0], vec![0.5, 0.25, 0.25]];
    let temperature = Temperature::fit(&probabilities, &[0, 0, 1, 2]).unwrap().unwrap();
    assert_eq!(temperature.apply(&probabilities[0]), [1.0, 0.0, 0.0]);
    assert_eq!(temperature.apply(&probabilities[1])[2], 0.0);
}

#[test]
fn nothing_is_fitted_where_every_answer_is_right_or_all_say_the_same() {
    let sure = [vec![0.9, 0.1], vec![0.2, 0.8]];
    assert_eq!(Temperature::fit(&sure, &[0, 1]).unwrap(), None);
    assert_eq!(Temperature::fit(&sure, &[1, 0]).unwrap(), None, "worse than chance");
    assert_eq!(Temperature::fit(&[vec![0.5, 0.5], vec![0.5, 0.5]], &[0, 1]).unwrap(), None);
}

#[test]
fn a_fitted_threshold_keeps_answers_of_the_target_accuracy() {
    for case in cases("calibration") {
        let (probabilities, truth) = (rows(&case["probabilities"]), classes(&case["labels"]));
        let calibration = Calibration::fit(&probabilities, &truth, Some(0.75)).unwrap();
        let mut kept = (0, 0);
        for (row, label) in probabilities.iter().zip(&truth) {
            let row = calibration.apply(row);
            if !calibration.is_unsure(&row) {
                let largest = row.iter().copied().fold(0.0, f64::max);
                kept = (kept.0 + usize::from(row[*label as usize] == largest), kept.1 + 1);
            }
        }
        assert!(kept.1 > 20 && kept.0 as f64 / kept.1 as f64 >= 0.75, "{kept:?}");
        assert_eq!(Calibration::fit(&probabilities, &truth, None).unwrap().threshold, None);
    }
}

#[test]
fn a_calibration_is_read_as_it_was_written_and_a_wrong_one_is_refused() {
    let calibration =
        Calibration { temperature: Some(Temperature::new(1.25).unwrap()), threshold: Some(0.5) };
    let text = serde_json::to_string(&calibration).unwrap();
    assert_eq!(text, r#"{"temperature":1.25,"threshold":0.5}"#);
    assert_eq!(serde_json::from_str::<Calibration>(&text).unwrap(), calibration);
    assert_eq!(serde_json::from_str::<Calibration>("{}").unwrap(), Calibration::default());
    for wrong in [r#"{"temperature":0}"#, r#"{"temperature":-1}"#, r#"{"warmth":1}"#] {
        assert!(serde_json::from_str::<Calibration>(wrong).is_err(), "{wrong}");
    }
}

/// Rows of three probabilities with labels.
fn predictions() -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<u32>)> {
    let row = prop::collection::vec(1..1_000_u32, 3).prop_map(|weights| {
        let sum = f64::from(weights.iter().sum::<u32>());
        weights.iter().map(|weight| f64::from(*weight) / sum).collect::<Vec<f64>>()
    });
    prop::collection::vec((row, 0..3_u32), 1..40).prop_map(|pairs| pairs.into_iter().unzip())
}

fn largest(row: &[f64]) -> usize {
    (0..row.len()).fold(0, |best, class| if row[class] > row[best] { class } else { best })
}

fn accuracy((probabilities, truth): &(Vec<Vec<f64>>, Vec<u32>)) -> f64 {
    let rows = probabilities.iter().zip(truth);
    rows.filter(|(row, label)| largest(row) == **label as usize).count() as f64 / truth.len() as f64
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_temperature_keeps_the_order_of_the_classes(sample in predictions(), value in 0.05..20.0) {
        let temperature = Temperature::new(value).unwrap();
        for row in &sample.0 {
            let tempered = temperature.apply(row);
            prop_assert_eq!(largest(&tempered), largest(row));
            prop_assert!((tempered.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            for (a, b) in [(0, 1), (1, 2), (2, 0)] {
                prop_assert!(row[a] > row[b] || tempered[a] <= tempered[b]);
            }
        }
    }

    #[test]
    fn a_temperature_is_undone_by_its_inverse(sample in predictions(), value in 0.5..2.0) {
        let (there, back) = (Temperature::new(value).unwrap(), Temperature::new(1.0 / value).unwrap());
        for row in &sample.0 {
            for (again, before) in back.apply(&there.apply(row)).iter().zip(row) {
                prop_assert!((again - before).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_coverage_curve_ends_at_the_plain_accuracy(sample in predictions()) {
        let curve = CoverageCurve::new(&sample.0, &sample.1).unwrap();
        let last = curve.points.last().unwrap();
        prop_assert_eq!((last.threshold, last.coverage, last.accuracy), (0.0, 1.0, accuracy(&sample)));
        for pair in curve.points.windows(2) {
            prop_assert!(pair[0].coverage < pair[1].coverage && pair[0].threshold > pair[1].threshold);
        }
        for point in &curve.points {
            let pairs = sample.0.iter().zip(&sample.1);
            let kept = pairs.filter(|(row, _)| row[largest(row)] >= point.threshold);
            let kept: (Vec<_>, Vec<_>) = kept.map(|(row, label)| (row.clone(), *label)).unzip();
            prop_assert_eq!(point.coverage, kept.1.len() as f64 / sample.1.len() as f64);
            prop_assert_eq!(point.accuracy, accuracy(&kept));
        }
    }

    #[test]
    fn a_threshold_reaches_its_accuracy_and_none_keeps_more(sample in predictions(), target in 0.01..=1.0) {
        let curve = CoverageCurve::new(&sample.0, &sample.1).unwrap();
        let chosen = curve.threshold(target).unwrap();
        let reaching = curve.points.iter().filter(|point| point.accuracy >= target);
        let most = reaching.max_by(|a, b| a.coverage.total_cmp(&b.coverage));
        prop_assert_eq!(chosen, most.map(|point| point.threshold));
    }

    #[test]
    fn scores_stay_in_their_ranges((probabilities, truth) in predictions()) {
        let reliability = Reliability::new(&probabilities, &truth, 7).unwrap();
        prop_assert!((0.0..=1.0).contains(&reliability.expected_calibration_error()));
        prop_assert_eq!(reliability.bins.iter().map(|bin| bin.count).sum::<usize>(), truth.len());
        for bin in reliability.bins.iter().filter(|bin| bin.count > 0) {
            prop_assert!(bin.low - 1e-12 <= bin.confidence && bin.confidence <= bin.high + 1e-12);
        }
        prop_assert!((0.0..=2.0).contains(&brier_score(&probabilities, &truth).unwrap()));
        prop_assert!(negative_log_likelihood(&probabilities, &truth).unwrap() >= 0.0);
        prop_assert_eq!(top_k_accuracy(&probabilities, &truth, 3).unwrap(), 1.0);
        let top = top_k_accuracy(&probabilities, &truth, 1).unwrap();
        prop_assert_eq!(top, accuracy(&(probabilities, truth)));
    }
}
