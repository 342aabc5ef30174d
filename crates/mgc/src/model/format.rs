//! The file format of a bundle: safetensors with a versioned JSON header.

use crate::error::{Error, ModelError, Result};
use crate::model::bundle::Bundle;
use crate::model::checks::check_shapes;
use crate::model::version2;
use crate::windows::Windows;
use candle::Device;
use mgc_audio::MelConfig;
use mgc_nets::NetConfig;
use mgc_train::Calibration;
use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

/// The version that is written.
const VERSION: u32 = 3;
/// The oldest version that is read.
const OLDEST: u32 = 2;
/// The one key of the safetensors header: several would be written in random order.
const KEY: &str = "mgc";
/// The beginning of HDF5 (`.h5`, `.hdf5`), and of a zip file, with what one of Keras (`.keras`) holds.
const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";
const ZIP: &[u8] = b"PK\x03\x04";
const WEIGHTS_IN_ZIP: &[u8] = b"model.weights.h5";

/// The part of the header that every version has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// A bundle without its tensors.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    version: u32,
    network: NetConfig,
    front_end: Option<MelConfig>,
    input: Option<(usize, usize)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    windows: Option<Windows>,
    labels: Vec<String>,
    provenance: BTreeMap<String, String>,
    /// Absent where it changes nothing. A program that does not know it refuses the file: it would give other
    /// probabilities.
    #[serde(default, skip_serializing_if = "is_default")]
    calibration: Calibration,
}

fn is_default(calibration: &Calibration) -> bool {
    *calibration == Calibration::default()
}

impl Bundle {
    /// Writes the bundle to a file, which appears whole or not at all.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// let bundle = mgc::Bundle::load("model.safetensors")?;
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("renamed.safetensors");
    /// mgc::Bundle { labels: vec!["a".into(), "b".into(), "c".into()], ..bundle }.save(&path)?;
    /// assert_eq!(mgc::Bundle::load(&path)?.labels, ["a", "b", "c"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Io`] with the path; [`Error::Bundle`] when the parts do not belong together or a weight is
    /// not finite.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let bytes = self.to_bytes().map_err(|error| error.in_file(path))?;
        mgc_files::replace_bytes(path, &bytes).map_err(|source| Error::Io { path: path.into(), source })
    }

    /// Reads a bundle from a file.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// let bundle = mgc::Bundle::load("model.safetensors")?;
    /// assert_eq!(bundle.labels, ["waltz", "march", "tango"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Io`] when there is no such file; [`Error::Bundle`] when it is not a bundle, is of another
    /// version, damaged, or its parts do not belong together.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|source| Error::Io { path: path.into(), source })?;
        Self::from_bytes(&bytes).map_err(|error| error.in_file(path))
    }

    /// Returns the bytes of the bundle's file; equal bundles give equal bytes.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// let bundle = mgc::Bundle::load("model.safetensors")?;
    /// assert!(bundle.to_bytes()? == std::fs::read("model.safetensors")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Model`] when the parts do not belong together or a weight is not finite.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        self.check()?;
        let Self { network, front_end, input, windows, labels, provenance, calibration, tensors } =
            self.clone();
        let version = VERSION;
        let header = Header { version, network, front_end, input, windows, labels, provenance, calibration };
        let header = serde_json::to_string(&header).map_err(damaged)?;
        let header = HashMap::from([(KEY.to_owned(), header)]);
        let tensors: BTreeMap<_, _> = tensors.iter().collect();
        Ok(safetensors::serialize(tensors, Some(header)).map_err(not_safetensors)?)
    }

    /// Reads a bundle from the bytes of its file, such as an embedded or a downloaded one.
    ///
    /// ```
    /// const MODEL: &[u8] = include_bytes!(
    ///     concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/model.safetensors")
    /// );
    /// assert_eq!(mgc::Bundle::from_bytes(MODEL)?.labels, ["waltz", "march", "tango"]);
    /// # Ok::<(), mgc::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Model`] when they are not a bundle, are of another version, damaged, or the parts do not
    /// belong together.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if let Some(kind) = foreign(bytes) {
            return Err(kind.into());
        }
        let Header { version: _, network, front_end, input, windows, labels, provenance, calibration } =
            header(bytes)?;
        check_shapes_of_file(bytes, &network)?;
        let tensors = candle::safetensors::load_buffer(bytes, &Device::Cpu).map_err(ModelError::from)?;
        let bundle = Self { network, front_end, input, windows, labels, provenance, calibration, tensors };
        bundle.check()?;
        Ok(bundle)
    }
}

/// Checks the shapes before any tensor is made: a file may claim any shape.
fn check_shapes_of_file(bytes: &[u8], network: &NetConfig) -> std::result::Result<(), ModelError> {
    network.validate()?;
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(not_safetensors)?;
    let tensors = metadata.tensors();
    check_shapes(network, tensors.iter().map(|(name, info)| (name.as_str(), info.shape.as_slice())))
}

fn header(bytes: &[u8]) -> std::result::Result<Header, ModelError> {
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(not_safetensors)?;
    let text = metadata.metadata().as_ref().and_then(|header| header.get(KEY));
    let text = text.ok_or(ModelError::NoHeader)?;
    match serde_json::from_str(text).map_err(damaged)? {
        Versioned { version: VERSION } => serde_json::from_str(text).map_err(damaged),
        Versioned { version: 2 } => {
            version2::migrated(text).and_then(serde_json::from_value).map_err(damaged)
        }
        Versioned { version } => {
            Err(ModelError::Version { actual: version, oldest: OLDEST, newest: VERSION })
        }
    }
}

/// Recognises the files that Keras writes.
fn foreign(bytes: &[u8]) -> Option<ModelError> {
    let holds_weights = || bytes.windows(WEIGHTS_IN_ZIP.len()).any(|name| name == WEIGHTS_IN_ZIP);
    match () {
        () if bytes.starts_with(HDF5) => Some(ModelError::Keras),
        () if bytes.starts_with(ZIP) && holds_weights() => Some(ModelError::KerasArchive),
        () => None,
    }
}

fn not_safetensors(source: safetensors::SafeTensorError) -> ModelError {
    ModelError::NotSafetensors { source: source.into() }
}

fn damaged(source: serde_json::Error) -> ModelError {
    ModelError::Header { source: source.into() }
}
