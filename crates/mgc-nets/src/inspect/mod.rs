//! Looks at a network without running it: its layers with their sizes, its tensors with their shapes.

pub(crate) mod layer;
pub(crate) mod layer_table;
mod layer_text;
mod listing;
pub(crate) mod shapes;
