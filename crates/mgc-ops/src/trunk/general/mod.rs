//! The trunk of any width and type, on planes.

mod backward;
mod bottleneck;
mod deep;
pub(super) mod ends;
pub(super) mod forward;
mod maps;
