//! The operators that our exports use, from <https://onnx.ai/onnx/operators/> at operator set 17.

use crate::array::Array;
use crate::lstm::lstm;
use crate::model::{Model, Node};
use crate::sliding::{average_pool, conv, max_pool};
use std::collections::BTreeMap;

/// Computes every value of a graph with one input.
pub(crate) fn run(model: &Model, input: &str, value: Array) -> BTreeMap<String, Array> {
    let mut values = model.constants.clone();
    assert!(values.insert(input.to_owned(), value).is_none());
    for node in &model.nodes {
        let inputs: Vec<&Array> = node.inputs.iter().map(|name| &values[name]).collect();
        let value = apply(node, &inputs);
        node.finish();
        assert!(values.insert(node.output.clone(), value).is_none(), "{} twice", node.output);
    }
    values
}

fn apply(node: &Node, inputs: &[&Array]) -> Array {
    match (&*node.operator, inputs) {
        ("Identity", [x]) => (*x).clone(),
        ("Relu", [x]) => x.map(|x| x.max(0.0)),
        ("Selu", [x]) => x.map(selu),
        ("Sigmoid", [x]) => x.map(|x| 1.0 / (1.0 + (-x).exp())),
        ("Sqrt", [x]) => x.map(f64::sqrt),
        ("Add", [a, b]) => a.zip(b, |a, b| a + b),
        ("Sub", [a, b]) => a.zip(b, |a, b| a - b),
        ("Mul", [a, b]) => a.zip(b, |a, b| a * b),
        ("Div", [a, b]) => a.zip(b, |a, b| a / b),
        ("Max", [a, b]) => a.zip(b, f64::max),
        ("Cast", [x]) => cast(node, x),
        ("Conv", [x, w]) => conv(node, x, w, None),
        ("Conv", [x, w, b]) => conv(node, x, w, Some(b)),
        ("MaxPool", [x]) => max_pool(node, x),
        ("AveragePool", [x]) => average_pool(node, x),
        ("GlobalAveragePool", [x]) => fold_rows(x, 2, |row| row.iter().sum::<f64>() / row.len() as f64),
        ("GlobalMaxPool", [x]) => {
            fold_rows(x, 2, |row| row.iter().copied().fold(f64::NEG_INFINITY, f64::max))
        }
        ("BatchNormalization", [x, parameters @ ..]) => batch_norm(node, x, parameters),
        ("Gemm", [x, w, rest @ ..]) => gemm(node, x, w, rest),
        ("LSTM", [x, w, r, b]) => lstm(node, x, w, r, b),
        ("ReduceMean", [x]) => reduce(node, x, |row| row.iter().sum::<f64>() / row.len() as f64),
        ("ReduceMax", [x]) => reduce(node, x, |row| row.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        ("Concat", parts) => concat(node.int("axis", -1) as usize, parts),
        ("Expand", [x, shape]) => x.expand(&shape.as_sizes()),
        ("Flatten", [x]) => x.reshape(vec![x.shape[0], x.shape[1..].iter().product()]),
        ("Gather", [x, indices]) => gather(node, x, indices),
        ("Range", [first, end, step]) => range(first, end, step),
        ("Reshape", [x, shape]) => reshape(x, shape),
        ("Shape", [x]) => Array::new(vec![x.shape.len()], x.shape.iter().map(|size| *size as f64).collect()),
        ("Slice", [x, first, end, axis]) => slice(x, first, end, axis),
        ("Squeeze", [x, axes]) => squeeze(x, &axes.as_sizes()),
        ("Transpose", [x]) => x.transpose(&node.sizes("perm")),
        ("Unsqueeze", [x, axes]) => unsqueeze(x, &axes.as_sizes()),
        (operator, inputs) => panic!("no {operator} of {} inputs here", inputs.len()),
    }
}

fn selu(x: f64) -> f64 {
    const ALPHA: f64 = 1.673_263_192_176_818_8;
    const GAMMA: f64 = 1.050_701_022_148_132_3;
    GAMMA * if x > 0.0 { x } else { ALPHA * x.exp_m1() }
}

/// Folds all sides from `axis` on into one cell.
fn fold_rows(x: &Array, axis: usize, fold: impl Fn(&[f64]) -> f64) -> Array {
    let (kept, folded) = x.shape.split_at(axis);
    let shape = kept.iter().copied().chain(folded.iter().map(|_| 1)).collect();
    Array::new(shape, x.data.chunks_exact(folded.iter().product()).map(fold).collect())
}

/// To f32: values stay, since all are kept as f64.
fn cast(node: &Node, x: &Array) -> Array {
    assert_eq!(node.int("to", 0), 1);
    x.clone()
}

fn range(first: &Array, end: &Array, step: &Array) -> Array {
    let [first, end, step] = [first, end, step].map(|number| {
        assert!(number.shape.is_empty(), "a range is of numbers, not of vectors");
        number.data[0]
    });
    let values: Vec<f64> =
        (0..).map(|i| first + f64::from(i) * step).take_while(|value| *value < end).collect();
    Array::new(vec![values.len()], values)
}

/// Part of one side. A size that is a quotient of integers is rounded down.
fn slice(x: &Array, first: &Array, end: &Array, axis: &Array) -> Array {
    let [first, end, axis] = [first, end, axis].map(|numbers| numbers.as_sizes()[0]);
    let inner: usize = x.shape[axis + 1..].iter().product();
    let rows = x.data.chunks_exact(x.shape[axis] * inner);
    let data = rows.flat_map(|row| row[first * inner..end * inner].to_vec()).collect();
    let mut shape = x.shape.clone();
    shape[axis] = end - first;
    Array::new(shape, data)
}

/// Folds one side.
fn reduce(node: &Node, x: &Array, fold: impl Fn(&[f64]) -> f64) -> Array {
    let [axis] = node.sizes("axes")[..] else { panic!("folds are over one side") };
    let order: Vec<usize> = (0..x.shape.len()).filter(|side| *side != axis).chain([axis]).collect();
    let last = order.len() - 1;
    let folded = squeeze(&fold_rows(&x.transpose(&order), last, fold), &[last]);
    if node.int("keepdims", 1) == 1 { unsqueeze(&folded, &[axis]) } else { folded }
}

fn batch_norm(node: &Node, x: &Array, parameters: &[&Array]) -> Array {
    let epsilon = node.float("epsilon");
    let per_channel = |values: &Array| {
        assert_eq!(values.shape, x.shape[1..2]);
        values.reshape(vec![values.data.len(), 1, 1])
    };
    let [scale, bias, mean, variance] = parameters else { panic!("{} parameters", parameters.len()) };
    let deviation = per_channel(variance).map(|variance| (variance + epsilon).sqrt());
    let normal = x.zip(&per_channel(mean), |x, mean| x - mean).zip(&deviation, |x, deviation| x / deviation);
    normal.zip(&per_channel(scale), |x, scale| x * scale).zip(&per_channel(bias), |x, bias| x + bias)
}

fn gemm(node: &Node, x: &Array, w: &Array, bias: &[&Array]) -> Array {
    assert_eq!((node.int("transB", 0), x.shape[1]), (1, w.shape[1]));
    let dot = |x: &[f64], w: &[f64]| x.iter().zip(w).map(|(x, w)| x * w).sum::<f64>();
    let rows =
        |matrix: &Array| matrix.data.chunks_exact(matrix.shape[1]).map(<[f64]>::to_vec).collect::<Vec<_>>();
    let (xs, ws) = (rows(x), rows(w));
    let products = xs.iter().flat_map(|x| ws.iter().map(|w| dot(x, w))).collect();
    let product = Array::new(vec![x.shape[0], w.shape[0]], products);
    bias.iter().fold(product, |y, bias| y.zip(bias, |y, bias| y + bias))
}

fn concat(axis: usize, parts: &[&Array]) -> Array {
    let mut shape = parts[0].shape.clone();
    shape[axis] = parts.iter().map(|part| part.shape[axis]).sum();
    let outer: usize = shape[..axis].iter().product();
    let rows = |part: &Array, row: usize| {
        let len = part.data.len() / outer;
        part.data[row * len..][..len].to_vec()
    };
    Array::new(shape, (0..outer).flat_map(|row| parts.iter().flat_map(move |part| rows(part, row))).collect())
}

fn gather(node: &Node, x: &Array, indices: &Array) -> Array {
    assert_eq!((node.int("axis", 0), x.shape.len()), (0, 1));
    Array::new(indices.shape.clone(), indices.as_sizes().into_iter().map(|index| x.data[index]).collect())
}

/// 0 keeps a side, -1 takes what is left.
fn reshape(x: &Array, shape: &Array) -> Array {
    let size = |(side, size): (usize, &f64)| if *size == 0.0 { x.shape[side] as f64 } else { *size };
    let sizes: Vec<f64> = shape.data.iter().enumerate().map(size).collect();
    let known: f64 = sizes.iter().filter(|size| **size > 0.0).product();
    let size = |size: &f64| if *size < 0.0 { x.data.len() / known as usize } else { *size as usize };
    x.reshape(sizes.iter().map(size).collect())
}

fn squeeze(x: &Array, axes: &[usize]) -> Array {
    assert!(axes.iter().all(|axis| x.shape[*axis] == 1));
    let kept = x.shape.iter().enumerate().filter(|(side, _)| !axes.contains(side));
    x.reshape(kept.map(|(_, size)| *size).collect())
}

fn unsqueeze(x: &Array, axes: &[usize]) -> Array {
    let mut shape = x.shape.clone();
    axes.iter().for_each(|axis| shape.insert(*axis, 1));
    x.reshape(shape)
}
