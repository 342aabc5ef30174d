//! Networks in plain words.

use super::changes::changes;
use super::line::{CLASSES, Line};
use super::parts::{blocks, pool, stem, transition};
use super::text::{count, list};
use mgc_nets::{NetConfig, Variant};
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
