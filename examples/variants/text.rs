//! Networks as lines, descriptions and JSON.

use crate::Options;
use crate::common::say::say;
use crate::common::text::thousands;
use mgc::nets::{LayerTable, Variant};
use serde_json::{Value, json};

/// Prints the names of the columns.
pub(crate) fn header(time: bool) {
    say!(
        "{:18} {:>9} {:>9} {:>7} {:>9} {:>9} {:>14} {:>11}{}  row of Table III",
        "network",
        "total",
        "trainable",
        "norm",
        "conv",
        "weights",
        "MACs",
        "map",
        if time { "   time ms" } else { "" }
    );
}

pub(crate) fn line(variant: Variant, table: &LayerTable, seconds: Option<f64>) {
    say!(
        "{variant:18} {:>9} {:>9} {:>7} {:>9} {:>9} {:>14} {:>11}{}  {}",
        thousands(table.parameters()),
        thousands(table.trainable()),
        thousands(table.norm_parameters()),
        thousands(table.conv_parameters()),
        thousands(table.parameters() - table.norm_parameters()),
        thousands(table.macs() as usize),
        last_map(table)
            .map_or(String::new(), |[frames, bands, channels]| format!("{frames}x{bands}x{channels}")),
        seconds.map_or(String::new(), |seconds| format!("{:10.1}", 1e3 * seconds)),
        variant.info().row.unwrap_or("-")
    );
}

/// Frames, bands and channels of the map that the head's pool turns into a vector.
fn last_map(table: &LayerTable) -> Option<[usize; 3]> {
    let pool = table.layers.iter().position(|layer| layer.name == "head.pool")?;
    Some(table.layers[pool.checked_sub(1)?].output)
}

pub(crate) fn describe(variant: Variant, table: &LayerTable, seconds: Option<f64>) {
    let info = variant.info();
    say!("{variant}: {}", info.summary);
    say!("  Table III:   {}", info.row.unwrap_or("not a row of it"));
    say!("  defined by:  {}", info.source);
    say!("  our choice:  {}", info.choice);
    if let Some(accuracy) = info.paper_accuracy {
        say!("  the paper:   {accuracy} % on GTZAN, best of several random splits");
    }
    if let Some(seconds) = seconds {
        say!("  inference:   {:.1} ms for one clip", 1e3 * seconds);
    }
    say!("");
    say!("{table}");
}

pub(crate) fn as_json(
    options: &Options,
    variant: Variant,
    table: &LayerTable,
    seconds: Option<f64>,
) -> Value {
    let info = variant.info();
    let layer = |layer: &mgc::nets::Layer| {
        let [frames, bands, channels] = layer.output;
        json!({
            "name": layer.name, "kind": layer.kind.to_string(), "inputs": layer.inputs,
            "kernel": layer.window.map(|window| window.kernel), "stride": layer.window.map(|window| window.stride),
            "frames": frames, "bands": bands, "channels": channels,
            "parameters": layer.parameters, "trainable": layer.trainable, "macs": layer.macs,
        })
    };
    let mut value = json!({
        "name": variant.name(), "summary": info.summary, "row": info.row, "source": info.source,
        "choice": info.choice, "paper_accuracy": info.paper_accuracy, "classes": options.classes,
        "input": [options.frames, options.bands], "parameters": table.parameters(), "trainable": table.trainable(),
        "norm_parameters": table.norm_parameters(), "conv_parameters": table.conv_parameters(),
        "weights": table.parameters() - table.norm_parameters(), "macs": table.macs(), "map": last_map(table), "seconds": seconds,
    });
    if options.describe.is_some() {
        value["layers"] = table.layers.iter().map(layer).collect();
    }
    value
}
