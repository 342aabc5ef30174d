//! The source of the arrays of a dataset: one `.npz`, or the notebooks' pair of `.npy` files.

use std::fs::File;
use std::io::{BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::npy::{self, Fault, Npy};
use crate::catalog::Info;
use crate::error::{Error, Result};
use crate::loaders::files::{extension, visible_entries};

/// The notebooks' file names, each after the name that its array has in an archive.
const PAIR: [(&str, &str); 2] = [("x", "melspec_feature_2048.npy"), ("y", "onehot_labels.npy")];

/// What to do about an archive that cannot be read.
const WRITTEN_BY: &str =
    "an archive written by numpy.savez or numpy.savez_compressed: save it again with one of them";

/// Arrays by name.
pub(crate) enum Shelf {
    Archive { path: PathBuf, zip: ZipArchive<BufReader<File>> },
    Pair { folder: PathBuf },
}

impl Shelf {
    /// Opens an archive, a folder with one archive, or a folder with the pair.
    pub(crate) fn open(root: &Path, info: &Info) -> Result<Self> {
        let layout = |found: String| Error::Layout {
            path: root.to_path_buf(),
            dataset: info.name,
            found,
            expected: info.layout,
        };
        match root.metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(layout("no such file or folder".to_string()));
            }
            found => found.map(|_| ()).map_err(Error::io(root))?,
        }
        if !root.is_dir() {
            return Self::archive(root, layout);
        }
        if root.join(PAIR[0].1).is_file() {
            return Ok(Self::Pair { folder: root.to_path_buf() });
        }
        let mut archives = visible_entries(root)?;
        archives.retain(|path| extension(path).is_some_and(|ending| ending == "npz"));
        match archives.as_slice() {
            [only] => Self::archive(only, layout),
            _ => Err(layout(format!("{} .npz files", archives.len()))),
        }
    }

    fn archive(path: &Path, layout: impl Fn(String) -> Error) -> Result<Self> {
        let file = File::open(path).map_err(Error::io(path))?;
        let zip = ZipArchive::new(BufReader::new(file))
            .map_err(|error| layout(format!("not an .npz archive ({error})")))?;
        Ok(Self::Archive { path: path.to_path_buf(), zip })
    }

    /// Reads the array of this name, or returns `None` where there is none.
    pub(crate) fn array(&mut self, name: &str) -> Result<Option<Npy>> {
        let read = match self {
            Self::Archive { zip, .. } => match unread_compression(zip, name) {
                Some(method) => Err(Fault::new(format!("an entry packed with {method}"), WRITTEN_BY)),
                None => match zip.by_name(&format!("{name}.npy")) {
                    Ok(file) => npy::read(file),
                    Err(ZipError::FileNotFound) => return Ok(None),
                    Err(error) => Err(Fault::new(error.to_string(), WRITTEN_BY)),
                },
            },
            Self::Pair { folder } => {
                let file = PAIR.iter().find(|(known, _)| *known == name).map(|(_, file)| folder.join(file));
                let Some(path) = file.filter(|path| path.is_file()) else {
                    return Ok(None);
                };
                npy::read(BufReader::new(File::open(&path).map_err(Error::io(&path))?))
            }
        };
        read.map(Some).map_err(|fault| self.error(name, fault))
    }

    /// Returns the names of all arrays.
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Self::Archive { zip, .. } => {
                zip.file_names().flatten().map(|name| name.trim_end_matches(".npy").to_string()).collect()
            }
            Self::Pair { .. } => PAIR.iter().map(|(name, _)| (*name).to_string()).collect(),
        }
    }

    /// Makes an error of a fault in an array.
    pub(crate) fn error(&self, name: &str, fault: Fault) -> Error {
        let path = match self {
            Self::Archive { path, .. } => path.clone(),
            Self::Pair { folder } => PAIR
                .iter()
                .find(|(known, _)| *known == name)
                .map_or_else(|| folder.clone(), |(_, file)| folder.join(file)),
        };
        Error::Array { path, array: name.to_string(), found: fault.found, expected: fault.expected }
    }
}

/// Returns how an array is compressed, where that is a way that is not read here.
fn unread_compression(zip: &mut ZipArchive<BufReader<File>>, name: &str) -> Option<&'static str> {
    let index = zip.index_for_name(&format!("{name}.npy"))?;
    match zip.by_index_raw(index).ok()?.compression() {
        CompressionMethod::BZIP2 => Some("bzip2"),
        CompressionMethod::LZMA => Some("LZMA"),
        CompressionMethod::XZ => Some("xz"),
        CompressionMethod::ZSTD => Some("Zstandard"),
        CompressionMethod::DEFLATE64 => Some("Deflate64"),
        CompressionMethod::AES => Some("AES (a password)"),
        _ => None,
    }
}
