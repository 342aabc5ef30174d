//! What one network has in place of another's parts.

use super::parts::{blocks, pool, size, stem, transition};
use super::text::{counted, list};
use mgc_nets::{Block, KernelInit, NetConfig, Norm, Variant};
use mgc_ops::Activation;

/// Lists what one network has in place of another's parts.
pub(super) fn changes(first: &NetConfig, other: &NetConfig, variant: Variant) -> Vec<String> {
    let mut changes = Vec::new();
    let mut change = |differs: bool, text: String| changes.extend(differs.then_some(text));
    change(first.stem != other.stem, stem(other.stem).into());
    match (&first.block, &other.block) {
        (Block::Broadcast(before), Block::Broadcast(after)) => {
            change(
                first.blocks != other.blocks,
                format!("{} instead of {}", counted(other.blocks, "block"), first.blocks),
            );
            change(before.kernels3 != after.kernels3, in_branch("second", &before.kernels3, &after.kernels3));
            change(before.kernels5 != after.kernels5, in_branch("third", &before.kernels5, &after.kernels5));
            change(before.squeeze_ratio != after.squeeze_ratio, gate(after.squeeze_ratio));
            change(before.lstm_units != after.lstm_units, lstm(after.lstm_units));
            change(
                first.growth != other.growth,
                format!("{} filters a branch instead of {}", other.growth, first.growth),
            );
        }
        (before, after) => change(
            before != after || first.blocks != other.blocks,
            format!("{} {}", other.blocks, blocks(other)),
        ),
    }
    change(first.transition != other.transition, transition(other.transition).into());
    change(first.norm != other.norm, norm(other.norm).into());
    change(first.activation != other.activation, activation(other.activation).into());
    change(first.head_pool != other.head_pool, format!("{} before the dense layer", pool(other.head_pool)));
    change(
        first.dropout != other.dropout,
        format!("{:.0}\u{a0}% of the features dropped in training", 100.0 * other.dropout),
    );
    change(first.kernel_init != other.kernel_init, init(other.kernel_init).into());
    let smoothing = variant.label_smoothing();
    change(
        smoothing.is_some(),
        format!("{} of each label spread over all genres in training", smoothing.unwrap_or(0.0)),
    );
    changes
}

fn in_branch(branch: &str, before: &[(usize, usize)], after: &[(usize, usize)]) -> String {
    let text =
        |kernels: &[(usize, usize)]| list(&kernels.iter().map(|kernel| size(*kernel)).collect::<Vec<_>>());
    match (before.is_empty(), after.is_empty()) {
        (_, true) => format!("no {} convolution in the {branch} branch", text(before)),
        (true, _) => format!("{} in the {branch} branch", text(after)),
        _ => format!("{} instead of {} in the {branch} branch", text(after), text(before)),
    }
}

fn gate(ratio: Option<usize>) -> String {
    match ratio {
        Some(ratio) => format!("a squeeze-and-excitation gate on each block (ratio {ratio})"),
        None => "no squeeze-and-excitation gate".into(),
    }
}

fn lstm(units: Option<usize>) -> String {
    match units {
        Some(units) => format!("an LSTM of {units} units over time as a fifth branch"),
        None => "no LSTM branch".into(),
    }
}

fn norm(norm: Norm) -> &'static str {
    match norm {
        Norm::Batch => "batch normalisation",
        Norm::Group => "group instead of batch normalisation",
        _ => "another normalisation",
    }
}

fn activation(activation: Activation) -> &'static str {
    match activation {
        Activation::Identity => "no activation",
        Activation::Relu => "ReLU as activation",
        Activation::Selu => "SELU as activation",
    }
}

fn init(init: KernelInit) -> &'static str {
    match init {
        KernelInit::GlorotUniform => "initial weights by Glorot (uniform)",
        KernelInit::LecunNormal => "initial weights by LeCun (normal)",
        _ => "other initial weights",
    }
}
