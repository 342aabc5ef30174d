//! Where the mel bands lie.

use super::config::MelConfig;
use super::filterbank::band_edges;

impl MelConfig {
    /// Returns the centre frequency of each mel band, Hz, lowest first: where its filter has its peak.
    ///
    /// These are the inner values of `librosa.mel_frequencies(n_mels + 2, fmin=f_min, fmax=f_max)`.
    ///
    /// ```
    /// let centres = mgc_audio::MelConfig::bbnn().band_centres();
    /// assert_eq!((centres.len(), centres[39].round()), (128, 1033.0));
    /// ```
    #[must_use]
    pub fn band_centres(&self) -> Vec<f64> {
        let edges = band_edges(self);
        edges[1..edges.len() - 1].to_vec()
    }
}
