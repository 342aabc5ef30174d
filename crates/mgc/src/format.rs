//! The file format of a bundle: safetensors with a versioned JSON header.

use crate::bundle::Bundle;
use crate::error::{Error, Result};
use candle::{DType, Device, Tensor};
use safetensors::SafeTensors;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

/// Written to every file; a reader refuses others.
const VERSION: &str = "1";
/// Header keys.
const KEYS: [&str; 5] = ["mgc.version", "mgc.network", "mgc.front_end", "mgc.labels", "mgc.provenance"];

impl Bundle {
    /// Writes the bundle: first to a temporary name, then renamed, so that no half file is ever seen.
    ///
    /// # Errors
    /// [`Error::Io`] with the path.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let bytes = self.to_bytes().map_err(|reason| Error::Bundle { path: path.into(), reason })?;
        write_whole(path, &bytes).map_err(|source| Error::Io { path: path.into(), source })
    }

    /// Reads a bundle.
    ///
    /// # Errors
    /// [`Error::Io`] when there is no such file; [`Error::Bundle`] when it is not a bundle, is of another
    /// version, damaged, or its parts do not belong together.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|source| Error::Io { path: path.into(), source })?;
        Self::from_bytes(&bytes).map_err(|reason| Error::Bundle { path: path.into(), reason })
    }

    fn to_bytes(&self) -> std::result::Result<Vec<u8>, String> {
        let values = [
            VERSION.to_owned(),
            json(&self.network)?,
            json(&self.front_end)?,
            json(&self.labels)?,
            json(&self.provenance)?,
        ];
        let header = KEYS.map(str::to_owned).into_iter().zip(values).collect();
        let mut tensors: Vec<_> = self.tensors.iter().collect();
        tensors.sort_by_key(|(name, _)| *name);
        safetensors::serialize(tensors, Some(header)).map_err(|error| error.to_string())
    }

    fn from_bytes(bytes: &[u8]) -> std::result::Result<Self, String> {
        let no_bundle = |error| format!("not a safetensors file ({error})");
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(no_bundle)?;
        let header = header.metadata().clone().unwrap_or_default();
        match header.get(KEYS[0]).map(String::as_str) {
            Some(VERSION) => {}
            Some(other) => return Err(format!("format version {other}, this program reads version {VERSION}")),
            None => return Err("a safetensors file without the header of a model bundle".into()),
        }
        let bundle = Self {
            network: field(&header, KEYS[1])?,
            front_end: field(&header, KEYS[2])?,
            labels: field(&header, KEYS[3])?,
            provenance: field(&header, KEYS[4])?,
            tensors: candle::safetensors::load_buffer(bytes, &Device::Cpu).map_err(|error| error.to_string())?,
        };
        bundle.check()?;
        finite(&bundle.tensors)?;
        Ok(bundle)
    }
}

fn json(value: &impl Serialize) -> std::result::Result<String, String> {
    serde_json::to_string(value).map_err(|error| error.to_string())
}

fn field<T: DeserializeOwned>(header: &HashMap<String, String>, key: &str) -> std::result::Result<T, String> {
    let text = header.get(key).ok_or_else(|| format!("its header lacks `{key}`"))?;
    serde_json::from_str(text).map_err(|error| format!("`{key}` of its header: {error}"))
}

fn finite(tensors: &HashMap<String, Tensor>) -> std::result::Result<(), String> {
    for (name, tensor) in tensors {
        let sum = tensor.to_dtype(DType::F64).and_then(|t| t.abs()?.sum_all()?.to_scalar::<f64>());
        match sum {
            Ok(sum) if sum.is_finite() => {}
            Ok(_) => return Err(format!("tensor `{name}` holds values that are not finite")),
            Err(error) => return Err(format!("tensor `{name}`: {error}")),
        }
    }
    Ok(())
}

fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}.tmp", std::process::id()));
    let mut file = File::create(&temporary)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary); // the first error is the one to report
    }
    written
}
