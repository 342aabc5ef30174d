//! Unpublished networks: every valid configuration can be built, listed, run, trained and exported.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

use candle::{DType, Device, Result, Tensor};
use candle_nn::{ModuleT, VarMap};
use mgc_nets::{
    Activation, Block, BroadcastBlock, HeadPool, KernelInit, NetConfig, Norm, Stem, Transition,
    broadcast_net, layer_table, tensor_shapes, to_onnx,
};
use mgc_train::{cross_entropy, seeded};
use proptest::prelude::*;
use proptest::{collection::vec, option};

fn kernels() -> impl Strategy<Value = Vec<(usize, usize)>> {
    let side = || prop::sample::select(vec![1usize, 3, 5]);
    vec((side(), side()), 0..=2)
}

fn blocks() -> impl Strategy<Value = Block> {
    let ratio = prop::sample::select(vec![1usize, 3, 8]);
    let broadcast = (kernels(), kernels(), option::of(ratio), option::of(1usize..20));
    let broadcast = broadcast.prop_map(|(kernels3, kernels5, squeeze_ratio, lstm_units)| {
        Block::Broadcast(BroadcastBlock { kernels3, kernels5, squeeze_ratio, lstm_units })
    });
    prop_oneof![3 => broadcast, 1 => Just(Block::Separable), 1 => Just(Block::InceptionResnet)]
}

prop_compose! {
    fn configs()(
        sizes in (2usize..5, prop::sample::select(vec![1usize, 2, 3, 5, 16]), 1usize..4,
            prop::sample::select(vec![2usize, 3, 16])),
        block in blocks(),
        stem in prop::sample::select(vec![Stem::Broadcast, Stem::InceptionResnet]),
        transition in prop::sample::select(vec![
            Transition::None, Transition::PreActivation, Transition::PostActivation,
        ]),
        norm in prop::sample::select(vec![Norm::Batch, Norm::Group]),
        activation in prop::sample::select(vec![Activation::Relu, Activation::Selu]),
        head_pool in prop::sample::select(vec![
            HeadPool::Average, HeadPool::Max, HeadPool::SubBands(1), HeadPool::SubBands(3),
        ]),
        frequency in (
            prop::sample::select(vec![(4usize, 1usize), (2, 2), (1, 3), (1, 1)]),
            option::of(prop::sample::select(vec![1., 20.])),
            prop::sample::select(vec![0.99, 0.]),
        ),
        kernel_init in prop::sample::select(vec![KernelInit::GlorotUniform, KernelInit::LecunNormal]),
        dropout in prop::sample::select(vec![0., 0.9]),
    ) -> NetConfig {
        let (classes, width, blocks, growth) = sizes;
        let (stem_pool, coordinate, norm_momentum) = frequency;
        NetConfig {
            classes, width, blocks, growth, block, stem, stem_pool, coordinate, transition, norm, norm_momentum,
            activation, head_pool, kernel_init, dropout,
        }
    }
}

fn check(config: &NetConfig) -> Result<()> {
    let vars = VarMap::new();
    let net = broadcast_net(config, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    let (frames, bands) = config.min_input();
    assert!(layer_table(config, (frames, bands)).is_ok() && frames.min(bands) > 0);
    let x = Tensor::randn(0f32, 1., (2, 1, frames + 1, bands), &Device::Cpu)?;
    let loss = cross_entropy(&net.forward_t(&x, true)?, &Tensor::new(&[0u32, 1], &Device::Cpu)?)?;
    let gradients = loss.backward()?;
    let logits: Vec<f32> = net.forward_t(&x, false)?.flatten_all()?.to_vec1()?;
    assert!(logits.len() == 2 * config.classes && logits.iter().all(|logit| logit.is_finite()));
    let vars = vars.data().lock().unwrap();
    let trained = vars.iter().filter(|(_, var)| gradients.get(var.as_tensor()).is_some());
    let trained: usize = trained.map(|(_, var)| var.elem_count()).sum();
    let own = vars.iter().map(|(name, var)| (name.clone(), var.dims().to_vec())).collect();
    assert_eq!(tensor_shapes(config)?, own);
    let table = layer_table(config, (frames + 1, bands))?;
    assert_eq!(table.trainable(), trained);
    assert_eq!(table.parameters(), vars.values().map(|var| var.elem_count()).sum::<usize>());
    for small in [(frames - 1, bands), (frames, bands - 1)] {
        let error = layer_table(config, small).map(drop).unwrap_err().to_string();
        assert!(error.contains(&format!("at least {frames} frames x {bands} bands")), "{error}");
    }
    assert!(to_onnx(&net, &[].into())?.len() > 4 * table.parameters());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn a_valid_configuration_can_be_built_listed_run_trained_and_exported(config in configs()) {
        prop_assume!(config.validate().is_ok());
        check(&config).unwrap();
    }
}

#[test]
fn a_giant_input_is_listed_with_as_many_multiply_adds_as_can_be_counted() {
    for size in [(usize::MAX, usize::MAX), (1 << 40, 1 << 40), (usize::MAX, 128)] {
        assert_eq!(layer_table(&NetConfig::default(), size).unwrap().macs(), u64::MAX);
        let lstm = mgc_nets::Variant::Lstm.config(10);
        assert_eq!(layer_table(&lstm, size).unwrap().parameters(), 251_978);
    }
    let widest = NetConfig { width: 4096, growth: 4096, blocks: 64, ..NetConfig::default() };
    assert_eq!(layer_table(&widest, (1 << 20, 1 << 10)).unwrap().macs(), u64::MAX);
}
