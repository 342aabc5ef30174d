//! Criterion benches of single operations, forward and backward, on maps as they lie in a network for 30 s
//! clips.
//!
//! ```text
//! cargo bench -p mgc-ops --bench primitives
//! ```

#![allow(missing_docs, reason = "the macros of criterion write items without docs")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot start should say so and end")]

use criterion::{Criterion, criterion_group, criterion_main};
use mgc_ops::candle::{Device, Result, Tensor, Var};
use mgc_ops::{
    Activation, BatchNormConfig, GroupNormConfig, Window, batch_norm_train, channel_statistics,
    depthwise_conv2d, global_max_pool2d, group_norm, lstm, max_pool2d,
};

/// Channels of the second block's input.
const CHANNELS: usize = 160;
const MAP: [usize; 4] = [8, CHANNELS, 161, 128];

fn noise(shape: &[usize]) -> Var {
    Var::randn(0f32, 1.0, shape, &Device::Cpu).unwrap()
}

/// Times `f` and its backward pass from a gradient of ones.
fn bench(criterion: &mut Criterion, name: &str, f: impl Fn() -> Result<Tensor>) {
    mgc_ops::keep_freed_memory(); // or new pages take most of the time
    criterion.bench_function(name, |b| b.iter(|| f().unwrap().backward().unwrap()));
}

fn normalisations(criterion: &mut Criterion) {
    let [x, weight, bias] = [noise(&MAP), noise(&[CHANNELS]), noise(&[CHANNELS])];
    for activation in [Activation::Relu, Activation::Selu] {
        let config = BatchNormConfig { activation, ..Default::default() };
        bench(criterion, &format!("batch_norm, {activation:?}"), || {
            batch_norm_train(&x, &channel_statistics(&x)?, &weight, &bias, &config)
        });
        let config = GroupNormConfig { groups: CHANNELS / 16, activation, ..Default::default() };
        bench(criterion, &format!("group_norm, {activation:?}"), || group_norm(&x, &weight, &bias, &config));
    }
}

fn windows(criterion: &mut Criterion) {
    let (x, weight, window) = (noise(&MAP), noise(&[CHANNELS, 1, 3, 3]), Window::same((3, 3)));
    bench(criterion, "twice the map", || x.as_tensor() * 2.0); // candle's own, for comparison
    bench(criterion, "depthwise_conv2d 3x3", || depthwise_conv2d(&x, &weight, &window));
    bench(criterion, "max_pool2d 3x3", || max_pool2d(&x, &window));
    bench(criterion, "global_max_pool2d", || global_max_pool2d(&x));
}

fn recurrence(criterion: &mut Criterion) {
    let (x, units) = (noise(&[8, 161, 32]), 32);
    let [ih, hh, bias] = [noise(&[4 * units, 32]), noise(&[4 * units, units]), noise(&[4 * units])];
    bench(criterion, "lstm 161 steps, 32 units", || lstm(&x, &ih, &hh, &bias));
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = normalisations, windows, recurrence
}
criterion_main!(benches);
