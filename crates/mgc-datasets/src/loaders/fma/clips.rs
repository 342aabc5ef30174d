//! The clips of FMA on the disk, `000/000002.mp3`, and the file `checksums` beside them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::catalog::Checksum;
use crate::error::{Error, Result};
use crate::loaders::files::{is_file, is_folder, name, only, visible_entries};

/// Returns the id of a track: six digits, as in file names.
pub(super) fn id(track: u32) -> String {
    format!("{track:06}")
}

/// Returns the clips below a folder by track id; none when there is no such folder.
pub(super) fn below(folder: &Path) -> Result<BTreeMap<u32, PathBuf>> {
    let mut clips = BTreeMap::new();
    if !is_folder(folder)? {
        return Ok(clips);
    }
    for thousand in only(visible_entries(folder)?, is_thousand)? {
        for path in only(visible_entries(&thousand)?, is_file)? {
            if let Some(track) = track(&name(&thousand), &name(&path)) {
                clips.insert(track, path);
            }
        }
    }
    Ok(clips)
}

fn is_thousand(path: &Path) -> Result<bool> {
    Ok(digits(&name(path), 3) && is_folder(path)?)
}

/// Returns the track of a clip: 2 for `000002.mp3` in `000`.
fn track(folder: &str, file: &str) -> Option<u32> {
    let stem = file.strip_suffix(".mp3")?;
    (digits(stem, 6) && stem.starts_with(folder)).then(|| stem.parse().ok())?
}

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads checksums by track id in the format of sha1sum, `<40 digits>  000/000002.mp3`; none without the
/// file.
pub(super) fn checksums(list: &Path) -> Result<BTreeMap<String, Checksum>> {
    let mut checksums = BTreeMap::new();
    if !is_file(list)? {
        return Ok(checksums);
    }
    let file = BufReader::new(File::open(list).map_err(Error::io(list))?);
    let mut last = None;
    for (index, line) in file.lines().enumerate() {
        let line = line.map_err(Error::io(list))?;
        let Some((digits, file)) = line.split_once([' ', '\t']).filter(|(digits, _)| is_sha1(digits)) else {
            return Err(Error::Table {
                path: list.to_path_buf(),
                line: index as u64 + 1,
                found: format!("`{}`", line.chars().take(60).collect::<String>()),
                expected: "40 hexadecimal digits and a file, as sha1sum writes them".to_string(),
                rows: index,
                last,
            });
        };
        let file = Path::new(file.trim_start_matches([' ', '*']));
        let folder = file.parent().map(name).unwrap_or_default();
        if let Some(track) = track(&folder, &name(file)) {
            checksums.insert(id(track), Checksum::Sha1(digits.to_string()));
        }
        last = Some(file.to_string_lossy().into_owned());
    }
    Ok(checksums)
}

fn is_sha1(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
