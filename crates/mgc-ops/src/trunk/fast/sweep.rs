//! One sweep over maps and all their readers, tile by tile, so that each map is read from memory once.

use super::reader::Reader;
use crate::blocked::moments::Moments;
use crate::blocked::pixels::{Sums, activate, activate_in_place, reverse};
use crate::blocked::{BLOCK_CHANNELS, Pixel, WeightBlock, add_mixed, add_outer, mix};
use rayon::prelude::*;

/// Pixels of a tile: a map's tile, its gradient and what is computed from them stay in the first-level cache.
const TILE: usize = 64;
/// The same of a backward sweep, which reads weights and writes sums of them for each tile.
const WIDE_TILE: usize = 96;
/// Maps mixed into an output at once.
const DEPTH: usize = 2;
/// Tasks of a sweep. Their number is fixed, so that sums do not depend on the thread count.
const TASKS: usize = 64;

/// Maps and their readers.
pub(super) struct Readings<'a> {
    pub(super) maps: Vec<&'a [Pixel]>,
    pub(super) readers: Vec<&'a Reader>,
}

/// Returns how many pixels a task has.
fn span(pixels: usize, tile: usize) -> usize {
    pixels.div_ceil(TASKS).next_multiple_of(tile)
}

/// Divides maps of one size among the tasks; returns the parts of each task.
fn cut<'a>(maps: impl IntoIterator<Item = &'a mut [Pixel]>, span: usize) -> Vec<Vec<&'a mut [Pixel]>> {
    let mut tasks: Vec<Vec<_>> = vec![];
    for map in maps {
        for (task, part) in map.chunks_mut(span).enumerate() {
            if task == tasks.len() {
                tasks.push(vec![]);
            }
            tasks[task].push(part);
        }
    }
    tasks
}

/// Fills `outputs`, one for each reader in order, and returns their moments if `moments`.
pub(super) fn forward(
    readings: &[Readings<'_>],
    outputs: &mut [&mut [Pixel]],
    moments: bool,
) -> Vec<Moments> {
    let span = span(outputs[0].len(), TILE);
    let count = outputs.len();
    let tasks = cut(outputs.iter_mut().map(|output| &mut **output), span);
    let parts: Vec<_> = tasks
        .into_par_iter()
        .enumerate()
        .map(|(task, mut outputs)| {
            let mut found = vec![Moments::ZERO; count];
            let len = outputs[0].len();
            for start in (0..len).step_by(TILE) {
                let tile = start..len.min(start + TILE);
                let mut tiles: Vec<_> = outputs.iter_mut().map(|output| &mut output[tile.clone()]).collect();
                forward_tile(readings, task * span + start, &mut tiles);
                if moments {
                    found.iter_mut().zip(&tiles).for_each(|(found, tile)| found.take(tile));
                }
            }
            found
        })
        .collect();
    (0..count).map(|i| Moments::total(parts.iter().map(|part| part[i]))).collect()
}

/// Computes one tile of all outputs, from pixel `start`.
fn forward_tile(readings: &[Readings<'_>], start: usize, outputs: &mut [&mut [Pixel]]) {
    let mut active = [[Pixel::ZERO; TILE]; DEPTH];
    let mut outputs = outputs.iter_mut();
    for Readings { maps, readers } in readings {
        let mut outputs: Vec<_> = outputs.by_ref().take(readers.len()).collect();
        outputs.iter_mut().zip(readers).for_each(|(output, reader)| output.fill(reader.bias));
        for first in (0..maps.len()).step_by(DEPTH) {
            let numbers = first..maps.len().min(first + DEPTH);
            let maps_here = maps[numbers.clone()].iter();
            let mut next: Vec<_> = maps_here.filter_map(|map| map.get(start + TILE..)).collect();
            for (output, reader) in outputs.iter_mut().zip(readers) {
                let tile = start..start + output.len();
                let inputs = numbers.clone().zip(&mut active).map(|(s, active)| {
                    let x = &maps[s][tile.clone()];
                    let Some(affines) = &reader.affines else { return x };
                    activate(&affines[s], reader.activation, x, &mut active[..x.len()]);
                    &active[..x.len()]
                });
                add_mixed(&inputs.collect::<Vec<_>>(), &reader.weights[numbers.clone()], output, &next);
                next.clear();
            }
        }
        for (output, reader) in outputs.iter_mut().zip(readers) {
            if let Some(after) = &reader.after {
                activate_in_place(after, reader.activation, output);
            }
        }
    }
}

/// A map whose gradient is computed.
pub(super) struct Source<'a> {
    pub(super) x: &'a [Pixel],
    /// Its number in the readers' lists.
    pub(super) number: usize,
    /// Its readers, and the gradients of their outputs.
    pub(super) readers: Vec<(&'a Reader, &'a [Pixel])>,
}

/// The share of one map in the gradients of a reader's parameters.
#[derive(Clone)]
pub(super) struct Share {
    /// (inputs, outputs)
    pub(super) weights: WeightBlock,
    pub(super) sums: Sums,
}

const NOTHING: Share = Share { weights: [Pixel::ZERO; BLOCK_CHANNELS], sums: Sums::ZERO };

/// Fills `gradients`, one for each source, before the correction of the statistics. Returns each source's
/// shares, one for each reader.
pub(super) fn backward(sources: &[Source<'_>], gradients: &mut [&mut [Pixel]]) -> Vec<Vec<Share>> {
    let span = span(gradients[0].len(), WIDE_TILE);
    let tasks = cut(gradients.iter_mut().map(|gradient| &mut **gradient), span);
    let parts: Vec<Vec<Vec<Share>>> = tasks
        .into_par_iter()
        .enumerate()
        .map(|(task, mut gradients)| {
            let mut shares: Vec<_> =
                sources.iter().map(|source| vec![NOTHING; source.readers.len()]).collect();
            let len = gradients[0].len();
            for start in (0..len).step_by(WIDE_TILE) {
                let tile = start..len.min(start + WIDE_TILE);
                for ((source, gradient), shares) in sources.iter().zip(&mut gradients).zip(&mut shares) {
                    backward_tile(source, task * span + start, &mut gradient[tile.clone()], shares);
                }
            }
            shares
        })
        .collect();
    let total = |source: usize, reader: usize| {
        let mut total = NOTHING;
        parts.iter().for_each(|part| total.add(&part[source][reader]));
        total
    };
    let all = |source: usize| (0..sources[source].readers.len()).into_par_iter().map(move |r| (source, r));
    (0..sources.len())
        .map(|source| all(source).map(|(source, reader)| total(source, reader)).collect())
        .collect()
}

/// Computes one tile of one map's gradient, from pixel `start`.
fn backward_tile(source: &Source<'_>, start: usize, dx: &mut [Pixel], shares: &mut [Share]) {
    let (mut active, mut gradient) = ([Pixel::ZERO; WIDE_TILE], [Pixel::ZERO; WIDE_TILE]);
    let tile = start..start + dx.len();
    let (active, gradient) = (&mut active[..dx.len()], &mut gradient[..dx.len()]);
    let x = &source.x[tile.clone()];
    let next = [source.x.get(start + WIDE_TILE..).unwrap_or_default()];
    let mut next = &next[..];
    dx.fill(Pixel::ZERO);
    for ((reader, dy), share) in source.readers.iter().zip(shares) {
        let (dy, weights) = (&dy[tile.clone()], &reader.transposed[source.number..=source.number]);
        let Some(affines) = &reader.affines else {
            add_mixed(&[dy], weights, dx, &[]);
            add_outer(x, dy, &mut share.weights);
            continue;
        };
        mix(&[dy], weights, gradient, std::mem::take(&mut next));
        reverse(&affines[source.number], reader.activation, x, active, gradient, dx, &mut share.sums);
        add_outer(active, dy, &mut share.weights);
    }
}

impl Share {
    fn add(&mut self, other: &Self) {
        for (Pixel(sum), Pixel(other)) in self.weights.iter_mut().zip(&other.weights) {
            sum.iter_mut().zip(other).for_each(|(sum, other)| *sum += other);
        }
        self.sums.add(&other.sums);
    }
}
