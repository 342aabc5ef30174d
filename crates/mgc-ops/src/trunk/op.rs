//! The trunk as an operation: the choice of its implementation.

use super::config::{TrunkConfig, TrunkExit};
use super::entry::TrunkEntry;
use super::fast::FastTrunk;
use super::general::ends::{apply_exit, apply_stem};
use super::general::forward::Trunk;
use super::node::{OP, Path, run};
use super::params::Slots;
use super::statistics::TrunkStatistics;
use crate::kernels::planes::Dims;
use crate::kernels::statistics::ChannelStatistics;
use candle::{DType, Result, Tensor, bail};

/// The output map of a trunk and the statistics that its normalisations used.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TrunkOutput {
    /// (N, [`TrunkConfig::outputs`], H, W). Without an exit these are the input's channels, then each block's
    /// branches b1, b3, b5, bp.
    pub map: Tensor,
    /// The stem's; block by block those of b1, b3 (two), b5 (two) and bp; the exit's.
    pub statistics: Vec<ChannelStatistics>,
}

/// Runs the blocks of a broadcast network, with its stem and exit, as one operation.
///
/// With `running` statistics, these are constants. Without, each normalisation uses those of the batch, and
/// gradients flow through them. Each such forward pass allows one backward pass, which consumes the state
/// between them.
///
/// A fast path covers f32 trunks whose blocks read a multiple of 32 channels, whose branches have 32, and
/// whose stem and exit have 32 where there are any. All published networks do. It does not compute the
/// gradient of a stem's input: when that is asked for, the general path runs.
///
/// # Shapes
/// - `x`: (N, [`TrunkConfig::inputs`], H, W), f32 or f64, on the CPU
/// - `parameters`: one vector of all parameters: the stem's convolution and normalisation; block by block b1,
///   b3, b5, bp, each a normalisation, a 1x1 convolution and, in b3 and b5, a normalisation and further
///   convolutions; the exit's normalisation and convolution. Each layer has its weight, then its bias.
///   Gradients reach the single tensors when the vector is their `Tensor::cat`
/// - `running`: as [`TrunkOutput::statistics`]
///
/// # Errors
/// When the configuration is invalid, sizes or types do not fit it, or a tensor is not on the CPU. The second
/// backward pass of one forward pass is an error too.
///
/// # Example
/// ```
/// use mgc_ops::candle::{Device, Tensor, Var};
/// use mgc_ops::{TrunkConfig, TrunkEntry, TrunkExit, TrunkStem, broadcast_trunk};
/// let config = TrunkConfig {
///     entry: TrunkEntry::Stem(TrunkStem { pool: (2, 1), coordinate: None }),
///     width: 4,
///     growth: 3,
///     exit: TrunkExit::Conv(5),
///     ..TrunkConfig::default()
/// };
/// let parameters = Var::randn(0f32, 0.1, config.parameters(), &Device::Cpu)?;
/// let x = Tensor::randn(0f32, 1., (2, 1, 8, 6), &Device::Cpu)?;
/// let output = broadcast_trunk(&config, &x, &parameters, None)?;
/// assert_eq!(output.map.dims(), [2, 5, 4, 6]);
/// assert_eq!(output.statistics.len(), config.norms().len());
/// assert!(output.map.backward()?.get(&parameters).is_some());
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn broadcast_trunk(
    config: &TrunkConfig,
    x: &Tensor,
    parameters: &Tensor,
    running: Option<&[ChannelStatistics]>,
) -> Result<TrunkOutput> {
    config.validate()?;
    let slots = Slots::new(config);
    let input = Dims::of(x)?;
    check_sizes(config, &slots, input.c, parameters)?;
    let running = running.map(|running| TrunkStatistics::from_flat(config, running)).transpose()?;
    match x.dtype() == DType::F32 && FastTrunk::fits(config) && !(slots.stem.is_some() && x.track_op()) {
        true => {
            let path = Path::Fast(FastTrunk::new(config, slots, input)?);
            let (map, statistics) = run(path, running, x, parameters)?;
            Ok(TrunkOutput { map, statistics })
        }
        false => run_general(config, slots, x, parameters, running.as_ref()),
    }
}

pub(super) fn check_sizes(
    config: &TrunkConfig,
    slots: &Slots,
    channels: usize,
    parameters: &Tensor,
) -> Result<()> {
    if channels != config.inputs() || parameters.dims() != [slots.len] {
        bail!(
            "{OP}: expected {} channels and {} parameters, got {channels} channels and parameters {:?}",
            config.inputs(),
            slots.len,
            parameters.dims()
        )
    }
    Ok(())
}

fn run_general(
    config: &TrunkConfig,
    slots: Slots,
    x: &Tensor,
    theta: &Tensor,
    running: Option<&TrunkStatistics>,
) -> Result<TrunkOutput> {
    let (mut x, mut first, mut last) = (x.clone(), None, None);
    if let (TrunkEntry::Stem(stem), Some(slots)) = (config.entry, &slots.stem) {
        let running = running.and_then(|running| running.stem.as_ref());
        (x, first) = apply_stem(config, (&stem, slots), &x, theta, running)?;
    }
    let dims = Dims { c: config.channels(config.blocks), ..Dims::of(&x)? };
    let trunk = Trunk { config: config.clone(), blocks: slots.blocks, dims };
    let (mut map, statistics) = run(Path::General(trunk), running.cloned(), &x, theta)?;
    if config.exit == TrunkExit::Appended {
        map = map.narrow(1, config.width, config.outputs())?.contiguous()?;
    }
    if let Some(exit) = &slots.exit {
        let running = running.and_then(|running| running.exit.as_ref());
        (map, last) = apply_exit(config, exit, &map, theta, running)?;
    }
    Ok(TrunkOutput { map, statistics: first.into_iter().chain(statistics).chain(last).collect() })
}
