//! Uncompressed samples after a header: wav, AIFF, CAF and `.au`, read without a decoder.

mod aiff;
mod au;
mod caf;
mod encoding;
mod g711;
mod reader;
mod wav;

use std::path::Path;

use crate::{
    decode::{container::Container, source::Source, tags::Tags},
    error::Result,
};
pub(crate) use reader::{Layout, Pcm};

/// Returns the layout of the samples and the tags of an uncompressed container; `None` for one of packets.
pub(crate) fn layout(
    name: &Path,
    source: &mut Source,
    container: Container,
) -> Result<Option<(Layout, Tags)>> {
    match container {
        Container::Au => au::layout(name, source).map(|layout| Some((layout, Tags::default()))),
        Container::Aiff => aiff::layout(name, source).map(|layout| Some((layout, Tags::default()))),
        Container::Caf => Ok(caf::layout(name, source)?.map(|layout| (layout, Tags::default()))),
        Container::Wav => wav::layout(name, source).map(Some),
        _ => Ok(None),
    }
}
