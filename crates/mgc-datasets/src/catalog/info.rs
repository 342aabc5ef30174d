//! The description of a dataset.

/// The description of a dataset: what it holds, where to get it, whom to cite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    /// The name in the registry, in lower case with hyphens.
    pub name: &'static str,
    /// A description in one line.
    pub about: &'static str,
    /// The layout that the loader expects at the root.
    pub layout: &'static str,
    /// Names of the genres with their published numbers of tracks, in the order of the labels; empty where
    /// the user's data decide.
    pub genres: &'static [(&'static str, usize)],
    /// Nominal length of every clip in seconds; `None` where the user's data decide.
    pub clip_seconds: Option<u32>,
    /// The paper to cite.
    pub citation: &'static str,
    /// The terms of use of the data.
    pub licence: &'static str,
    /// The page to get it from.
    pub homepage: &'static str,
    /// Facts to know before trusting a result on it: groups, official splits, faults.
    pub notes: &'static str,
}

impl Info {
    /// Returns the published number of tracks, or `None` where the user's data decide.
    ///
    /// ```
    /// use mgc_datasets::{Folder, Gtzan};
    ///
    /// assert_eq!(Gtzan::INFO.published_tracks(), Some(1000));
    /// assert_eq!(Folder::INFO.published_tracks(), None);
    /// ```
    pub fn published_tracks(&self) -> Option<usize> {
        let total = self.genres.iter().map(|(_, count)| count).sum();
        (total > 0).then_some(total)
    }

    pub(crate) fn genre_names(&self) -> Vec<String> {
        self.genres.iter().map(|(name, _)| name.to_string()).collect()
    }
}
