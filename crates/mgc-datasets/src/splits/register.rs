//! Tracks by name, whatever the Unicode form of the name.

use std::collections::HashMap;

use crate::text::composed;

/// Names of tracks. One is found as it is written or, where none is written so, in any form of Unicode.
#[derive(Default)]
pub(super) struct Register(HashMap<String, Vec<(String, usize)>>);

impl Register {
    pub(super) fn add(&mut self, name: String, track: usize) {
        self.0.entry(composed(&name).into_owned()).or_default().push((name, track));
    }

    /// Returns the tracks whose name looks like this one.
    pub(super) fn alike(&self, name: &str) -> &[(String, usize)] {
        self.0.get(composed(name).as_ref()).map_or(&[], Vec::as_slice)
    }

    /// Returns the track of this name, if there is only one.
    pub(super) fn one(&self, name: &str) -> Option<usize> {
        let alike = self.alike(name);
        let exact = alike.iter().filter(|(written, _)| written == name).map(|(_, track)| *track);
        one_of(exact, alike.iter().map(|(_, track)| *track))
    }
}

/// Returns the only track of the first list or, where that is empty, of the second.
pub(super) fn one_of(
    exact: impl Iterator<Item = usize>,
    alike: impl Iterator<Item = usize>,
) -> Option<usize> {
    let (mut exact, mut alike) = (exact.peekable(), alike);
    let (first, second) = match exact.peek() {
        Some(_) => (exact.next(), exact.next()),
        None => (alike.next(), alike.next()),
    };
    first.filter(|_| second.is_none())
}
