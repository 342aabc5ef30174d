//! The groups of tracks, which a result notes but does not depend on.

use crate::grid::result::CellResult;
use mgc_datasets::Track;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The tracks of a cell on the training, validation and test side.
pub(super) type Sides<'t> = [Vec<&'t Track>; 3];

/// Gives a result the groups that its tracks have now: they may have become known since it was trained.
pub(super) fn renew(result: &mut CellResult, sides: &Sides<'_>) {
    let tracks = sides.iter().flatten();
    let groups: HashMap<&str, &Option<String>> =
        tracks.map(|track| (track.id.as_str(), &track.group)).collect();
    for tested in &mut result.tested {
        tested.group = groups.get(tested.id.as_str()).and_then(|&group| group.clone());
    }
    result.crossing_groups = crossing(sides);
}

/// Counts the groups with tracks on more than one side.
pub(super) fn crossing(sides: &Sides<'_>) -> usize {
    let mut sides_of = BTreeMap::<&str, BTreeSet<usize>>::new();
    for (side, tracks) in sides.iter().enumerate() {
        for group in tracks.iter().filter_map(|track| track.group.as_deref()) {
            sides_of.entry(group).or_default().insert(side);
        }
    }
    sides_of.values().filter(|sides| sides.len() > 1).count()
}
