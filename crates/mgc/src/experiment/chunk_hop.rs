//! The hop between chunks, in seconds.

use crate::error::Result;
use mgc_audio::FrontEnd;

/// Has a front end take every chunk, this many seconds apart, instead of the first.
///
/// # Errors
/// For a hop of less than half a sample, and for a front end without a chunk length.
pub(crate) fn hopping(front_end: &FrontEnd, seconds: f64) -> Result<FrontEnd> {
    let samples = seconds * f64::from(front_end.config().sample_rate);
    Ok(front_end.with_hop(samples.round() as usize)?)
}
