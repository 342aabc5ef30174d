//! The pool over sub-bands as ONNX nodes.

use super::export::Export;
use super::model::Attribute::{Int, Ints};

impl Export {
    /// Returns the means over time of each channel in each sub-band, then their maxima.
    pub(super) fn sub_band_pool(&mut self, name: &str, count: usize, x: &str) -> String {
        let bands = self.sides(&format!("{name}.bands"), x, &[3]);
        let edge = |export: &mut Self, i: usize| export.sub_band_edge(name, (i, count), &bands);
        let edges: Vec<String> = (0..=count).map(|i| edge(self, i)).collect();
        let axis = self.graph.integers(format!("{name}.axis"), &[3]);
        let mut curves = vec![];
        for (i, ends) in edges.windows(2).enumerate() {
            let part = [x, &ends[0], &ends[1], &axis];
            let part = self.graph.node("Slice", &format!("{name}.part{}", i + 1), &part, &[]);
            let mean = [Ints("axes", vec![3]), Int("keepdims", 1)];
            curves.push(self.graph.node("ReduceMean", &format!("{name}.curve{}", i + 1), &[&part], &mean));
        }
        let curves: Vec<&str> = curves.iter().map(String::as_str).collect();
        let curves = self.graph.node("Concat", &format!("{name}.curves"), &curves, &[Int("axis", 3)]);
        let pooled = [("ReduceMean", "means"), ("ReduceMax", "maxima")].map(|(op, part)| {
            let over_time = [Ints("axes", vec![2]), Int("keepdims", 0)]; // (N, channels, sub-bands)
            let part = format!("{name}.{part}");
            let pooled = self.graph.node(op, &format!("{part}.map"), &[&curves], &over_time);
            self.graph.node("Flatten", &part, &[&pooled], &[])
        });
        self.graph.node("Concat", name, &[&pooled[0], &pooled[1]], &[Int("axis", 1)])
    }

    /// Returns the band at which sub-band `i` of `count` begins: `i * bands / count`, rounded down.
    fn sub_band_edge(&mut self, name: &str, (i, count): (usize, usize), bands: &str) -> String {
        let part = |part: &str| format!("{name}.edge{}.{part}", i + 1);
        let number = self.graph.integers(part("number"), &[i as i64]);
        let count = self.graph.integers(part("count"), &[count as i64]);
        let product = self.graph.node("Mul", &part("product"), &[bands, &number], &[]);
        self.graph.node("Div", &part("start"), &[&product, &count], &[])
    }
}
