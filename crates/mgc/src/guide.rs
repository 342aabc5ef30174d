//! Tutorials, in the order in which most users need them. All examples run as tests.
//!
//! 1. [`classify`]: name the genre of music with a trained model.
//! 2. [`own_music`]: prepare your own music.
//! 3. [`train`]: train a network, measure it, save it.
//! 4. [`experiment`]: run a whole experiment.
//! 5. [`extend`]: your own network, dataset or callback.

#[doc = include_str!("../docs/classify.md")]
pub mod classify {}

#[doc = include_str!("../docs/own_music.md")]
pub mod own_music {}

#[doc = include_str!("../docs/train.md")]
pub mod train {}

#[doc = include_str!("../docs/experiment.md")]
pub mod experiment {}

#[doc = include_str!("../docs/extend.md")]
pub mod extend {}
