//! What is wrong with a file that cannot be read: no Keras file, damaged, or packed in a way that is not read
//! here.

use crate::error::Error;
use hdf5_reader::error::Error as Hdf5Error;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Filters of HDF5 by their registered numbers.
const FILTERS: [(u32, &str); 12] = [
    (4, "szip"),
    (305, "LZO"),
    (307, "bzip2"),
    (32_000, "LZF"),
    (32_001, "Blosc"),
    (32_004, "LZ4"),
    (32_008, "bitshuffle"),
    (32_013, "ZFP"),
    (32_015, "Zstandard"),
    (32_017, "SZ"),
    (32_024, "SZ3"),
    (32_026, "Blosc2"),
];

/// Other kinds of files by their first bytes.
const OTHERS: [(&[u8], &str); 6] = [
    (b"PK", "a zip archive, perhaps a `.keras` file of Keras 3 or a PyTorch model"),
    (b"version https://git-lfs", "a Git LFS pointer instead of the file: run `git lfs pull`"),
    (b"<", "a web page or XML"),
    (b"\x80", "a Python pickle"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x08", "protocol buffers, perhaps ONNX or TensorFlow"),
];

pub(super) fn not_opened(path: &Path, error: Hdf5Error) -> Error {
    match error {
        Hdf5Error::Io(source) => Error::Read { path: path.into(), source },
        Hdf5Error::InvalidMagic => no_keras(path, kind(path).unwrap_or("no HDF5 signature")),
        error => unreadable(path, "the file's header", &error),
    }
}

fn kind(path: &Path) -> Option<&'static str> {
    let mut start = Vec::new();
    File::open(path).ok()?.take(32).read_to_end(&mut start).ok()?;
    OTHERS.iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, name)| *name)
}

pub(super) fn no_keras(path: &Path, actual: &str) -> Error {
    Error::KerasFormat { path: path.into(), actual: actual.into() }
}

pub(super) fn unreadable(path: &Path, object: impl Into<String>, error: &Hdf5Error) -> Error {
    let (path, object) = (path.into(), object.into());
    match encoding(error) {
        Some(encoding) => Error::KerasEncoding { path, object, encoding },
        None => Error::KerasUnreadable { path, object, reason: error.to_string() },
    }
}

/// Names the way of storing that the reader does not know, if that is the reason.
fn encoding(error: &Hdf5Error) -> Option<String> {
    match error {
        Hdf5Error::Context { source, .. } => encoding(source),
        Hdf5Error::UnsupportedFilter(text) => {
            let number = text.trim_start_matches("filter id ").parse::<u32>().ok();
            let known = number.and_then(|number| FILTERS.iter().find(|(known, _)| *known == number));
            Some(known.map_or_else(|| format!("HDF5 {text}"), |(_, name)| format!("{name} compression")))
        }
        Hdf5Error::UnsupportedEncoding(text) => Some(text.clone()),
        Hdf5Error::ResourceLimit(text) => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_compression_is_named_and_not_called_damage() {
        let message = |error: Hdf5Error| {
            unreadable(Path::new("m.h5"), "conv2d/kernel:0", &error.with_context("kernel:0")).to_string()
        };
        let lzf = message(Hdf5Error::UnsupportedFilter("filter id 32000".into()));
        assert!(
            lzf.contains("conv2d/kernel:0 is stored with LZF compression, which is not read here"),
            "{lzf}"
        );
        let other = message(Hdf5Error::UnsupportedFilter("filter id 9".into()));
        assert!(other.contains("HDF5 filter id 9") && !other.contains("damaged"), "{other}");
        assert!(message(Hdf5Error::InvalidData("cut".into())).contains("damaged or incomplete"));
    }
}
