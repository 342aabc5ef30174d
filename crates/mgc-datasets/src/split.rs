//! Stratified, grouped, seeded splits over whole tracks.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::{Error, Result, Split, SplitIndices, Track};

/// How [`split`] divides tracks. The default is 80 % train, 10 % valid, 10 % test, as in the
/// broadcast paper, with groups kept whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SplitConfig {
    /// Fraction of each genre for training, 0 to 1.
    pub train: f64,
    /// Fraction of each genre for validation, 0 to 1; what is left is the test set.
    pub valid: f64,
    /// Whether tracks of one group stay on one side. Off only to reproduce a flawed protocol.
    pub grouped: bool,
    /// The same seed gives the same split on every machine.
    pub seed: u64,
}

impl Default for SplitConfig {
    fn default() -> Self {
        Self { train: 0.8, valid: 0.1, grouped: true, seed: 0 }
    }
}

/// A share this close to a whole number of tracks is that number (fractions are binary).
const WHOLE: f64 = 1e-9;

/// Divides tracks into train, valid and test, each genre alike.
///
/// Without groups each side holds each genre within one track of its share. A group goes whole to the
/// side that lacks most of it, large groups first, so shares are as near as the groups allow.
/// Unlabelled tracks are divided like a genre of their own.
///
/// ```
/// # fn main() -> Result<(), mgc_datasets::Error> {
/// use mgc_datasets::{Source, SplitConfig, Track, split};
///
/// let tracks: Vec<Track> = (0..100)
///     .map(|index| Track {
///         id: format!("song {index}"),
///         genre: Some(index % 10),
///         group: Some(format!("album {}", index / 20)),
///         split: None,
///         source: Source::Row(index),
///     })
///     .collect();
/// let albums_apart = split(&tracks, &SplitConfig { train: 0.6, valid: 0.2, ..Default::default() })?;
/// assert_eq!(albums_apart.train().len(), 60);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::Fractions`] when the fractions are negative, not finite, or sum to more than 1.
pub fn split(tracks: &[Track], config: &SplitConfig) -> Result<SplitIndices> {
    let fractions = fractions(config)?;
    let mut need = quotas(tracks, fractions);
    let mut units = units(tracks, config.grouped);
    units.shuffle(&mut ChaCha8Rng::seed_from_u64(config.seed));
    units.sort_by_key(|unit| std::cmp::Reverse(unit.len())); // stable: equal sizes stay shuffled
    let mut sides = vec![None; tracks.len()];
    for unit in units {
        let genres = count_genres(tracks, &unit);
        let side = neediest(&need, &genres);
        for (genre, count) in genres {
            if let Some(need) = need.get_mut(&genre) {
                need[side as usize] -= count;
            }
        }
        unit.iter().for_each(|&index| sides[index] = Some(side));
    }
    Ok(SplitIndices::from_sides(&sides))
}

/// The split that the tracks carry themselves, or `None` when none of them carries one.
///
/// Tracks without a side are left out. The sides are taken as published, groups or not.
pub fn official(tracks: &[Track]) -> Option<SplitIndices> {
    let sides: Vec<_> = tracks.iter().map(|track| track.split).collect();
    sides.iter().any(Option::is_some).then(|| SplitIndices::from_sides(&sides))
}

fn fractions(config: &SplitConfig) -> Result<[f64; 3]> {
    let SplitConfig { train, valid, .. } = *config;
    let test = 1.0 - train - valid;
    let good = train >= 0.0 && valid >= 0.0 && test >= -WHOLE;
    good.then_some([train, valid, test.max(0.0)]).ok_or(Error::Fractions { train, valid })
}

/// How many tracks of each genre each side shall get.
///
/// Each gets its share rounded down; those left over go to the sides that are furthest behind over
/// all genres so far. So many genres of five tracks fill the small sides too.
fn quotas(tracks: &[Track], fractions: [f64; 3]) -> BTreeMap<Option<usize>, [i64; 3]> {
    let all: Vec<usize> = (0..tracks.len()).collect();
    let mut behind = [0.0; 3];
    let quota = |(genre, count): (Option<usize>, i64)| {
        let shares = fractions.map(|fraction| fraction * count as f64);
        let mut quota = shares.map(|share| (share + WHOLE).floor() as i64);
        (0..3).for_each(|side| behind[side] += shares[side] - quota[side] as f64);
        let mut open: Vec<usize> = (0..3).filter(|&side| shares[side] - quota[side] as f64 > WHOLE).collect();
        open.sort_by(|&a, &b| behind[b].total_cmp(&behind[a]));
        let left = count - quota.iter().sum::<i64>();
        for side in open.into_iter().take(left as usize) {
            quota[side] += 1;
            behind[side] -= 1.0;
        }
        (genre, quota)
    };
    count_genres(tracks, &all).into_iter().map(quota).collect()
}

/// What moves as one: groups, and tracks without a group.
fn units(tracks: &[Track], grouped: bool) -> Vec<Vec<usize>> {
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

/// The side whose squared distance to its quotas shrinks most by taking these tracks.
fn neediest(need: &BTreeMap<Option<usize>, [i64; 3]>, genres: &BTreeMap<Option<usize>, i64>) -> Split {
    let gain = |side: Split| {
        let part = |(genre, &count): (&Option<usize>, &i64)| {
            count * need.get(genre).map_or(0, |need| need[side as usize])
        };
        genres.iter().map(part).sum::<i64>()
    };
    // of equals the first: max_by_key would take the last
    Split::ALL.into_iter().rev().max_by_key(|&side| gain(side)).unwrap_or(Split::Train)
}
