//! The LSTM over frames as ONNX nodes.

use super::export::{Export, values};
use super::model::Attribute::{Int, Ints};
use crate::layers::Lstm;
use candle::Result;

impl Export {
    /// Averages over bands, runs the LSTM over frames, and repeats its states over the bands.
    pub(super) fn lstm_over_frames(&mut self, layer: &Lstm, x: &str) -> Result<String> {
        let name = &layer.name;
        let mean = [Ints("axes", vec![3]), Int("keepdims", 0)];
        let mean = self.graph.node("ReduceMean", &format!("{name}.mean"), &[x], &mean); // (N, channels, frames)
        let time_first = [Ints("perm", vec![2, 0, 1])];
        let sequence = self.graph.node("Transpose", &format!("{name}.sequence"), &[&mean], &time_first);
        let states = self.recurrence(layer, &sequence)?; // (frames, 1, N, units)
        let axis = self.graph.integers(format!("{name}.direction"), &[1]);
        let states = self.graph.node("Squeeze", &format!("{name}.squeezed"), &[&states, &axis], &[]);
        let perm = [Ints("perm", vec![1, 2, 0])];
        let states = self.graph.node("Transpose", &format!("{name}.channels"), &[&states], &perm);
        self.repeat_over_bands(name, &states, x)
    }

    fn recurrence(&mut self, layer: &Lstm, sequence: &str) -> Result<String> {
        let Lstm { name, inputs, units, .. } = layer;
        let rows = 4 * units;
        let kernel = gates_for_onnx(&values(&layer.weight_ih)?);
        let kernel = self.graph.floats(format!("{name}.weight_ih"), &[1, rows, *inputs], &kernel);
        let recurrent = gates_for_onnx(&values(&layer.weight_hh)?);
        let recurrent = self.graph.floats(format!("{name}.weight_hh"), &[1, rows, *units], &recurrent);
        let mut bias = gates_for_onnx(&values(&layer.bias)?);
        bias.resize(2 * rows, 0.); // one bias for the input, none for the recurrence
        let bias = self.graph.floats(format!("{name}.bias"), &[1, 2 * rows], &bias);
        let inputs = [sequence, &kernel, &recurrent, &bias];
        Ok(self.graph.node("LSTM", name, &inputs, &[Int("hidden_size", *units as i64)]))
    }

    /// Repeats (N, units, frames) as (N, units, frames, bands of `like`).
    fn repeat_over_bands(&mut self, name: &str, states: &str, like: &str) -> Result<String> {
        let last = self.graph.integers(format!("{name}.last"), &[3]);
        let states = self.graph.node("Unsqueeze", &format!("{name}.column"), &[states, &last], &[]);
        let shape = self.graph.node("Shape", &format!("{name}.shape"), &[like], &[]);
        let bands = self.graph.node("Gather", &format!("{name}.bands"), &[&shape, &last], &[Int("axis", 0)]);
        let ones = self.graph.integers(format!("{name}.ones"), &[1, 1, 1]);
        let shape = self.graph.node("Concat", &format!("{name}.wide"), &[&ones, &bands], &[Int("axis", 0)]);
        Ok(self.graph.node("Expand", &format!("{name}.repeat"), &[&states, &shape], &[]))
    }
}

/// Reorders gates i, f, g, o as i, o, f, g, which is ONNX' order.
fn gates_for_onnx(values: &[f32]) -> Vec<f32> {
    let gate = values.len() / 4;
    [0, 3, 1, 2].into_iter().flat_map(|i| &values[i * gate..][..gate]).copied().collect()
}
