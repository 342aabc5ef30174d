//! ONNX models: nodes, constants, inputs, outputs.

use super::proto::Message;
use std::collections::BTreeMap;

/// ONNX 1.12: the first release with this operator set.
const OPSET: i64 = 17;
const IR_VERSION: i64 = 8;

// TensorProto.DataType
const FLOAT: i64 = 1;
const INT64: i64 = 7;

/// A setting of an operator.
pub(super) enum Attribute<'a> {
    Int(&'a str, i64),
    Ints(&'a str, Vec<i64>),
    Float(&'a str, f32),
}

/// A dimension of a tensor: a size, or a name for a free one.
pub(super) enum Dim {
    Size(usize),
    Name(&'static str),
}

/// A graph under construction.
#[derive(Default)]
pub(super) struct Graph {
    nodes: Vec<Message>,
    constants: Vec<Message>,
    inputs: Vec<Message>,
    outputs: Vec<Message>,
}

impl Graph {
    /// Adds a node; its only output has the node's name, which is returned.
    pub(super) fn node(
        &mut self,
        op: &str,
        name: &str,
        inputs: &[&str],
        attributes: &[Attribute<'_>],
    ) -> String {
        let node = inputs.iter().fold(Message::default(), |node, input| node.text(1, input));
        let node = node.text(2, name).text(3, name).text(4, op);
        self.nodes.push(attributes.iter().fold(node, |node, attribute| node.message(5, &attribute.encode())));
        name.to_owned()
    }

    /// Adds a tensor of weights; returns its name.
    pub(super) fn floats(&mut self, name: String, shape: &[usize], values: &[f32]) -> String {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, FLOAT, shape, &bytes)
    }

    /// Adds a vector of integers; returns its name.
    pub(super) fn integers(&mut self, name: String, values: &[i64]) -> String {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, INT64, &[values.len()], &bytes)
    }

    fn constant(&mut self, name: String, kind: i64, shape: &[usize], bytes: &[u8]) -> String {
        let dims = shape.iter().map(|size| *size as i64);
        self.constants.push(Message::default().ints(1, dims).int(2, kind).text(8, &name).bytes(9, bytes));
        name
    }

    pub(super) fn input(&mut self, name: &str, shape: &[Dim]) {
        self.inputs.push(value_info(name, shape));
    }

    pub(super) fn output(&mut self, name: &str, shape: &[Dim]) {
        self.outputs.push(value_info(name, shape));
    }

    /// Returns the bytes of a model file.
    pub(super) fn into_model(self, name: &str, notes: &BTreeMap<String, String>) -> Vec<u8> {
        let graph = Message::default()
            .messages(1, &self.nodes)
            .text(2, name)
            .messages(5, &self.constants)
            .messages(11, &self.inputs)
            .messages(12, &self.outputs);
        let notes: Vec<_> = notes.iter().map(|(k, v)| Message::default().text(1, k).text(2, v)).collect();
        Message::default()
            .int(1, IR_VERSION)
            .text(2, env!("CARGO_PKG_NAME"))
            .text(3, env!("CARGO_PKG_VERSION"))
            .message(7, &graph)
            .message(8, &Message::default().text(1, "").int(2, OPSET))
            .messages(14, &notes)
            .into_bytes()
    }
}

impl Attribute<'_> {
    fn encode(&self) -> Message {
        // AttributeProto.AttributeType, required since IR version 2
        const TYPE: u64 = 20;
        match self {
            Self::Float(name, value) => Message::default().text(1, name).float(2, *value).int(TYPE, 1),
            Self::Int(name, value) => Message::default().text(1, name).int(3, *value).int(TYPE, 2),
            Self::Ints(name, values) => {
                Message::default().text(1, name).ints(8, values.iter().copied()).int(TYPE, 7)
            }
        }
    }
}

fn value_info(name: &str, shape: &[Dim]) -> Message {
    let dim = |dim: &Dim| match dim {
        Dim::Size(size) => Message::default().int(1, *size as i64),
        Dim::Name(name) => Message::default().text(2, name),
    };
    let dims: Vec<_> = shape.iter().map(dim).collect();
    let tensor = Message::default().int(1, FLOAT).message(2, &Message::default().messages(1, &dims));
    Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
}
