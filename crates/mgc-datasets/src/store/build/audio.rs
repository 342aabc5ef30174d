//! Reads audio so that the hashed bytes are the decoded ones.

use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::Path;

use blake3::{Hash, Hasher};
use mgc_audio::{FrontEnd, Spectrogram};

use crate::error::{Error, Result};
use crate::store::file::record::Row;

/// Files up to this size are read once, then hashed and decoded from memory: 25 minutes of CD audio.
const IN_MEMORY: u64 = 256 << 20;

/// An audio file that has been hashed.
pub(super) struct Audio {
    pub(super) content: Hash,
    /// The whole file, or `None` if it is larger than [`IN_MEMORY`].
    bytes: Option<Vec<u8>>,
}

impl Audio {
    /// Reads and hashes a file. Refuses a device or a pipe, which may never end.
    pub(super) fn read(path: &Path) -> Result<Self> {
        Self::read_up_to(IN_MEMORY, path)
    }

    fn read_up_to(limit: u64, path: &Path) -> Result<Self> {
        let io = Error::io(path);
        let data = fs::metadata(path).map_err(&io)?;
        if !data.is_file() {
            return Err(io(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")));
        }
        let mut bytes = Vec::with_capacity(data.len().min(limit) as usize + 1);
        File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes)).map_err(&io)?;
        if bytes.len() as u64 > limit {
            return Ok(Self { content: hash(path)?, bytes: None });
        }
        Ok(Self { content: blake3::hash(&bytes), bytes: Some(bytes) })
    }

    /// Computes the log-mel spectrograms of exactly the hashed content, under its key.
    ///
    /// A file too large for memory is read again by the decoder and hashed again afterwards: if it has
    /// changed meanwhile, the spectrograms would have a wrong key.
    pub(super) fn row(self, path: &Path, key: &Hash, front_end: &FrontEnd) -> Result<Row> {
        let from_memory = self.bytes.is_some();
        let spectrograms = match self.bytes {
            Some(bytes) => front_end.reader(Cursor::new(bytes), path)?,
            None => front_end.file(path)?,
        };
        let spectrograms = spectrograms.collect::<mgc_audio::Result<Vec<Spectrogram>>>()?;
        if !from_memory && hash(path)? != self.content {
            return Err(Error::Changed { path: path.to_path_buf() });
        }
        Ok(Row::of_track(key, spectrograms))
    }
}

fn hash(path: &Path) -> Result<Hash> {
    let mut hasher = Hasher::new();
    File::open(path).and_then(|file| hasher.update_reader(file).map(drop)).map_err(Error::io(path))?;
    Ok(hasher.finalize())
}

#[cfg(test)]
mod tests {
    use mgc_audio::{Clip, MelConfig, write_wav};

    use super::*;

    fn setting() -> (tempfile::TempDir, std::path::PathBuf, FrontEnd) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("song.wav");
        write_wav(&path, &Clip::new(vec![0.25; 4000], 22_050)).unwrap();
        (folder, path, FrontEnd::new(MelConfig::default()).unwrap())
    }

    #[test]
    fn a_file_too_large_to_be_held_gives_the_same_row() {
        let (_folder, path, front_end) = setting();
        let row = |limit| {
            let audio = Audio::read_up_to(limit, &path).unwrap();
            assert_eq!(audio.bytes.is_some(), limit == IN_MEMORY);
            let key = audio.content;
            audio.row(&path, &key, &front_end).unwrap()
        };
        assert_eq!(row(1000).seal, row(IN_MEMORY).seal);
    }

    #[test]
    fn a_large_file_that_changes_while_it_is_decoded_has_no_row() {
        let (_folder, path, front_end) = setting();
        let audio = Audio::read_up_to(1000, &path).unwrap();
        write_wav(&path, &Clip::new(vec![0.5; 4000], 22_050)).unwrap();
        let key = audio.content;
        let error = audio.row(&path, &key, &front_end).map(drop).unwrap_err();
        assert!(matches!(error, Error::Changed { .. }), "{error}");
    }
}
