//! Initial values that depend on a seed and a name alone.

use crate::rng::{Purpose, Stream};
use candle::{DType, Device, Result, Shape, Tensor, Var, bail};
use candle_nn::init::NormalOrUniform;
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder, VarMap};

/// Standard deviation of a standard normal that is redrawn outside [-2, 2].
const TRUNCATED_STD: f64 = 0.879_625_661_034_239_8;

/// Returns a builder that creates variables in `vars` with values that depend on `seed`.
///
/// Each tensor has random numbers of its own, which depend on `seed` and on the full name of the tensor.
/// Adding, removing or reordering layers therefore leaves all other initial values as they were. The values
/// are the same on every platform and device; they are drawn on the host as `f64`, rounded to `dtype` and
/// copied to `device`. A tensor that `vars` already holds is returned unchanged.
///
/// Each [`Init`] gives these values:
///
/// | init | values |
/// |---|---|
/// | `Const(c)` | `c` |
/// | `Uniform { lo, up }` | uniform in [lo, up); with (-L, L), L = sqrt(6/(fan_in+fan_out)): Keras' `glorot_uniform` |
/// | `Randn { mean, stdev }` | normal, **redrawn outside two standard deviations**, as Keras' initialisers do; with `stdev` = sqrt(1/fan_in)/0.87962566103423978: Keras' `lecun_normal` |
/// | `Kaiming { Uniform, .. }` | uniform with He's bound |
/// | `Kaiming { Normal, .. }` | truncated as `Randn`, widened so that its standard deviation is He's (Keras' `he_normal`) |
///
/// # Errors
///
/// The builder's `get` fails when `vars` holds the name with another shape or type.
///
/// # Examples
///
/// ```
/// use mgc_train::candle::{DType, Device};
/// use candle_nn::VarMap;
///
/// let vars = VarMap::new();
/// let vb = mgc_train::seeded(&vars, 1, DType::F32, &Device::Cpu);
/// let layer = candle_nn::linear(4, 2, vb.pp("head"))?;
///
/// let again = mgc_train::seeded(&VarMap::new(), 1, DType::F32, &Device::Cpu);
/// let same = candle_nn::linear(4, 2, again.pp("head"))?;
/// assert_eq!(layer.weight().to_vec2::<f32>()?, same.weight().to_vec2::<f32>()?);
/// # Ok::<(), mgc_train::candle::Error>(())
/// ```
#[must_use]
pub fn seeded(vars: &VarMap, seed: u64, dtype: DType, device: &Device) -> VarBuilder<'static> {
    let backend = Seeded { vars: vars.clone(), seed };
    VarBuilder::from_backend(Box::new(backend), dtype, device.clone())
}

struct Seeded {
    vars: VarMap,
    seed: u64,
}

impl Seeded {
    fn find(&self, name: &str) -> Result<Option<Tensor>> {
        let Ok(vars) = self.vars.data().lock() else {
            bail!("the variables are locked by a thread that panicked")
        };
        Ok(vars.get(name).map(|var| var.as_tensor().clone()))
    }

    fn create(&self, shape: &Shape, name: &str, init: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        let values = draw(shape, init, Stream::new(self.seed, Purpose::Init, name));
        let tensor = Tensor::from_vec(values, shape.clone(), &Device::Cpu)?;
        let var = Var::from_tensor(&tensor.to_dtype(dtype)?.to_device(device)?)?;
        let tensor = var.as_tensor().clone();
        let Ok(mut vars) = self.vars.data().lock() else {
            bail!("the variables are locked by a thread that panicked")
        };
        vars.insert(name.to_string(), var);
        Ok(tensor)
    }
}

impl SimpleBackend for Seeded {
    fn get(&self, shape: Shape, name: &str, init: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        match self.find(name)? {
            None => self.create(&shape, name, init, dtype, device),
            Some(tensor) if tensor.shape() != &shape => bail!(
                "{name} exists with shape {:?}, asked for {shape:?}: two layers share one name",
                tensor.shape()
            ),
            Some(tensor) if tensor.dtype() != dtype => bail!(
                "{name} exists as {:?}, asked for {dtype:?}: build the model in one type",
                tensor.dtype()
            ),
            Some(tensor) => Ok(tensor),
        }
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> Result<Tensor> {
        match self.find(name)? {
            Some(tensor) => Ok(tensor),
            None => bail!("{name} does not exist yet, and cannot be created without a shape"),
        }
    }

    fn contains_tensor(&self, name: &str) -> bool {
        matches!(self.find(name), Ok(Some(_)))
    }
}

fn draw(shape: &Shape, init: Init, mut stream: Stream) -> Vec<f64> {
    let count = shape.elem_count();
    match init {
        Init::Const(value) => vec![value; count],
        Init::Uniform { lo, up } => (0..count).map(|_| lo + (up - lo) * stream.uniform()).collect(),
        Init::Randn { mean, stdev } => (0..count).map(|_| mean + stdev * stream.truncated_normal()).collect(),
        Init::Kaiming { dist, fan, non_linearity } => {
            let std = non_linearity.gain() / (fan.for_shape(shape) as f64).sqrt();
            let (mean, stdev, bound) = (0.0, std / TRUNCATED_STD, 3f64.sqrt() * std);
            let init = match dist {
                NormalOrUniform::Normal => Init::Randn { mean, stdev },
                NormalOrUniform::Uniform => Init::Uniform { lo: -bound, up: bound },
            };
            draw(shape, init, stream)
        }
    }
}
