//! Weights that Keras saved, under our tensor names.

mod description;
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

/// A network of more parameters is refused before memory is taken for it; the published one has 190,826.
const MAX_PARAMETERS: usize = 1 << 26;

/// A trained network out of a Keras HDF5 file; made by [`import_keras`].
#[derive(Debug, Clone)]
pub struct KerasCheckpoint {
    /// The network the tensors belong to.
    pub config: NetConfig,
    /// Every tensor of the network by its name ([`broadcast_net`](crate::broadcast_net)), f32 on the CPU: kernels
    /// (out, in, time, mel), the classifier (classes, width).
    pub tensors: HashMap<String, Tensor>,
    /// Where the weights come from.
    pub provenance: KerasProvenance,
}

/// What a Keras file says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KerasProvenance {
    /// The file's name, without its folder.
    pub file: String,
    /// The version of Keras that saved the weights.
    pub keras_version: Option<String>,
    /// Keras' backend at that time.
    pub backend: Option<String>,
    /// Training steps the optimiser had taken; none in a weights-only file.
    pub iterations: Option<u64>,
}

impl KerasCheckpoint {
    /// A builder that gives [`broadcast_net`](crate::broadcast_net) the imported tensors.
    pub fn var_builder(&self, dtype: DType, device: &Device) -> VarBuilder<'static> {
        VarBuilder::from_tensors(self.tensors.clone(), dtype, device)
    }
}

/// Imports a network from a Keras HDF5 file: a whole saved model or its weights alone, by Keras 2 or TensorFlow 2.
///
/// The network is told by the layers: the first of [`Variant::ALL`] whose layers the file has, at its own width, number
/// of blocks and classes. Layers are matched by the order in which they were created, which Keras numbers (`conv2d_21`,
/// `conv2d_22`, ...; the order in the file is another one); each must fit in shape, every tensor of the network must be
/// there, and every layer of the file must be used. Networks that differ only in layers without weights (`bbnn_recoded`,
/// `global_max`, `dropout`, `selu`) are told apart by the description in a whole saved model, which must not speak of
/// other activations, pools or epsilons than the network's either; weights alone of these are refused, for the wrong one would
/// compute wrong answers: give the network with [`import_keras_variant`]. How kernels were initialised and labels
/// smoothed is not stored: the configuration says what the variant does.
///
/// # Errors
/// [`Read`](crate::Error::Read), [`KerasFormat`](crate::Error::KerasFormat) or
/// [`KerasUnreadable`](crate::Error::KerasUnreadable) when there is no intact Keras HDF5 file at `path`,
/// [`KerasArchitecture`](crate::Error::KerasArchitecture) when it holds another network,
/// [`KerasLayer`](crate::Error::KerasLayer) when one layer does not fit or holds impossible values.
///
/// # Example
/// ```
/// use candle_nn::ModuleT;
/// use mgc_nets::{broadcast_net, candle::{DType, Device, Tensor}, import_keras};
/// # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/bbnn_model.h5");
/// let checkpoint = import_keras(path)?;
/// let net = broadcast_net(&checkpoint.config, checkpoint.var_builder(DType::F32, &Device::Cpu))?;
/// let spectrograms = Tensor::zeros((1, 1, 647, 128), DType::F32, &Device::Cpu)?;
/// assert_eq!(net.forward_t(&spectrograms, false)?.dims(), [1, checkpoint.config.classes]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn import_keras(path: impl AsRef<Path>) -> Result<KerasCheckpoint> {
    import(path.as_ref(), infer)
}

/// Imports a Keras HDF5 file of a variant that is known; width, blocks and classes are read from the file.
///
/// # Errors
/// As [`import_keras`].
pub fn import_keras_variant(path: impl AsRef<Path>, variant: Variant) -> Result<KerasCheckpoint> {
    import(path.as_ref(), |file, stored| sized(file, stored, variant))
}

/// Imports a Keras HDF5 file of a network of any known configuration.
///
/// # Errors
/// As [`import_keras`]; [`KerasArchitecture`](crate::Error::KerasArchitecture) too when the configuration is invalid.
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

/// Theano flips its kernels; all other backends agree with ours.
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
            Err(file.architecture("kernels as TensorFlow keeps them", "Theano's, which are flipped"))
        }
        _ => Ok(provenance),
    }
}

/// The file's layers, kind after kind, each in the order in which Keras created them.
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

/// The file's layers must be the network's in kind and number.
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
