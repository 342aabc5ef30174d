//! The configuration of a plain CNN, as plain data.

use crate::config::checks::{CLASSES, FILTERS, check, share, within};
use crate::error::Result;
use mgc_ops::{Activation, Window};

/// The kernel of every stage.
pub(crate) const CONV: Window = Window::valid((3, 3), (1, 1));
/// The pool of every stage.
pub(crate) const POOL: Window = Window::valid((2, 2), (2, 2));

/// A plain convolutional network for spectrograms of one size: convolutional stages, then dense layers.
///
/// It maps (N, 1, frames, bands) to logits (N, classes). Unlike a broadcast network it has no normalisation
/// and no global pool, so `input` fixes the size of its first dense layer.
///
/// ```
/// use mgc_nets::{Activation, CnnConfig, ConvStage, HiddenLayer, StagePool};
/// let stage = |filters| ConvStage { filters, pool: StagePool::Max, dropout: 0.25 };
/// let config = CnnConfig {
///     classes: 10,
///     input: (130, 128),
///     stages: vec![stage(16), stage(32), stage(64)],
///     hidden: vec![HiddenLayer { units: 64, activation: Activation::Relu }],
/// };
/// assert_eq!(config.flattened()?, 64 * 14 * 14);
/// # Ok::<(), mgc_nets::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CnnConfig {
    /// Number of classes, 2 to 100,000.
    pub classes: usize,
    /// Size of the spectrograms, (frames, bands).
    pub input: (usize, usize),
    /// The convolutional stages, from the input on; at least one.
    pub stages: Vec<ConvStage>,
    /// The dense layers between the last stage and the logits; there may be none.
    pub hidden: Vec<HiddenLayer>,
}

/// A stage of a plain CNN: 3x3 convolution without padding, ReLU, 2x2 pool, dropout.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConvStage {
    /// Filters of the convolution, 1 to 4,096.
    pub filters: usize,
    /// The pool after the activation.
    pub pool: StagePool,
    /// Probability that a training pass drops a pooled value, 0 to below 1.
    pub dropout: f64,
}

/// The 2x2 pool of a stage.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StagePool {
    /// The mean of four values.
    Average,
    /// The maximum of four values.
    Max,
}

/// A dense layer before the logits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HiddenLayer {
    /// Length of its output, 1 to 4,096.
    pub units: usize,
    /// The activation after it.
    pub activation: Activation,
}

impl CnnConfig {
    /// Returns the 14-layer network of Sheikhfathollahi, *Music Genre Classification with Convolutional
    /// Neural Networks*: five stages of 16 to 128 filters with max and average pools in turn, dropout of 40
    /// %, dense layers of 200 (ReLU) and 100 (SELU).
    ///
    /// It takes mel power spectrograms of three seconds at 22,050 Hz: 130 frames of 128 bands, not in dB. It
    /// has 243,454 parameters for ten classes.
    ///
    /// ```
    /// use mgc_nets::CnnConfig;
    /// let config = CnnConfig::layers14(10);
    /// let filters: Vec<usize> = config.stages.iter().map(|stage| stage.filters).collect();
    /// assert_eq!(filters, [16, 32, 64, 128, 64]);
    /// assert_eq!(config.input, (130, 128));
    /// ```
    pub fn layers14(classes: usize) -> Self {
        let pools = [StagePool::Max, StagePool::Average].into_iter().cycle();
        let stage = |(filters, pool)| ConvStage { filters, pool, dropout: 0.4 };
        Self {
            classes,
            input: (130, 128),
            stages: [16, 32, 64, 128, 64].into_iter().zip(pools).map(stage).collect(),
            hidden: vec![
                HiddenLayer { units: 200, activation: Activation::Relu },
                HiddenLayer { units: 100, activation: Activation::Selu },
            ],
        }
    }

    /// Checks that the network can be built, without allocating anything.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config), with the field, its value and the values allowed.
    ///
    /// ```
    /// use mgc_nets::CnnConfig;
    /// assert!(CnnConfig::layers14(10).validate().is_ok());
    /// let small = CnnConfig { input: (93, 128), ..CnnConfig::layers14(10) };
    /// assert!(small.validate().unwrap_err().to_string().contains("input is 93 x 128"));
    /// ```
    pub fn validate(&self) -> Result<()> {
        within("classes", self.classes, &CLASSES)?;
        check("stages", self.stages.len(), !self.stages.is_empty(), "at least 1")?;
        for stage in &self.stages {
            within("filters", stage.filters, &FILTERS)?;
            share("dropout", stage.dropout)?;
        }
        self.hidden.iter().try_for_each(|layer| within("units", layer.units, &FILTERS))?;
        self.flattened().map(|_| ())
    }

    /// Returns the length of the vector that the first dense layer reads.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) when a stage has no output for an input of this size.
    pub fn flattened(&self) -> Result<usize> {
        let (frames, bands) = self.input;
        let shrink = |(h, w), _: &ConvStage| {
            let (h, w) = CONV.output_size(h, w).ok()?;
            POOL.output_size(h, w).ok()
        };
        let last = self.stages.iter().try_fold((frames, bands), shrink);
        let cells = last.and_then(|(h, w)| h.checked_mul(w)?.checked_mul(self.stages.last()?.filters));
        let input = format!("{frames} x {bands}");
        let expected = format!("large enough for {} stages, and countable", self.stages.len());
        check("input", input, cells.is_some(), expected)?;
        Ok(cells.unwrap_or_default())
    }
}
