//! Replays what the Keras oracle did: an evaluation, a training pass, three Adam steps.

use candle_nn::{ModuleT, Optimizer, VarBuilder, VarMap};
use mgc::candle::{DType, Device, Result, Tensor, bail};
use mgc::nets::{Variant, broadcast_net};
use mgc::train::{Adam, AdamConfig, smoothed_cross_entropy, trainable};
use std::collections::BTreeMap;

/// Tensors by the oracle's names.
pub(crate) type Tensors = BTreeMap<String, Tensor>;

/// Sums of the same terms in another order, in f64.
pub(crate) const TOLERANCE_F64: f64 = 1e-9;
/// The same in f32; Keras' own f32 and f64 differ by 4e-7 on these networks.
pub(crate) const TOLERANCE_F32: f64 = 1e-5;

/// Keras' default in the oracle.
const LEARNING_RATE: f64 = 0.01;
const STEPS: usize = 3;

/// Our name of one of the oracle's networks.
pub(crate) fn variant(oracle_name: &str) -> Option<Variant> {
    match oracle_name {
        "bbnn_post" => Some(Variant::BbnnRecoded),
        "proposed_code" => Some(Variant::Proposed),
        "proposed_fig" => Some(Variant::ProposedFigure),
        "globalmax" => Some(Variant::GlobalMax),
        "groupnorm" => Some(Variant::GroupNorm),
        "labelsmooth" => Some(Variant::LabelSmoothing),
        "se" => Some(Variant::SqueezeExcitation),
        "incresnet" => Some(Variant::InceptionResnet),
        name => name.parse().ok(),
    }
}

/// Everything the oracle wrote, computed here from its initial tensors (`init.*`), `input`, `label` and, for
/// a network with dropout, `dropout_mask`.
pub(crate) fn replay(variant: Variant, classes: usize, given: &Tensors, dtype: DType) -> Result<Tensors> {
    let (config, smoothing) = (variant.config(classes), variant.label_smoothing().unwrap_or(0.));
    let vars = VarMap::new();
    let net = broadcast_net(&config, VarBuilder::from_varmap(&vars, dtype, &Device::Cpu))?;
    set_initial(&vars, given, dtype)?;
    let (x, label) = (get(given, "input")?.to_dtype(dtype)?, get(given, "label")?.to_dtype(DType::U32)?);
    let mut out = Tensors::new();

    let mask = given.get("dropout_mask").map(|mask| mask.to_dtype(dtype)).transpose()?;
    let training_logits = || match &mask {
        None => net.forward_t(&x, true),
        Some(mask) => net.logits(&(net.features_t(&x, true)? * (mask / (1. - config.dropout))?)?),
    };

    let logits = net.forward_t(&x, false)?;
    out.insert("eval.probs".into(), candle_nn::ops::softmax(&logits, 1)?);
    out.insert("eval.logits".into(), logits);

    let mut adam =
        Adam::from_named_vars(trainable(&vars)?, AdamConfig { lr: LEARNING_RATE, ..Default::default() })?;
    let mut losses = vec![];
    for step in 0..STEPS {
        let logits = training_logits()?;
        let loss = smoothed_cross_entropy(&logits, &label, smoothing)?;
        let gradients = loss.backward()?;
        losses.push(loss.clone());
        if step == 0 {
            out.insert("train.probs".into(), candle_nn::ops::softmax(&logits, 1)?);
            out.insert("train.loss".into(), loss);
            for (name, var) in trainable(&vars)? {
                let Some(gradient) = gradients.get(&var) else { bail!("no gradient for {name}") };
                out.insert(format!("grad.{name}"), gradient.clone());
            }
            snapshot(&vars, "step1.", |name| name.contains(".running_"), &mut out)?;
        }
        adam.step(&gradients)?;
        if step == 0 {
            snapshot(&vars, "adam1.", |name| !name.contains(".running_"), &mut out)?;
        }
    }
    snapshot(&vars, "adam3.", |_| true, &mut out)?;
    out.insert("adam3.losses".into(), Tensor::stack(&losses, 0)?);
    out.insert("adam3.eval_probs".into(), candle_nn::ops::softmax(&net.forward_t(&x, false)?, 1)?);
    Ok(out)
}

fn get<'a>(tensors: &'a Tensors, name: &str) -> Result<&'a Tensor> {
    tensors.get(name).ok_or_else(|| mgc::candle::Error::Msg(format!("the golden file lacks `{name}`")))
}

fn set_initial(vars: &VarMap, given: &Tensors, dtype: DType) -> Result<()> {
    let Ok(vars) = vars.data().lock() else { bail!("poisoned variables") };
    vars.iter().try_for_each(|(name, var)| {
        let initial = get(given, &format!("init.{name}"))?;
        var.set(&initial.to_dtype(dtype)?)
    })
}

fn snapshot(vars: &VarMap, prefix: &str, wanted: impl Fn(&str) -> bool, out: &mut Tensors) -> Result<()> {
    let Ok(vars) = vars.data().lock() else { bail!("poisoned variables") };
    for (name, var) in vars.iter().filter(|(name, _)| wanted(name)) {
        out.insert(format!("{prefix}{name}"), var.as_tensor().copy()?.detach());
    }
    Ok(())
}
