//! Conversion between candle's layout, one plane per channel, and channel-blocked maps.

use super::{BLOCK_CHANNELS, BlockedMap, LINE, Pixel, RUN, Size};
use rayon::prelude::*;

/// One map's channels among those of a tensor (N, 32 * `count`, H, W).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) number: usize,
    pub(crate) count: usize,
}

impl Place {
    /// The place of a map that is the whole tensor.
    pub(crate) const ALONE: Self = Self { number: 0, count: 1 };

    /// Returns the map's planes of one sample.
    fn of<'a>(&self, sample: &'a [f32]) -> &'a [f32] {
        let len = sample.len() / self.count;
        &sample[self.number * len..][..len]
    }
}

/// Reads one map out of a tensor.
pub(crate) fn from_planes(x: &[f32], size: Size, place: Place) -> BlockedMap {
    let mut map = BlockedMap::unset(size.pixels());
    for_each_run(x, &mut map, size, place, |value, x| *value = x);
    map
}

/// Adds the values of a tensor's channels to a map.
pub(crate) fn add_planes(x: &[f32], map: &mut [Pixel], size: Size, place: Place) {
    for_each_run(x, map, size, place, |value, x| *value += x);
}

/// Calls `f(value of the map, value of the tensor)` for every channel of every pixel, in parallel.
fn for_each_run(x: &[f32], map: &mut [Pixel], size: Size, place: Place, f: impl Fn(&mut f32, f32) + Sync) {
    let plane = size.h * size.w;
    let samples = x.par_chunks(place.count * BLOCK_CHANNELS * plane);
    map.par_chunks_mut(plane).zip(samples).for_each(|(pixels, sample)| {
        pixels.par_chunks_mut(RUN).enumerate().for_each(|(run, pixels)| {
            for (c, x) in place.of(sample).chunks(plane).enumerate() {
                pixels.iter_mut().zip(&x[run * RUN..]).for_each(|(pixel, x)| f(&mut pixel.0[c], *x));
            }
        });
    });
}

/// Writes maps one after the other into the channels of a tensor (N, 32 * maps, H, W).
pub(crate) fn to_planes(maps: &[&[Pixel]], size: Size) -> Vec<f32> {
    let (plane, lines) = (size.h * size.w, BLOCK_CHANNELS / LINE);
    let mut y = vec![0.; maps.len() * size.pixels() * BLOCK_CHANNELS];
    y.par_chunks_mut(maps.len() * BLOCK_CHANNELS * plane).enumerate().for_each(|(n, y)| {
        y.par_chunks_mut(LINE * plane).enumerate().for_each(|(i, y)| {
            let (pixels, first) = (&maps[i / lines][n * plane..][..plane], i % lines * LINE);
            for (run, pixels) in pixels.chunks(RUN).enumerate() {
                for (c, y) in y.chunks_mut(plane).enumerate() {
                    let y = &mut y[run * RUN..];
                    y.iter_mut().zip(pixels).for_each(|(y, pixel)| *y = pixel.0[first + c]);
                }
            }
        });
    });
    y
}
