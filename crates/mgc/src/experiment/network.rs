//! Networks that an experiment can train.

use crate::dropout::Reseed;
use crate::recipe::Recipe;
use candle::{Result, Tensor};
use candle_nn::{ModuleT, VarBuilder};
use mgc_nets::{NetConfig, Variant, broadcast_net};
use serde_json::{Value, json};

/// A kind of network: from a number of classes and a source of variables to a model.
pub trait Network {
    /// The name shown to people and kept with the results.
    fn name(&self) -> String;

    /// All that determines the network, compared when a run is resumed. The provided default is the name.
    fn settings(&self, classes: usize) -> Value {
        let _ = classes;
        json!(self.name())
    }

    /// Builds the model; its variables come from `vb`.
    ///
    /// # Shapes
    /// The model maps (N, 1, frames, bands) to logits (N, classes).
    ///
    /// # Errors
    /// Those of the variables' source, and settings out of range.
    fn build(&self, classes: usize, vb: VarBuilder<'_>) -> Result<Box<dyn Reseed>>;

    /// The recipe with what this network asks of its training. The provided default changes nothing.
    fn recipe(&self, recipe: Recipe) -> Recipe {
        recipe
    }

    /// The configuration that a model file ([`Bundle`](crate::Bundle)) can hold. The provided default is
    /// `None`: then the run saves the weights alone.
    fn net_config(&self, classes: usize) -> Option<NetConfig> {
        let _ = classes;
        None
    }
}

impl Network for Variant {
    fn name(&self) -> String {
        self.to_string()
    }

    fn settings(&self, classes: usize) -> Value {
        json!(self.config(classes))
    }

    fn build(&self, classes: usize, vb: VarBuilder<'_>) -> Result<Box<dyn Reseed>> {
        Ok(Box::new(broadcast_net(&self.config(classes), vb)?))
    }

    fn recipe(&self, recipe: Recipe) -> Recipe {
        recipe.for_variant(*self)
    }

    fn net_config(&self, classes: usize) -> Option<NetConfig> {
        Some(Variant::config(*self, classes))
    }
}

/// The number of classes is the dataset's, whatever the configuration says.
impl Network for NetConfig {
    fn name(&self) -> String {
        "broadcast network".into()
    }

    fn settings(&self, classes: usize) -> Value {
        json!(self.net_config(classes))
    }

    fn build(&self, classes: usize, vb: VarBuilder<'_>) -> Result<Box<dyn Reseed>> {
        Ok(Box::new(broadcast_net(&Self { classes, ..self.clone() }, vb)?))
    }

    fn net_config(&self, classes: usize) -> Option<NetConfig> {
        Some(Self { classes, ..self.clone() })
    }
}

/// Any `ModuleT` as a [`Network`], built by a function of the number of classes and a source of variables.
///
/// ```
/// use candle_nn::{Module, ModuleT, linear};
/// use mgc::candle::{Result, Tensor};
/// use mgc::experiment::CustomNetwork;
///
/// // The mean of each mel band over time, then one dense layer.
/// struct BandMeans(candle_nn::Linear);
/// impl ModuleT for BandMeans {
///     fn forward_t(&self, spectrograms: &Tensor, _train: bool) -> Result<Tensor> {
///         self.0.forward(&spectrograms.mean(2)?.flatten_from(1)?)
///     }
/// }
///
/// let network = CustomNetwork::new("band means", |classes, vb| Ok(BandMeans(linear(128, classes, vb.pp("out"))?)));
/// # let _ = network;
/// ```
///
/// A run saves the weights of such a network in `weights.safetensors`, under the names that `vb` was asked
/// for; [`guide::extend`](crate::guide::extend) loads them again. Random numbers of the model's own, such as
/// those of a dropout layer, are not restarted when a run is resumed: implement [`Network`] for such a model.
#[derive(Clone)]
pub struct CustomNetwork<F> {
    name: String,
    build: F,
}

impl<M: ModuleT + 'static, F: Fn(usize, VarBuilder<'_>) -> Result<M>> CustomNetwork<F> {
    /// Names a network and says how it is built. A resumed run compares the name alone: change it with the
    /// network.
    pub fn new(name: impl Into<String>, build: F) -> Self {
        Self { name: name.into(), build }
    }
}

impl<F> std::fmt::Debug for CustomNetwork<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("CustomNetwork").field(&self.name).finish()
    }
}

impl<M: ModuleT + 'static, F: Fn(usize, VarBuilder<'_>) -> Result<M>> Network for CustomNetwork<F> {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn build(&self, classes: usize, vb: VarBuilder<'_>) -> Result<Box<dyn Reseed>> {
        Ok(Box::new(Plain((self.build)(classes, vb)?)))
    }
}

/// A model without random numbers of its own.
struct Plain<M>(M);

impl<M: ModuleT> ModuleT for Plain<M> {
    fn forward_t(&self, inputs: &Tensor, train: bool) -> Result<Tensor> {
        self.0.forward_t(inputs, train)
    }
}

impl<M: ModuleT> Reseed for Plain<M> {}
