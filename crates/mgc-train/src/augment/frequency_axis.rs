//! The frequencies of the bands of a spectrogram.

use crate::error::{Error, Result};
use serde::Serialize;

/// The centre frequency of every band of a spectrogram.
///
/// It is all that the augmentations know of the front end: any scale will do, mel or other.
///
/// ```
/// use mgc_train::FrequencyAxis;
///
/// let axis = FrequencyAxis::new(vec![100.0, 200.0, 400.0])?;
/// assert_eq!(axis.place(200.0), 1.0);
/// assert_eq!(axis.place(300.0), 1.5);
/// assert_eq!(axis.place(5000.0), 2.0); // nothing lies above the last band
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct FrequencyAxis {
    centres: Vec<f64>,
}

impl FrequencyAxis {
    /// Takes the centre of each band, Hz, lowest first.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] when there is no band, [`Error::Value`] for a centre that is not a finite number
    /// above 0, or not above the one before it.
    pub fn new(centres: Vec<f64>) -> Result<Self> {
        if centres.is_empty() {
            return Err(Error::TooFew { what: "bands", actual: 0, least: 1 });
        }
        let mut below = 0.0;
        for (index, &value) in centres.iter().enumerate() {
            if !(value > below && value.is_finite()) {
                let expected = "a finite frequency in Hz, above 0 and above that of the band before";
                return Err(Error::Value { what: "band centre", index, value, expected });
            }
            below = value;
        }
        Ok(Self { centres })
    }

    /// Returns the centre of each band, Hz.
    #[must_use]
    pub fn centres(&self) -> &[f64] {
        &self.centres
    }

    /// Returns the number of bands.
    #[must_use]
    pub fn bands(&self) -> usize {
        self.centres.len()
    }

    /// Returns the place of a frequency (Hz) on the axis: k at the centre of band k, linear in Hz between
    /// two centres, and the nearest band beyond the first and the last.
    ///
    /// Slaney's mel scale is linear up to 1 kHz, so there this is exact. Above, its logarithm bends by less
    /// than 0.004 bands between neighbours of 128 bands up to 11 kHz.
    #[must_use]
    pub fn place(&self, hz: f64) -> f64 {
        let last = self.centres.len() - 1;
        match self.centres.partition_point(|centre| *centre <= hz) {
            0 => 0.0,
            above if above > last => last as f64,
            above => {
                let (low, high) = (self.centres[above - 1], self.centres[above]);
                (above - 1) as f64 + (hz - low) / (high - low)
            }
        }
    }

    /// Returns how many octaves each band lies above a frequency, below it negative.
    pub(super) fn octaves_above(&self, hz: f64) -> impl Iterator<Item = f64> {
        self.centres.iter().map(move |centre| (centre / hz).log2())
    }
}
