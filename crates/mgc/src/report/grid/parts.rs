//! The parts of a network in plain words.

use mgc_nets::{Block, BroadcastBlock, HeadPool, NetConfig, Stem, Transition};

pub(super) fn stem(stem: Stem) -> &'static str {
    match stem {
        Stem::Broadcast => "a 3x3 convolution with a pool over time",
        Stem::InceptionResnet => "the first layers of Inception-ResNet v1",
        _ => "a stem of another kind",
    }
}

pub(super) fn blocks(config: &NetConfig) -> String {
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

pub(super) fn size((frames, bands): (usize, usize)) -> String {
    format!("{frames}x{bands}")
}

pub(super) fn transition(transition: Transition) -> &'static str {
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

pub(super) fn pool(pool: HeadPool) -> &'static str {
    match pool {
        HeadPool::Average => "the mean of each channel",
        HeadPool::Max => "the maximum of each channel",
        _ => "a pool of another kind",
    }
}
