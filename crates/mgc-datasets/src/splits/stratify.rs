//! Tracks to parts of given size: every genre alike, groups whole, decided by a seed.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::catalog::Track;

/// A share this close to a whole number of tracks is that number (fractions are binary).
pub(crate) const WHOLE: f64 = 1e-9;

/// Whether parts may end up without a track, where groups leave them none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    Allowed,
    /// The last units go to the parts that have none; there must be as many units as parts.
    Never,
}

/// Of each track the part that it goes to; `fractions` sum to 1.
///
/// Without groups each part holds each genre within one track of its share. A group goes whole to the
/// part that lacks most of it, large groups first. Unlabelled tracks are divided like a genre of their own.
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
            if let Some(need) = need.get_mut(&genre) {
                need[part] -= count;
            }
        }
        unit.iter().for_each(|&index| parts[index] = part);
    }
    parts
}

/// Tracks that each part still needs, by genre.
type Need = BTreeMap<Option<usize>, Vec<i64>>;

/// How many tracks of each genre each part shall get.
///
/// Each gets its share rounded down; those left over go to the parts that are furthest behind over
/// all genres so far. So many genres of five tracks fill the small parts too.
fn quotas(tracks: &[Track], fractions: &[f64]) -> Need {
    let all: Vec<usize> = (0..tracks.len()).collect();
    let mut behind = vec![0.0; fractions.len()];
    let quota = |(genre, count): (Option<usize>, i64)| {
        let shares: Vec<f64> = fractions.iter().map(|fraction| fraction * count as f64).collect();
        let mut quota: Vec<i64> = shares.iter().map(|share| (share + WHOLE).floor() as i64).collect();
        let lacks = |part: usize, quota: &[i64]| shares[part] - quota[part] as f64;
        (0..shares.len()).for_each(|part| behind[part] += lacks(part, &quota));
        let mut open: Vec<usize> = (0..shares.len()).filter(|&part| lacks(part, &quota) > WHOLE).collect();
        open.sort_by(|&a, &b| behind[b].total_cmp(&behind[a]));
        let left = count - quota.iter().sum::<i64>();
        for part in open.into_iter().take(left as usize) {
            quota[part] += 1;
            behind[part] -= 1.0;
        }
        (genre, quota)
    };
    count_genres(tracks, &all).into_iter().map(quota).collect()
}

/// What moves as one: groups, and tracks without a group.
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

/// The part whose squared distance to its quotas shrinks most by taking these tracks; of equals the first.
fn neediest(need: &Need, genres: &BTreeMap<Option<usize>, i64>, parts: &[usize]) -> usize {
    let gain = |part: usize| -> i64 {
        genres.iter().map(|(genre, &count)| count * need.get(genre).map_or(0, |need| need[part])).sum()
    };
    // max_by_key would take the last of equals
    parts.iter().copied().rev().max_by_key(|&part| gain(part)).unwrap_or(0)
}
