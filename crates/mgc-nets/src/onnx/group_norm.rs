//! Group normalisation as ONNX nodes.

use super::export::{Export, values};
use super::model::Attribute::{Int, Ints};
use crate::config::sizes::GROUP_CHANNELS;
use crate::layers::{EPSILON, Norm};
use candle::Result;

impl Export {
    /// Spells out the computation: operator set 17 has no group normalisation, and tract 0.22 computes an
    /// instance normalisation of the groups over all samples of the batch.
    pub(super) fn group_norm(&mut self, layer: &Norm, x: &str) -> Result<String> {
        let (name, groups) = (&layer.name, layer.channels / GROUP_CHANNELS);
        let shape = self.graph.integers(format!("{name}.groups"), &[0, groups as i64, -1]);
        let grouped = self.graph.node("Reshape", &format!("{name}.grouped"), &[x, &shape], &[]);
        let mean = self.mean_of_groups(&format!("{name}.mean"), &grouped);
        let centred = self.graph.node("Sub", &format!("{name}.centred"), &[&grouped, &mean], &[]);
        let squares = self.graph.node("Mul", &format!("{name}.squares"), &[&centred, &centred], &[]);
        let variance = self.mean_of_groups(&format!("{name}.variance"), &squares);
        let epsilon = self.graph.floats(format!("{name}.epsilon"), &[1], &[EPSILON as f32]);
        let variance = self.graph.node("Add", &format!("{name}.safe"), &[&variance, &epsilon], &[]);
        let deviation = self.graph.node("Sqrt", &format!("{name}.deviation"), &[&variance], &[]);
        let normal = self.graph.node("Div", &format!("{name}.normal"), &[&centred, &deviation], &[]);
        let shape = self.graph.node("Shape", &format!("{name}.shape"), &[x], &[]);
        let normal = self.graph.node("Reshape", &format!("{name}.ungrouped"), &[&normal, &shape], &[]);
        let per_channel = [layer.channels, 1, 1];
        let weight = self.graph.floats(format!("{name}.weight"), &per_channel, &values(&layer.weight)?);
        let bias = self.graph.floats(format!("{name}.bias"), &per_channel, &values(&layer.bias)?);
        let scaled = self.graph.node("Mul", &format!("{name}.scaled"), &[&normal, &weight], &[]);
        Ok(self.graph.node("Add", name, &[&scaled, &bias], &[]))
    }

    fn mean_of_groups(&mut self, name: &str, x: &str) -> String {
        self.graph.node("ReduceMean", name, &[x], &[Ints("axes", vec![2]), Int("keepdims", 1)])
    }
}
