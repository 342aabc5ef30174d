//! What holds for every variant.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

use candle_nn::{Module, ModuleT, Optimizer, VarBuilder, VarMap};
use mgc::candle::{DType, Device, Result, Tensor};
use mgc::nets::{
    Activation, Block, BroadcastBlock, BroadcastNet, HeadPool, Layer, LayerKind, LayerTable, NetConfig, Norm,
    Stem, Transition, Variant, broadcast_net, layer_table, tensor_shapes,
};
use mgc::train::{Adam, AdamConfig, cross_entropy, seeded, trainable};

/// Parameters, trainable ones, those of normalisations, convolutions, and multiply-adds of one clip of 647 x
/// 128, at ten classes: counted in Keras by a script over the oracle's networks, `bbnn`, `squeeze_excitation`
/// and `xception` as their authors' summaries print them.
fn published_counts(variant: Variant) -> (usize, usize, usize, usize, u64) {
    match variant {
        Variant::Bbnn => (190_826, 185_642, 10_368, 20, 3_716_804_928),
        Variant::BbnnRecoded
        | Variant::GlobalMax
        | Variant::Dropout
        | Variant::Selu
        | Variant::LabelSmoothing => (189_290, 184_874, 8_832, 20, 3_716_804_928),
        Variant::Proposed => (186_026, 178_154, 15_744, 22, 3_505_779_008),
        Variant::ProposedCode3 => (112_394, 107_978, 8_832, 17, 2_134_110_528),
        Variant::ProposedFigure => (175_914, 167_018, 17_792, 26, 3_252_547_904),
        Variant::Remove3x3 => (161_546, 157_130, 8_832, 17, 3_147_034_944),
        Variant::Replace5x5 => (140_138, 135_722, 8_832, 20, 2_703_880_512),
        Variant::Blocks1 => (46_058, 45_482, 1_152, 8, 931_262_784),
        Variant::Blocks2 => (108_458, 106_474, 3_968, 14, 2_155_213_120),
        Variant::Blocks5 => (406_250, 393_898, 24_704, 32, 7_852_912_960),
        Variant::GroupNorm => (184_874, 184_874, 4_416, 20, 3_716_804_928),
        Variant::SqueezeExcitation => (202_010, 197_594, 8_832, 20, 3_716_817_216),
        Variant::Lstm => (251_978, 245_642, 12_672, 23, 4_417_147_200),
        Variant::InceptionResnet => (185_300, 182_376, 5_848, 23, 323_278_956),
        Variant::Xception => (145_322, 143_338, 3_968, 2, 2_912_268_608),
        Variant::FrequencyAware => (188_554, 180_682, 15_744, 22, 3_540_445_696),
        _ => panic!("no published count for {variant}"),
    }
}

fn batch(shape: (usize, usize, usize)) -> Result<Tensor> {
    let (n, frames, bands) = shape;
    let value = |i: usize| -12.9 + 15.0 * ((i * i % 1009) as f32 / 504.5 - 1.0); // the level of real mel maps, dB
    Tensor::from_vec(
        (0..n * frames * bands).map(value).collect::<Vec<_>>(),
        (n, 1, frames, bands),
        &Device::Cpu,
    )
}

fn values(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}

fn all(vars: &VarMap) -> Result<Vec<(String, Vec<f32>)>> {
    let vars = vars.data().lock().unwrap();
    let mut all =
        vars.iter().map(|(name, var)| Ok((name.clone(), values(var)?))).collect::<Result<Vec<_>>>()?;
    all.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(all)
}

/// A separable convolution counts as none, as in Keras.
fn convolutions(table: &LayerTable) -> usize {
    let whole = |layer: &&Layer| layer.kind == LayerKind::Conv && !layer.name.ends_with(".pw");
    table.layers.iter().filter(whole).count()
}

#[test]
fn a_prepared_network_answers_as_it_does_in_evaluation() -> Result<()> {
    for variant in Variant::ALL {
        let vars = VarMap::new();
        let config = NetConfig { blocks: 2, ..variant.config(7) };
        let net = broadcast_net(&config, seeded(&vars, 3, DType::F32, &Device::Cpu))?;
        let (frames, bands) = config.min_input();
        let x = batch((2, frames + 3, bands + 5))?;
        net.forward_t(&x, true)?; // running statistics of its own
        let prepared = net.prepare()?;
        assert_eq!(values(&prepared.forward(&x)?)?, values(&net.forward_t(&x, false)?)?, "{variant}");
        assert_eq!(values(&prepared.features(&x)?)?, values(&net.features_t(&x, false)?)?, "{variant}");
        assert!(prepared.forward(&batch((2, frames - 1, bands))?).is_err(), "{variant}");
    }
    Ok(())
}

#[test]
fn every_variant_has_its_published_size_and_cost() -> Result<()> {
    for variant in Variant::ALL {
        let table = layer_table(&variant.config(10), (647, 128))?;
        let counts = (
            table.parameters(),
            table.trainable(),
            table.norm_parameters(),
            convolutions(&table),
            table.macs(),
        );
        assert_eq!(counts, published_counts(variant), "{variant}");
        let shapes = tensor_shapes(&variant.config(10))?;
        assert_eq!(shapes.values().map(|shape| shape.iter().product::<usize>()).sum::<usize>(), counts.0);
        let config = variant.config(13);
        let more = layer_table(&config, (646, 128))?.parameters();
        assert_eq!(more, counts.0 + 3 * (config.features() + 1), "{variant}");
    }
    Ok(())
}

#[test]
fn names_round_trip_and_unknown_ones_list_the_known() {
    for variant in Variant::ALL {
        assert_eq!(variant.to_string().parse::<Variant>().unwrap(), variant);
    }
    let message = "propsed".parse::<Variant>().unwrap_err().to_string();
    assert!(message.contains("did you mean `proposed`?") && message.contains("bbnn"), "{message}");
    assert!(!"jukebox".parse::<Variant>().unwrap_err().to_string().contains("did you mean"));
}

#[test]
fn every_variant_takes_a_finite_step_at_published_lengths_and_class_counts() -> Result<()> {
    for variant in Variant::ALL {
        for (frames, classes) in [(646, 10), (647, 13)] {
            let vars = VarMap::new();
            let net = broadcast_net(&variant.config(classes), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
            let (before, x) = (all(&vars)?, batch((2, frames, net.config().min_input().1.max(8)))?);
            let logits = net.forward_t(&x, true)?;
            assert_eq!(logits.dims(), [2, classes]);
            let loss = cross_entropy(&logits, &Tensor::new(&[0u32, classes as u32 - 1], &Device::Cpu)?)?;
            Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?.step(&loss.backward()?)?;
            let after = all(&vars)?;
            assert!(after.iter().flat_map(|(_, v)| v).all(|v| v.is_finite()), "{variant}");
            let still: Vec<_> =
                before.iter().zip(&after).filter(|(a, b)| a.1 == b.1).map(|(a, _)| &a.0).collect();
            // a convolution's bias in front of a batch norm has no gradient in exact arithmetic
            let excused =
                |name: &str| (name.contains("conv") || name.contains(".pw.")) && name.ends_with(".bias");
            assert!(still.iter().all(|name| excused(name)), "{variant}: {still:?}");
        }
    }
    Ok(())
}

#[test]
fn the_names_of_the_tensors_are_those_of_published_checkpoints() -> Result<()> {
    let layers = |list: &str| list.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for (variant, tensors, norms, others) in [
        (
            Variant::Bbnn,
            126,
            "stem.bn block1.b1.bn block2.b3.bn1 block2.b3.bn2 block3.b5.bn2 block3.bp.bn trans.bn",
            "stem.conv block3.b5.conv2 trans.conv head.fc",
        ),
        (
            Variant::Proposed,
            154,
            "stem.bn block4.b5.bn2 head.bn",
            "stem.conv block1.b1.conv block3.b5.conv2 block4.bp.conv",
        ),
        (Variant::ProposedFigure, 162, "trans.bn", "block1.b5.conv2a block4.b5.conv2b"),
        (Variant::SqueezeExcitation, 138, "block1.bp.bn", "block1.se.fc1 block3.se.fc2"),
        (Variant::Lstm, 153, "block2.lstm.bn", "block2.lstm.conv"),
        (
            Variant::InceptionResnet,
            144,
            "stem.bn6 block1.b2.bn3 block3.proj.bn",
            "stem.conv6 block2.b1.conv3 block1.proj.conv",
        ),
        (Variant::Xception, 46, "block1.bn block4.bn", "block1.pw block4.pw trans.conv"),
        (Variant::FrequencyAware, 154, "stem.bn block4.b5.bn2 head.bn", "stem.conv block4.bp.conv head.fc"),
    ] {
        let shapes = tensor_shapes(&variant.config(10))?;
        assert_eq!(shapes.len(), tensors, "{variant}");
        let norms = layers(norms).into_iter().flat_map(|layer| {
            ["weight", "bias", "running_mean", "running_var"].map(|leaf| format!("{layer}.{leaf}"))
        });
        let others = layers(others)
            .into_iter()
            .flat_map(|layer| ["weight", "bias"].map(|leaf| format!("{layer}.{leaf}")));
        norms.chain(others).for_each(|name| assert!(shapes.contains_key(&name), "{variant} lacks {name}"));
    }
    let lstm = tensor_shapes(&Variant::Lstm.config(10))?;
    assert_eq!(lstm["block3.lstm.rnn.weight_ih"], [128, 32]);
    assert_eq!(lstm["block3.lstm.rnn.bias"], [128]);
    assert_eq!(tensor_shapes(&Variant::Xception.config(10))?["block4.dw.weight"], [416, 1, 3, 3]);
    assert_eq!(tensor_shapes(&Variant::FrequencyAware.config(10))?["stem.conv.weight"], [32, 2, 3, 3]);
    assert!(!tensor_shapes(&Variant::GroupNorm.config(10))?.keys().any(|name| name.contains("running")));
    Ok(())
}

#[test]
fn a_training_step_gives_the_same_bytes_on_any_number_of_threads() -> Result<()> {
    for (variant, samples) in Variant::ALL.into_iter().zip([1, 3].into_iter().cycle()) {
        let run = || -> Result<Vec<(String, Vec<f32>)>> {
            let vars = VarMap::new();
            let net = broadcast_net(&variant.config(10), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
            let labels = Tensor::arange(0, samples as u32, &Device::Cpu)?;
            let loss = cross_entropy(&net.forward_t(&batch((samples, 96, 48))?, true)?, &labels)?;
            Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?.step(&loss.backward()?)?;
            all(&vars)
        };
        let with =
            |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(run);
        let one = with(1)?;
        assert!([2, 4].into_iter().all(|threads| with(threads).is_ok_and(|other| other == one)), "{variant}");
    }
    Ok(())
}

#[test]
fn weights_that_are_not_numbers_reach_the_loss() -> Result<()> {
    for name in ["stem.conv.weight", "block1.b5.conv2.weight", "trans.conv.bias"] {
        let vars = VarMap::new();
        let net = broadcast_net(&Variant::Proposed.config(10), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
        let var = vars.data().lock().unwrap()[name].clone();
        var.set(&(var.as_tensor() * f64::NAN)?)?;
        for train in [false, true] {
            let logits = net.forward_t(&batch((2, 64, 16))?, train)?;
            assert!(values(&logits)?.iter().all(|v| v.is_nan()), "{name} {train}");
        }
    }
    Ok(())
}

/// `n` examples of about the smallest size.
fn small(net: &BroadcastNet, n: usize) -> Result<Tensor> {
    let (frames, bands) = net.config().min_input();
    batch((n, frames.max(64), bands.max(16)))
}

#[test]
fn evaluation_changes_no_variable() -> Result<()> {
    for variant in Variant::ALL {
        let vars = VarMap::new();
        let net = broadcast_net(&variant.config(10), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
        let before = all(&vars)?;
        net.forward_t(&small(&net, 1)?, false)?;
        assert_eq!(all(&vars)?, before, "{variant}");
    }
    Ok(())
}

#[test]
fn a_saved_and_reloaded_network_answers_the_same_bytes() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    for variant in Variant::ALL {
        let (path, vars) = (folder.path().join(variant.name()), VarMap::new());
        let net = broadcast_net(&variant.config(10), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
        let x = small(&net, 2)?;
        net.forward_t(&x, true)?; // moves the running statistics
        vars.save(&path)?;
        let tensors = mgc::candle::safetensors::load(&path, &Device::Cpu)?;
        let again =
            broadcast_net(&variant.config(10), VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu))?;
        assert_eq!(values(&net.forward_t(&x, false)?)?, values(&again.forward_t(&x, false)?)?, "{variant}");
    }
    Ok(())
}

#[test]
fn inputs_too_small_or_of_another_rank_are_errors_that_show_their_shape() -> Result<()> {
    for variant in Variant::ALL {
        let (vars, (frames, bands)) = (VarMap::new(), variant.config(10).min_input());
        let net = broadcast_net(&variant.config(10), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
        assert!(net.forward_t(&batch((1, frames, bands))?, false).is_ok(), "{variant}");
        for bad in [
            batch((1, frames - 1, bands))?,
            batch((1, frames, bands - 1))?,
            batch((1, 64, 16))?.squeeze(0)?,
            batch((0, 64, 16))?,
        ] {
            let message = net.forward_t(&bad, false).unwrap_err().to_string();
            assert!(message.contains(&format!("{:?}", bad.dims())), "{message}");
        }
        for size in [(frames - 1, bands), (frames, bands - 1)] {
            let message = layer_table(&variant.config(10), size).unwrap_err().to_string();
            let least = format!("needs at least {frames} frames x {bands} bands");
            assert!(message.contains("does not fit a map") && message.contains(&least), "{message}");
        }
    }
    Ok(())
}

#[test]
fn impossible_configurations_are_errors_before_any_tensor_exists() {
    let config = Variant::Proposed.config(10);
    let broadcast = |block| NetConfig { block: Block::Broadcast(block), ..config.clone() };
    let block = BroadcastBlock::default;
    for (bad, reason) in [
        (NetConfig { classes: 1, ..config.clone() }, "classes is 1, it must be 2 to"),
        (NetConfig { width: 0, ..config.clone() }, "width is 0"),
        (NetConfig { growth: 0, ..config.clone() }, "growth is 0"),
        (NetConfig { blocks: 0, ..config.clone() }, "blocks is 0"),
        (NetConfig { width: 1_000_000_000, ..config.clone() }, "width is 1000000000"),
        (NetConfig { blocks: usize::MAX, ..config.clone() }, "blocks is"),
        (NetConfig { dropout: 1.0, ..config.clone() }, "dropout is 1"),
        (NetConfig { dropout: f64::NAN, ..config.clone() }, "dropout is NaN"),
        (NetConfig { norm_momentum: 1.0, ..config.clone() }, "norm_momentum is 1, it must be 0 to below 1"),
        (
            NetConfig { stem_pool: (0, 1), ..config.clone() },
            "stem_pool is (0, 1), it must be (frames, bands)",
        ),
        (NetConfig { stem_pool: (1, 65), ..config.clone() }, "each 1 to 64"),
        (NetConfig { stem: Stem::InceptionResnet, stem_pool: (2, 2), ..config.clone() }, "a pool of its own"),
        (NetConfig { coordinate: Some(0.0), ..config.clone() }, "coordinate is 0, it must be above 0"),
        (NetConfig { coordinate: Some(f64::NAN), ..config.clone() }, "coordinate is NaN"),
        (NetConfig { coordinate: Some(f64::INFINITY), ..config.clone() }, "coordinate is inf"),
        (
            NetConfig { head_pool: HeadPool::SubBands(0), ..config.clone() },
            "sub_bands is 0, it must be 1 to 128",
        ),
        (NetConfig { head_pool: HeadPool::SubBands(usize::MAX), ..config.clone() }, "sub_bands is 18"),
        (NetConfig { stem: Stem::InceptionResnet, width: 11, ..config.clone() }, "even"),
        (NetConfig { norm: Norm::Group, growth: 8, ..config.clone() }, "8 channels in the branches"),
        (NetConfig { norm: Norm::Group, width: 24, ..config.clone() }, "24 channels in the stem"),
        (broadcast(BroadcastBlock { kernels5: vec![(4, 5)], ..block() }), "[(4, 5)]"),
        (broadcast(BroadcastBlock { kernels3: vec![(33, 1)], ..block() }), "odd and up to 31"),
        (broadcast(BroadcastBlock { kernels3: vec![(3, 3); 5], ..block() }), "at most 4"),
        (broadcast(BroadcastBlock { squeeze_ratio: Some(0), ..block() }), "squeeze_ratio is 0"),
        (broadcast(BroadcastBlock { squeeze_ratio: Some(129), ..block() }), "1 to 128"),
        (broadcast(BroadcastBlock { lstm_units: Some(0), ..block() }), "lstm_units is 0"),
    ] {
        let vars = VarMap::new();
        let error =
            broadcast_net(&bad, VarBuilder::from_varmap(&vars, DType::F32, &Device::Cpu)).err().unwrap();
        assert!(error.to_string().contains(reason), "{error}, expected {reason}");
        assert!(vars.data().lock().unwrap().is_empty());
    }
}

#[test]
fn settings_that_were_added_later_leave_the_files_of_other_networks_as_they_were() {
    let before = r#"{"classes":10,"stem":"broadcast","width":32,"block":{"broadcast":{"kernels3":[],"kernels5":[[3,3]],"squeeze_ratio":null,"lstm_units":null}},"blocks":4,"growth":32,"transition":"post_activation","norm":"batch","activation":"relu","head_pool":"average","dropout":0.0,"kernel_init":"lecun_normal"}"#;
    let proposed = Variant::Proposed.config(10);
    assert_eq!(serde_json::to_string(&proposed).unwrap(), before);
    assert_eq!(serde_json::from_str::<NetConfig>(before).unwrap(), proposed);
    for variant in Variant::ALL {
        let text = serde_json::to_string(&variant.config(10)).unwrap();
        assert_eq!(serde_json::from_str::<NetConfig>(&text).unwrap(), variant.config(10), "{variant}");
        let added = ["stem_pool", "coordinate", "norm_momentum"].map(|name| text.contains(name));
        assert_eq!(added, [variant == Variant::FrequencyAware; 3], "{variant}");
    }
}

#[test]
fn a_training_pass_from_statistics_of_zero_leaves_the_batchs_times_one_minus_momentum() -> Result<()> {
    let batch_statistics = |norm_momentum: f64| -> Result<Vec<(String, Vec<f32>)>> {
        let config = NetConfig { norm_momentum, blocks: 1, ..Variant::FrequencyAware.config(10) };
        let vars = VarMap::new();
        let net = broadcast_net(&config, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
        let running =
            |vars: &VarMap| all(vars).map(|all| all.into_iter().filter(|(n, _)| n.contains("running")));
        for (name, values) in running(&vars)? {
            let var = vars.data().lock().unwrap()[&name].clone();
            var.set(&Tensor::zeros(values.len(), DType::F32, &Device::Cpu)?)?;
        }
        net.forward_t(&batch((2, 32, 20))?, true)?;
        let whole = |v: f32| (f64::from(v) / (1. - norm_momentum)) as f32;
        Ok(running(&vars)?.map(|(name, v)| (name, v.into_iter().map(whole).collect())).collect())
    };
    let exact = batch_statistics(0.)?;
    assert!(exact.iter().flat_map(|(_, values)| values).any(|value| *value > 1.));
    for momentum in [0.9, 0.99] {
        for ((name, a), (_, b)) in exact.iter().zip(batch_statistics(momentum)?) {
            let close = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-6 * a.abs(); // rounded twice
            assert!(a.iter().zip(&b).all(close), "{name} at {momentum}");
        }
    }
    Ok(())
}

/// Networks that nobody published: every part with every other.
#[test]
fn any_valid_combination_of_parts_takes_a_step() -> Result<()> {
    let odd = BroadcastBlock {
        kernels3: vec![(1, 7), (7, 1), (3, 3)],
        kernels5: vec![],
        squeeze_ratio: Some(5),
        lstm_units: Some(16),
    };
    let blocks = [
        Block::Broadcast(odd),
        Block::Broadcast(BroadcastBlock::default()),
        Block::Separable,
        Block::InceptionResnet,
    ];
    let transitions = [Transition::None, Transition::PreActivation, Transition::PostActivation];
    for (i, block) in blocks.into_iter().enumerate() {
        for (j, transition) in transitions.into_iter().enumerate() {
            for (stem, norm) in [(Stem::Broadcast, Norm::Group), (Stem::InceptionResnet, Norm::Batch)] {
                let config = NetConfig {
                    classes: 3 + i,
                    stem,
                    width: 16,
                    block: block.clone(),
                    blocks: 1 + j,
                    growth: 16 * (1 + i % 2),
                    transition,
                    norm,
                    activation: if i == j { Activation::Selu } else { Activation::Relu },
                    dropout: 0.2 * i as f64,
                    ..NetConfig::default()
                };
                takes_a_finite_step(&config)?;
            }
        }
    }
    Ok(())
}

fn takes_a_finite_step(config: &NetConfig) -> Result<()> {
    let vars = VarMap::new();
    let net = broadcast_net(config, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    let (frames, bands) = config.min_input();
    let x = batch((2, frames + 5, bands + 3))?;
    assert_eq!(net.features_t(&x, false)?.dims(), [2, config.features()], "{config:?}");
    let loss = cross_entropy(&net.forward_t(&x, true)?, &Tensor::new(&[0u32, 1], &Device::Cpu)?)?;
    Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?.step(&loss.backward()?)?;
    assert!(all(&vars)?.iter().flat_map(|(_, v)| v).all(|v| v.is_finite()), "{config:?}");
    let listed = layer_table(config, (frames + 5, bands + 3))?.parameters();
    assert_eq!(listed, all(&vars)?.iter().map(|(_, values)| values.len()).sum::<usize>(), "{config:?}");
    Ok(())
}
