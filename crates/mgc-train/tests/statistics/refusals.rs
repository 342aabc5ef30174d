//! What says nothing is a typed error, never a number.

use mgc_train::{
    BootstrapConfig, Calibration, CoverageCurve, Error, Reliability, Summary, Temperature, Units,
    accuracy_difference, bootstrap_interval, corrected_t_test, holm, mcnemar, negative_log_likelihood,
    top_k_accuracy, wilcoxon_signed_rank,
};

#[test]
fn lists_that_are_no_pairs_are_refused() {
    let tests = [
        mcnemar(&[true], &[]).map(drop),
        corrected_t_test(&[1.0; 3], &[1.0; 2], 0.1).map(drop),
        wilcoxon_signed_rank(&[1.0], &[]).map(drop),
        accuracy_difference(&[true; 3], &[true; 2], Units::Tracks(3), &BootstrapConfig::default()).map(drop),
        accuracy_difference(&[true; 3], &[true; 3], Units::Groups(&[0]), &BootstrapConfig::default())
            .map(drop),
    ];
    for test in tests {
        assert!(matches!(test, Err(Error::Unpaired { .. })), "{test:?}");
    }
}

#[test]
fn too_few_results_are_refused() {
    let config = BootstrapConfig::default();
    let tests = [
        Summary::new(&[0.8]).map(drop),
        corrected_t_test(&[1.0], &[1.0], 0.1).map(drop),
        bootstrap_interval(Units::Tracks(1), |_| 0.0, &config).map(drop),
        bootstrap_interval(Units::Groups(&[3, 3, 3]), |_| 0.0, &config).map(drop),
        bootstrap_interval(Units::Strata(&[3, 1, 2]), |_| 0.0, &config).map(drop),
        Temperature::fit(&[], &[]).map(drop),
        CoverageCurve::new(&[], &[]).map(drop),
        Calibration::fit(&[], &[], None).map(drop),
    ];
    for test in tests {
        assert!(matches!(test, Err(Error::TooFew { .. })), "{test:?}");
    }
    let message = Summary::new(&[0.8]).unwrap_err().to_string();
    assert_eq!(message, "there are 1 results, expected at least 2");
}

#[test]
fn numbers_out_of_range_are_refused_by_their_place() {
    let rows = [vec![0.5, 0.5], vec![f64::NAN, 0.5]];
    let tests = [
        Summary::new(&[0.8, f64::NAN]).map(drop),
        wilcoxon_signed_rank(&[0.8, 1.0], &[1.0, f64::INFINITY]).map(drop),
        holm(&[0.5, 1.5]).map(drop),
        negative_log_likelihood(&rows, &[0, 0]).map(drop),
        top_k_accuracy(&[vec![1.0], vec![-0.1]], &[0, 0], 1).map(drop),
    ];
    for test in tests {
        assert!(matches!(test, Err(Error::Value { index: 1, .. })), "{test:?}");
    }
    let config = BootstrapConfig { resamples: 3, ..Default::default() };
    let empty = bootstrap_interval(Units::Tracks(3), |_| f64::NAN, &config).unwrap_err().to_string();
    assert_eq!(empty, "the statistic of resample 0 is NaN, expected a number");
}

#[test]
fn settings_out_of_range_are_refused() {
    let two = [1.0, 2.0];
    let summary = Summary::new(&two).unwrap();
    let bootstrap = |config| bootstrap_interval(Units::Tracks(3), |_| 0.0, &config).map(drop);
    let tests = [
        summary.interval(0.0).map(drop),
        summary.interval(1.0).map(drop),
        summary.interval(f64::NAN).map(drop),
        summary.corrected_interval(0.95, -0.1).map(drop),
        corrected_t_test(&two, &two, f64::INFINITY).map(drop),
        bootstrap(BootstrapConfig { resamples: 0, ..Default::default() }),
        bootstrap(BootstrapConfig { level: 95.0, ..Default::default() }),
        Temperature::new(f64::NAN).map(drop),
        Reliability::new(&[vec![1.0]], &[0], 0).map(drop),
        Calibration::fit(&[vec![1.0]], &[0], Some(0.0)).map(drop),
        Calibration::fit(&[vec![1.0]], &[0], Some(95.0)).map(drop),
    ];
    for test in tests {
        assert!(matches!(test, Err(Error::Config { .. })), "{test:?}");
    }
}

#[test]
fn labels_without_a_probability_are_refused() {
    let label = Reliability::new(&[vec![0.5, 0.5]], &[2], 10);
    assert!(matches!(label, Err(Error::Label { label: 2, classes: 2 })));
    let lengths = Reliability::new(&[vec![0.5, 0.5]], &[0, 1], 10);
    assert!(matches!(lengths, Err(Error::Lengths { truth: 2, predicted: 1 })));
}
