//! Imports weights that Keras saved, under our tensor names.

mod description;
mod fault;
mod file;
mod infer;
mod layout;

use crate::config::NetConfig;
use crate::config::variant::Variant;
use crate::error::Result;
use candle::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use file::{KerasFile, StoredLayer};
use infer::{infer, sized};
use layout::{Kind, Layer};
use std::collections::HashMap;
use std::path::Path;

/// The most parameters for which memory is allocated. The published network has 190,826.
const MAX_PARAMETERS: usize = 1 << 26;

/// A trained network from a Keras HDF5 file; made by [`import_keras`].
#[non_exhaustive]
#[derive(Debug, Clone)]
pub struct KerasCheckpoint {
    /// The configuration of the network.
    pub config: NetConfig,
    /// All tensors of the network by name ([`broadcast_net`](crate::broadcast_net)), f32, in the host's
    /// memory ([`Device::Cpu`]): kernels (out, in, frames, bands), dense weights (out, in).
    /// [`var_builder`](Self::var_builder) moves them to a device.
    pub tensors: HashMap<String, Tensor>,
    /// The origin of the weights.
    pub provenance: KerasProvenance,
}

/// The origin of a Keras file's weights, as the file states it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KerasProvenance {
    /// The file's name, without its folder.
    pub file: String,
    /// The version of Keras that saved the weights.
    pub keras_version: Option<String>,
    /// Keras' backend at that time.
    pub backend: Option<String>,
    /// Steps that the optimiser had taken; `None` for a weights-only file.
    pub iterations: Option<u64>,
}

impl KerasCheckpoint {
    /// Returns a builder of the imported tensors for [`broadcast_net`](crate::broadcast_net), converted to
    /// `dtype` on `device`.
    ///
    /// ```
    /// use mgc_nets::{broadcast_net, candle::{DType, Device}, import_keras};
    /// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/bbnn_model.h5");
    /// let checkpoint = import_keras(path)?;
    /// let net = broadcast_net(&checkpoint.config, checkpoint.var_builder(DType::F64, &Device::Cpu))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn var_builder(&self, dtype: DType, device: &Device) -> VarBuilder<'static> {
        VarBuilder::from_tensors(self.tensors.clone(), dtype, device)
    }
}

/// Imports a network from a Keras HDF5 file: a whole saved model or its weights alone, of Keras 2 or
/// TensorFlow 2.
///
/// The layers identify the network: it is the first of [`Variant::ALL`] with the file's layers, at the file's
/// width, number of blocks and classes. Layers match in the order of their creation, which Keras numbers
/// (`conv2d_21`, `conv2d_22`, ...) and which differs from the order in the file. Each layer must fit in
/// shape, every tensor of the network must be there, and every layer of the file must be used.
///
/// Some networks differ only in layers without weights: `bbnn_recoded`, `global_max`, `dropout`, `selu`. The
/// description in a whole saved model tells them apart; it must also agree on activations, pools and
/// epsilons. Weights alone of these networks are refused, since the wrong network would give wrong answers:
/// name the network with [`import_keras_variant`]. Files do not store the initial distribution of kernels, so
/// the configuration has that of the variant.
///
/// # Errors
/// [`Read`](crate::Error::Read), [`KerasFormat`](crate::Error::KerasFormat) or
/// [`KerasUnreadable`](crate::Error::KerasUnreadable) when there is no intact Keras HDF5 file at `path`,
/// [`KerasEncoding`](crate::Error::KerasEncoding) when a part is packed in a way that is not read here,
/// [`KerasArchitecture`](crate::Error::KerasArchitecture) when it holds another network,
/// [`KerasLayer`](crate::Error::KerasLayer) when a layer does not fit or holds a negative
/// variance; [`KerasNotFinite`](crate::Error::KerasNotFinite) for a weight that is infinite or not a number.
///
/// # Example
/// ```
/// use candle_nn::ModuleT;
/// use mgc_nets::{broadcast_net, candle::{DType, Device, Tensor}, import_keras};
/// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/bbnn_model.h5");
/// let checkpoint = import_keras(path)?;
/// let net = broadcast_net(&checkpoint.config, checkpoint.var_builder(DType::F32, &Device::Cpu))?;
/// let spectrograms = Tensor::zeros((1, 1, 64, 16), DType::F32, &Device::Cpu)?;
/// assert_eq!(net.forward_t(&spectrograms, false)?.dims(), [1, checkpoint.config.classes]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn import_keras(path: impl AsRef<Path>) -> Result<KerasCheckpoint> {
    import(path.as_ref(), infer)
}

/// Imports a Keras HDF5 file of a named variant; width, blocks and classes come from the file.
///
/// # Errors
/// As [`import_keras`].
///
/// # Example
/// ```
/// use mgc_nets::{Variant, import_keras_variant};
/// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/xception.h5");
/// let checkpoint = import_keras_variant(path, Variant::Xception)?;
/// assert_eq!((checkpoint.config.width, checkpoint.config.classes), (4, 3));
/// # Ok::<(), mgc_nets::Error>(())
/// ```
pub fn import_keras_variant(path: impl AsRef<Path>, variant: Variant) -> Result<KerasCheckpoint> {
    import(path.as_ref(), |file, stored| sized(file, stored, variant))
}

/// Imports a Keras HDF5 file of a network of this configuration.
///
/// # Errors
/// As [`import_keras`], and [`KerasArchitecture`](crate::Error::KerasArchitecture) when the configuration is
/// invalid.
///
/// # Example
/// ```
/// use mgc_nets::{NetConfig, Variant, import_keras_as};
/// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/group_norm.h5");
/// let config = NetConfig { width: 16, growth: 16, blocks: 1, ..Variant::GroupNorm.config(3) };
/// let checkpoint = import_keras_as(path, &config)?;
/// assert_eq!(checkpoint.tensors["head.fc.weight"].dims(), [3, 16]);
/// # Ok::<(), mgc_nets::Error>(())
/// ```
pub fn import_keras_as(path: impl AsRef<Path>, config: &NetConfig) -> Result<KerasCheckpoint> {
    import(path.as_ref(), |_, _| Ok(config.clone()))
}

fn import(
    path: &Path,
    network: impl FnOnce(&KerasFile, &[(Kind, StoredLayer)]) -> Result<NetConfig>,
) -> Result<KerasCheckpoint> {
    let file = KerasFile::open(path)?;
    let provenance = provenance(&file)?;
    let stored = creation_order(&file)?;
    let config = network(&file, &stored)?;
    config.validate().map_err(|error| file.architecture("a network to classify with", error.to_string()))?;
    let layers = layout::layers(&config)?;
    check_size(&file, &layers)?;
    check_kinds(&file, &layers, &stored)?;
    let mut tensors = HashMap::new();
    for (layer, (_, stored)) in layers.iter().zip(&stored) {
        file.check_weights(stored, &layer.weights)?;
        for weight in &layer.weights {
            tensors.insert(weight.name.clone(), file.tensor(stored, weight)?);
        }
    }
    Ok(KerasCheckpoint { config, tensors, provenance })
}

/// Reads the provenance, and refuses Theano's kernels, which are flipped.
fn provenance(file: &KerasFile) -> Result<KerasProvenance> {
    let name = file.path().file_name().unwrap_or_default();
    let provenance = KerasProvenance {
        file: name.to_string_lossy().into_owned(),
        keras_version: file.attribute("keras_version"),
        backend: file.attribute("backend"),
        iterations: file.iterations(),
    };
    match provenance.backend.as_deref() {
        Some("theano") => {
            Err(file.architecture("kernels as TensorFlow stores them", "Theano's, which are flipped"))
        }
        _ => Ok(provenance),
    }
}

/// Lists the file's layers, kind after kind, each kind in the order of creation.
fn creation_order(file: &KerasFile) -> Result<Vec<(Kind, StoredLayer)>> {
    let mut numbered = Vec::new();
    for layer in file.layers()? {
        let Some(number) = Kind::parse(&layer.name) else {
            let expected = Kind::ALL.map(|kind| format!("{}_N", kind.prefix())).join(", ");
            let actual = format!("`{}`, a layer with weights", layer.name);
            return Err(file.architecture(format!("only layers {expected}"), actual));
        };
        numbered.push((number, layer));
    }
    numbered.sort_by_key(|(number, _)| *number);
    if let Some(pair) = numbered.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        let actual = format!("both `{}` and `{}`", pair[0].1.name, pair[1].1.name);
        return Err(file.architecture("each layer once", actual));
    }
    Ok(numbered.into_iter().map(|((kind, _), layer)| (kind, layer)).collect())
}

/// Checks that the file has as many layers of each kind as the network.
fn check_kinds(file: &KerasFile, layers: &[Layer], stored: &[(Kind, StoredLayer)]) -> Result<()> {
    let list = |kinds: &dyn Fn(Kind) -> usize| {
        let some = Kind::ALL.into_iter().filter(|kind| kinds(*kind) > 0);
        some.map(|kind| format!("{} {}", kinds(kind), kind.plural())).collect::<Vec<_>>().join(", ")
    };
    let expected = list(&|kind| layers.iter().filter(|layer| layer.kind == kind).count());
    let actual = list(&|kind| stored.iter().filter(|(stored, _)| *stored == kind).count());
    if expected == actual { Ok(()) } else { Err(file.architecture(expected, actual)) }
}

fn check_size(file: &KerasFile, layers: &[Layer]) -> Result<()> {
    let weights = layers.iter().flat_map(|layer| &layer.weights);
    match weights.fold(0, |sum: usize, weight| sum.saturating_add(weight.elements())) {
        ..=MAX_PARAMETERS => Ok(()),
        parameters => {
            let actual = format!("{parameters} parameters or more");
            Err(file.architecture(format!("at most {MAX_PARAMETERS} parameters"), actual))
        }
    }
}
