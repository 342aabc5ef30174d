//! Networks in plain words.

use super::line::{CLASSES, Line};
use super::text::{count, counted, list};
use mgc_nets::{Block, BroadcastBlock, HeadPool, KernelInit, NetConfig, Norm, Stem, Transition, Variant};
use mgc_ops::Activation;
use serde::Serialize;

/// A network and its description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Network {
    pub(super) name: String,
    pub(super) about: Option<String>,
}

/// Describes every network of some lines: the first whole, the others by what they change of it.
pub(super) fn networks(lines: &[Line]) -> Vec<Network> {
    let mut networks: Vec<Network> = Vec::new();
    let mut first = None;
    for line in lines {
        let name = &line.names.network;
        if networks.iter().any(|network| network.name == *name) {
            continue;
        }
        let variant: Option<Variant> = name.parse().ok();
        let of = lines.iter().filter(|line| line.names.network == *name);
        let sizes: Vec<usize> = of.filter_map(|line| line.size).map(|size| size.parameters).collect();
        networks.push(Network { name: name.clone(), about: variant.map(|it| about(it, first, &sizes)) });
        first = first.or(variant);
    }
    networks
}

fn about(variant: Variant, first: Option<Variant>, parameters: &[usize]) -> String {
    let config = variant.config(CLASSES);
    let anatomy = match first {
        None => anatomy(&config),
        Some(first) => match changes(&first.config(CLASSES), &config, variant) {
            none if none.is_empty() => format!("built as {first}"),
            changes => format!("as {first}, but with {}", list(&changes)),
        },
    };
    let info = variant.info();
    // The summary of a row of the paper's table is the change itself.
    let summary = match first.and(info.row).filter(|_| variant != Variant::BbnnRecoded) {
        Some(_) => String::new(),
        None => format!("{}: ", info.summary.trim_end_matches('.')),
    };
    format!("{summary}{anatomy}. {}", sized(parameters)).trim_end().into()
}

/// States how many numbers training sets.
fn sized(parameters: &[usize]) -> String {
    match (parameters.iter().min(), parameters.iter().max()) {
        (Some(least), Some(most)) if least == most => format!("{} parameters.", count(*most as u64)),
        (Some(least), Some(most)) => {
            format!(
                "{} to {} parameters, by the number of genres.",
                count(*least as u64),
                count(*most as u64)
            )
        }
        _ => String::new(),
    }
}

/// Describes a network from its input to its answer.
fn anatomy(config: &NetConfig) -> String {
    format!(
        "{}, {} {}, {}, {} and a dense layer with a probability for each genre",
        stem(config.stem),
        config.blocks,
        blocks(config),
        transition(config.transition),
        pool(config.head_pool),
    )
}

fn stem(stem: Stem) -> &'static str {
    match stem {
        Stem::Broadcast => "a 3x3 convolution with a pool over time",
        Stem::InceptionResnet => "the first layers of Inception-ResNet v1",
        _ => "a stem of another kind",
    }
}

fn blocks(config: &NetConfig) -> String {
    let plural = if config.blocks == 1 { "" } else { "s" };
    let filters = config.growth;
    match &config.block {
        Block::Broadcast(block) => format!(
            "block{plural} of {} side by side, {filters} filters each, which read the outputs of all blocks before",
            branches(block)
        ),
        Block::Separable => {
            format!("block{plural} of one separable 3x3 convolution to {} channels", 4 * filters)
        }
        Block::InceptionResnet => {
            format!("residual block{plural} of Inception-ResNet v1, {filters} filters a branch")
        }
        _ => format!("block{plural} of another kind"),
    }
}

fn branches(block: &BroadcastBlock) -> String {
    let behind = |kernels: &[(usize, usize)]| {
        let behind = kernels.iter().map(|kernel| format!(" and {}", size(*kernel)));
        format!("1x1{}", behind.collect::<String>())
    };
    let mut branches = vec!["1x1".to_owned(), behind(&block.kernels3), behind(&block.kernels5)];
    branches.push("a pool and 1x1".into());
    branches.extend(block.lstm_units.map(|units| format!("an LSTM of {units} units over time")));
    format!("{} branches of convolutions ({})", branches.len(), branches.join("; "))
}

fn size((frames, bands): (usize, usize)) -> String {
    format!("{frames}x{bands}")
}

fn transition(transition: Transition) -> &'static str {
    match transition {
        Transition::None => "no transition",
        Transition::PreActivation => {
            "a transition of normalisation, activation, 1x1 convolution and average pool"
        }
        Transition::PostActivation => {
            "a transition of 1x1 convolution, normalisation, activation and max pool"
        }
        _ => "a transition of another kind",
    }
}

fn pool(pool: HeadPool) -> &'static str {
    match pool {
        HeadPool::Average => "the mean of each channel",
        HeadPool::Max => "the maximum of each channel",
        _ => "a pool of another kind",
    }
}

/// Lists what one network has in place of another's parts.
fn changes(first: &NetConfig, other: &NetConfig, variant: Variant) -> Vec<String> {
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
