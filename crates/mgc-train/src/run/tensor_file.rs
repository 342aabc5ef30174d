//! Named tensors in a safetensors file.

use crate::error::{Error, Result};
use candle::{Device, Tensor};
use safetensors::SafeTensors;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// The texts in the header of a safetensors file, by name.
pub(crate) type Notes = HashMap<String, String>;

/// Replaces a safetensors file in one step. Tensors on another device are copied to the host.
pub(crate) fn write<'a>(
    path: &Path,
    tensors: impl IntoIterator<Item = (String, &'a Tensor)>,
    notes: Option<Notes>,
) -> Result<()> {
    let bytes = safetensors::serialize(tensors, notes).map_err(candle::Error::from)?;
    mgc_files::replace_bytes(path, &bytes).map_err(|source| io_error(path, source))
}

/// Reads all tensors of a safetensors file to the host, and the texts in its header.
pub(crate) fn read(path: &Path) -> Result<(HashMap<String, Tensor>, Notes)> {
    let bytes = fs::read(path).map_err(|source| io_error(path, source))?;
    let broken = |error: &dyn std::fmt::Display| Error::State {
        path: path.to_path_buf(),
        reason: format!("not a complete safetensors file ({error}): delete it or restore a copy"),
    };
    let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|error| broken(&error))?;
    let tensors = candle::safetensors::load_buffer(&bytes, &Device::Cpu).map_err(|error| broken(&error))?;
    Ok((tensors, header.metadata().clone().unwrap_or_default()))
}

fn io_error(path: &Path, source: std::io::Error) -> Error {
    Error::Io { path: path.to_path_buf(), source }
}
