//! One walk over the layers of a network, for several purposes.
//!
//! The networks state once, in `forward`, which layer reads what. A [`Pass`] decides what a layer does:
//! [`Run`] computes tensors, [`Listing`](crate::inspect) records sizes, [`Export`](crate::onnx) writes an
//! ONNX graph.

mod run;

pub(crate) use run::Run;

use crate::config::HeadPool;
use crate::layers::{Conv, Coordinate, Dense, Depthwise, Dropout, Lstm, Norm, Pool};
use candle::{Result, Tensor};

/// One walk over the layers of a network.
pub(crate) trait Pass {
    /// The value between layers: a map (N, channels, frames, bands) or, after a global pool, a vector
    /// (N, features).
    type Map: Clone;

    /// Appends the channel of positions.
    fn coordinate(&mut self, layer: &Coordinate, x: &Self::Map) -> Result<Self::Map>;
    fn conv(&mut self, layer: &Conv, x: &Self::Map) -> Result<Self::Map>;
    fn depthwise(&mut self, layer: &Depthwise, x: &Self::Map) -> Result<Self::Map>;
    /// Normalises and activates.
    fn norm(&mut self, layer: &Norm, x: &Self::Map) -> Result<Self::Map>;
    fn max_pool(&mut self, layer: &Pool, x: &Self::Map) -> Result<Self::Map>;
    fn average_pool(&mut self, layer: &Pool, x: &Self::Map) -> Result<Self::Map>;
    /// Reduces a map to a vector.
    fn global_pool(&mut self, name: &str, pool: HeadPool, x: &Self::Map) -> Result<Self::Map>;
    /// Joins channels.
    fn concat(&mut self, name: &str, parts: &[Self::Map]) -> Result<Self::Map>;
    fn add(&mut self, name: &str, x: &Self::Map, y: &Self::Map) -> Result<Self::Map>;
    /// Multiplies each channel of a map by its value in a vector.
    fn gate(&mut self, name: &str, x: &Self::Map, gates: &Self::Map) -> Result<Self::Map>;
    /// Maps a vector to a vector.
    fn dense(&mut self, layer: &Dense, x: &Self::Map) -> Result<Self::Map>;
    /// Averages over bands, runs an LSTM over frames, and repeats its states over the bands.
    fn lstm(&mut self, layer: &Lstm, x: &Self::Map) -> Result<Self::Map>;
    fn dropout(&mut self, name: &str, layer: &Dropout, x: &Self::Map) -> Result<Self::Map>;

    /// Computes a part of the network in one operation, or returns `None` to have its layers walked.
    fn fused(&mut self, _part: &dyn Fused, _x: &Self::Map) -> Result<Option<Self::Map>> {
        Ok(None)
    }
}

/// A part of a network that may be computed in one operation.
pub(crate) trait Fused {
    /// Returns the part's output, or `None` when the operation lacks one of its layers.
    fn run(&self, x: &Tensor, train: bool) -> Result<Option<Tensor>>;
}
