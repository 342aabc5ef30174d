//! Conversion between planes and elements of [`WIDTH`] channels each.

use crate::conv::gathered::WIDTH;
use crate::kernels::simd::widest;
use crate::scalar::real::Real;

/// Rows and columns of the blocks transposed in registers.
const BLOCK: usize = 4;

widest! {
    /// Writes elements of [`WIDTH`] channels, of which the first `channels` count, into planes that start
    /// `plane` apart.
    fn to_planes<T: Real>(elements: &[[T; WIDTH]], planes: &mut [T], plane: usize, channels: usize) {
        let (blocks, rest) = elements.as_chunks::<BLOCK>();
        for (number, block) in blocks.iter().enumerate() {
            for channel in (0..channels).step_by(BLOCK) {
                let mut turned = [[T::zero(); BLOCK]; BLOCK];
                for (j, element) in block.iter().enumerate() {
                    (0..BLOCK).for_each(|i| turned[i][j] = element[channel + i]);
                }
                for (i, row) in turned.iter().enumerate().take(channels - channel) {
                    planes[(channel + i) * plane + number * BLOCK..][..BLOCK].copy_from_slice(row);
                }
            }
        }
        for (number, element) in rest.iter().enumerate() {
            for channel in 0..channels {
                planes[channel * plane + blocks.len() * BLOCK + number] = element[channel];
            }
        }
    }
}

widest! {
    /// Does the inverse of [`to_planes`]; channels beyond `channels` are left as they are.
    fn from_planes<T: Real>(planes: &[T], plane: usize, channels: usize, elements: &mut [[T; WIDTH]]) {
        let (blocks, rest) = elements.as_chunks_mut::<BLOCK>();
        let whole = blocks.len() * BLOCK;
        for (number, block) in blocks.iter_mut().enumerate() {
            let mut channel = 0;
            while channel + BLOCK <= channels {
                let rows: [&[T]; BLOCK] =
                    std::array::from_fn(|i| &planes[(channel + i) * plane + number * BLOCK..][..BLOCK]);
                for (j, element) in block.iter_mut().enumerate() {
                    (0..BLOCK).for_each(|i| element[channel + i] = rows[i][j]);
                }
                channel += BLOCK;
            }
            for channel in channel..channels {
                let row = &planes[channel * plane + number * BLOCK..][..BLOCK];
                block.iter_mut().zip(row).for_each(|(element, value)| element[channel] = *value);
            }
        }
        for (number, element) in rest.iter_mut().enumerate() {
            (0..channels).for_each(|channel| element[channel] = planes[channel * plane + whole + number]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_become_cells_and_cells_become_planes() {
        for (elements, channels) in [(1, 1), (3, 16), (4, 5), (9, 7), (21, 16)] {
            let plane = elements + 2; // what lies between the planes is not read
            let planes: Vec<f32> = (0..plane * channels).map(|i| i as f32).collect();
            let mut turned = vec![[-1.0; WIDTH]; elements];
            from_planes(&planes, plane, channels, &mut turned);
            for (element, values) in turned.iter().enumerate() {
                for (channel, value) in values.iter().enumerate() {
                    let expected = if channel < channels { (channel * plane + element) as f32 } else { -1.0 };
                    assert_eq!(
                        *value, expected,
                        "element {element} of {elements}, channel {channel} of {channels}"
                    );
                }
            }
            let mut back = vec![-1.0; plane * channels];
            to_planes(&turned, &mut back, plane, channels);
            for (i, value) in back.iter().enumerate() {
                let expected = if i % plane < elements { i as f32 } else { -1.0 };
                assert_eq!(*value, expected, "place {i}");
            }
        }
    }
}
