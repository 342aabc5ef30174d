//! The pass that writes each layer as ONNX nodes; a map is the name of its value.

use super::model::Attribute::{Float, Int, Ints};
use super::model::{Attribute, Graph};
use crate::config::HeadPool;
use crate::layers::{
    Conv, Coordinate, Dense, DenseActivation, Depthwise, Dropout, EPSILON, Lstm, Norm, Normaliser, Pool,
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
}

impl Pass for Export {
    type Map = String;

    fn coordinate(&mut self, layer: &Coordinate, x: &String) -> Result<String> {
        Ok(self.append_coordinate(layer, x))
    }

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
            Normaliser::Batch { running_mean, running_var, .. } => {
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
            HeadPool::SubBands(count) => return Ok(self.sub_band_pool(name, count, x)),
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
        self.lstm_over_frames(layer, x)
    }

    fn dropout(&mut self, _: &str, _: &Dropout, x: &String) -> Result<String> {
        Ok(x.clone())
    }
}

pub(super) fn values(tensor: &Tensor) -> Result<Vec<f32>> {
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
