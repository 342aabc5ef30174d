//! The inner loops: one row of elements at a time.

use crate::activation::Activation;
use crate::kernels::affine::{Affine, Sums};
use crate::kernels::planes::{ACCUMULATORS, RUN, sums};
use crate::kernels::simd::widest;
use crate::scalar::real::Real;

/// Runs `$body` with `$act` known to the compiler; a choice per element would prevent vector code.
macro_rules! per_activation {
    ($act:ident => $body:expr) => {
        match $act {
            Activation::Identity => {
                let $act = Activation::Identity;
                $body
            }
            Activation::Relu => {
                let $act = Activation::Relu;
                $body
            }
            Activation::Selu => {
                let $act = Activation::Selu;
                $body
            }
        }
    };
}
pub(crate) use per_activation;

widest! {
    /// `out = act(affine(x))`.
    fn normalise<T: Real>(affine: &Affine<T>, act: Activation, x: &[T], out: &mut [T]) {
        let elements = out.iter_mut().zip(x);
        per_activation!(act => elements.for_each(|(out, x)| *out = act.apply(affine.at(*x))));
    }
}

widest! {
    /// `z = act(z)`.
    fn activate<T: Real>(act: Activation, z: &mut [T]) {
        per_activation!(act => z.iter_mut().for_each(|z| *z = act.apply(*z)));
    }
}

widest! {
    /// Turns the gradient to the activated outputs `y` into the gradient before the activation.
    fn undo_activation<T: Real>(act: Activation, y: &[T], gradient: &mut [T]) {
        let elements = gradient.iter_mut().zip(y);
        per_activation!(act => elements.for_each(|(dz, y)| *dz = act.backward_from_output(*y, *dz)));
    }
}

widest! {
    /// Turns the gradient to an activated row into the gradient before the activation, and sums it.
    fn deactivate<T: Real>(affine: &Affine<T>, act: Activation, x: &[T], gradient: &mut [T]) -> Sums {
        let elements = gradient.iter_mut().zip(x);
        per_activation!(act => elements.for_each(|(dz, x)| *dz = act.backward(affine.at(*x), *dz)));
        let gradient: &[T] = gradient;
        let len = gradient.len().min(x.len());
        let [dz, dzx] = sums(len, |i| [gradient[i], gradient[i] * (x[i] - affine.mean)]);
        Sums { dz, dzx }
    }
}

widest! {
    /// `y += scale * x`.
    fn add_scaled<T: Real>(scale: T, x: &[T], y: &mut [T]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y += scale * *x);
    }
}

widest! {
    /// `dx -= constant + slope * (x - mean)`.
    fn correct<T: Real>(constant: T, slope: T, mean: T, x: &[T], dx: &mut [T]) {
        dx.iter_mut().zip(x).for_each(|(dx, x)| *dx -= constant + slope * (*x - mean));
    }
}

widest! {
    /// Adds the products `x * y` to the sums, element i to sum i modulo their number; at most 16 additions in
    /// a row are made in the elements' own type.
    #[allow(clippy::needless_range_loop)] // the indexed form is the one that vectorises
    fn add_products<T: Real>(x: &[T], y: &[T], sums: &mut [f64; ACCUMULATORS]) {
        let x = &x[..y.len()];
        for (x, y) in x.chunks(RUN).zip(y.chunks(RUN)) {
            let mut run = [T::zero(); ACCUMULATORS];
            let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<ACCUMULATORS>(), y.as_chunks::<ACCUMULATORS>());
            for (x, y) in x.iter().zip(y) {
                for lane in 0..ACCUMULATORS {
                    run[lane] += x[lane] * y[lane];
                }
            }
            for lane in 0..ACCUMULATORS {
                sums[lane] += run[lane].to_f64();
            }
            for (sum, (x, y)) in sums.iter_mut().zip(x_rest.iter().zip(y_rest)) {
                *sum += (*x * *y).to_f64();
            }
        }
    }
}

widest! {
    /// Turns `dz` into `dx = scale * dz - (constant + slope * (x - mean))`.
    fn normalise_backward<T: Real>(affine: &Affine<T>, constant: T, slope: T, x: &[T], dz: &mut [T]) {
        let Affine { mean, scale, .. } = *affine;
        dz.iter_mut().zip(x).for_each(|(dz, x)| *dz = scale * *dz - (constant + slope * (*x - mean)));
    }
}

widest! {
    /// Returns the sum.
    fn sum<T: Real>(x: &[T]) -> f64 {
        sums(x.len(), |i| [x[i]])[0]
    }
}

widest! {
    /// Returns the sum of squared distances from `centre`.
    fn sum_squares<T: Real>(centre: T, x: &[T]) -> f64 {
        let squares = sums(x.len(), |i| {
            let centred = x[i] - centre;
            [centred * centred]
        });
        squares[0]
    }
}
