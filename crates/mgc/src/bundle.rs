//! Everything a trained model needs, in one file.

use crate::error::{Error, Result};
use candle::Tensor;
use candle_nn::VarMap;
use mgc_audio::MelConfig;
use mgc_nets::NetConfig;
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
    /// The class labels, as many as the network has classes, all different.
    pub labels: Vec<String>,
    /// Where the model comes from: free text by topic (`trained on`, `recipe`, ...).
    pub provenance: BTreeMap<String, String>,
    /// The weights and running statistics under the network's public names.
    pub tensors: HashMap<String, Tensor>,
}

impl Bundle {
    /// Bundles a trained network's variables.
    ///
    /// # Errors
    /// [`Error::Model`] when labels and network do not fit.
    pub fn new(
        network: NetConfig,
        front_end: Option<MelConfig>,
        labels: Vec<String>,
        vars: &VarMap,
    ) -> Result<Self> {
        let vars =
            vars.data().lock().map_err(|_| Error::Model("the variables are poisoned by a panic".into()))?;
        let tensors = vars.iter().map(|(name, var)| (name.clone(), var.as_detached_tensor())).collect();
        let bundle = Self { network, front_end, labels, provenance: BTreeMap::new(), tensors };
        bundle.check().map_err(Error::Model)?;
        Ok(bundle)
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
        let (labels, classes) = (self.labels.len(), self.network.classes);
        if labels != classes {
            return Err(format!("{labels} labels for a network of {classes} classes"));
        }
        let mut sorted: Vec<_> = self.labels.iter().collect();
        sorted.sort_unstable();
        match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(format!("the label `{}` occurs twice", pair[0])),
            None => Ok(()),
        }
    }
}
