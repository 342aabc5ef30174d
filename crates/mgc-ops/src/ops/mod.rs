//! The single operations: each a file with its public function and both passes.

pub(crate) mod avg_pool;
pub(crate) mod batch_norm;
pub(crate) mod conv2d;
pub(crate) mod conv_pool;
pub(crate) mod coordinate;
pub(crate) mod depthwise;
pub(crate) mod dropout;
pub(crate) mod global_max_pool;
pub(crate) mod group_norm;
pub(crate) mod lstm;
pub(crate) mod max_pool;
pub(crate) mod statistics;
pub(crate) mod sub_bands;
