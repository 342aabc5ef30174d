//! The interface of optimisers whose runs can be resumed.

use candle::{Result, Tensor};
use candle_nn::Optimizer;
use serde_json::Value;
use std::collections::HashMap;

/// An optimiser whose state can be saved and restored, so that a run can go on after it was killed.
///
/// [`Adam`](crate::Adam) and [`AdamW`](crate::AdamW) implement it. Implement it for an optimiser of your own to
/// pass it to [`Trainer::fit_resumable`](crate::Trainer::fit_resumable).
///
/// # Examples
///
/// Plain gradient descent has no state but its learning rate:
///
/// ```
/// use candle_nn::{Optimizer, SGD};
/// use mgc_train::ResumableOptimizer;
/// use mgc_train::candle::{Device, Result, Tensor, Var, backprop::GradStore};
/// use std::collections::HashMap;
///
/// struct Descent {
///     sgd: SGD,
///     first_lr: f64,
/// }
///
/// impl Optimizer for Descent {
///     type Config = f64;
///
///     fn new(vars: Vec<Var>, lr: f64) -> Result<Self> {
///         Ok(Self { sgd: SGD::new(vars, lr)?, first_lr: lr })
///     }
///
///     fn step(&mut self, grads: &GradStore) -> Result<()> {
///         self.sgd.step(grads)
///     }
///
///     fn learning_rate(&self) -> f64 {
///         self.sgd.learning_rate()
///     }
///
///     fn set_learning_rate(&mut self, lr: f64) {
///         self.sgd.set_learning_rate(lr);
///     }
/// }
///
/// impl ResumableOptimizer for Descent {
///     fn identity(&self) -> serde_json::Result<(String, serde_json::Value)> {
///         Ok(("descent".into(), serde_json::json!({ "lr": self.first_lr })))
///     }
///
///     fn state(&self) -> Result<HashMap<String, Tensor>> {
///         Ok(HashMap::from([("descent.lr".into(), Tensor::new(self.learning_rate(), &Device::Cpu)?)]))
///     }
///
///     fn load_state(&mut self, state: &HashMap<String, Tensor>) -> Result<()> {
///         let Some(lr) = state.get("descent.lr") else { mgc_train::candle::bail!("descent.lr is missing") };
///         self.set_learning_rate(lr.to_scalar()?);
///         Ok(())
///     }
/// }
/// # let mut first = Descent::new(vec![], 0.5)?;
/// # first.set_learning_rate(0.25);
/// # let mut second = Descent::new(vec![], 0.5)?;
/// # second.load_state(&first.state()?)?;
/// # assert_eq!((second.learning_rate(), first.identity().is_ok()), (0.25, true));
/// # Ok::<(), mgc_train::candle::Error>(())
/// ```
pub trait ResumableOptimizer: Optimizer {
    /// Returns a name and the settings that the optimiser was created with, the first learning rate included.
    ///
    /// A run is resumed only by an optimiser of the same name and settings.
    ///
    /// # Errors
    ///
    /// When the settings cannot be written as JSON.
    fn identity(&self) -> serde_json::Result<(String, Value)>;

    /// Returns all that the next step depends on besides the variables, the current learning rate included.
    ///
    /// The names lie beside those of the run in one file. Begin them with the optimiser's own; `vars.`,
    /// `average.` and `epochs` are taken.
    ///
    /// # Errors
    ///
    /// When a tensor cannot be made.
    fn state(&self) -> Result<HashMap<String, Tensor>>;

    /// Restores a state that [`state`](ResumableOptimizer::state) returned. Tensors of other names are ignored.
    ///
    /// # Errors
    ///
    /// When a tensor is missing or has another shape or type. The optimiser must then be unchanged.
    fn load_state(&mut self, state: &HashMap<String, Tensor>) -> Result<()>;
}
