//! What an epoch draws.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc_train::{Error, Sampler, SamplerConfig, epoch_order};
use std::collections::HashSet;

fn by_groups(copies: usize, power: f64, groups: &[usize]) -> Sampler {
    let config = SamplerConfig { copies, group_power: Some(power) };
    Sampler::new(config, groups.len(), Some(groups)).unwrap()
}

/// The groups of a hundred tracks: one artist of 64, one of 25, eleven of one.
fn artists() -> Vec<usize> {
    (0..100)
        .map(|track| {
            if track < 64 {
                7
            } else if track < 89 {
                3
            } else {
                1000 + track
            }
        })
        .collect()
}

fn counts(sampler: &Sampler, len: usize, epochs: usize) -> Vec<f64> {
    let mut counts = vec![0.0; len];
    for epoch in 0..epochs {
        sampler.order(1, epoch).iter().for_each(|&example| counts[example] += 1.0);
    }
    counts
}

#[test]
fn without_groups_an_epoch_is_the_shuffle_it_always_was() {
    for (seed, epoch, len) in [(1, 0, 442), (7, 3, 10), (1, 99, 1), (1, 0, 0)] {
        let order = Sampler::new(SamplerConfig::default(), len, None).unwrap().order(seed, epoch);
        assert_eq!(order, epoch_order(seed, epoch, len));
    }
}

#[test]
fn every_example_is_drawn_as_often_as_there_are_copies() {
    let config = SamplerConfig { copies: 3, group_power: None };
    let order = Sampler::new(config, 50, None).unwrap().order(1, 0);
    assert_eq!(order.len(), 150);
    assert!((0..50).all(|example| order.iter().filter(|&&drawn| drawn == example).count() == 3));
    let first: HashSet<_> = order[..50].iter().collect();
    assert!(first.len() < 50, "the copies are mixed over the epoch");
}

/// The 0.9999 quantile of chi-square with 99 degrees of freedom: scipy.stats.chi2.ppf(0.9999, 99).
const CHI_SQUARE_99: f64 = 160.055_738_296_631_57;

#[test]
fn examples_are_drawn_as_often_as_the_size_of_their_group_says() {
    let groups = artists();
    let size = |group: usize| groups.iter().filter(|other| **other == group).count() as f64;
    for power in [0.0, 0.5, 1.0] {
        let counts = counts(&by_groups(20, power, &groups), groups.len(), 50);
        let total: f64 = counts.iter().sum();
        assert_eq!(total, 100_000.0);
        let weights: Vec<f64> = groups.iter().map(|&group| size(group).powf(-power)).collect();
        let sum: f64 = weights.iter().sum();
        let expected = weights.iter().map(|weight| total * weight / sum);
        let chi_square: f64 = counts.iter().zip(expected).map(|(n, e)| (n - e) * (n - e) / e).sum();
        assert!(chi_square < CHI_SQUARE_99, "power {power}: {chi_square}");
        assert!(chi_square > 40.0, "power {power}: {chi_square}, too even for independent draws");
    }
}

#[test]
fn at_half_a_group_counts_the_square_root_of_its_size() {
    let groups = artists();
    let counts = counts(&by_groups(20, 0.5, &groups), groups.len(), 50);
    let (first, second): (f64, f64) = (counts[..64].iter().sum(), counts[64..89].iter().sum());
    let each = 100_000.0 / (8.0 + 5.0 + 11.0);
    assert!((first / each - 8.0).abs() < 0.2 && (second / each - 5.0).abs() < 0.2, "{first} and {second}");
}

#[test]
fn the_numbers_of_the_groups_do_not_matter() {
    let groups = artists();
    let others: Vec<usize> = groups.iter().map(|group| usize::MAX - group).collect();
    assert_eq!(by_groups(2, 0.5, &groups).order(5, 8), by_groups(2, 0.5, &others).order(5, 8));
}

#[test]
fn an_epoch_draws_by_its_seed_and_number_alone() {
    let sampler = by_groups(1, 0.5, &artists());
    assert_eq!(sampler.order(1, 5), sampler.clone().order(1, 5));
    assert_ne!(sampler.order(1, 5), sampler.order(1, 6));
    assert_ne!(sampler.order(1, 5), sampler.order(2, 5));
}

#[test]
fn what_cannot_be_sampled_is_a_typed_error() {
    let config = |copies, group_power| SamplerConfig { copies, group_power };
    let groups: &[usize] = &[0, 0, 1];
    for (config, groups, part) in [
        (config(0, None), None, "copies is 0, expected 1 to 1000"),
        (config(1001, None), None, "copies is 1001"),
        (config(1, Some(-0.1)), Some(groups), "group_power is -0.1"),
        (config(1, Some(f64::NAN)), Some(groups), "group_power is NaN"),
        (config(1, Some(0.5)), None, "expected none without groups"),
    ] {
        let error = Sampler::new(config, 3, groups).unwrap_err();
        assert!(matches!(error, Error::Config { .. }) && error.to_string().contains(part), "{error}");
    }
    let error = Sampler::new(config(1, Some(0.5)), 4, Some(groups)).unwrap_err();
    assert!(matches!(error, Error::Unpaired { first: 4, second: 3 }), "{error}");
}
