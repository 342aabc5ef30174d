//! The inner loops of pools: maxima and means of rows, and their gradients.

use crate::kernels::planes::ACCUMULATORS;
use crate::kernels::simd::widest;
use crate::scalar::real::Real;

widest! {
    /// `y = max(y, x)`; a NaN never wins, but stays where nothing else was seen.
    fn running_max<T: Real>(x: &[T], y: &mut [T]) {
        y.iter_mut().zip(x).for_each(|(y, x)| running_max_one(*x, y));
    }
}

/// Does the same for one output.
#[inline(always)]
#[allow(clippy::eq_op, reason = "only what is not a number differs from itself")]
pub(crate) fn running_max_one<T: Real>(x: T, y: &mut T) {
    *y = if x > *y || *y != *y { x } else { *y };
}

widest! {
    /// Moves what is `left` of each output's gradient to its input, where that input is the maximum `y`.
    fn scatter_max_grad<T: Real>(x: &[T], dx: &mut [T], y: &[T], left: &mut [T]) {
        for ((x, dx), (y, left)) in x.iter().zip(dx).zip(y.iter().zip(left)) {
            scatter_max_grad_one(*x, dx, *y, left);
        }
    }
}

/// Does the same for one output.
#[inline(always)]
pub(crate) fn scatter_max_grad_one<T: Real>(x: T, dx: &mut T, y: T, left: &mut T) {
    let wins = x == y;
    *dx += if wins { *left } else { T::zero() };
    *left = if wins { T::zero() } else { *left };
}

widest! {
    /// Writes the maxima of the 2x2 squares of the rows `above` and `below`.
    fn max_2x2<T: Real>(above: &[T], below: &[T], y: &mut [T]) {
        let squares = above.as_chunks::<2>().0.iter().zip(below.as_chunks::<2>().0);
        for (y, ([a, b], [c, d])) in y.iter_mut().zip(squares) {
            let mut top = *a; // what is not a number gives way, as in `running_max`
            [b, c, d].into_iter().for_each(|x| running_max_one(*x, &mut top));
            *y = top;
        }
    }
}

widest! {
    /// Adds the gradient of each square's maximum `y` to the first of its elements equal to it.
    fn scatter_max_grad_2x2<T: Real>(x: [&[T]; 2], dx: [&mut [T]; 2], y: &[T], dy: &[T]) {
        let squares = x[0].as_chunks::<2>().0.iter().zip(x[1].as_chunks::<2>().0);
        let [above, below] = dx;
        let gradients = above.as_chunks_mut::<2>().0.iter_mut().zip(below.as_chunks_mut::<2>().0);
        for ((([a, b], [c, d]), ([da, db], [dc, dd])), (y, dy)) in squares.zip(gradients).zip(y.iter().zip(dy)) {
            let mut left = *dy;
            scatter_max_grad_one(*a, da, *y, &mut left);
            scatter_max_grad_one(*b, db, *y, &mut left);
            scatter_max_grad_one(*c, dc, *y, &mut left);
            scatter_max_grad_one(*d, dd, *y, &mut left);
        }
    }
}

widest! {
    /// Writes the maxima, and for each the number of the first element of its square equal to it.
    fn argmax_2x2<T: Real>(above: &[T], below: &[T], y: &mut [T], winners: &mut [u8]) {
        let squares = above.as_chunks::<2>().0.iter().zip(below.as_chunks::<2>().0);
        for ((y, winner), ([a, b], [c, d])) in y.iter_mut().zip(winners).zip(squares) {
            let mut top = *a;
            [b, c, d].into_iter().for_each(|x| running_max_one(*x, &mut top));
            let late = if *c == top { 2 } else { 3 };
            *winner = if *a == top { 0 } else if *b == top { 1 } else { late };
            *y = top;
        }
    }
}

widest! {
    /// Writes each gradient to the element of its square that won, and zeros to the others.
    fn scatter_2x2<T: Real>(dy: &[T], winners: &[u8], above: &mut [T], below: &mut [T]) {
        for (row, first) in [(above, 0), (below, 2)] {
            for (square, (dy, winner)) in row.as_chunks_mut::<2>().0.iter_mut().zip(dy.iter().zip(winners)) {
                let share = |element: u8| if *winner == element { *dy } else { T::zero() };
                *square = [share(first), share(first + 1)];
            }
        }
    }
}

widest! {
    /// Writes the means of the 2x2 squares.
    fn mean_2x2<T: Real>(above: &[T], below: &[T], y: &mut [T]) {
        let squares = above.as_chunks::<2>().0.iter().zip(below.as_chunks::<2>().0);
        for (y, ([a, b], [c, d])) in y.iter_mut().zip(squares) {
            *y = (*a + *b + *c + *d) * T::from_f64(0.25);
        }
    }
}

widest! {
    /// Adds a quarter of each gradient to every element of its 2x2 square.
    fn spread_2x2<T: Real>(dy: &[T], above: &mut [T], below: &mut [T]) {
        for row in [above, below] {
            for (square, dy) in row.as_chunks_mut::<2>().0.iter_mut().zip(dy) {
                let share = *dy * T::from_f64(0.25);
                *square = [square[0] + share, square[1] + share];
            }
        }
    }
}

widest! {
    /// Returns the maximum, or a NaN when any element is one.
    fn maximum<T: Real>(x: &[T]) -> T {
        let mut lanes = [T::from_f64(f64::NEG_INFINITY); ACCUMULATORS];
        let (whole, rest) = x.as_chunks::<ACCUMULATORS>();
        for elements in whole {
            lanes.iter_mut().zip(elements).for_each(|(lane, x)| exceed(*x, lane));
        }
        lanes.iter_mut().zip(rest).for_each(|(lane, x)| exceed(*x, lane));
        let [mut top, lanes @ ..] = lanes;
        lanes.into_iter().for_each(|lane| exceed(lane, &mut top));
        top
    }
}

/// `y = max(y, x)`, where a NaN wins.
#[inline(always)]
#[allow(clippy::eq_op, reason = "only what is not a number differs from itself")]
fn exceed<T: Real>(x: T, y: &mut T) {
    *y = if x > *y || x != x { x } else { *y };
}

widest! {
    /// Splits `dy` equally among the elements of `x` equal to the maximum `y`.
    fn share<T: Real>(x: &[T], y: T, dy: T, dx: &mut [T]) {
        let ties = x.iter().filter(|x| **x == y).count();
        let share = dy / T::from_f64(ties as f64);
        dx.iter_mut().zip(x).for_each(|(dx, x)| *dx = if *x == y { share } else { T::zero() });
    }
}
