//! The loops over pixels that are not products: the arithmetic of one channel on 32 channels at once.

use super::{BLOCK_CHANNELS, Pixel, RUN};
use crate::activation::Activation;
use crate::kernels::rows::per_activation;
use crate::kernels::simd::widest;

/// `z = (x - mean) * scale + bias`, channel by channel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Affine {
    pub(crate) scale: Pixel,
    pub(crate) bias: Pixel,
    /// Subtracted first, for the sake of precision.
    pub(crate) mean: Pixel,
}

/// Sums over pixels, channel by channel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sums {
    /// Of dz.
    pub(crate) dz: [f64; BLOCK_CHANNELS],
    /// Of dz * (x - mean).
    pub(crate) dzx: [f64; BLOCK_CHANNELS],
}

impl Sums {
    pub(crate) const ZERO: Self = Self { dz: [0.; BLOCK_CHANNELS], dzx: [0.; BLOCK_CHANNELS] };

    pub(crate) fn add(&mut self, other: &Self) {
        self.dz.iter_mut().zip(&other.dz).for_each(|(sum, other)| *sum += other);
        self.dzx.iter_mut().zip(&other.dzx).for_each(|(sum, other)| *sum += other);
    }
}

/// The part of a gradient that flows through the statistics: `constant + slope * (x - mean)`, channel by
/// channel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Correction {
    pub(crate) constant: Pixel,
    pub(crate) slope: Pixel,
    pub(crate) mean: Pixel,
}

impl Correction {
    pub(crate) const NONE: Self = Self { constant: Pixel::ZERO, slope: Pixel::ZERO, mean: Pixel::ZERO };
}

/// Runs `$body` for every channel of a pixel, with `$c` its number.
macro_rules! channels {
    ($c:ident => $body:expr) => {
        for $c in 0..BLOCK_CHANNELS {
            $body
        }
    };
}

widest! {
    /// `out = act(affine(x))`.
    fn activate(affine: &Affine, act: Activation, x: &[Pixel], out: &mut [Pixel]) {
        let (scale, bias, mean) = (affine.scale.0, affine.bias.0, affine.mean.0);
        let pixels = out.iter_mut().zip(x);
        per_activation!(act => for (Pixel(out), Pixel(x)) in pixels {
            channels!(c => out[c] = act.apply((x[c] - mean[c]) * scale[c] + bias[c]));
        });
    }
}

widest! {
    /// `x = act(affine(x))`.
    fn activate_in_place(affine: &Affine, act: Activation, x: &mut [Pixel]) {
        let (scale, bias, mean) = (affine.scale.0, affine.bias.0, affine.mean.0);
        per_activation!(act => for Pixel(x) in x.iter_mut() {
            channels!(c => x[c] = act.apply((x[c] - mean[c]) * scale[c] + bias[c]));
        });
    }
}

widest! {
    /// Turns the gradient to an activated map into the gradient before the activation, `dz`, and sums it.
    fn deactivate(affine: &Affine, act: Activation, x: &[Pixel], gradient: &mut [Pixel], sums: &mut Sums) {
        let (scale, bias, mean) = (affine.scale.0, affine.bias.0, affine.mean.0);
        for (x, gradient) in x.chunks(RUN).zip(gradient.chunks_mut(RUN)) {
            let (mut dzs, mut dzxs) = ([0f32; BLOCK_CHANNELS], [0f32; BLOCK_CHANNELS]);
            per_activation!(act => for (Pixel(x), Pixel(dz)) in x.iter().zip(gradient) {
                channels!(c => {
                    dz[c] = act.backward((x[c] - mean[c]) * scale[c] + bias[c], dz[c]);
                    dzs[c] += dz[c];
                    dzxs[c] += dz[c] * (x[c] - mean[c]);
                });
            });
            channels!(c => {
                sums.dz[c] += f64::from(dzs[c]);
                sums.dzx[c] += f64::from(dzxs[c]);
            });
        }
    }
}

widest! {
    /// Does all of a reader's backward pass on a tile but the products: `active` becomes the activated map,
    /// `dx` gains `scale * dz`.
    fn reverse(affine: &Affine, act: Activation, x: &[Pixel], active: &mut [Pixel], gradient: &[Pixel], dx: &mut [Pixel], sums: &mut Sums) {
        let (scale, bias, mean) = (affine.scale.0, affine.bias.0, affine.mean.0);
        let (mut dzs, mut dzxs) = ([0f32; BLOCK_CHANNELS], [0f32; BLOCK_CHANNELS]);
        let pixels = x.iter().zip(active).zip(gradient.iter().zip(dx));
        per_activation!(act => for ((Pixel(x), Pixel(active)), (Pixel(gradient), Pixel(dx))) in pixels {
            channels!(c => {
                let z = (x[c] - mean[c]) * scale[c] + bias[c];
                active[c] = act.apply(z);
                let dz = act.backward(z, gradient[c]);
                dzs[c] += dz;
                dzxs[c] += dz * (x[c] - mean[c]);
                dx[c] += scale[c] * dz;
            });
        });
        channels!(c => {
            sums.dz[c] += f64::from(dzs[c]);
            sums.dzx[c] += f64::from(dzxs[c]);
        });
    }
}

widest! {
    /// `dz = scale * dz - correction(x)`; adds up the result.
    fn correct(scale: &Pixel, correction: &Correction, x: &[Pixel], dz: &mut [Pixel], sum: &mut [f64; BLOCK_CHANNELS]) {
        let Correction { constant: Pixel(constant), slope: Pixel(slope), mean: Pixel(mean) } = *correction;
        let scale = scale.0;
        for (dz, x) in dz.chunks_mut(RUN).zip(x.chunks(RUN)) {
            let mut total = [0f32; BLOCK_CHANNELS];
            for (Pixel(dz), Pixel(x)) in dz.iter_mut().zip(x) {
                channels!(c => {
                    dz[c] = scale[c] * dz[c] - (slope[c] * (x[c] - mean[c]) + constant[c]);
                    total[c] += dz[c];
                });
            }
            channels!(c => sum[c] += f64::from(total[c]));
        }
    }
}

widest! {
    /// Adds up the pixels.
    fn add_up(x: &[Pixel], sum: &mut [f64; BLOCK_CHANNELS]) {
        for x in x.chunks(RUN) {
            let mut total = [0f32; BLOCK_CHANNELS];
            for Pixel(x) in x {
                channels!(c => total[c] += x[c]);
            }
            channels!(c => sum[c] += f64::from(total[c]));
        }
    }
}

widest! {
    /// Adds the pixels to `sums` and their squares to `squares`, by way of differences from the first pixel.
    fn add_moments(x: &[Pixel], sums: &mut [f64; BLOCK_CHANNELS], squares: &mut [f64; BLOCK_CHANNELS]) {
        let Some(Pixel(centre)) = x.first() else { return };
        let (count, mut far_sum, mut far_squares) = (x.len() as f64, [0f32; BLOCK_CHANNELS], [0f32; BLOCK_CHANNELS]);
        for Pixel(x) in x {
            channels!(c => {
                let far = x[c] - centre[c];
                far_sum[c] += far;
                far_squares[c] += far * far;
            });
        }
        channels!(c => {
            let (far, centre) = (f64::from(far_sum[c]), f64::from(centre[c]));
            sums[c] += far + count * centre;
            squares[c] += f64::from(far_squares[c]) + centre * (2. * far + count * centre);
        });
    }
}
