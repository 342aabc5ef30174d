//! Named tensors in a safetensors file.

use crate::error::{Error, Result};
use candle::{Device, Tensor};
use safetensors::SafeTensors;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// Text that a safetensors file carries in its header.
pub(crate) type Notes = HashMap<String, String>;

/// Writes a safetensors file in one step: its path holds the old or the new content, whole, at every moment.
pub(crate) fn write<'a>(
    path: &Path,
    tensors: impl IntoIterator<Item = (String, &'a Tensor)>,
    notes: Option<Notes>,
) -> Result<()> {
    let bytes = safetensors::serialize(tensors, notes).map_err(candle::Error::from)?;
    mgc_files::replace_bytes(path, &bytes).map_err(|source| io_error(path, source))
}

/// Reads a safetensors file whole, to the host.
pub(crate) fn read(path: &Path) -> Result<(HashMap<String, Tensor>, Notes)> {
    let bytes = fs::read(path).map_err(|source| io_error(path, source))?;
    let broken = |error: &dyn std::fmt::Display| Error::State {
        path: path.to_path_buf(),
        reason: format!("not a whole safetensors file ({error}): delete it or restore a copy"),
    };
    let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|error| broken(&error))?;
    let tensors = candle::safetensors::load_buffer(&bytes, &Device::Cpu).map_err(|error| broken(&error))?;
    Ok((tensors, header.metadata().clone().unwrap_or_default()))
}

fn io_error(path: &Path, source: std::io::Error) -> Error {
    Error::Io { path: path.to_path_buf(), source }
}
