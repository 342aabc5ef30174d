//! Between candle's tensors and slices.

pub(crate) mod map_op;
pub(crate) mod storage;
