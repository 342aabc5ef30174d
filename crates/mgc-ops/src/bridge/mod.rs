//! Between candle's tensors and slices: types, contiguity, the nodes of the graph.

pub(crate) mod map_op;
pub(crate) mod storage;
