//! One step of a recurrent layer, unit by unit.

use crate::scalar::real::Real;

pub(super) fn sigmoid<T: Real>(z: T) -> T {
    T::one() / (T::one() + (T::zero() - z).exp())
}

/// Returns the four gates of one unit.
fn of_unit<T: Real>(gates: &[T], unit: usize) -> [T; 4] {
    [0, 1, 2, 3].map(|gate| gates[gate * (gates.len() / 4) + unit])
}

/// Advances the cells by one step.
pub(super) fn advance<T: Real>(gates: &[T], cell: &mut [T]) {
    for (unit, c) in cell.iter_mut().enumerate() {
        let [i, f, g, _] = of_unit(gates, unit);
        *c = f * *c + i * g;
    }
}

/// Takes the gradients of one step's outputs `dh` and cells `dc` to its gates, in place, and to the cells
/// before it.
pub(super) fn step_back<T: Real>((past, cell): (&[T], &[T]), dh: &[T], dc: &mut [T], gates: &mut [T]) {
    let units = cell.len();
    let sigmoid_slope = |s: T| s * (T::one() - s);
    let tanh_slope = |t: T| T::one() - t * t;
    for unit in 0..units {
        let ([i, f, g, o], t) = (of_unit(gates, unit), cell[unit].tanh());
        let d = dc[unit] + dh[unit] * o * tanh_slope(t);
        gates[unit] = d * g * sigmoid_slope(i);
        gates[units + unit] = d * past[unit] * sigmoid_slope(f);
        gates[2 * units + unit] = d * i * tanh_slope(g);
        gates[3 * units + unit] = dh[unit] * t * sigmoid_slope(o);
        dc[unit] = d * f;
    }
}
