//! The channel of band positions as ONNX nodes.

use super::export::Export;
use super::model::Attribute::Int;
use crate::layers::Coordinate;

/// `TensorProto.DataType.FLOAT`
const FLOAT: i64 = 1;

impl Export {
    /// Appends `range * (2 band - last) / max(last, 1)`, where `last` is the number of the highest band.
    pub(super) fn append_coordinate(&mut self, layer: &Coordinate, x: &str) -> String {
        let name = |part: &str| format!("{}.{part}", layer.name);
        let bands = self.sides(&name("bands"), x, &[3]);
        let one = self.graph.floats(name("one"), &[1], &[1.]);
        let count = self.graph.node("Cast", &name("count"), &[&bands], &[Int("to", FLOAT)]);
        let last = self.graph.node("Sub", &name("last"), &[&count, &one], &[]);
        let twice = self.doubled_numbers(layer, &count);
        let centred = self.graph.node("Sub", &name("centred"), &[&twice, &last], &[]);
        let safe = self.graph.node("Max", &name("safe"), &[&last, &one], &[]);
        let share = self.graph.node("Div", &name("share"), &[&centred, &safe], &[]);
        let range = self.graph.floats(name("range"), &[1], &[layer.range as f32]);
        let positions = self.graph.node("Mul", &name("positions"), &[&share, &range], &[]);
        let batch = self.sides(&name("batch"), x, &[0]);
        let frames = self.sides(&name("frames"), x, &[2]);
        let channel = self.graph.integers(name("channel"), &[1]);
        let shape = [&*batch, &channel, &frames, &bands];
        let shape = self.graph.node("Concat", &name("shape"), &shape, &[Int("axis", 0)]);
        let map = self.graph.node("Expand", &name("map"), &[&positions, &shape], &[]);
        self.graph.node("Concat", &layer.name, &[x, &map], &[Int("axis", 1)])
    }

    /// Returns twice the number of each of `count` bands, from 0: (bands). All are floating-point numbers: a side
    /// of a shape is of a type of its own in tract, which does not count in it from an integer.
    fn doubled_numbers(&mut self, layer: &Coordinate, count: &str) -> String {
        let name = |part: &str| format!("{}.{part}", layer.name);
        let [zero, step] = [("zero", 0.), ("step", 1.)].map(|(part, value)| {
            let value = self.graph.floats(name(part), &[1], &[value]);
            self.scalar(&value)
        });
        let count = self.scalar(count);
        let numbers = self.graph.node("Range", &name("numbers"), &[&zero, &count, &step], &[]);
        self.graph.node("Add", &name("doubled"), &[&numbers, &numbers], &[])
    }

    /// Makes a number of a vector of one.
    fn scalar(&mut self, vector: &str) -> String {
        let axis = self.graph.integers(format!("{vector}.axis"), &[0]);
        self.graph.node("Squeeze", &format!("{vector}.scalar"), &[vector, &axis], &[])
    }

    /// Returns some sides of a map as a vector.
    pub(super) fn sides(&mut self, name: &str, x: &str, sides: &[i64]) -> String {
        let shape = self.graph.node("Shape", &format!("{name}.shape"), &[x], &[]);
        let sides = self.graph.integers(format!("{name}.sides"), sides);
        self.graph.node("Gather", name, &[&shape, &sides], &[Int("axis", 0)])
    }
}
