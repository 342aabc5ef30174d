//! Everything a trained model needs, in one file.

use crate::error::{Error, Result};
use candle::{DType, Tensor};
use candle_nn::VarMap;
use mgc_audio::{MelConfig, MelSpectrogram};
use mgc_nets::{NetConfig, tensor_shapes};
use std::collections::{BTreeMap, HashMap};

/// A trained model with all it takes to use it: weights, network, labels, and the front end that turns audio
/// into what the network was trained on.
///
/// On disk it is one safetensors file, readable by any safetensors library, with the rest as JSON in its header.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The network.
    pub network: NetConfig,
    /// How audio becomes the network's input; `None` for a model of unknown spectrograms.
    pub front_end: Option<MelConfig>,
    /// Frames and bands of the spectrograms the network was trained on, where they are all of one size.
    pub input: Option<(usize, usize)>,
    /// The class labels, as many as the network has classes, all different.
    pub labels: Vec<String>,
    /// Where the model comes from: free text by topic (`trained on`, `recipe`, ...).
    pub provenance: BTreeMap<String, String>,
    /// The weights and running statistics under the network's public names.
    pub tensors: HashMap<String, Tensor>,
}

impl Bundle {
    /// Bundles a trained network's variables; the input's size is that of the front end, if it gives one.
    ///
    /// # Errors
    /// [`Error::Model`] when labels, network and variables do not fit, or a variable is not finite.
    pub fn new(
        network: NetConfig,
        front_end: Option<MelConfig>,
        labels: Vec<String>,
        vars: &VarMap,
    ) -> Result<Self> {
        let vars =
            vars.data().lock().map_err(|_| Error::Model("the variables are poisoned by a panic".into()))?;
        let tensors = vars.iter().map(|(name, var)| (name.clone(), var.as_detached_tensor())).collect();
        let input = front_end.as_ref().and_then(size);
        let bundle = Self { network, front_end, input, labels, provenance: BTreeMap::new(), tensors };
        bundle.check().map_err(Error::Model)?;
        Ok(bundle)
    }

    /// Frames and bands of every input, as far as [`input`](Self::input) or the front end tells.
    pub fn input_size(&self) -> Option<(usize, usize)> {
        self.input.or_else(|| self.front_end.as_ref().and_then(size))
    }

    /// The bundle with another front end, and the input that it gives.
    #[must_use]
    pub fn with_front_end(self, front_end: MelConfig) -> Self {
        Self { input: size(&front_end), front_end: Some(front_end), ..self }
    }

    /// The bundle of a network trained on spectrograms of so many frames and bands.
    #[must_use]
    pub fn with_input(self, frames: usize, bands: usize) -> Self {
        Self { input: Some((frames, bands)), ..self }
    }

    /// The bundle with one more line of provenance.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "callers hand over numbers as well as text")]
    pub fn with_provenance(mut self, topic: &str, text: impl ToString) -> Self {
        self.provenance.insert(topic.to_owned(), text.to_string());
        self
    }

    /// What is wrong with the parts, if anything.
    pub(crate) fn check(&self) -> std::result::Result<(), String> {
        self.network.validate().map_err(|error| error.to_string())?;
        check_labels(&self.labels, self.network.classes)?;
        if let Some(front_end) = &self.front_end {
            MelSpectrogram::new(front_end.clone()).map_err(|error| error.to_string())?;
        }
        self.check_input()?;
        let shapes = self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor.dims()));
        check_shapes(&self.network, shapes)?;
        self.tensors.iter().try_for_each(|(name, tensor)| check_values(name, tensor))
    }

    /// The input must be what the front end gives, and leave something behind every layer.
    fn check_input(&self) -> std::result::Result<(), String> {
        let least = self.network.min_input();
        match (self.input_size(), self.front_end.as_ref().and_then(size)) {
            (Some(input), Some(given)) if input != given => Err(format!(
                "the input is {} x {}, the front end gives {} x {}",
                input.0, input.1, given.0, given.1
            )),
            (Some((frames, bands)), _) if frames < least.0 || bands < least.1 => Err(format!(
                "the input is {frames} x {bands}, the network needs at least {} x {}",
                least.0, least.1
            )),
            _ => Ok(()),
        }
    }
}

/// Frames and bands of every spectrogram of a front end that cuts or pads clips to one length.
fn size(front_end: &MelConfig) -> Option<(usize, usize)> {
    front_end.chunk_samples.map(|samples| (front_end.frames(samples), front_end.n_mels))
}

fn check_labels(labels: &[String], classes: usize) -> std::result::Result<(), String> {
    if labels.len() != classes {
        return Err(format!("{} labels for a network of {classes} classes", labels.len()));
    }
    let mut sorted: Vec<_> = labels.iter().collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("the label `{}` occurs twice", pair[0])),
        None => Ok(()),
    }
}

/// Whether these are the tensors of the network, all of them and no others.
pub(crate) fn check_shapes<'a>(
    network: &NetConfig,
    found: impl Iterator<Item = (&'a str, &'a [usize])>,
) -> std::result::Result<(), String> {
    let mut expected = tensor_shapes(network).map_err(|error| error.to_string())?;
    for (name, shape) in found {
        match expected.remove(name) {
            Some(wanted) if wanted == shape => {}
            Some(wanted) => {
                return Err(format!("the tensor `{name}` is {shape:?}, the network's is {wanted:?}"));
            }
            None => return Err(format!("the tensor `{name}` belongs to no layer of the network")),
        }
    }
    match expected.keys().next() {
        Some(name) => Err(format!("the tensor `{name}` of the network is missing")),
        None => Ok(()),
    }
}

/// Whether a tensor's values can be computed with in single precision.
fn check_values(name: &str, tensor: &Tensor) -> std::result::Result<(), String> {
    let values = tensor.to_dtype(DType::F32).and_then(|tensor| tensor.flatten_all()?.to_vec1::<f32>());
    let values = values.map_err(|error| format!("tensor `{name}`: {error}"))?;
    if !values.iter().all(|value| value.is_finite()) {
        return Err(format!("the tensor `{name}` holds values that are not finite"));
    }
    if name.ends_with(".running_var") && values.iter().any(|value| *value < 0.0) {
        return Err(format!("the tensor `{name}` holds a negative variance"));
    }
    Ok(())
}
