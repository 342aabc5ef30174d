//! Summaries, Student's intervals and the bootstrap.

use crate::fixture::{assert_close, cases, number, numbers, whole};
use mgc_train::{BootstrapConfig, CorrectedTTest, Summary, Units, bootstrap_interval};
use proptest::prelude::*;

#[test]
fn quantiles_equal_scipy() {
    for case in cases("quantiles") {
        let test = CorrectedTTest {
            difference: 0.0,
            standard_error: 1.0,
            degrees_of_freedom: whole(&case["degrees"]),
            statistic: 0.0,
            p_value: 1.0,
        };
        let (low, high) = test.interval(number(&case["level"])).unwrap();
        assert_eq!(low, -high);
        assert_close(high, number(&case["quantile"]), &case.to_string());
    }
}

#[test]
fn summaries_and_their_intervals_equal_scipy() {
    for case in cases("summaries") {
        let results = numbers(&case["results"]);
        let summary = Summary::new(&results).unwrap();
        assert_close(summary.mean, number(&case["mean"]), "mean");
        assert_close(summary.std, number(&case["std"]), "std");
        assert!(results.contains(&summary.min) && results.contains(&summary.max));
        assert!(results.iter().all(|result| (summary.min..=summary.max).contains(result)));
        for interval in case["intervals"].as_array().unwrap() {
            let (low, high) = summary.interval(number(&interval[0])).unwrap();
            assert_close(low, number(&interval[1]), "lower end");
            assert_close(high, number(&interval[2]), "upper end");
        }
    }
}

#[test]
fn bootstrap_intervals_equal_numpy_on_the_same_draws() {
    for case in cases("bootstrap") {
        let values = numbers(&case["values"]);
        let of_track: Vec<usize> = case["numbers"].as_array().unwrap().iter().map(whole).collect();
        let units = match case["kind"].as_str().unwrap() {
            "tracks" => Units::Tracks(values.len()),
            "groups" => Units::Groups(&of_track),
            _ => Units::Strata(&of_track),
        };
        let mean =
            |tracks: &[usize]| tracks.iter().map(|&track| values[track]).sum::<f64>() / tracks.len() as f64;
        let config = BootstrapConfig {
            resamples: whole(&case["resamples"]),
            level: number(&case["level"]),
            seed: case["seed"].as_u64().unwrap(),
        };
        let (low, high) = bootstrap_interval(units, mean, &config).unwrap();
        assert_close(low, number(&case["interval"][0]), &case["kind"].to_string());
        assert_close(high, number(&case["interval"][1]), &case["kind"].to_string());
    }
}

#[test]
fn strata_keep_their_size_and_groups_stay_together() {
    let numbers = [4, 4, 4, 2, 2, 9];
    let config = BootstrapConfig { resamples: 200, ..Default::default() };
    let count = |tracks: &[usize], number| tracks.iter().filter(|&&track| numbers[track] == number).count();
    let strata = bootstrap_interval(Units::Strata(&numbers), |tracks| count(tracks, 4) as f64, &config);
    assert_eq!(strata.unwrap(), (3.0, 3.0));
    let groups = |tracks: &[usize]| {
        assert!(count(tracks, 4).is_multiple_of(3) && count(tracks, 2).is_multiple_of(2));
        tracks.len() as f64
    };
    let (fewest, most) = bootstrap_interval(Units::Groups(&numbers), groups, &config).unwrap();
    assert!(fewest < 6.0 && 6.0 < most, "groups of different sizes: {fewest} to {most}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn intervals_are_around_the_mean_and_grow_with_level_and_dependence(
        results in prop::collection::vec(-10.0..10.0, 2..20), ratio in 0.01..1.0,
    ) {
        let summary = Summary::new(&results).unwrap();
        let width = |(low, high): (f64, f64)| {
            assert!(low <= summary.mean && summary.mean <= high);
            high - low
        };
        let half = width(summary.interval(0.5).unwrap());
        prop_assume!(summary.std > 1e-9);
        prop_assert!(half < width(summary.interval(0.95).unwrap()));
        prop_assert!(half < width(summary.corrected_interval(0.5, ratio).unwrap()));
    }

    #[test]
    fn the_numbers_of_groups_are_names_only(groups in prop::collection::vec(0..5_usize, 6..20), seed: u64) {
        prop_assume!(groups.iter().any(|group| *group != groups[0]));
        let config = BootstrapConfig { resamples: 50, seed, ..Default::default() };
        let figure = |tracks: &[usize]| tracks.iter().sum::<usize>() as f64;
        let named: Vec<usize> = groups.iter().map(|group| 10 * group + 3).collect();
        prop_assert_eq!(
            bootstrap_interval(Units::Groups(&groups), figure, &config).unwrap(),
            bootstrap_interval(Units::Groups(&named), figure, &config).unwrap()
        );
    }
}
