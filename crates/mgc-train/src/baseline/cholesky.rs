//! Symmetric systems of linear equations.

/// Solves `matrix · x = side` in place for each right-hand side, by Cholesky's decomposition; `matrix` is
/// symmetric, and its lower triangle is overwritten. Returns false where it is not positive definite.
pub(super) fn solve(matrix: &mut [Vec<f64>], sides: &mut [Vec<f64>]) -> bool {
    for row in 0..matrix.len() {
        for column in 0..=row {
            let (above, below) = matrix.split_at(row);
            let left = if column == row { &below[0] } else { &above[column] };
            let known: f64 = left[..column].iter().zip(&below[0][..column]).map(|(a, b)| a * b).sum();
            let rest = below[0][column] - known;
            if column == row && rest.is_nan() | (rest <= 0.0) {
                return false;
            }
            matrix[row][column] = if column == row { rest.sqrt() } else { rest / matrix[column][column] };
        }
    }
    sides.iter_mut().for_each(|side| substitute(matrix, side));
    true
}

/// Solves `L Lᵀ x = side` for a lower triangle L.
fn substitute(lower: &[Vec<f64>], side: &mut [f64]) {
    for row in 0..side.len() {
        let known: f64 = lower[row][..row].iter().zip(&*side).map(|(a, b)| a * b).sum();
        side[row] = (side[row] - known) / lower[row][row];
    }
    for row in (0..side.len()).rev() {
        side[row] /= lower[row][row];
        let value = side[row];
        side[..row].iter_mut().zip(&lower[row][..row]).for_each(|(side, factor)| *side -= factor * value);
    }
}
