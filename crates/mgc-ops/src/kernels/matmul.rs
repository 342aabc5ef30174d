//! Safe views over the `gemm` crate: `dst (+)= lhs * rhs` for strided matrices.

use crate::scalar::real::Real;
use gemm::Parallelism;

/// A read-only matrix; element (i, j) is `data[i * row_stride + j * col_stride]`.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a, T> {
    data: &'a [T],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

impl<'a, T> Matrix<'a, T> {
    /// A row-major matrix whose rows start `row_stride` elements apart.
    pub(crate) fn new(data: &'a [T], rows: usize, cols: usize, row_stride: usize) -> Self {
        assert!(fits(data.len(), rows, cols, row_stride), "matrix view beyond its data");
        Self { data, rows, cols, row_stride, col_stride: 1 }
    }

    /// Returns the transposed view.
    pub(crate) fn t(self) -> Self {
        let Self { data, rows, cols, row_stride, col_stride } = self;
        Self { data, rows: cols, cols: rows, row_stride: col_stride, col_stride: row_stride }
    }
}

/// A row-major matrix that is written to.
pub(crate) struct MatrixMut<'a, T> {
    data: &'a mut [T],
    rows: usize,
    cols: usize,
    row_stride: usize,
}

impl<'a, T> MatrixMut<'a, T> {
    /// A row-major matrix whose rows start `row_stride` elements apart.
    pub(crate) fn new(data: &'a mut [T], rows: usize, cols: usize, row_stride: usize) -> Self {
        assert!(fits(data.len(), rows, cols, row_stride), "matrix view beyond its data");
        Self { data, rows, cols, row_stride }
    }
}

/// Writes `from`, whose rows have `columns` elements, into `to` column by column.
pub(crate) fn transpose<T: Copy>(from: &[T], to: &mut [T], columns: usize) {
    let by_columns = (0..columns).flat_map(|column| from.iter().skip(column).step_by(columns));
    to.iter_mut().zip(by_columns).for_each(|(to, from)| *to = *from);
}

fn fits(len: usize, rows: usize, cols: usize, row_stride: usize) -> bool {
    let end = rows.saturating_sub(1).checked_mul(row_stride).and_then(|start| start.checked_add(cols));
    rows == 0 || cols == 0 || (cols <= row_stride && end.is_some_and(|end| end <= len))
}

/// Computes `dst = keep * dst + lhs * rhs` with `keep` 1 when `accumulate`, else 0.
///
/// With `threads` 1 it stays on this thread, with 0 it uses the whole rayon pool. The sum over the inner
/// dimension has the same order for any thread count.
pub(crate) fn multiply<T: Real>(
    dst: MatrixMut<'_, T>,
    lhs: Matrix<'_, T>,
    rhs: Matrix<'_, T>,
    accumulate: bool,
    threads: usize,
) {
    let MatrixMut { data, rows, cols, row_stride } = dst;
    assert_eq!((rows, cols), (lhs.rows, rhs.cols), "matrix product: destination shape");
    assert_eq!(lhs.cols, rhs.rows, "matrix product: inner dimension");
    let parallelism = if threads == 1 { Parallelism::None } else { Parallelism::Rayon(threads) };
    let (col_stride, row_stride) = (1, row_stride as isize);
    let (lhs_cs, lhs_rs) = (lhs.col_stride as isize, lhs.row_stride as isize);
    let (rhs_cs, rhs_rs) = (rhs.col_stride as isize, rhs.row_stride as isize);
    let (lhs_data, rhs_data, dst_data) = (lhs.data.as_ptr(), rhs.data.as_ptr(), data.as_mut_ptr());
    let (keep, scale, conjugate) = (T::one(), T::one(), false);
    // SAFETY: `Matrix::new` and `MatrixMut::new` checked that every element (i, j) of the three views lies
    // inside its slice, `t` keeps that set of elements, and the shapes were just compared. `data` is
    // borrowed mutably, so it overlaps neither operand, and its rows do not overlap (cols <= row_stride).
    #[allow(unsafe_code)]
    unsafe {
        gemm::gemm(
            rows,
            cols,
            lhs.cols,
            dst_data,
            col_stride,
            row_stride,
            accumulate,
            lhs_data,
            lhs_cs,
            lhs_rs,
            rhs_data,
            rhs_cs,
            rhs_rs,
            keep,
            scale,
            conjugate,
            conjugate,
            conjugate,
            parallelism,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_of_strided_and_transposed_views_is_the_plain_sum() {
        let a: Vec<f64> = (0..12).map(f64::from).collect(); // 3 x 4, of which 3 x 2 is used
        let b: Vec<f64> = (0..10).map(|i| f64::from(i) - 4.0).collect(); // 5 x 2, used transposed
        let mut c = vec![1.0; 3 * 6];
        multiply(
            MatrixMut::new(&mut c, 3, 5, 6),
            Matrix::new(&a, 3, 2, 4),
            Matrix::new(&b, 5, 2, 2).t(),
            true,
            1,
        );
        for i in 0..3 {
            for j in 0..5 {
                let sum: f64 = (0..2).map(|k| a[i * 4 + k] * b[j * 2 + k]).sum();
                assert_eq!(c[i * 6 + j], 1.0 + sum);
            }
            assert_eq!(c[i * 6 + 5], 1.0, "the column outside the view is untouched");
        }
    }

    #[test]
    #[should_panic(expected = "beyond its data")]
    fn a_view_beyond_its_data_is_refused() {
        Matrix::new(&[0f32; 5], 2, 3, 3);
    }
}
