//! A dataset whose labels or tracks were changed after it was opened.

use std::path::PathBuf;

use ndarray::Array2;

use super::dataset::Dataset;
use super::info::Info;
use super::inventory::Inventory;
use super::track::Track;
use crate::error::Result;

/// A dataset with other genres and tracks than its own; its spectrograms and inventory stay.
pub(crate) struct Overlay {
    pub(crate) dataset: Box<dyn Dataset>,
    pub(crate) genres: Vec<String>,
    pub(crate) tracks: Vec<Track>,
}

impl Dataset for Overlay {
    fn info(&self) -> &Info {
        self.dataset.info()
    }

    fn genres(&self) -> &[String] {
        &self.genres
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    fn spectrogram(&self, row: usize) -> Result<Array2<f32>> {
        self.dataset.spectrogram(row)
    }

    fn tables(&self) -> Vec<PathBuf> {
        self.dataset.tables()
    }

    fn inventory(&self) -> Result<Inventory> {
        self.dataset.inventory()
    }
}
