//! Labelled inputs, drawn in batches in a seeded order.

pub(crate) mod examples;
pub(crate) mod sampler;
pub(crate) mod shuffle;
pub(crate) mod spectrograms;
