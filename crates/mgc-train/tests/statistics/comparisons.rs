//! Comparisons of two models.

use crate::fixture::{assert_close, cases, number, numbers, whole};
use mgc_train::{
    BootstrapConfig, Units, accuracy_difference, corrected_t_test, holm, mcnemar, wilcoxon_signed_rank,
};
use proptest::prelude::*;

/// Tracks of which each model alone names so many right, and three that both do.
fn discordant(only_first: usize, only_second: usize) -> (Vec<bool>, Vec<bool>) {
    let first = [vec![true; only_first], vec![false; only_second], vec![true; 3]].concat();
    let second = [vec![false; only_first], vec![true; only_second], vec![true; 3]].concat();
    (first, second)
}

#[test]
fn mcnemar_equals_statsmodels() {
    for case in cases("mcnemar") {
        let (first, second) = discordant(whole(&case["first"]), whole(&case["second"]));
        let test = mcnemar(&first, &second).unwrap();
        assert_eq!(test.only_first, whole(&case["first"]), "{case}");
        assert_eq!(test.only_second, whole(&case["second"]), "{case}");
        assert_eq!(test.exact, case["exact"].as_bool().unwrap(), "{case}");
        assert_close(test.statistic, number(&case["statistic"]), &case.to_string());
        assert_close(test.p_value, number(&case["p"]), &case.to_string());
    }
}

#[test]
fn models_that_differ_as_often_either_way_have_p_1() {
    for count in [0, 5, 12, 13, 500] {
        let (first, second) = discordant(count, count);
        assert_eq!(mcnemar(&first, &second).unwrap().p_value, 1.0, "{count}");
    }
}

#[test]
fn t_tests_equal_scipy() {
    for case in cases("t_tests") {
        let (first, second) = (numbers(&case["first"]), numbers(&case["second"]));
        for expected in case["tests"].as_array().unwrap() {
            let test = corrected_t_test(&first, &second, number(&expected[0])).unwrap();
            assert_close(test.statistic, number(&expected[1]), "t");
            assert_close(test.p_value, number(&expected[2]), "p");
        }
    }
}

#[test]
fn results_without_spread_differ_for_certain_or_not_at_all() {
    let same = corrected_t_test(&[0.5, 0.75], &[0.5, 0.75], 0.5).unwrap();
    assert_eq!((same.statistic, same.p_value, same.interval(0.95).unwrap()), (0.0, 1.0, (0.0, 0.0)));
    let shifted = corrected_t_test(&[0.75, 1.0], &[0.5, 0.75], 0.5).unwrap();
    assert_eq!((shifted.statistic, shifted.p_value), (f64::INFINITY, 0.0));
}

#[test]
fn an_interval_excludes_0_where_the_test_finds_a_difference() {
    for case in cases("t_tests") {
        let (first, second) = (numbers(&case["first"]), numbers(&case["second"]));
        let test = corrected_t_test(&first, &second, 0.25).unwrap();
        let (low, high) = test.interval(0.95).unwrap();
        assert_eq!(test.p_value < 0.05, low > 0.0 || high < 0.0);
    }
}

#[test]
fn signed_ranks_equal_scipy() {
    for case in cases("wilcoxon") {
        let (first, second) = (numbers(&case["first"]), numbers(&case["second"]));
        let test = wilcoxon_signed_rank(&first, &second).unwrap();
        assert_eq!(test.exact, test.differing <= 50);
        assert_eq!(test.rank_sum_first.min(test.rank_sum_second), number(&case["least"]));
        assert_close(test.p_value, number(&case["p"]), &format!("{} pairs", first.len()));
    }
}

#[test]
fn pairs_that_never_differ_have_p_1() {
    let test = wilcoxon_signed_rank(&[1.0, 2.0], &[1.0, 2.0]).unwrap();
    assert_eq!((test.differing, test.p_value), (0, 1.0));
}

#[test]
fn holm_equals_statsmodels() {
    for case in cases("holm") {
        let adjusted = holm(&numbers(&case["p"])).unwrap();
        for (actual, expected) in adjusted.iter().zip(numbers(&case["adjusted"])) {
            assert_close(*actual, expected, "adjusted p");
        }
    }
}

fn answers() -> impl Strategy<Value = (Vec<bool>, Vec<bool>)> {
    prop::collection::vec(any::<(bool, bool)>(), 2..100).prop_map(|pairs| pairs.into_iter().unzip())
}

fn results() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    let result = || (0..40_u32).prop_map(|result| f64::from(result) / 8.0); // ties, and exact differences
    prop::collection::vec((result(), result()), 2..70).prop_map(|pairs| pairs.into_iter().unzip())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn exchanging_the_models_of_mcnemar_changes_no_p((first, second) in answers()) {
        let (test, exchanged) = (mcnemar(&first, &second).unwrap(), mcnemar(&second, &first).unwrap());
        prop_assert!((0.0..=1.0).contains(&test.p_value));
        prop_assert_eq!(test.p_value, exchanged.p_value);
        prop_assert_eq!(test.only_first, exchanged.only_second);
    }

    #[test]
    fn exchanging_the_models_turns_their_difference_round((first, second) in answers(), seed: u64) {
        let config = BootstrapConfig { resamples: 99, seed, ..Default::default() };
        let units = Units::Tracks(first.len());
        let there = accuracy_difference(&first, &second, units, &config).unwrap();
        let back = accuracy_difference(&second, &first, units, &config).unwrap();
        prop_assert_eq!(there.difference, -back.difference);
        // quantiles that are interpolated from above and from below
        prop_assert!((there.interval.0 + back.interval.1).abs() < 1e-12);
        prop_assert!((there.interval.1 + back.interval.0).abs() < 1e-12);
        prop_assert!(-1.0 <= there.interval.0 && there.interval.0 <= there.interval.1 && there.interval.1 <= 1.0);
    }

    #[test]
    fn exchanging_the_models_of_a_t_test_changes_its_sign((first, second) in results(), ratio in 0.0..2.0) {
        let test = corrected_t_test(&first, &second, ratio).unwrap();
        let exchanged = corrected_t_test(&second, &first, ratio).unwrap();
        prop_assert!((0.0..=1.0).contains(&test.p_value));
        prop_assert_eq!(test.p_value, exchanged.p_value);
        prop_assert_eq!(test.statistic, -exchanged.statistic);
        prop_assert!(test.p_value >= corrected_t_test(&first, &second, 0.0).unwrap().p_value);
    }

    #[test]
    fn exchanging_the_models_exchanges_their_rank_sums((first, second) in results()) {
        let test = wilcoxon_signed_rank(&first, &second).unwrap();
        let exchanged = wilcoxon_signed_rank(&second, &first).unwrap();
        prop_assert!((0.0..=1.0).contains(&test.p_value));
        prop_assert_eq!(test.p_value, exchanged.p_value);
        prop_assert_eq!(test.rank_sum_first, exchanged.rank_sum_second);
        let all = test.differing * (test.differing + 1);
        prop_assert_eq!(test.rank_sum_first + test.rank_sum_second, all as f64 / 2.0);
    }

    #[test]
    fn adjusted_p_values_are_larger_and_keep_their_order(p in prop::collection::vec(0.0..=1.0, 1..20)) {
        let adjusted = holm(&p).unwrap();
        for (index, value) in adjusted.iter().enumerate() {
            let bonferroni = (p[index] * p.len() as f64).min(1.0);
            prop_assert!(p[index] <= *value && *value <= bonferroni);
            for other in 0..p.len() {
                prop_assert!(p[index] > p[other] || *value <= adjusted[other]);
            }
        }
    }
}
