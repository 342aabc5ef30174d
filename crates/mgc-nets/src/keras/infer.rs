//! Infers the network of a Keras file from its layers.

use super::description::{contradictions, same_dropout};
use super::file::{KerasFile, StoredLayer};
use super::layout::{Kind, Layer, layers};
use crate::config::variant::Variant;
use crate::config::{Block, NetConfig, Stem};
use crate::error::{Error, Result};

/// Returns the first variant, at the file's width, blocks and classes, whose layers match the file's in
/// number and shape. When no shapes match, it returns the nearest variant, so that the error can name a
/// layer.
pub(super) fn infer(file: &KerasFile, stored: &[(Kind, StoredLayer)]) -> Result<NetConfig> {
    let likely = likely(file, stored)?;
    let misfits = |(_, config): &(Variant, NetConfig)| {
        layers(config).map_or(usize::MAX, |layers| misfits(file, stored, &layers))
    };
    let least = likely.iter().map(misfits).min().unwrap_or(usize::MAX);
    let nearest: Vec<_> = likely.iter().filter(|candidate| misfits(candidate) == least).collect();
    match (&nearest[..], file.model_config()) {
        ([], _) => Err(unknown(file, stored)),
        ([(_, first), ..], _) if least > 0 => Ok(first.clone()),
        (nearest, Some(description)) => described(file, nearest, &description),
        ([first, others @ ..], None) => undescribed(file, first, others),
    }
}

/// Returns a variant at the file's width and classes, with its own number of blocks or the file's, whichever
/// is nearer.
pub(super) fn sized(file: &KerasFile, stored: &[(Kind, StoredLayer)], variant: Variant) -> Result<NetConfig> {
    let misfits = |config: &NetConfig| match layers(config) {
        Ok(layers) => misfits(file, stored, &layers) + layers.len().abs_diff(stored.len()),
        Err(_) => usize::MAX,
    };
    let sized = candidates(file, stored, variant)?;
    let nearest = sized.and_then(|sized| sized.into_iter().min_by_key(misfits));
    nearest.ok_or_else(|| unknown(file, stored))
}

/// Returns the variants with as many layers as the file: first at their own number of blocks, then at the
/// file's.
fn likely(file: &KerasFile, stored: &[(Kind, StoredLayer)]) -> Result<Vec<(Variant, NetConfig)>> {
    let found = counts(stored.iter().map(|(kind, _)| *kind));
    let numbers = |(_, config): &(Variant, NetConfig)| {
        layers(&counted(config)).is_ok_and(|layers| counts(layers.iter().map(|layer| layer.kind)) == found)
    };
    let (mut presets, mut resized) = (vec![], vec![]);
    for variant in Variant::ALL {
        if let Some([own, other]) = candidates(file, stored, variant)? {
            presets.push((variant, own));
            resized.push((variant, other));
        }
    }
    Ok(presets.into_iter().chain(resized).filter(numbers).collect())
}

fn unknown(file: &KerasFile, stored: &[(Kind, StoredLayer)]) -> Error {
    let found = counts(stored.iter().map(|(kind, _)| *kind));
    let some = Kind::ALL.iter().zip(found).enumerate().filter(|(i, (_, count))| *i < 3 || *count > 0);
    let list: Vec<_> = some.map(|(_, (kind, count))| format!("{count} {}", kind.plural())).collect();
    file.architecture("the layers of one of the networks in `Variant::ALL`", list.join(", "))
}

/// Picks, among networks that have the file's shapes, the one that a whole saved model describes.
fn described(file: &KerasFile, fitting: &[&(Variant, NetConfig)], description: &str) -> Result<NetConfig> {
    let others = |config| contradictions(description, config);
    let mut configs = fitting.iter().map(|(_, config)| config).collect::<Vec<_>>();
    configs.sort_by_key(|config| (others(config).len(), !same_dropout(description, config))); // stable
    match others(configs[0]).pop() {
        None => Ok(configs[0].clone()),
        Some((expected, actual)) => {
            Err(file.architecture(expected, format!("{actual} in the model's description")))
        }
    }
}

/// Picks the first of the networks that have the file's shapes, unless another computes something else.
fn undescribed(
    file: &KerasFile,
    first: &(Variant, NetConfig),
    others: &[&(Variant, NetConfig)],
) -> Result<NetConfig> {
    let computes = |config: &NetConfig| (config.activation, config.head_pool);
    let mut distinct = vec![first];
    for other in others {
        if distinct.iter().all(|known| computes(&known.1) != computes(&other.1)) {
            distinct.push(other);
        }
    }
    if distinct.len() == 1 {
        return Ok(first.1.clone());
    }
    let names: Vec<_> = distinct.iter().map(|(variant, _)| variant.name()).collect();
    let expected = format!("a whole saved model, which tells {} apart", names.join(", "));
    Err(file.architecture(expected, "weights alone"))
}

/// Returns a variant at the file's sizes, with its own number of blocks and with the number inferred from the
/// file's convolutions.
fn candidates(
    file: &KerasFile,
    stored: &[(Kind, StoredLayer)],
    variant: Variant,
) -> Result<Option<[NetConfig; 2]>> {
    let of = |wanted: Kind| stored.iter().filter(move |(kind, _)| *kind == wanted).map(|(_, layer)| layer);
    let (Some(stem), Some(head)) = (of(Kind::Conv).next(), of(Kind::Dense).next_back()) else {
        return Ok(None);
    };
    let preset = variant.config(file.outputs(head)?);
    let width = file.outputs(stem)?;
    let growth = if preset.stem == Stem::Broadcast { width } else { preset.growth };
    let own = NetConfig { width, growth, ..preset };
    let body = if own.block == Block::Separable { Kind::Separable } else { Kind::Conv };
    let count = |blocks| {
        let layers = layers(&counted(&NetConfig { blocks, ..own.clone() }));
        layers.map_or(0, |layers| layers.iter().filter(|layer| layer.kind == body).count())
    };
    let (one, two) = (count(1), count(2));
    let blocks = 1 + of(body).count().saturating_sub(one) / two.saturating_sub(one).max(1);
    let other = NetConfig { blocks, ..own.clone() };
    Ok(Some([own, other]))
}

/// Returns the same layers at a small size, since a file may claim any size.
fn counted(config: &NetConfig) -> NetConfig {
    NetConfig { classes: 2, width: 32, growth: 32, ..config.clone() }
}

fn counts(kinds: impl Iterator<Item = Kind>) -> [usize; Kind::ALL.len()] {
    kinds.fold([0; Kind::ALL.len()], |mut counts, kind| {
        counts[kind as usize] += 1;
        counts
    })
}

/// Counts the tensors that the file lacks or has in another shape.
fn misfits(file: &KerasFile, stored: &[(Kind, StoredLayer)], layers: &[Layer]) -> usize {
    let pairs = layers.iter().zip(stored);
    let weights =
        pairs.flat_map(|(layer, (_, stored))| layer.weights.iter().map(move |weight| (weight, stored)));
    weights.filter(|(weight, stored)| !file.has(stored, weight)).count()
}
