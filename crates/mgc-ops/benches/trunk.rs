//! Criterion benches of the fused trunk: a training pass forward and backward, an evaluation, in the
//! published and in other sizes.
//!
//! ```text
//! cargo bench -p mgc-ops --bench trunk
//! MGC_OPS_SIMD=avx2 cargo bench -p mgc-ops --bench trunk
//! ```
//!
//! Throughput is in multiplications and additions of the convolutions: elements per second are FLOP/s.

#![allow(missing_docs, reason = "the macros of criterion write items without docs")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot start should say so and end")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mgc_ops::candle::{Device, Result, Tensor, Var};
use mgc_ops::{
    Activation, ChannelStatistics, InferenceTrunk, TrunkConfig, TrunkEntry, TrunkExit, TrunkStem,
    broadcast_trunk,
};

/// Rows and columns of a clip of 15 s.
const INPUT: (usize, usize) = (647, 128);
const POOL: (usize, usize) = (4, 1);

fn config(width: usize, blocks: usize) -> TrunkConfig {
    TrunkConfig {
        entry: TrunkEntry::Stem(TrunkStem { pool: POOL, coordinate: None }),
        width,
        growth: width,
        blocks,
        kernels3: vec![],
        kernels5: vec![(3, 3)],
        activation: Activation::Relu,
        epsilon: 1e-3,
        exit: TrunkExit::Conv(width),
    }
}

/// Multiplications and additions of the convolutions, for one sample, forward.
fn flop(config: &TrunkConfig) -> u64 {
    let (w, g, (h, bands)) = (config.width, config.growth, INPUT);
    let blocks = (0..config.blocks).map(|i| 4 * config.channels(i) * g + 9 * g * g);
    let per_cell = blocks.sum::<usize>() + config.channels(config.blocks) * w;
    2 * (h / POOL.0 * bands / POOL.1 * per_cell + h * bands * 9 * w) as u64
}

fn tensors(config: &TrunkConfig, n: usize) -> Result<(Tensor, Var)> {
    let x = Tensor::randn(0f32, 1., (n, 1, INPUT.0, INPUT.1), &Device::Cpu)?;
    Ok((x, Var::randn(0f32, 0.1, config.parameters(), &Device::Cpu)?))
}

fn training(criterion: &mut Criterion) {
    mgc_ops::keep_freed_memory(); // or new pages take much of the time
    let mut group = criterion.benchmark_group("training pass, 2 samples");
    for (name, config) in [("32 channels, 4 blocks", config(32, 4)), ("24 channels, 4 blocks", config(24, 4))]
    {
        let (x, theta) = tensors(&config, 2).unwrap();
        group.throughput(Throughput::Elements(2 * 3 * flop(&config)));
        group.bench_function(name, |b| {
            b.iter(|| broadcast_trunk(&config, &x, &theta, None).unwrap().map.backward().unwrap());
        });
    }
}

fn evaluation(criterion: &mut Criterion) {
    let config = config(32, 4);
    let constant = |c: usize| ChannelStatistics { mean: vec![0.; c], variance: vec![1.; c] };
    let running: Vec<_> = config.norms().into_iter().map(constant).collect();
    let mut group = criterion.benchmark_group("evaluation, 32 channels, 4 blocks");
    for n in [1, 8] {
        let (x, theta) = tensors(&config, n).unwrap();
        let plan = InferenceTrunk::new(&config, &theta, &running).unwrap();
        group.throughput(Throughput::Elements(n as u64 * flop(&config)));
        group.bench_function(format!("{n} samples, planned"), |b| b.iter(|| plan.forward(&x).unwrap()));
        group.bench_function(format!("{n} samples, unplanned"), |b| {
            b.iter(|| broadcast_trunk(&config, &x, &theta, Some(&running)).unwrap());
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = training, evaluation
}
criterion_main!(benches);
