//! Assigns tracks to parts of given sizes: stratified by genre, groups kept whole, decided by a seed.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::catalog::Track;

/// A share this close to a whole number of tracks counts as that number, since fractions are binary.
pub(crate) const WHOLE: f64 = 1e-9;

/// Whether a part may end up without a track because the groups leave it none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    Allowed,
    /// The last units go to the parts that have none; needs at least as many units as parts.
    Never,
}

/// Returns, for each track, the index of its part; `fractions` sum to 1.
///
/// Without groups each part holds each genre within one track of its share. A group goes whole to the part
/// that is shortest of its genres, large groups first. Unlabelled tracks are treated as one more genre.
pub(crate) fn assign(
    tracks: &[Track],
    fractions: &[f64],
    grouped: bool,
    seed: u64,
    empty: Empty,
) -> Vec<usize> {
    let mut need = quotas(tracks, fractions);
    let mut units = units(tracks, grouped);
    units.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    units.sort_by_key(|unit| std::cmp::Reverse(unit.len())); // stable: equal sizes stay shuffled
    let all: Vec<usize> = (0..fractions.len()).collect();
    let mut unfilled = if empty == Empty::Never { all.clone() } else { Vec::new() };
    let mut parts = vec![0; tracks.len()];
    for (placed, unit) in units.iter().enumerate() {
        let genres = count_genres(tracks, unit);
        let last_chance = units.len() - placed <= unfilled.len();
        let part = neediest(&need, &genres, if last_chance { &unfilled } else { &all });
        unfilled.retain(|&other| other != part);
        for (genre, count) in genres {
            // `neediest` has found a quota for every genre
            need.entry(genre).and_modify(|need| need[part] -= count);
        }
        unit.iter().for_each(|&index| parts[index] = part);
    }
    parts
}

/// The number of tracks that each part still needs, by genre.
type Need = BTreeMap<Option<usize>, Vec<i64>>;

/// Returns how many tracks of each genre each part is to get.
///
/// Each part gets its share of a genre rounded down. The remaining tracks go to the parts with the largest
/// deficit over all genres so far, so that many genres of five tracks fill the small parts as well.
fn quotas(tracks: &[Track], fractions: &[f64]) -> Need {
    let all: Vec<usize> = (0..tracks.len()).collect();
    let mut deficit = vec![0.0; fractions.len()];
    let quota = |(genre, count): (Option<usize>, i64)| {
        let shares: Vec<f64> = fractions.iter().map(|fraction| fraction * count as f64).collect();
        let mut quota: Vec<i64> = shares.iter().map(|share| (share + WHOLE).floor() as i64).collect();
        let remainder = |part: usize, quota: &[i64]| shares[part] - quota[part] as f64;
        (0..shares.len()).for_each(|part| deficit[part] += remainder(part, &quota));
        let mut open: Vec<usize> =
            (0..shares.len()).filter(|&part| remainder(part, &quota) > WHOLE).collect();
        open.sort_by(|&a, &b| deficit[b].total_cmp(&deficit[a]));
        let left = count - quota.iter().sum::<i64>();
        for part in open.into_iter().take(left as usize) {
            quota[part] += 1;
            deficit[part] -= 1.0;
        }
        (genre, quota)
    };
    count_genres(tracks, &all).into_iter().map(quota).collect()
}

/// Returns the units that are assigned as one: groups, and single tracks without a group.
pub(crate) fn units(tracks: &[Track], grouped: bool) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut units = Vec::new();
    for (index, track) in tracks.iter().enumerate() {
        match track.group.as_deref().filter(|_| grouped) {
            Some(group) => groups.entry(group).or_default().push(index),
            None => units.push(vec![index]),
        }
    }
    units.extend(groups.into_values());
    units
}

fn count_genres(tracks: &[Track], indices: &[usize]) -> BTreeMap<Option<usize>, i64> {
    let mut counts = BTreeMap::new();
    for &index in indices {
        *counts.entry(tracks[index].genre).or_insert(0) += 1;
    }
    counts
}

/// Returns the part whose squared distance to its quotas shrinks most by taking these tracks; the first
/// among equals.
#[allow(clippy::expect_used, reason = "without a part every track would silently go to the first")]
fn neediest(need: &Need, genres: &BTreeMap<Option<usize>, i64>, parts: &[usize]) -> usize {
    // Every genre has a quota, as the quotas were counted over all tracks.
    let gain = |part: usize| -> i64 { genres.iter().map(|(genre, &count)| count * need[genre][part]).sum() };
    // `max_by_key` returns the last among equals, hence the reversal.
    parts.iter().copied().rev().max_by_key(|&part| gain(part)).expect("a split has at least one part")
}
