//! The file format of a bundle: safetensors with a versioned JSON header.

use crate::error::{Error, Result};
use crate::model::bundle::{Bundle, check_shapes};
use candle::Device;
use mgc_audio::MelConfig;
use mgc_nets::NetConfig;
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Written to every file; a reader refuses others.
const VERSION: u32 = 2;
/// The one key of the safetensors header: several would be written in random order.
const KEY: &str = "mgc";

/// What is read first, whatever the version.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// All of a bundle but its tensors.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    version: u32,
    network: NetConfig,
    front_end: Option<MelConfig>,
    input: Option<(usize, usize)>,
    labels: Vec<String>,
    provenance: BTreeMap<String, String>,
}

impl Bundle {
    /// Writes the bundle: first to a temporary name, then renamed, so that no half file is ever seen.
    ///
    /// # Errors
    /// [`Error::Io`] with the path; [`Error::Bundle`] when the parts do not belong together or a weight is not finite.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let bytes = self
            .check()
            .and_then(|()| self.to_bytes())
            .map_err(|reason| Error::Bundle { path: path.into(), reason })?;
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
        let Self { network, front_end, input, labels, provenance, tensors } = self.clone();
        let header = Header { version: VERSION, network, front_end, input, labels, provenance };
        let header = serde_json::to_string(&header).map_err(|error| error.to_string())?;
        let tensors: BTreeMap<_, _> = tensors.iter().collect();
        let header = HashMap::from([(KEY.to_owned(), header)]);
        safetensors::serialize(tensors, Some(header)).map_err(|error| error.to_string())
    }

    fn from_bytes(bytes: &[u8]) -> std::result::Result<Self, String> {
        let Header { version: _, network, front_end, input, labels, provenance } = header(bytes)?;
        check_shapes_of_file(bytes, &network)?;
        let tensors =
            candle::safetensors::load_buffer(bytes, &Device::Cpu).map_err(|error| error.to_string())?;
        let bundle = Self { network, front_end, input, labels, provenance, tensors };
        bundle.check()?;
        Ok(bundle)
    }
}

/// Before any tensor is made: a file may claim any shape.
fn check_shapes_of_file(bytes: &[u8], network: &NetConfig) -> std::result::Result<(), String> {
    network.validate().map_err(|error| error.to_string())?;
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| error.to_string())?;
    let tensors = metadata.tensors();
    check_shapes(network, tensors.iter().map(|(name, info)| (name.as_str(), info.shape.as_slice())))
}

fn header(bytes: &[u8]) -> std::result::Result<Header, String> {
    let no_tensors = |error| format!("not a safetensors file ({error})");
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(no_tensors)?;
    let text = metadata.metadata().as_ref().and_then(|header| header.get(KEY));
    let text = text.ok_or("a safetensors file without the header of a model bundle")?;
    let damaged = |error| format!("its header is damaged ({error})");
    match serde_json::from_str(text).map_err(damaged)? {
        Versioned { version: VERSION } => serde_json::from_str(text).map_err(damaged),
        Versioned { version } => {
            Err(format!("format version {version}, this program reads version {VERSION}"))
        }
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    static COUNT: AtomicU64 = AtomicU64::new(0); // two threads may save to one path
    temporary.push(format!(".{}-{}.tmp", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    let mut file = File::create_new(&temporary)?;
    let written =
        file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary); // the first error is the one to report
    }
    written
}
