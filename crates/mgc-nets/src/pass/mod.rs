//! What can be done with a network besides looking at it: each is one walk over its layers.
//!
//! The networks say once, in `forward`, which layer reads what. A [`Pass`] decides what that means: [`Run`] computes
//! tensors, [`Listing`](crate::inspect) writes down sizes, [`Export`](crate::onnx) writes an ONNX graph.

mod run;

pub(crate) use run::Run;

use crate::config::HeadPool;
use crate::layers::{Conv, Dense, Depthwise, Dropout, Lstm, Norm, Pool};
use crate::net::blocks::Branches;
use crate::net::trunk::Trunk;
use candle::Result;

/// One walk over the layers of a network.
pub(crate) trait Pass {
    /// What flows between layers: a map (N, channels, frames, bands) or, behind a global pool, a vector (N, features).
    type Map: Clone;

    fn conv(&mut self, layer: &Conv, x: &Self::Map) -> Result<Self::Map>;
    fn depthwise(&mut self, layer: &Depthwise, x: &Self::Map) -> Result<Self::Map>;
    /// Normalisation and activation.
    fn norm(&mut self, layer: &Norm, x: &Self::Map) -> Result<Self::Map>;
    fn max_pool(&mut self, layer: &Pool, x: &Self::Map) -> Result<Self::Map>;
    fn average_pool(&mut self, layer: &Pool, x: &Self::Map) -> Result<Self::Map>;
    /// A map to a vector.
    fn global_pool(&mut self, name: &str, pool: HeadPool, x: &Self::Map) -> Result<Self::Map>;
    /// Joins channels.
    fn concat(&mut self, name: &str, parts: &[Self::Map]) -> Result<Self::Map>;
    fn add(&mut self, name: &str, x: &Self::Map, y: &Self::Map) -> Result<Self::Map>;
    /// Multiplies each channel of a map with its value in a vector.
    fn gate(&mut self, name: &str, x: &Self::Map, gates: &Self::Map) -> Result<Self::Map>;
    /// A vector to a vector.
    fn dense(&mut self, layer: &Dense, x: &Self::Map) -> Result<Self::Map>;
    /// The mean over bands, an LSTM over frames, its states repeated over the bands.
    fn lstm(&mut self, layer: &Lstm, x: &Self::Map) -> Result<Self::Map>;
    fn dropout(&mut self, name: &str, layer: &Dropout, x: &Self::Map) -> Result<Self::Map>;

    /// The four branches of a broadcast block, joined; a place for a faster way.
    fn branches(&mut self, branches: &Branches, x: &Self::Map) -> Result<Self::Map> {
        branches.forward(self, x)
    }

    /// All before the head; a place for a faster way.
    fn trunk(&mut self, trunk: &Trunk, x: &Self::Map) -> Result<Self::Map> {
        trunk.forward(self, x)
    }
}
