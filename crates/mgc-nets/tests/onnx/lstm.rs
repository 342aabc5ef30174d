//! The `LSTM` operator, forward, with its default activations.

use crate::array::Array;
use crate::model::Node;

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `x` (steps, batch, inputs), `w` (1, 4 units, inputs), `r` (1, 4 units, units), `b` (1, 8 units): the gates
/// i, o, f, c one below the other. Returns (steps, 1, batch, units).
pub(crate) fn lstm(node: &Node, x: &Array, w: &Array, r: &Array, b: &Array) -> Array {
    let units = node.int("hidden_size", 0) as usize;
    let [steps, batch, inputs] = <[usize; 3]>::try_from(&x.shape[..]).unwrap();
    assert_eq!((&w.shape[..], &r.shape[..]), (&[1, 4 * units, inputs][..], &[1, 4 * units, units][..]));
    assert_eq!(b.shape, [1, 8 * units]);
    let mut states = vec![0.0; batch * units];
    let mut cells = states.clone();
    let mut y = vec![];
    for step in x.data.chunks_exact(batch * inputs) {
        let before = states.clone();
        for (place, (state, cell)) in states.iter_mut().zip(&mut cells).enumerate() {
            let (sample, unit) = (place / units, place % units);
            let gate = |gate: usize| {
                let row = gate * units + unit;
                let from_input = dot(&w.data[row * inputs..][..inputs], &step[sample * inputs..]);
                let from_state = dot(&r.data[row * units..][..units], &before[sample * units..]);
                from_input + from_state + b.data[row] + b.data[4 * units + row]
            };
            *cell = sigmoid(gate(2)) * *cell + sigmoid(gate(0)) * gate(3).tanh();
            *state = sigmoid(gate(1)) * cell.tanh();
        }
        y.extend(&states);
    }
    Array::new(vec![steps, 1, batch, units], y)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
