//! What a dataset is and where it comes from.

/// What a dataset is and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    /// The name in the registry: lower case, hyphens.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// What the loader expects to find at the root.
    pub layout: &'static str,
    /// Names of the genres with their numbers of tracks as published, in the order of the labels;
    /// empty where the user's data decide.
    pub genres: &'static [(&'static str, usize)],
    /// Nominal length of every clip, s; `None` where the user's data decide.
    pub clip_seconds: Option<u32>,
    /// Who to cite.
    pub citation: &'static str,
    /// What may be done with the data.
    pub licence: &'static str,
    /// Where to get it.
    pub homepage: &'static str,
    /// What to know before trusting a result on it: groups, official splits, faults.
    pub notes: &'static str,
}

impl Info {
    /// The published number of tracks; `None` where the user's data decide.
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
