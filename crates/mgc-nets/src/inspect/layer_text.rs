//! A network's layers as a table to read.

use crate::inspect::layer::{Layer, LayerTable};
use std::fmt::{self, Display, Formatter};

/// Shows a line for each layer, a sum for each part (stem, block, transition, head) and one for all.
///
/// ```
/// use mgc_nets::{Variant, layer_table};
///
/// let table = layer_table(&Variant::Proposed.config(10), (647, 128))?.to_string();
/// assert!(table.lines().any(|line| line.starts_with("= all") && line.contains("186,026")));
/// # Ok::<(), mgc_nets::candle::Error>(())
/// ```
impl Display for LayerTable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:24} {:20} {:>9} {:>8} {:>14} {:>10} {:>14}",
            "layer", "kind", "window", "inputs", "output", "parameters", "MACs"
        )?;
        let (frames, bands) = self.input;
        writeln!(f, "{:24} {:20} {:>9} {:>8} {:>14}", "input", "", "", "", format!("{frames}x{bands}x1"))?;
        for part in self.layers.chunk_by(|a, b| part(a) == part(b)) {
            part.iter().try_for_each(|layer| line(f, layer))?;
            if let [first, _, ..] = part {
                sum(f, &format!("= {}", self::part(first)), part)?;
            }
        }
        sum(f, "= all", &self.layers)?;
        f.write_str(
            "Sizes are frames x bands x channels; a window is frames x bands, with its stride where that is not 1.",
        )
    }
}

/// `block2` of `block2.b5.conv1`.
fn part(layer: &Layer) -> &str {
    layer.name.split('.').next().unwrap_or(&layer.name)
}

fn line(f: &mut Formatter<'_>, layer: &Layer) -> fmt::Result {
    let [frames, bands, channels] = layer.output;
    let number = |n: u64| if n == 0 { String::new() } else { thousands(n) };
    writeln!(
        f,
        "{:24} {:20} {:>9} {:>8} {:>14} {:>10} {:>14}",
        layer.name,
        layer.kind,
        window(layer),
        layer.inputs,
        format!("{frames}x{bands}x{channels}"),
        number(layer.parameters as u64),
        number(layer.macs)
    )
}

/// `3x3`, `4x1/4x1`
fn window(layer: &Layer) -> String {
    let Some(window) = layer.window else { return String::new() };
    let pair = |(frames, bands): (usize, usize)| format!("{frames}x{bands}");
    match window.stride {
        (1, 1) => pair(window.kernel),
        stride => format!("{}/{}", pair(window.kernel), pair(stride)),
    }
}

fn sum(f: &mut Formatter<'_>, name: &str, layers: &[Layer]) -> fmt::Result {
    let parameters = layers.iter().map(|layer| layer.parameters as u64).sum();
    let macs = layers.iter().fold(0_u64, |sum, layer| sum.saturating_add(layer.macs));
    writeln!(f, "{name:24} {:54} {:>10} {:>14}", "", thousands(parameters), thousands(macs))
}

/// `186,026`
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}
