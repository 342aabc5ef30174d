//! One sweep over slabs and all their readers, tile by tile, so that what is read from memory is read once.

use super::reader::Reader;
use crate::blocked::cells::{Sums, activate, activate_in_place, reverse};
use crate::blocked::moments::Moments;
use crate::blocked::{Block, Cell, LANES, add_mixed, add_outer, mix};
use rayon::prelude::*;

/// Cells of a tile: a slab's tile, its gradient and what is made of them stay in the first-level cache.
const TILE: usize = 64;
/// The same of a sweep backwards, where weights are read and sums of them written for each tile.
const WIDE_TILE: usize = 96;
/// Slabs that are mixed into an output at once.
const DEPTH: usize = 2;
/// Tasks of a sweep. Their number depends on nothing, so that neither do sums.
const TASKS: usize = 64;

/// Slabs and what reads them.
pub(super) struct Readings<'a> {
    pub(super) slabs: Vec<&'a [Cell]>,
    pub(super) readers: Vec<&'a Reader>,
}

/// Cells of a task.
fn span(cells: usize, tile: usize) -> usize {
    cells.div_ceil(TASKS).next_multiple_of(tile)
}

/// Cuts maps of one size into the tasks' parts: one list a task.
fn cut<'a>(maps: impl IntoIterator<Item = &'a mut [Cell]>, span: usize) -> Vec<Vec<&'a mut [Cell]>> {
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

/// Fills `outputs`, one for each reader in order; gives their moments if they are wanted.
pub(super) fn forward(readings: &[Readings<'_>], outputs: &mut [&mut [Cell]], moments: bool) -> Vec<Moments> {
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

/// One tile of all outputs, from cell `start`.
fn forward_tile(readings: &[Readings<'_>], start: usize, outputs: &mut [&mut [Cell]]) {
    let mut active = [[Cell::ZERO; TILE]; DEPTH];
    let mut outputs = outputs.iter_mut();
    for Readings { slabs, readers } in readings {
        let mut outputs: Vec<_> = outputs.by_ref().take(readers.len()).collect();
        outputs.iter_mut().zip(readers).for_each(|(output, reader)| output.fill(reader.bias));
        for first in (0..slabs.len()).step_by(DEPTH) {
            let numbers = first..slabs.len().min(first + DEPTH);
            let slabs_here = slabs[numbers.clone()].iter();
            let mut next: Vec<_> = slabs_here.filter_map(|slab| slab.get(start + TILE..)).collect();
            for (output, reader) in outputs.iter_mut().zip(readers) {
                let tile = start..start + output.len();
                let inputs = numbers.clone().zip(&mut active).map(|(s, active)| {
                    let x = &slabs[s][tile.clone()];
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

/// A slab's gradient in the making.
pub(super) struct Source<'a> {
    pub(super) x: &'a [Cell],
    /// Its number in the readers' lists.
    pub(super) number: usize,
    /// Those who read it, and the gradients to what they made of it.
    pub(super) readers: Vec<(&'a Reader, &'a [Cell])>,
}

/// What a reader's parameters get from one slab.
#[derive(Clone)]
pub(super) struct Share {
    /// (inputs, outputs)
    pub(super) weights: Block,
    pub(super) sums: Sums,
}

const NOTHING: Share = Share { weights: [Cell::ZERO; LANES], sums: Sums::ZERO };

/// Fills `gradients`, one for each source, without what statistics take; gives each source's shares, one for each reader.
pub(super) fn backward(sources: &[Source<'_>], gradients: &mut [&mut [Cell]]) -> Vec<Vec<Share>> {
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

/// One tile of one slab, from cell `start`.
fn backward_tile(source: &Source<'_>, start: usize, dx: &mut [Cell], shares: &mut [Share]) {
    let (mut active, mut gradient) = ([Cell::ZERO; WIDE_TILE], [Cell::ZERO; WIDE_TILE]);
    let tile = start..start + dx.len();
    let (active, gradient) = (&mut active[..dx.len()], &mut gradient[..dx.len()]);
    let x = &source.x[tile.clone()];
    let next = [source.x.get(start + WIDE_TILE..).unwrap_or_default()];
    let mut next = &next[..];
    dx.fill(Cell::ZERO);
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
        for (Cell(sum), Cell(other)) in self.weights.iter_mut().zip(&other.weights) {
            sum.iter_mut().zip(other).for_each(|(sum, other)| *sum += other);
        }
        self.sums.add(&other.sums);
    }
}
