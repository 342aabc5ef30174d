//! Parses ONNX files; field numbers are those of `onnx.proto`.

use crate::array::Array;
use crate::protobuf::{field, only};
use std::cell::RefCell;
use std::collections::BTreeMap;

pub(crate) struct Model {
    pub(crate) operator_set: i64,
    /// Names, and the sizes of each side or what the file calls them.
    pub(crate) inputs: Vec<(String, Vec<String>)>,
    pub(crate) outputs: Vec<(String, Vec<String>)>,
    pub(crate) constants: BTreeMap<String, Array>,
    pub(crate) nodes: Vec<Node>,
}

pub(crate) struct Node {
    pub(crate) operator: String,
    pub(crate) inputs: Vec<String>,
    pub(crate) output: String,
    attributes: RefCell<BTreeMap<String, Attribute>>,
}

enum Attribute {
    Float(f32),
    Int(i64),
    Ints(Vec<i64>),
}

impl Model {
    pub(crate) fn parse(file: &[u8]) -> Self {
        let graph = only(file, 7).bytes();
        let all = |number| field(graph, number).into_iter().map(|value| value.bytes());
        Self {
            operator_set: only(only(file, 8).bytes(), 2).integer(),
            inputs: all(11).map(value_info).collect(),
            outputs: all(12).map(value_info).collect(),
            constants: all(5).map(constant).collect(),
            nodes: all(1).map(Node::parse).collect(),
        }
    }
}

impl Node {
    fn parse(node: &[u8]) -> Self {
        Self {
            operator: only(node, 4).text(),
            inputs: field(node, 1).into_iter().map(|name| name.text()).collect(),
            output: only(node, 2).text(),
            attributes: RefCell::new(
                field(node, 5).into_iter().map(|value| attribute(value.bytes())).collect(),
            ),
        }
    }

    /// Takes an integer, or its default.
    pub(crate) fn int(&self, name: &str, default: i64) -> i64 {
        match self.attributes.borrow_mut().remove(name) {
            None => default,
            Some(Attribute::Int(value)) => value,
            Some(_) => panic!("{name} is no integer"),
        }
    }

    /// Takes a number.
    pub(crate) fn float(&self, name: &str) -> f64 {
        match self.attributes.borrow_mut().remove(name) {
            Some(Attribute::Float(value)) => f64::from(value),
            _ => panic!("{name} is no number"),
        }
    }

    /// Takes a list of sizes, axes or positions.
    pub(crate) fn sizes(&self, name: &str) -> Vec<usize> {
        match self.attributes.borrow_mut().remove(name) {
            Some(Attribute::Ints(values)) => values.into_iter().map(|value| value as usize).collect(),
            _ => panic!("{name} is no list"),
        }
    }

    /// Panics unless every attribute has been taken: one that is not understood would change the result.
    pub(crate) fn finish(&self) {
        let left: Vec<String> = self.attributes.borrow().keys().cloned().collect();
        assert!(left.is_empty(), "{} has {left:?}", self.operator);
    }
}

fn attribute(message: &[u8]) -> (String, Attribute) {
    let value = match only(message, 20).integer() {
        1 => Attribute::Float(only(message, 2).float()),
        2 => Attribute::Int(only(message, 3).integer()),
        7 => Attribute::Ints(field(message, 8).into_iter().map(|value| value.integer()).collect()),
        kind => panic!("attribute of type {kind}"),
    };
    (only(message, 1).text(), value)
}

fn constant(tensor: &[u8]) -> (String, Array) {
    let shape = field(tensor, 1).into_iter().map(|size| size.integer() as usize).collect();
    let raw = only(tensor, 9).bytes();
    let data = match only(tensor, 2).integer() {
        1 => raw.as_chunks().0.iter().map(|cell| f64::from(f32::from_le_bytes(*cell))).collect(),
        7 => raw.as_chunks().0.iter().map(|cell| i64::from_le_bytes(*cell) as f64).collect(),
        kind => panic!("tensor of type {kind}"),
    };
    (only(tensor, 8).text(), Array::new(shape, data))
}

fn value_info(message: &[u8]) -> (String, Vec<String>) {
    let tensor = only(only(message, 2).bytes(), 1).bytes();
    assert_eq!(only(tensor, 1).integer(), 1, "values go in and out as f32");
    let side = |side: &[u8]| match field(side, 1)[..] {
        [size] => size.integer().to_string(),
        _ => only(side, 2).text(),
    };
    let sides = field(only(tensor, 2).bytes(), 1).into_iter().map(|value| side(value.bytes())).collect();
    (only(message, 1).text(), sides)
}
