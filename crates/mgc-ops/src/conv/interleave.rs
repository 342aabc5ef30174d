//! Between planes and cells of [`WIDTH`] channels each.

use crate::conv::gathered::WIDTH;
use crate::kernels::simd::widest;
use crate::scalar::real::Real;

/// Rows and columns of the blocks that are transposed in registers.
const BLOCK: usize = 4;

widest! {
    /// Writes the cells, of which each has as many channels as there are planes or [`WIDTH`], into planes that lie
    /// `plane` apart.
    fn to_planes<T: Real>(cells: &[[T; WIDTH]], planes: &mut [T], plane: usize, channels: usize) {
        let (blocks, rest) = cells.as_chunks::<BLOCK>();
        for (number, block) in blocks.iter().enumerate() {
            for channel in (0..channels).step_by(BLOCK) {
                let mut turned = [[T::zero(); BLOCK]; BLOCK];
                for (j, cell) in block.iter().enumerate() {
                    (0..BLOCK).for_each(|i| turned[i][j] = cell[channel + i]);
                }
                for (i, row) in turned.iter().enumerate().take(channels - channel) {
                    planes[(channel + i) * plane + number * BLOCK..][..BLOCK].copy_from_slice(row);
                }
            }
        }
        for (number, cell) in rest.iter().enumerate() {
            for channel in 0..channels {
                planes[channel * plane + blocks.len() * BLOCK + number] = cell[channel];
            }
        }
    }
}

widest! {
    /// The way back of [`to_planes`]; channels beyond `channels` are left as they are.
    fn from_planes<T: Real>(planes: &[T], plane: usize, channels: usize, cells: &mut [[T; WIDTH]]) {
        let (blocks, rest) = cells.as_chunks_mut::<BLOCK>();
        let whole = blocks.len() * BLOCK;
        for (number, block) in blocks.iter_mut().enumerate() {
            let mut channel = 0;
            while channel + BLOCK <= channels {
                let rows: [&[T]; BLOCK] =
                    std::array::from_fn(|i| &planes[(channel + i) * plane + number * BLOCK..][..BLOCK]);
                for (j, cell) in block.iter_mut().enumerate() {
                    (0..BLOCK).for_each(|i| cell[channel + i] = rows[i][j]);
                }
                channel += BLOCK;
            }
            for channel in channel..channels {
                let row = &planes[channel * plane + number * BLOCK..][..BLOCK];
                block.iter_mut().zip(row).for_each(|(cell, value)| cell[channel] = *value);
            }
        }
        for (number, cell) in rest.iter_mut().enumerate() {
            (0..channels).for_each(|channel| cell[channel] = planes[channel * plane + whole + number]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_become_cells_and_cells_become_planes() {
        for (cells, channels) in [(1, 1), (3, 16), (4, 5), (9, 7), (21, 16)] {
            let plane = cells + 2; // what lies between the planes is not read
            let planes: Vec<f32> = (0..plane * channels).map(|i| i as f32).collect();
            let mut turned = vec![[-1.0; WIDTH]; cells];
            from_planes(&planes, plane, channels, &mut turned);
            for (cell, values) in turned.iter().enumerate() {
                for (channel, value) in values.iter().enumerate() {
                    let expected = if channel < channels { (channel * plane + cell) as f32 } else { -1.0 };
                    assert_eq!(*value, expected, "cell {cell} of {cells}, channel {channel} of {channels}");
                }
            }
            let mut back = vec![-1.0; plane * channels];
            to_planes(&turned, &mut back, plane, channels);
            for (i, value) in back.iter().enumerate() {
                let expected = if i % plane < cells { i as f32 } else { -1.0 };
                assert_eq!(*value, expected, "place {i}");
            }
        }
    }
}
