//! Exports networks as ONNX files.

mod coordinate;
mod export;
mod group_norm;
mod lstm;
mod model;
mod proto;
mod sub_bands;

use crate::net::BroadcastNet;
use candle::Result;
use export::Export;
use model::{Dim, Graph};
use std::collections::BTreeMap;

/// Exports a network in evaluation as the bytes of an ONNX file (operator set 17).
///
/// | | name | shape, f32 |
/// |---|---|---|
/// | input | `spectrograms` | (batch, 1, frames, bands), dB |
/// | output | `logits` | (batch, classes) |
/// | output | `features` | (batch, [`NetConfig::features`](crate::NetConfig::features)) |
///
/// Batch, frames and bands are free. Weights keep their public names. `notes` become the file's metadata: the
/// place for labels and the front end.
///
/// # Errors
/// When the tensors of the network cannot be read.
///
/// # Example
/// ```
/// use candle_nn::{VarBuilder, VarMap};
/// use mgc_nets::{Variant, broadcast_net, candle::{DType, Device}, to_onnx};
/// let vb = VarBuilder::from_varmap(&VarMap::new(), DType::F32, &Device::Cpu);
/// let net = broadcast_net(&Variant::Blocks1.config(10), vb)?;
/// let bytes = to_onnx(&net, &[("labels".to_owned(), "blues, classical".to_owned())].into())?;
/// assert!(bytes.len() > 4 * 46_058);
/// # Ok::<(), mgc_nets::candle::Error>(())
/// ```
pub fn to_onnx(net: &BroadcastNet, notes: &BTreeMap<String, String>) -> Result<Vec<u8>> {
    let mut export = Export { graph: Graph::default() };
    let (features, logits) = net.outputs(&mut export, &"spectrograms".to_owned())?;
    let mut graph = export.graph;
    graph.node("Identity", "features", &[&features], &[]);
    graph.node("Identity", "logits", &[&logits], &[]);
    let batch = || Dim::Name("batch");
    graph.input("spectrograms", &[batch(), Dim::Size(1), Dim::Name("frames"), Dim::Name("bands")]);
    graph.output("logits", &[batch(), Dim::Size(net.config().classes)]);
    graph.output("features", &[batch(), Dim::Size(net.config().features())]);
    Ok(graph.into_model("mgc", notes))
}
