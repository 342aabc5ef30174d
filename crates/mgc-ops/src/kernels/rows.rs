//! The inner loops: one row of cells at a time.

use crate::activation::Activation;
use crate::kernels::affine::{Affine, Sums};
use crate::kernels::planes::{LANES, RUN, sums};
use crate::kernels::simd::widest;
use crate::scalar::real::Real;

/// Runs `$body` with `$act` known to the compiler: a choice made per cell would keep the loop from vector code.
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
        let cells = out.iter_mut().zip(x);
        per_activation!(act => cells.for_each(|(out, x)| *out = act.apply(affine.at(*x))));
    }
}

widest! {
    /// `z = act(z)`.
    fn activate<T: Real>(act: Activation, z: &mut [T]) {
        per_activation!(act => z.iter_mut().for_each(|z| *z = act.apply(*z)));
    }
}

widest! {
    /// Turns the gradient to activated outputs `y` into that before the activation.
    fn undo_activation<T: Real>(act: Activation, y: &[T], gradient: &mut [T]) {
        let cells = gradient.iter_mut().zip(y);
        per_activation!(act => cells.for_each(|(dz, y)| *dz = act.backward_from_output(*y, *dz)));
    }
}

widest! {
    /// Turns the gradient to an activated row into that before the activation, and sums it up.
    fn deactivate<T: Real>(affine: &Affine<T>, act: Activation, x: &[T], gradient: &mut [T]) -> Sums {
        let cells = gradient.iter_mut().zip(x);
        per_activation!(act => cells.for_each(|(dz, x)| *dz = act.backward(affine.at(*x), *dz)));
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
    /// Adds the products `x * y` to the sums, which the cells take turns with; at most 16 additions in a row are made
    /// in their own type.
    #[allow(clippy::needless_range_loop)] // the indexed form is the one that vectorises
    fn add_products<T: Real>(x: &[T], y: &[T], sums: &mut [f64; LANES]) {
        let x = &x[..y.len()];
        for (x, y) in x.chunks(RUN).zip(y.chunks(RUN)) {
            let mut run = [T::zero(); LANES];
            let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
            for (x, y) in x.iter().zip(y) {
                for lane in 0..LANES {
                    run[lane] += x[lane] * y[lane];
                }
            }
            for lane in 0..LANES {
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
    fn settle<T: Real>(affine: &Affine<T>, constant: T, slope: T, x: &[T], dz: &mut [T]) {
        let Affine { mean, scale, .. } = *affine;
        dz.iter_mut().zip(x).for_each(|(dz, x)| *dz = scale * *dz - (constant + slope * (*x - mean)));
    }
}

widest! {
    /// The sum.
    fn sum<T: Real>(x: &[T]) -> f64 {
        sums(x.len(), |i| [x[i]])[0]
    }
}

widest! {
    /// The sum of squared distances from `centre`.
    fn sum_squares<T: Real>(centre: T, x: &[T]) -> f64 {
        let squares = sums(x.len(), |i| {
            let centred = x[i] - centre;
            [centred * centred]
        });
        squares[0]
    }
}

widest! {
    /// `y = max(y, x)`; what is not a number never wins, but stays where nothing else was seen.
    fn raise<T: Real>(x: &[T], y: &mut [T]) {
        y.iter_mut().zip(x).for_each(|(y, x)| raise_one(*x, y));
    }
}

/// [`raise`] for one output.
#[inline(always)]
#[allow(clippy::eq_op, reason = "only what is not a number differs from itself")]
pub(crate) fn raise_one<T: Real>(x: T, y: &mut T) {
    *y = if x > *y || *y != *y { x } else { *y };
}

widest! {
    /// Moves what is `left` of each output's gradient to its input cell where that cell holds the maximum `y`.
    fn give<T: Real>(x: &[T], dx: &mut [T], y: &[T], left: &mut [T]) {
        for ((x, dx), (y, left)) in x.iter().zip(dx).zip(y.iter().zip(left)) {
            give_one(*x, dx, *y, left);
        }
    }
}

/// [`give`] for one output.
#[inline(always)]
pub(crate) fn give_one<T: Real>(x: T, dx: &mut T, y: T, left: &mut T) {
    let wins = x == y;
    *dx += if wins { *left } else { T::zero() };
    *left = if wins { T::zero() } else { *left };
}

widest! {
    /// The maxima of squares of two by two cells of the rows `above` and `below`.
    fn max_squares<T: Real>(above: &[T], below: &[T], y: &mut [T]) {
        let squares = above.as_chunks::<2>().0.iter().zip(below.as_chunks::<2>().0);
        for (y, ([a, b], [c, d])) in y.iter_mut().zip(squares) {
            let mut top = *a; // what is not a number gives way, as in `raise`
            [b, c, d].into_iter().for_each(|x| raise_one(*x, &mut top));
            *y = top;
        }
    }
}

widest! {
    /// Adds the gradient of each square's maximum `y` to the first of its cells that holds it.
    fn give_squares<T: Real>(x: [&[T]; 2], dx: [&mut [T]; 2], y: &[T], dy: &[T]) {
        let squares = x[0].as_chunks::<2>().0.iter().zip(x[1].as_chunks::<2>().0);
        let [above, below] = dx;
        let gradients = above.as_chunks_mut::<2>().0.iter_mut().zip(below.as_chunks_mut::<2>().0);
        for ((([a, b], [c, d]), ([da, db], [dc, dd])), (y, dy)) in squares.zip(gradients).zip(y.iter().zip(dy)) {
            let mut left = *dy;
            give_one(*a, da, *y, &mut left);
            give_one(*b, db, *y, &mut left);
            give_one(*c, dc, *y, &mut left);
            give_one(*d, dd, *y, &mut left);
        }
    }
}

widest! {
    /// [`max_squares`], and the number of the first cell of each square that holds its maximum.
    fn win_squares<T: Real>(above: &[T], below: &[T], y: &mut [T], winners: &mut [u8]) {
        let squares = above.as_chunks::<2>().0.iter().zip(below.as_chunks::<2>().0);
        for ((y, winner), ([a, b], [c, d])) in y.iter_mut().zip(winners).zip(squares) {
            let mut top = *a;
            [b, c, d].into_iter().for_each(|x| raise_one(*x, &mut top));
            let late = if *c == top { 2 } else { 3 };
            *winner = if *a == top { 0 } else if *b == top { 1 } else { late };
            *y = top;
        }
    }
}

widest! {
    /// Writes each gradient to the cell of its square that won, and zeros to the others.
    fn award_squares<T: Real>(dy: &[T], winners: &[u8], above: &mut [T], below: &mut [T]) {
        for (row, first) in [(above, 0), (below, 2)] {
            for (square, (dy, winner)) in row.as_chunks_mut::<2>().0.iter_mut().zip(dy.iter().zip(winners)) {
                let share = |cell: u8| if *winner == cell { *dy } else { T::zero() };
                *square = [share(first), share(first + 1)];
            }
        }
    }
}

widest! {
    /// The means of squares of two by two cells.
    fn mean_squares<T: Real>(above: &[T], below: &[T], y: &mut [T]) {
        let squares = above.as_chunks::<2>().0.iter().zip(below.as_chunks::<2>().0);
        for (y, ([a, b], [c, d])) in y.iter_mut().zip(squares) {
            *y = (*a + *b + *c + *d) * T::from_f64(0.25);
        }
    }
}

widest! {
    /// Adds a quarter of each gradient to its square of two by two cells.
    fn spread_squares<T: Real>(dy: &[T], above: &mut [T], below: &mut [T]) {
        for row in [above, below] {
            for (square, dy) in row.as_chunks_mut::<2>().0.iter_mut().zip(dy) {
                let share = *dy * T::from_f64(0.25);
                *square = [square[0] + share, square[1] + share];
            }
        }
    }
}

widest! {
    /// The maximum, or not a number when any cell is.
    fn maximum<T: Real>(x: &[T]) -> T {
        let mut lanes = [T::from_f64(f64::NEG_INFINITY); LANES];
        let (whole, rest) = x.as_chunks::<LANES>();
        for cells in whole {
            lanes.iter_mut().zip(cells).for_each(|(lane, x)| exceed(*x, lane));
        }
        lanes.iter_mut().zip(rest).for_each(|(lane, x)| exceed(*x, lane));
        let [mut top, lanes @ ..] = lanes;
        lanes.into_iter().for_each(|lane| exceed(lane, &mut top));
        top
    }
}

/// `y = max(y, x)`, where what is not a number wins.
#[inline(always)]
#[allow(clippy::eq_op, reason = "only what is not a number differs from itself")]
fn exceed<T: Real>(x: T, y: &mut T) {
    *y = if x > *y || x != x { x } else { *y };
}

widest! {
    /// Splits `dy` equally among the cells of `x` that hold the maximum `y`.
    fn share<T: Real>(x: &[T], y: T, dy: T, dx: &mut [T]) {
        let ties = x.iter().filter(|x| **x == y).count();
        let share = dy / T::from_f64(ties as f64);
        dx.iter_mut().zip(x).for_each(|(dx, x)| *dx = if *x == y { share } else { T::zero() });
    }
}
