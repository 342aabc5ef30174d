//! One part of a build that several machines share.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// Part `index` of `count`: every `count`-th track. It is written `2/8`.
///
/// ```
/// let shard: mgc_datasets::Shard = "2/8".parse()?;
/// assert_eq!((shard.index(), shard.count()), (2, 8));
/// assert!("9/8".parse::<mgc_datasets::Shard>().is_err());
/// # Ok::<(), mgc_datasets::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    count: usize,
}

impl Shard {
    /// Makes part `index`, counted from 1, of `count` parts.
    ///
    /// ```
    /// use mgc_datasets::Shard;
    ///
    /// assert_eq!(Shard::new(2, 8)?.to_string(), "2/8");
    /// assert!(Shard::new(0, 8).is_err());
    /// # Ok::<(), mgc_datasets::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Shard`] unless `index` lies in `1..=count`.
    pub fn new(index: usize, count: usize) -> Result<Self> {
        if (1..=count).contains(&index) {
            Ok(Self { index, count })
        } else {
            Err(Error::Shard { text: format!("{index}/{count}") })
        }
    }

    /// Returns the index of this part, counted from 1.
    #[must_use]
    pub fn index(self) -> usize {
        self.index
    }

    /// Returns the number of parts.
    #[must_use]
    pub fn count(self) -> usize {
        self.count
    }

    /// Returns the items of a list that belong to this part. Neighbours (one album, one genre) go to
    /// different parts.
    ///
    /// ```
    /// let shard: mgc_datasets::Shard = "2/3".parse()?;
    /// assert_eq!(shard.pick(0..7).collect::<Vec<_>>(), [1, 4]);
    /// # Ok::<(), mgc_datasets::Error>(())
    /// ```
    pub fn pick<T>(self, list: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        list.into_iter().skip(self.index - 1).step_by(self.count)
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let numbers = text.split_once('/').map(|(index, count)| (index.trim().parse(), count.trim().parse()));
        match numbers {
            Some((Ok(index), Ok(count))) => Self::new(index, count),
            _ => Err(Error::Shard { text: text.into() }),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_together_are_the_whole_each_once() {
        let mut all: Vec<_> = (1..=7).flat_map(|index| Shard::new(index, 7).unwrap().pick(0..40)).collect();
        all.sort_unstable();
        assert_eq!(all, (0..40).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_no_part_is_refused_with_its_text() {
        for text in ["0/8", "9/8", "0/0", "1", "a/b", "1/", "-1/2", "1/2/3", ""] {
            let message = text.parse::<Shard>().unwrap_err().to_string();
            assert!(message.contains(&format!("`{text}`")), "{message}");
        }
    }

    #[test]
    fn a_part_is_written_as_it_is_read() {
        assert_eq!("2/8".parse::<Shard>().unwrap().to_string(), "2/8");
    }
}
