//! Which network a Keras file holds, told by its layers.

use super::description::{contradictions, same_dropout};
use super::file::{KerasFile, StoredLayer};
use super::layout::{Kind, Layer, layers};
use crate::config::{Block, NetConfig, Stem};
use crate::error::Result;
use crate::variant::Variant;

/// The first variant, at the file's width, blocks and classes, whose layers are the file's in number and shape; when none
/// has the shapes, the one that comes nearest, so that the error can name the layer that does not fit. A whole saved
/// model must not describe a network that computes something else.
pub(super) fn infer(file: &KerasFile, stored: &[(Kind, StoredLayer)]) -> Result<NetConfig> {
    let found = counts(stored.iter().map(|(kind, _)| *kind));
    let numbers = |config: &NetConfig| {
        layers(&counted(config)).is_ok_and(|layers| counts(layers.iter().map(|layer| layer.kind)) == found)
    };
    let (mut presets, mut resized) = (vec![], vec![]);
    for variant in Variant::ALL {
        if let Some([own, other]) = candidates(file, stored, variant)? {
            presets.push(own);
            resized.push(other);
        }
    }
    let likely: Vec<_> = presets.into_iter().chain(resized).filter(numbers).collect();
    let misfits =
        |config: &NetConfig| layers(config).map_or(usize::MAX, |layers| misfits(file, stored, &layers));
    let description = file.model_config();
    let others =
        |config: &NetConfig| description.as_ref().map_or(vec![], |text| contradictions(text, config));
    let dropout = |config: &NetConfig| description.as_ref().is_none_or(|text| same_dropout(text, config));
    let chosen = likely.iter().min_by_key(|config| (misfits(config), others(config).len(), !dropout(config)));
    if let Some((expected, actual)) =
        chosen.filter(|config| misfits(config) == 0).and_then(|c| others(c).pop())
    {
        return Err(file.architecture(expected, format!("{actual} in the model's description")));
    }
    chosen.cloned().ok_or_else(|| {
        let some = Kind::ALL.iter().zip(found).enumerate().filter(|(i, (_, count))| *i < 3 || *count > 0);
        let list: Vec<_> = some.map(|(_, (kind, count))| format!("{count} {}", kind.plural())).collect();
        file.architecture("the layers of one of this crate's networks", list.join(", "))
    })
}

/// A variant at the file's sizes: with its own number of blocks, and with the number that the file's convolutions tell.
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

/// The same layers at a small size: a file may claim any.
fn counted(config: &NetConfig) -> NetConfig {
    NetConfig { classes: 2, width: 32, growth: 32, ..config.clone() }
}

fn counts(kinds: impl Iterator<Item = Kind>) -> [usize; Kind::ALL.len()] {
    kinds.fold([0; Kind::ALL.len()], |mut counts, kind| {
        counts[kind as usize] += 1;
        counts
    })
}

/// Tensors that the file does not have, or not in this shape.
fn misfits(file: &KerasFile, stored: &[(Kind, StoredLayer)], layers: &[Layer]) -> usize {
    let pairs = layers.iter().zip(stored);
    let weights =
        pairs.flat_map(|(layer, (_, stored))| layer.weights.iter().map(move |weight| (weight, stored)));
    weights.filter(|(weight, stored)| !file.has(stored, weight)).count()
}
