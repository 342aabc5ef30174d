//! What holds for every variant.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

use candle_nn::{ModuleT, Optimizer, VarBuilder, VarMap};
use mgc::candle::{DType, Device, Result, Tensor};
use mgc::nets::{NetConfig, Variant, broadcast_net, tensor_shapes};
use mgc::train::{Adam, AdamConfig, cross_entropy, seeded, trainable};

/// Parameters and trainable ones at ten classes: Liu's printed summary for `bbnn`, counted in Keras for the rest.
fn published_counts(variant: Variant) -> (usize, usize) {
    match variant {
        Variant::Bbnn => (190_826, 185_642),
        Variant::Proposed => (186_026, 178_154),
        _ => panic!("no published count for {variant}"),
    }
}

fn count(config: &NetConfig, wanted: impl Fn(&str) -> bool) -> Result<usize> {
    let shapes = tensor_shapes(config)?;
    Ok(shapes.iter().filter(|(name, _)| wanted(name)).map(|(_, shape)| shape.iter().product::<usize>()).sum())
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

#[test]
fn every_variant_has_its_published_number_of_parameters() -> Result<()> {
    for variant in Variant::ALL {
        let config = variant.config(10);
        let trainable = count(&config, |name| !name.contains(".running_"))?;
        assert_eq!((count(&config, |_| true)?, trainable), published_counts(variant), "{variant}");
        let more = count(&variant.config(13), |_| true)?;
        assert_eq!(more, published_counts(variant).0 + 3 * (config.width + 1), "{variant}");
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
            let (before, x) = (all(&vars)?, batch((2, frames, 8))?);
            let logits = net.forward_t(&x, true)?;
            assert_eq!(logits.dims(), [2, classes]);
            let loss = cross_entropy(&logits, &Tensor::new(&[0u32, classes as u32 - 1], &Device::Cpu)?)?;
            Adam::named(trainable(&vars)?, AdamConfig::default())?.step(&loss.backward()?)?;
            let after = all(&vars)?;
            assert!(after.iter().flat_map(|(_, v)| v).all(|v| v.is_finite()), "{variant}");
            let still: Vec<_> =
                before.iter().zip(&after).filter(|(a, b)| a.1 == b.1).map(|(a, _)| &a.0).collect();
            // a convolution's bias in front of a batch norm has no gradient in exact arithmetic
            let excused = |name: &str| name.contains("conv") && name.ends_with(".bias");
            assert!(still.iter().all(|name| excused(name)), "{variant}: {still:?}");
        }
    }
    Ok(())
}

#[test]
fn the_names_of_the_tensors_are_those_of_published_checkpoints() -> Result<()> {
    let norm = ["weight", "bias", "running_mean", "running_var"];
    for (variant, tensors) in [(Variant::Bbnn, 126), (Variant::Proposed, 154)] {
        let shapes = tensor_shapes(&variant.config(10))?;
        assert_eq!(shapes.len(), tensors, "{variant}");
        let layers = [
            "stem.bn",
            "block1.b1.bn",
            "block2.b3.bn1",
            "block2.b3.bn2",
            "block3.b5.bn2",
            "block3.bp.bn",
            "head.bn",
        ];
        let convs =
            ["stem.conv", "block1.b1.conv", "block3.b5.conv2", "block3.bp.conv", "trans.conv", "head.fc"];
        let leaves = layers.iter().flat_map(|layer| norm.map(|leaf| format!("{layer}.{leaf}")));
        let plain = convs.iter().flat_map(|layer| ["weight", "bias"].map(|leaf| format!("{layer}.{leaf}")));
        leaves.chain(plain).for_each(|name| assert!(shapes.contains_key(&name), "{variant} lacks {name}"));
    }
    Ok(())
}

#[test]
fn a_training_step_gives_the_same_bytes_on_any_number_of_threads() -> Result<()> {
    for (variant, samples) in [(Variant::Bbnn, 1), (Variant::Proposed, 3)] {
        let run = || -> Result<Vec<(String, Vec<f32>)>> {
            let vars = VarMap::new();
            let net = broadcast_net(&variant.config(10), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
            let labels = Tensor::arange(0, samples as u32, &Device::Cpu)?;
            let loss = cross_entropy(&net.forward_t(&batch((samples, 96, 32))?, true)?, &labels)?;
            Adam::named(trainable(&vars)?, AdamConfig::default())?.step(&loss.backward()?)?;
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

#[test]
fn evaluation_changes_no_variable() -> Result<()> {
    for variant in Variant::ALL {
        let vars = VarMap::new();
        let net = broadcast_net(&variant.config(10), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
        let before = all(&vars)?;
        net.forward_t(&batch((1, 64, 16))?, false)?;
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
        let x = batch((2, 64, 16))?;
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
    let (vars, (frames, bands)) = (VarMap::new(), NetConfig::MIN_INPUT);
    let net = broadcast_net(&Variant::Proposed.config(10), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    assert!(net.forward_t(&batch((1, frames, bands))?, false).is_ok());
    for bad in [
        batch((1, frames - 1, bands))?,
        batch((1, frames, bands - 1))?,
        batch((1, 64, 16))?.squeeze(0)?,
        batch((0, 64, 16))?,
    ] {
        let message = net.forward_t(&bad, false).unwrap_err().to_string();
        assert!(message.contains(&format!("{:?}", bad.dims())), "{message}");
    }
    Ok(())
}

#[test]
fn impossible_configurations_are_errors_before_any_tensor_exists() {
    let config = Variant::Proposed.config(10);
    for bad in [
        NetConfig { classes: 1, ..config.clone() },
        NetConfig { width: 0, ..config.clone() },
        NetConfig { blocks: 0, ..config.clone() },
        NetConfig { branch5: 4, ..config.clone() },
        NetConfig { width: 1_000_000_000, ..config.clone() },
        NetConfig { blocks: usize::MAX, ..config },
    ] {
        let vars = VarMap::new();
        assert!(broadcast_net(&bad, VarBuilder::from_varmap(&vars, DType::F32, &Device::Cpu)).is_err());
        assert!(vars.data().lock().unwrap().is_empty());
    }
}
