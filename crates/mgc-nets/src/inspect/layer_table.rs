//! Lists a network's layers with their sizes, without making the network.

use crate::config::NetConfig;
use crate::inspect::layer::LayerTable;
use crate::inspect::listing::{Listing, Size};
use crate::inspect::shapes::blank;
use candle::Result;

/// Lists a network's layers for spectrograms of `frames` x `bands`, without allocating the network.
///
/// # Errors
/// When the configuration is invalid, or the input is smaller than [`NetConfig::min_input`]: the message
/// names the first layer without an output.
///
/// # Example
/// ```
/// use mgc_nets::{LayerKind, Variant, layer_table};
/// let table = layer_table(&Variant::SqueezeExcitation.config(10), (647, 128))?;
/// assert_eq!((table.parameters(), table.trainable(), table.macs()), (202_010, 197_594, 3_716_817_216));
/// let first = &table.layers[0];
/// assert_eq!((first.name.as_str(), first.kind), ("stem.conv", LayerKind::Conv));
/// assert_eq!(first.output, [647, 128, 32]);
/// # Ok::<(), mgc_nets::candle::Error>(())
/// ```
pub fn layer_table(config: &NetConfig, (frames, bands): (usize, usize)) -> Result<LayerTable> {
    let mut listing = Listing { layers: vec![], least: config.min_input() };
    blank(config)?.outputs(&mut listing, &Size { channels: 1, frames, bands })?;
    Ok(LayerTable { input: (frames, bands), layers: listing.layers })
}
