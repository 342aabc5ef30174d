//! Everything a trained model needs, in one file.

use crate::error::{ModelError, Result};
use crate::model::checks::{check_labels, check_shapes, check_threshold, check_values};
use crate::windows::Windows;
use candle::{Device, Tensor, Var};
use candle_nn::VarMap;
use mgc_audio::{MelConfig, MelSpectrogram};
use mgc_nets::NetConfig;
use mgc_train::Calibration;
use std::collections::{BTreeMap, HashMap};

/// A trained model with everything needed to use it: weights, network, labels, and the front end that turns
/// audio into the spectrograms the network was trained on.
///
/// On disk it is one safetensors file, readable by any safetensors library, with the rest as JSON in its
/// header. Its tensors lie in host memory ([`Device::Cpu`](candle::Device::Cpu)), whatever device they were
/// trained on.
///
/// ```
/// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
/// let bundle = mgc::Bundle::load("model.safetensors")?;
/// println!("{} labels, trained on {}", bundle.labels.len(), bundle.provenance["trained on"]);
/// assert_eq!(bundle.input_size(), Some((44, 32))); // frames, bands
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The network's configuration.
    pub network: NetConfig,
    /// How audio becomes the network's input; `None` for a model of unknown spectrograms.
    pub front_end: Option<MelConfig>,
    /// Frames and bands of the spectrograms the network was trained on, where they are all of one size.
    pub input: Option<(usize, usize)>,
    /// The windows in which the network hears a spectrogram; `None` where it hears it whole.
    pub windows: Option<Windows>,
    /// The class labels, as many as the network has classes, all different.
    pub labels: Vec<String>,
    /// The model's origin: free text by topic (`trained on`, `recipe`, ...).
    pub provenance: BTreeMap<String, String>,
    /// How the probabilities are read; by default as the network gives them.
    pub calibration: Calibration,
    /// The weights and running statistics by the network's public names
    /// ([`tensor_shapes`](mgc_nets::tensor_shapes)), in host memory.
    pub tensors: HashMap<String, Tensor>,
}

impl Bundle {
    /// Bundles a copy of the variables of a trained network. The size of the input is that of the front end,
    /// where it cuts or pads recordings to one length.
    ///
    /// ```
    /// use candle_nn::VarMap;
    /// use mgc::candle::{DType, Device};
    /// use mgc::nets::{NetConfig, Variant, broadcast_net};
    /// use mgc::{Bundle, audio::MelConfig, train::seeded};
    ///
    /// let network = NetConfig { width: 4, growth: 4, blocks: 1, ..Variant::Proposed.config(2) };
    /// let vars = VarMap::new();
    /// let net = broadcast_net(&network, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    /// // ... train `net` ...
    /// let labels = vec!["waltz".into(), "march".into()];
    /// let bundle = Bundle::new(network, Some(MelConfig::quick()), labels, &vars)?;
    /// assert_eq!(bundle.input, Some((108, 128)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Model`](crate::Error::Model) when labels, network and variables do not fit together, or a
    /// variable is not finite.
    pub fn new(
        network: NetConfig,
        front_end: Option<MelConfig>,
        labels: Vec<String>,
        vars: &VarMap,
    ) -> Result<Self> {
        let vars = vars.data().lock().map_err(|_| ModelError::Poisoned)?;
        let on_host = |var: &Var| var.as_detached_tensor().to_device(&Device::Cpu)?.copy();
        let tensors = vars.iter().map(|(name, var)| Ok((name.clone(), on_host(var)?)));
        let tensors = tensors.collect::<Result<_>>()?;
        let input = front_end.as_ref().and_then(size);
        let (provenance, calibration) = (BTreeMap::new(), Calibration::default());
        let bundle =
            Self { network, front_end, input, windows: None, labels, provenance, calibration, tensors };
        bundle.check()?;
        Ok(bundle)
    }

    /// Returns the frames and bands of every input, where [`input`](Self::input) or the front end states
    /// them.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// assert_eq!(mgc::Bundle::load("model.safetensors")?.input_size(), Some((44, 32)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn input_size(&self) -> Option<(usize, usize)> {
        self.input.or_else(|| self.front_end.as_ref().and_then(size))
    }

    /// Replaces the front end, and the input size by the one it gives.
    ///
    /// ```
    /// use mgc::audio::MelConfig;
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    ///
    /// let bundle = mgc::Bundle::load("model.safetensors")?.with_front_end(MelConfig::quick());
    /// assert_eq!(bundle.input, Some((108, 128)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_front_end(self, front_end: MelConfig) -> Self {
        Self { input: size(&front_end), front_end: Some(front_end), ..self }
    }

    /// States the frames and bands of the spectrograms that the network was trained on.
    ///
    /// For models of ready-made spectrograms; a front end states its own.
    #[must_use]
    pub fn with_input(self, frames: usize, bands: usize) -> Self {
        Self { input: Some((frames, bands)), ..self }
    }

    /// Adds a line of provenance.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// let bundle = mgc::Bundle::load("model.safetensors")?.with_provenance("epochs", 40);
    /// assert_eq!(bundle.provenance["epochs"], "40");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "callers hand over numbers as well as text")]
    pub fn with_provenance(mut self, topic: &str, text: impl ToString) -> Self {
        self.provenance.insert(topic.to_owned(), text.to_string());
        self
    }

    /// Replaces the windows in which the network hears a spectrogram.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// use mgc::{Bundle, Windows};
    ///
    /// let bundle = Bundle::load("model.safetensors")?.with_windows(Some(Windows::half_overlapping(20)));
    /// assert_eq!(Bundle::from_bytes(&bundle.to_bytes()?)?.windows, bundle.windows);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_windows(self, windows: Option<Windows>) -> Self {
        Self { windows, ..self }
    }

    /// Replaces the calibration: a [`Classifier`](crate::Classifier) applies the temperature to its
    /// probabilities, and tells where the largest is below the threshold.
    ///
    /// Fit it to answers of this model to tracks that it was not trained on and will not be tested on, such
    /// as those of the validation side:
    ///
    /// ```
    /// use mgc::train::Calibration;
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    ///
    /// let bundle = mgc::Bundle::load("model.safetensors")?;
    /// // the probabilities of five tracks, as the classifier of the uncalibrated model gives them
    /// let rows = [[0.9, 0.1, 0.0], [0.8, 0.1, 0.1], [0.1, 0.9, 0.0], [0.2, 0.2, 0.6], [0.4, 0.3, 0.3]];
    /// let rows = rows.map(|row| row.to_vec());
    /// let calibration = Calibration::fit(&rows, &[0, 0, 1, 2, 1], Some(0.95))?;
    /// let bundle = bundle.with_calibration(calibration);
    /// assert!(bundle.calibration.threshold.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_calibration(self, calibration: Calibration) -> Self {
        Self { calibration, ..self }
    }

    /// Checks that the parts belong together.
    pub(crate) fn check(&self) -> std::result::Result<(), ModelError> {
        self.network.validate()?;
        check_labels(&self.labels, self.network.classes)?;
        if let Some(front_end) = &self.front_end {
            MelSpectrogram::new(front_end.clone())?;
        }
        self.check_input()?;
        check_threshold(&self.calibration)?;
        let shapes = self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor.dims()));
        check_shapes(&self.network, shapes)?;
        self.tensors.iter().try_for_each(|(name, tensor)| check_values(name, tensor))
    }

    /// Checks that the input is what the front end gives, and large enough for every layer.
    fn check_input(&self) -> std::result::Result<(), ModelError> {
        let least = self.network.min_input();
        if let Some(windows) = self.windows.filter(|windows| !windows.sound()) {
            return Err(ModelError::Windows { windows });
        }
        match (self.input_size(), self.front_end.as_ref().and_then(size)) {
            (Some(input), Some(front_end)) if input != front_end => {
                Err(ModelError::Input { input, front_end })
            }
            (Some((frames, bands)), _) => {
                let frames = self.windows.map_or(frames, |windows| windows.frames.min(frames));
                let small = frames < least.0 || bands < least.1;
                if small { Err(ModelError::InputTooSmall { input: (frames, bands), least }) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }
}

/// Frames and bands of every spectrogram of a front end that cuts or pads recordings to one length.
fn size(front_end: &MelConfig) -> Option<(usize, usize)> {
    front_end.chunk_samples.map(|samples| (front_end.frames(samples), front_end.n_mels))
}
