//! The pass that writes each layer as ONNX nodes; a map is the name of its value.

use super::model::Attribute::{Float, Int, Ints};
use super::model::{Attribute, Graph};
use crate::config::HeadPool;
use crate::config::sizes::GROUP_CHANNELS;
use crate::layers::{
    Conv, Dense, DenseActivation, Depthwise, Dropout, EPSILON, Lstm, Norm, Normaliser, Pool,
};
use crate::pass::Pass;
use candle::{DType, Result, Tensor};
use mgc_ops::{Activation, Window};

pub(super) struct Export {
    pub(super) graph: Graph,
}

impl Export {
    fn weights(&mut self, name: String, tensor: &Tensor) -> Result<String> {
        Ok(self.graph.floats(name, tensor.dims(), &values(tensor)?))
    }

    fn activate(&mut self, name: &str, activation: Activation, x: &str) -> String {
        let op = match activation {
            Activation::Identity => return x.to_owned(),
            Activation::Selu => "Selu", // ONNX's defaults are the published constants
            Activation::Relu => "Relu",
        };
        self.graph.node(op, &format!("{name}.act"), &[x], &[])
    }

    /// Spells out the computation: operator set 17 has no group normalisation, and tract 0.22 computes an
    /// instance normalisation of the groups over all samples of the batch.
    fn group_norm(&mut self, layer: &Norm, x: &str) -> Result<String> {
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
}

impl Export {
    fn mean_of_groups(&mut self, name: &str, x: &str) -> String {
        self.graph.node("ReduceMean", name, &[x], &[Ints("axes", vec![2]), Int("keepdims", 1)])
    }
}

impl Pass for Export {
    type Map = String;

    fn conv(&mut self, layer: &Conv, x: &String) -> Result<String> {
        let weight = self.weights(format!("{}.weight", layer.name), &layer.weight)?;
        let bias = self.weights(format!("{}.bias", layer.name), &layer.bias)?;
        Ok(self.graph.node("Conv", &layer.name, &[x, &weight, &bias], &geometry(&layer.window)))
    }

    fn depthwise(&mut self, layer: &Depthwise, x: &String) -> Result<String> {
        let weight = self.weights(format!("{}.weight", layer.name), &layer.weight)?;
        let [kernel, strides, pads] = geometry(&layer.window);
        let attributes = [kernel, strides, pads, Int("group", layer.channels as i64)];
        Ok(self.graph.node("Conv", &layer.name, &[x, &weight], &attributes))
    }

    fn norm(&mut self, layer: &Norm, x: &String) -> Result<String> {
        let name = &layer.name;
        let normal = match &layer.normaliser {
            Normaliser::Group => self.group_norm(layer, x)?,
            Normaliser::Batch { running_mean, running_var } => {
                let weight = self.weights(format!("{name}.weight"), &layer.weight)?;
                let bias = self.weights(format!("{name}.bias"), &layer.bias)?;
                let mean = self.weights(format!("{name}.running_mean"), running_mean)?;
                let var = self.weights(format!("{name}.running_var"), running_var)?;
                let inputs = [x, &*weight, &bias, &mean, &var];
                self.graph.node("BatchNormalization", name, &inputs, &[Float("epsilon", EPSILON as f32)])
            }
        };
        Ok(self.activate(name, layer.activation, &normal))
    }

    fn max_pool(&mut self, layer: &Pool, x: &String) -> Result<String> {
        Ok(self.graph.node("MaxPool", &layer.name, &[x], &geometry(&layer.window)))
    }

    fn average_pool(&mut self, layer: &Pool, x: &String) -> Result<String> {
        Ok(self.graph.node("AveragePool", &layer.name, &[x], &geometry(&layer.window)))
    }

    fn global_pool(&mut self, name: &str, pool: HeadPool, x: &String) -> Result<String> {
        let op = match pool {
            HeadPool::Average => "GlobalAveragePool",
            HeadPool::Max => "GlobalMaxPool",
        };
        let pooled = self.graph.node(op, &format!("{name}.map"), &[x], &[]);
        Ok(self.graph.node("Flatten", name, &[&pooled], &[]))
    }

    fn concat(&mut self, name: &str, parts: &[String]) -> Result<String> {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        Ok(self.graph.node("Concat", name, &parts, &[Int("axis", 1)]))
    }

    fn add(&mut self, name: &str, x: &String, y: &String) -> Result<String> {
        Ok(self.graph.node("Add", name, &[x, y], &[]))
    }

    fn gate(&mut self, name: &str, x: &String, gates: &String) -> Result<String> {
        let axes = self.graph.integers(format!("{name}.axes"), &[2, 3]);
        let gates = self.graph.node("Unsqueeze", &format!("{name}.map"), &[gates, &axes], &[]);
        Ok(self.graph.node("Mul", name, &[x, &gates], &[]))
    }

    fn dense(&mut self, layer: &Dense, x: &String) -> Result<String> {
        let name = &layer.name;
        let weight = self.weights(format!("{name}.weight"), layer.linear.weight())?;
        let bias = layer.linear.bias().map(|bias| self.weights(format!("{name}.bias"), bias)).transpose()?;
        let inputs: Vec<&str> = [x, &weight].into_iter().chain(&bias).map(String::as_str).collect();
        let y = self.graph.node("Gemm", name, &inputs, &[Int("transB", 1)]);
        let op = match layer.activation {
            DenseActivation::Identity => return Ok(y),
            DenseActivation::Relu => "Relu",
            DenseActivation::Selu => "Selu",
            DenseActivation::Sigmoid => "Sigmoid",
        };
        Ok(self.graph.node(op, &format!("{name}.act"), &[&y], &[]))
    }

    fn lstm(&mut self, layer: &Lstm, x: &String) -> Result<String> {
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

    fn dropout(&mut self, _: &str, _: &Dropout, x: &String) -> Result<String> {
        Ok(x.clone())
    }
}

impl Export {
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

fn values(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.detach().to_dtype(DType::F32)?.flatten_all()?.to_vec1()
}

fn geometry(window: &Window) -> [Attribute<'static>; 3] {
    let pair = |(rows, cols): (usize, usize)| vec![rows as i64, cols as i64];
    let p = window.padding;
    let pads = [p.top, p.left, p.bottom, p.right].map(|cells| cells as i64);
    [
        Ints("kernel_shape", pair(window.kernel)),
        Ints("strides", pair(window.stride)),
        Ints("pads", pads.to_vec()),
    ]
}

/// Reorders gates i, f, g, o as i, o, f, g, which is ONNX' order.
fn gates_for_onnx(values: &[f32]) -> Vec<f32> {
    let gate = values.len() / 4;
    [0, 3, 1, 2].into_iter().flat_map(|i| &values[i * gate..][..gate]).copied().collect()
}
