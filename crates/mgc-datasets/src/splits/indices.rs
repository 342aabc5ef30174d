//! Three disjoint lists of tracks, checked where they are made.

use std::collections::HashMap;

use crate::catalog::Track;
use crate::error::{Error, Result};
use crate::side::Split;

/// Which tracks are for training, for validation and for the test.
///
/// The lists hold indices into the tracks they were made from, ascending. They can only be made
/// disjoint, and (but by [`official`](crate::official) and by a split that is told to ignore groups)
/// without a group on two sides; so chunks cut from tracks cannot leak either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitIndices {
    sides: [Vec<usize>; 3],
}

impl SplitIndices {
    /// Takes lists made elsewhere, for example read from a published file list.
    ///
    /// Tracks on no list are left out.
    ///
    /// # Errors
    /// [`Error::SplitIndex`] when an index is not that of a track or occurs twice,
    /// [`Error::GroupAcrossSides`] when tracks of one group lie on different sides.
    pub fn new(tracks: &[Track], train: &[usize], valid: &[usize], test: &[usize]) -> Result<Self> {
        let mut sides = vec![None; tracks.len()];
        for (split, list) in Split::ALL.into_iter().zip([train, valid, test]) {
            for &index in list {
                let problem = |problem| Error::SplitIndex { index, tracks: tracks.len(), problem };
                let side = sides.get_mut(index).ok_or_else(|| problem("does not exist"))?;
                if side.replace(split).is_some() {
                    return Err(problem("is listed twice"));
                }
            }
        }
        check_groups(tracks, &sides)?;
        Ok(Self::from_sides(&sides))
    }

    /// Of each track the side it lies on; disjoint by construction.
    pub(crate) fn from_sides(sides: &[Option<Split>]) -> Self {
        let list = |split| (0..sides.len()).filter(|&index| sides[index] == Some(split)).collect();
        Self { sides: Split::ALL.map(list) }
    }

    /// The tracks to learn from.
    pub fn train(&self) -> &[usize] {
        &self.sides[0]
    }

    /// The tracks to choose the best epoch by.
    pub fn valid(&self) -> &[usize] {
        &self.sides[1]
    }

    /// The tracks to report on.
    pub fn test(&self) -> &[usize] {
        &self.sides[2]
    }

    /// The tracks of one side.
    pub fn side(&self, split: Split) -> &[usize] {
        &self.sides[split as usize]
    }
}

fn check_groups(tracks: &[Track], sides: &[Option<Split>]) -> Result<()> {
    let mut seen: HashMap<&str, Split> = HashMap::new();
    for (track, side) in tracks.iter().zip(sides) {
        let (Some(group), Some(side)) = (track.group.as_deref(), *side) else {
            continue;
        };
        let first = *seen.entry(group).or_insert(side);
        if first != side {
            return Err(Error::GroupAcrossSides { group: group.to_string(), first, second: side });
        }
    }
    Ok(())
}
