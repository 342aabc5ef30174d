//! Keras' layout of an HDF5 file: names in attributes, values in datasets.

use super::fault::{no_keras, not_opened, unreadable};
use super::layout::Weight;
use crate::error::{Error, Result};
use candle::{Device, Tensor};
use hdf5_reader::error::Error as Hdf5Error;
use hdf5_reader::group::Group;
use hdf5_reader::{Dataset, Datatype, Hdf5File};
use std::path::{Path, PathBuf};

/// The group with the weights of a whole saved model. A weights-only file has them at the root.
const WEIGHTS: &str = "model_weights";
const OPTIMIZER: &str = "optimizer_weights";

/// An HDF5 file with Keras weights.
pub(super) struct KerasFile {
    path: PathBuf,
    file: Hdf5File,
    weights: Group,
    /// The path of `weights`.
    root: &'static str,
}

/// A layer of the file with tensors.
pub(super) struct StoredLayer {
    pub(super) name: String,
    /// Paths below the layer's group.
    weights: Vec<String>,
}

impl StoredLayer {
    fn stored(&self) -> String {
        self.weights.iter().map(|name| stem(name)).collect::<Vec<_>>().join(", ")
    }
}

impl KerasFile {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let metadata = path.metadata().map_err(|source| Error::Read { path: path.into(), source })?;
        if metadata.is_dir() {
            return Err(no_keras(path, "a folder, perhaps a TensorFlow SavedModel"));
        }
        let file = Hdf5File::open(path).map_err(|error| not_opened(path, error))?;
        check_length(path, metadata.len(), file.superblock().eof_address)?;
        let (weights, root) = weights(&file).map_err(|error| unreadable(path, WEIGHTS, &error))?;
        Ok(Self { path: path.into(), file, weights, root })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Lists the layers with tensors, in the order of the file.
    pub(super) fn layers(&self) -> Result<Vec<StoredLayer>> {
        let names = strings(&self.weights, "layer_names").map_err(|error| match error {
            Hdf5Error::AttributeNotFound(_) => no_keras(&self.path, "HDF5 without a list of Keras layers"),
            error => unreadable(&self.path, "layer_names", &error),
        })?;
        let layers = names.into_iter().map(|name| self.layer(name)).collect::<Result<Vec<_>>>()?;
        Ok(layers.into_iter().filter(|layer| !layer.weights.is_empty()).collect())
    }

    fn layer(&self, name: String) -> Result<StoredLayer> {
        let weights = self.weights.group(&name).and_then(|group| strings(&group, "weight_names"));
        let weights = weights.map_err(|error| unreadable(&self.path, self.object(&name, ""), &error))?;
        Ok(StoredLayer { name, weights })
    }

    /// Returns the last axis of a layer's kernel: its filters or units.
    pub(super) fn outputs(&self, layer: &StoredLayer) -> Result<usize> {
        let kernel = self.dataset(layer, "kernel")?;
        let outputs = kernel.shape().last().and_then(|&size| usize::try_from(size).ok());
        outputs.ok_or_else(|| self.misfit(layer, "kernel of 2 or 4 axes", description(&kernel)))
    }

    /// Returns whether a layer has this tensor in this shape.
    pub(super) fn has(&self, layer: &StoredLayer, weight: &Weight) -> bool {
        self.dataset(layer, weight.keras).is_ok_and(|dataset| fits(&dataset, weight))
    }

    /// Returns the description in a whole saved model, as JSON text.
    pub(super) fn model_config(&self) -> Option<String> {
        self.attribute("model_config")
    }

    /// Checks that the network uses every tensor of a layer.
    pub(super) fn check_weights(&self, layer: &StoredLayer, expected: &[Weight]) -> Result<()> {
        if layer.weights.len() == expected.len() {
            return Ok(());
        }
        let expected = expected.iter().map(|weight| weight.keras).collect::<Vec<_>>();
        Err(self.misfit(layer, expected.join(", "), layer.stored()))
    }

    /// Reads a tensor into our layout, on the host.
    pub(super) fn tensor(&self, layer: &StoredLayer, weight: &Weight) -> Result<Tensor> {
        let dataset = self.dataset(layer, weight.keras)?;
        if !fits(&dataset, weight) {
            let expected = format!("{} {:?} of f16, f32 or f64", weight.keras, weight.shape);
            return Err(self.misfit(layer, expected, description(&dataset)));
        }
        let values = f32s(&dataset)
            .map_err(|error| unreadable(&self.path, self.object(&layer.name, weight.keras), &error))?;
        self.check_values(layer, weight, &values)?;
        let tensor = Tensor::from_vec(values, weight.shape.as_slice(), &Device::Cpu)?;
        Ok(tensor.permute(weight.axes)?.contiguous()?)
    }

    fn check_values(&self, layer: &StoredLayer, weight: &Weight, values: &[f32]) -> Result<()> {
        if let Some(&value) = values.iter().find(|value| !value.is_finite()) {
            let (path, layer) = (self.path.clone(), layer.name.clone());
            return Err(Error::KerasNotFinite { path, layer, weight: weight.keras, value });
        }
        let negative = values.iter().find(|&&value| weight.keras == "moving_variance" && value < 0.);
        negative.map_or(Ok(()), |value| {
            Err(self.misfit(layer, format!("{} without negative values", weight.keras), value.to_string()))
        })
    }

    fn dataset(&self, layer: &StoredLayer, weight: &str) -> Result<Dataset> {
        let name = layer.weights.iter().find(|name| stem(name) == weight);
        let name = name.ok_or_else(|| self.misfit(layer, weight, layer.stored()))?;
        let path = self.object(&layer.name, name);
        self.file.dataset(&path).map_err(|error| unreadable(&self.path, path, &error))
    }

    fn object(&self, layer: &str, weight: &str) -> String {
        format!("{}/{layer}/{weight}", self.root).trim_matches('/').to_owned()
    }

    fn misfit(&self, layer: &StoredLayer, expected: impl Into<String>, actual: String) -> Error {
        let (layer, expected) = (layer.name.clone(), expected.into());
        Error::KerasLayer { path: self.path.clone(), layer, expected, actual }
    }

    pub(super) fn architecture(&self, expected: impl Into<String>, actual: impl Into<String>) -> Error {
        let (expected, actual) = (expected.into(), actual.into());
        Error::KerasArchitecture { path: self.path.clone(), expected, actual }
    }

    /// Reads a string attribute of the weights or of the file.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let read = |group: &Group| group.attribute(name).and_then(|attribute| attribute.read_string());
        read(&self.weights).or_else(|_| read(&self.file.root_group()?)).ok()
    }

    /// Reads the optimiser's step counter, which is f32 in old files.
    pub(super) fn iterations(&self) -> Option<u64> {
        let names = strings(&self.file.group(OPTIMIZER).ok()?, "weight_names").ok()?;
        let name = names.iter().find(|name| stem(name).starts_with("iter"))?;
        let dataset = self.file.dataset(&format!("{OPTIMIZER}/{name}")).ok()?;
        let (mut float, mut integer) = ([0f32], [0i64]);
        match dataset.read_into(&mut integer) {
            Ok(()) => u64::try_from(integer[0]).ok(),
            Err(_) => dataset.read_into(&mut float).ok().map(|()| float[0] as u64),
        }
    }
}

/// Compares the file's length with that in its header: a part cut off may not be read, yet be needed.
fn check_length(path: &Path, actual: u64, expected: u64) -> Result<()> {
    if actual >= expected {
        return Ok(());
    }
    let reason = format!("{actual} bytes of {expected}");
    Err(Error::KerasUnreadable { path: path.into(), object: "the file's end".into(), reason })
}

fn weights(file: &Hdf5File) -> hdf5_reader::error::Result<(Group, &'static str)> {
    let root = file.root_group()?;
    if root.member_names()?.0.iter().any(|name| name == WEIGHTS) {
        Ok((root.group(WEIGHTS)?, WEIGHTS))
    } else {
        Ok((root, ""))
    }
}

fn fits(dataset: &Dataset, weight: &Weight) -> bool {
    let float = matches!(dataset.dtype(), Datatype::FloatingPoint { size: 2 | 4 | 8, .. });
    float && dataset.shape().iter().copied().eq(weight.shape.iter().map(|&size| size as u64))
}

/// Reads numbers of any of the three widths.
fn f32s(dataset: &Dataset) -> hdf5_reader::error::Result<Vec<f32>> {
    let bytes = dataset.read_native_bytes()?;
    Ok(match dataset.dtype() {
        Datatype::FloatingPoint { size: 2, .. } => {
            numbers(&bytes, |half| f32::from(half::f16::from_bits(u16::from_ne_bytes(half))))
        }
        Datatype::FloatingPoint { size: 8, .. } => numbers(&bytes, |wide| f64::from_ne_bytes(wide) as f32),
        _ => numbers(&bytes, f32::from_ne_bytes),
    })
}

fn numbers<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes.as_chunks::<N>().0.iter().map(|bytes| number(*bytes)).collect()
}

fn description(dataset: &Dataset) -> String {
    let kind = match dataset.dtype() {
        Datatype::FloatingPoint { size, .. } => format!("f{}", size.saturating_mul(8)),
        other => format!("{other:?}"),
    };
    format!("{:?} of {kind}", dataset.shape())
}

/// `conv2d_21/kernel:0` -> `kernel`.
fn stem(weight: &str) -> &str {
    let last = weight.rsplit('/').next().unwrap_or(weight);
    last.split(':').next().unwrap_or(last)
}

/// Reads a list of names. Keras writes an empty one as an empty array of numbers.
fn strings(group: &Group, attribute: &str) -> hdf5_reader::error::Result<Vec<String>> {
    let attribute = group.attribute(attribute)?;
    if attribute.num_elements()? == 0 { Ok(Vec::new()) } else { attribute.read_strings() }
}
