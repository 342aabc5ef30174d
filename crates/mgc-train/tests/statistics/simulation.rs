//! How often intervals contain the truth, and tests find a difference where there is none.

use mgc_train::{
    BootstrapConfig, Summary, Units, accuracy_difference, bootstrap_interval, corrected_t_test, mcnemar,
    wilcoxon_signed_rank, wilson_interval,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Normal and uniform draws.
struct Chance(ChaCha8Rng);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// By Box and Muller.
    fn normal(&mut self) -> f64 {
        let (radius, turn) = ((-2.0 * self.uniform().ln()).sqrt(), self.uniform());
        radius * (std::f64::consts::TAU * turn).cos()
    }

    fn is_true(&mut self, share: f64) -> bool {
        self.uniform() < share
    }
}

/// Returns the share of `runs` experiments that succeed.
fn share(runs: usize, mut experiment: impl FnMut() -> bool) -> f64 {
    (0..runs).filter(|_| experiment()).count() as f64 / runs as f64
}

fn contains((low, high): (f64, f64), truth: f64) -> bool {
    (low..=high).contains(&truth)
}

/// Four standard errors of a share of 95 % in 10,000 and in 1,000 experiments.
const OF_10_000: f64 = 0.009;
const OF_1_000: f64 = 0.028;

#[test]
fn students_interval_contains_the_mean_of_normal_results_in_95_of_100() {
    let mut chance = Chance::new(1);
    let covered = share(10_000, || {
        let results: Vec<f64> = (0..5).map(|_| 0.8 + 0.03 * chance.normal()).collect();
        contains(Summary::new(&results).unwrap().interval(0.95).unwrap(), 0.8)
    });
    assert!((covered - 0.95).abs() < OF_10_000, "{covered}");
}

#[test]
fn wilsons_interval_contains_the_share_in_95_of_100() {
    let mut chance = Chance::new(2);
    for (tracks, accuracy) in [(30, 0.9), (100, 0.7), (290, 0.85)] {
        let covered = share(10_000, || {
            let right = (0..tracks).filter(|_| chance.is_true(accuracy)).count();
            contains(wilson_interval(right, tracks), accuracy)
        });
        // shares of few tracks come in steps, so the coverage is not exactly nominal
        assert!((covered - 0.95).abs() < 0.03, "{tracks} tracks: {covered}");
    }
}

/// Results of 15 splits that depend on each other as Nadeau and Bengio assume for a ratio of 1/9: a common
/// part with the share 0.1 of the variance.
fn dependent_splits(chance: &mut Chance) -> Vec<f64> {
    let common = 0.1f64.sqrt() * chance.normal();
    (0..15).map(|_| common + 0.9f64.sqrt() * chance.normal()).collect()
}

#[test]
fn the_corrected_interval_holds_for_dependent_splits_and_the_plain_one_is_too_narrow() {
    let mut chance = Chance::new(3);
    let (mut plain, mut runs) = (0, 0);
    let corrected = share(10_000, || {
        let summary = Summary::new(&dependent_splits(&mut chance)).unwrap();
        plain += usize::from(contains(summary.interval(0.95).unwrap(), 0.0));
        runs += 1;
        contains(summary.corrected_interval(0.95, 1.0 / 9.0).unwrap(), 0.0)
    });
    let plain = plain as f64 / f64::from(runs);
    assert!((corrected - 0.95).abs() < OF_10_000, "corrected {corrected}, plain {plain}");
    assert!((0.77..0.81).contains(&plain), "corrected {corrected}, plain {plain}");
}

#[test]
fn the_corrected_t_test_is_wrong_in_5_of_100_and_the_plain_one_far_more_often() {
    let mut chance = Chance::new(4);
    let mut plain = 0;
    let corrected = share(10_000, || {
        let (first, second) = (dependent_splits(&mut chance), dependent_splits(&mut chance));
        plain += usize::from(corrected_t_test(&first, &second, 0.0).unwrap().p_value < 0.05);
        corrected_t_test(&first, &second, 1.0 / 9.0).unwrap().p_value < 0.05
    });
    let plain = f64::from(plain as u32) / 10_000.0;
    assert!((corrected - 0.05).abs() < OF_10_000, "corrected {corrected}, plain {plain}");
    assert!((0.19..0.23).contains(&plain), "corrected {corrected}, plain {plain}");
}

#[test]
fn paired_tests_of_equal_models_are_wrong_in_at_most_5_of_100() {
    let mut chance = Chance::new(5);
    let exact_and_corrected = share(10_000, || {
        let first: Vec<bool> = (0..100).map(|_| chance.is_true(0.8)).collect();
        let second: Vec<bool> = (0..100).map(|_| chance.is_true(0.8)).collect();
        mcnemar(&first, &second).unwrap().p_value < 0.05
    });
    assert!((0.02..0.05).contains(&exact_and_corrected), "McNemar: {exact_and_corrected}");
    for pairs in [10, 60] {
        let wrong = share(4_000, || {
            let first: Vec<f64> = (0..pairs).map(|_| chance.normal()).collect();
            let second: Vec<f64> = (0..pairs).map(|_| chance.normal()).collect();
            wilcoxon_signed_rank(&first, &second).unwrap().p_value < 0.05
        });
        assert!((0.036..0.064).contains(&wrong), "signed ranks of {pairs} pairs: {wrong}");
    }
}

const RESAMPLES: usize = 300;

fn accuracy(right: &[bool]) -> impl Fn(&[usize]) -> f64 {
    move |tracks: &[usize]| tracks.iter().filter(|&&track| right[track]).count() as f64 / tracks.len() as f64
}

#[test]
fn bootstrap_intervals_of_independent_tracks_contain_the_accuracy_in_95_of_100() {
    let mut chance = Chance::new(6);
    let mut seed = 0;
    let covered = share(1_000, || {
        let right: Vec<bool> = (0..100).map(|_| chance.is_true(0.75)).collect();
        seed += 1;
        let config = BootstrapConfig { resamples: RESAMPLES, seed, ..Default::default() };
        contains(bootstrap_interval(Units::Tracks(100), accuracy(&right), &config).unwrap(), 0.75)
    });
    assert!((covered - 0.95).abs() < OF_1_000, "{covered}");
}

#[test]
fn drawing_groups_holds_for_tracks_that_resemble_each_other_and_drawing_tracks_is_too_narrow() {
    let mut chance = Chance::new(7);
    let groups: Vec<usize> = (0..200).map(|track| track / 5).collect();
    let (mut by_tracks, mut seed) = (0, 0);
    let by_groups = share(1_000, || {
        // in half of the groups 95 % of the tracks are right, in the others 25 %
        let mut right = Vec::with_capacity(200);
        for _ in 0..40 {
            let easy = if chance.is_true(0.5) { 0.95 } else { 0.25 };
            right.extend((0..5).map(|_| chance.is_true(easy)));
        }
        seed += 1;
        let config = BootstrapConfig { resamples: RESAMPLES, seed, ..Default::default() };
        let interval = |units| bootstrap_interval(units, accuracy(&right), &config).unwrap();
        by_tracks += usize::from(contains(interval(Units::Tracks(200)), 0.6));
        contains(interval(Units::Groups(&groups)), 0.6)
    });
    let by_tracks = by_tracks as f64 / 1_000.0;
    assert!((by_groups - 0.95).abs() < OF_1_000, "groups {by_groups}, tracks {by_tracks}");
    assert!(by_tracks < 0.85, "groups {by_groups}, tracks {by_tracks}");
}

#[test]
fn the_interval_of_a_difference_contains_it_in_95_of_100() {
    let mut chance = Chance::new(8);
    let mut seed = 0;
    let covered = share(1_000, || {
        let hard: Vec<f64> = (0..100).map(|_| if chance.is_true(0.5) { 0.9 } else { 0.6 }).collect();
        let first: Vec<bool> = hard.iter().map(|share| chance.is_true(*share)).collect();
        let second: Vec<bool> = hard.iter().map(|share| chance.is_true(share - 0.1)).collect();
        seed += 1;
        let config = BootstrapConfig { resamples: RESAMPLES, seed, ..Default::default() };
        let compared = accuracy_difference(&first, &second, Units::Tracks(100), &config).unwrap();
        contains(compared.interval, 0.1)
    });
    assert!((covered - 0.95).abs() < OF_1_000, "{covered}");
}
