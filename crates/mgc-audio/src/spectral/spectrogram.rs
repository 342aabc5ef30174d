//! The log-mel spectrogram, as the networks take it.

use ndarray::{Array2, ArrayView2};

/// A log-mel spectrogram in dB: shape (frames, bands), time first, row-major.
///
/// librosa lays its arrays out bands first: `view().t()` gives that.
///
/// ```
/// use mgc_audio::{FrontEnd, MelConfig};
///
/// let spectrogram = FrontEnd::new(MelConfig::quick())?.samples(&[0.5; 8000], 8000)?.first()?;
/// let loudest = spectrogram.view().fold(f32::MIN, |loudest, &value| loudest.max(value));
/// assert!(loudest > 0.0);
/// # Ok::<(), mgc_audio::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrogram {
    /// In standard layout.
    values: Array2<f32>,
}

impl Spectrogram {
    /// `values.len()` must be `frames * bands`.
    #[allow(clippy::expect_used, reason = "a spectrogram of another shape would be a wrong result")]
    pub(crate) fn new(values: Vec<f32>, frames: usize, bands: usize) -> Self {
        let values = Array2::from_shape_vec((frames, bands), values);
        Self { values: values.expect("as many values as frames times bands") }
    }

    /// Returns the number of frames (time steps).
    #[must_use]
    pub fn frames(&self) -> usize {
        self.values.nrows()
    }

    /// Returns the number of mel bands.
    #[must_use]
    pub fn bands(&self) -> usize {
        self.values.ncols()
    }

    /// Returns all values, frame after frame, dB.
    ///
    /// ```
    /// # use mgc_audio::{FrontEnd, MelConfig};
    /// # let spectrogram = FrontEnd::new(MelConfig::quick())?.samples(&[0.5; 8000], 8000)?.first()?;
    /// let first_frame = &spectrogram.as_slice()[..spectrogram.bands()];
    /// assert_eq!(first_frame.len(), 128);
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    #[must_use]
    #[allow(clippy::expect_used, reason = "the array was made from a vector and is never transposed")]
    pub fn as_slice(&self) -> &[f32] {
        self.values.as_slice().expect("an array in standard layout")
    }

    /// Returns the values as an array of shape (frames, bands).
    ///
    /// ```
    /// # use mgc_audio::{FrontEnd, MelConfig};
    /// # let spectrogram = FrontEnd::new(MelConfig::quick())?.samples(&[0.5; 8000], 8000)?.first()?;
    /// assert_eq!(spectrogram.view().dim(), (108, 128));
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    #[must_use]
    pub fn view(&self) -> ArrayView2<'_, f32> {
        self.values.view()
    }

    /// Converts to an array of shape (frames, bands), without a copy.
    ///
    /// ```
    /// # use mgc_audio::{FrontEnd, MelConfig};
    /// # let spectrogram = FrontEnd::new(MelConfig::quick())?.samples(&[0.5; 8000], 8000)?.first()?;
    /// let mut array = spectrogram.into_array();
    /// array += 80.0;
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    #[must_use]
    pub fn into_array(self) -> Array2<f32> {
        self.values
    }

    /// Converts to the values, `frames * bands` of them, frame after frame, dB, without a copy.
    ///
    /// ```
    /// # use mgc_audio::{FrontEnd, MelConfig};
    /// # let spectrogram = FrontEnd::new(MelConfig::quick())?.samples(&[0.5; 8000], 8000)?.first()?;
    /// assert_eq!(spectrogram.into_vec().len(), 108 * 128);
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    #[must_use]
    pub fn into_vec(self) -> Vec<f32> {
        self.values.into_raw_vec_and_offset().0
    }
}

impl From<Spectrogram> for Array2<f32> {
    fn from(spectrogram: Spectrogram) -> Self {
        spectrogram.into_array()
    }
}
