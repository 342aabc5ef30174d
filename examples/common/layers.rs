//! A network's layers as a table to read.

use super::number::thousands;
use super::say::say;
use mgc::nets::{Layer, LayerTable};

/// A line for each layer, a sum for each part (stem, block, transition, head) and one for all.
pub(crate) fn print_layers(table: &LayerTable, (frames, bands): (usize, usize)) {
    say!(
        "{:24} {:20} {:>9} {:>8} {:>14} {:>10} {:>14}",
        "layer",
        "kind",
        "window",
        "inputs",
        "output",
        "parameters",
        "MACs"
    );
    say!("{:24} {:20} {:>9} {:>8} {:>14}", "input", "", "", "", format!("{frames}x{bands}x1"));
    for part in table.layers.chunk_by(|a, b| part(a) == part(b)) {
        part.iter().for_each(line);
        if let [first, _, ..] = part {
            sum(&format!("= {}", self::part(first)), part);
        }
    }
    sum("= all", &table.layers);
    say!(
        "Sizes are frames x bands x channels; a window is frames x bands, with its stride where that is not 1."
    );
}

/// `block2` of `block2.b5.conv1`.
fn part(layer: &Layer) -> &str {
    layer.name.split('.').next().unwrap_or(&layer.name)
}

fn line(layer: &Layer) {
    let [frames, bands, channels] = layer.output;
    let number = |n: usize| if n == 0 { String::new() } else { thousands(n) };
    say!(
        "{:24} {:20} {:>9} {:>8} {:>14} {:>10} {:>14}",
        layer.name,
        layer.kind,
        window(layer),
        layer.inputs,
        format!("{frames}x{bands}x{channels}"),
        number(layer.parameters),
        number(layer.macs as usize)
    );
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

fn sum(name: &str, layers: &[Layer]) {
    let parameters = layers.iter().map(|layer| layer.parameters).sum();
    let macs: u64 = layers.iter().map(|layer| layer.macs).sum();
    say!("{name:24} {:54} {:>10} {:>14}", "", thousands(parameters), thousands(macs as usize));
}
