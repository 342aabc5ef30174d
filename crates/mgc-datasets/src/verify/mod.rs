//! Compares a dataset on disk with its published content.

mod report;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use mgc_audio::decode;
use rayon::prelude::*;

pub use report::{Finding, Problem, Verification};

use crate::catalog::{Dataset, Inventory, Source, Track};
use crate::error::Result;
use crate::loaders::files::audio_files_below;
use crate::loaders::open;
use crate::text::path_text;

/// The fraction of the nominal length below which a clip is too short. The shortest good clip of GTZAN has
/// 0.998 of it, the longest that FMA lists as bad (27.4 s of 30 s) has 0.913.
const WHOLE_CLIP: f64 = 0.95;

/// Opens the dataset called `name` at `root` and compares it with its published content. Every track is
/// decoded, and every file with a published checksum is hashed.
///
/// ```
/// # fn main() -> Result<(), mgc_datasets::Error> {
/// use mgc_datasets::{Problem, verify};
///
/// let root = tempfile::tempdir().unwrap();
/// std::fs::create_dir(root.path().join("jazz")).unwrap();
/// std::fs::write(root.path().join("jazz/jazz.00054.wav"), "").unwrap();
///
/// let report = verify("gtzan", root.path())?;
/// assert_eq!(report.count(Problem::Missing), 999);
/// assert_eq!(report.count(Problem::KnownBad), 1);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Those of [`open`] and [`Dataset::inventory`]. A bad file is a finding, not an error.
pub fn verify(name: &str, root: impl AsRef<Path>) -> Result<Verification> {
    verify_dataset(open(name, root)?.as_ref(), |_, _| ())
}

/// Compares an open dataset, such as one of your own, with its [`Inventory`].
///
/// `progress` is called with the number of finished tracks and the number of all tracks, from several
/// threads and in any order.
///
/// ```
/// # fn main() -> Result<(), mgc_datasets::Error> {
/// use mgc_datasets::{Synthetic, SyntheticConfig, verify_dataset};
///
/// # let root = tempfile::tempdir().unwrap();
/// # let root = root.path();
/// let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 0, ..Default::default() };
/// let corpus = Synthetic::write(root, &tiny, |_, _| ())?;
/// let report = verify_dataset(&corpus, |done, total| eprint!("\r{done}/{total}"))?;
/// assert!(report.findings.is_empty());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) when a folder cannot be read, and those of [`Dataset::inventory`].
pub fn verify_dataset(dataset: &dyn Dataset, progress: impl Fn(usize, usize) + Sync) -> Result<Verification> {
    let inventory = dataset.inventory()?;
    let tracks = dataset.tracks();
    let done = AtomicUsize::new(0);
    let each = |track: &Track| {
        let checked = check(dataset, track, &inventory);
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, tracks.len());
        checked
    };
    let checked: Vec<Checked> = tracks.par_iter().map(each).collect();
    let checksums = checked.iter().filter(|checked| checked.checksum_is_right).count();
    let mut findings: Vec<Finding> = inventory
        .missing
        .iter()
        .map(|(id, detail)| Finding::new(Problem::Missing, id, detail, None))
        .collect();
    findings.extend(checked.into_iter().flat_map(|checked| checked.findings));
    findings.iter_mut().for_each(|finding| excuse(finding, &inventory));
    findings.extend(extra(tracks, &inventory)?);
    Ok(Verification { tracks: tracks.len(), checksums, findings })
}

#[derive(Default)]
struct Checked {
    checksum_is_right: bool,
    findings: Vec<Finding>,
}

fn check(dataset: &dyn Dataset, track: &Track, inventory: &Inventory) -> Checked {
    let mut checked = Checked::default();
    let path = match &track.source {
        Source::Audio(path) => Some(path.as_path()),
        Source::Row(_) => None,
    };
    if let Some((path, checksum)) = path.zip(inventory.checksums.get(&track.id)) {
        // an unreadable file is reported by decoding it
        match fs::read(path).map(|bytes| checksum.mismatch(&bytes)) {
            Ok(None) => checked.checksum_is_right = true,
            Ok(Some(actual)) => {
                let detail = format!("found {actual}, published {}", checksum.digits());
                checked.findings.push(Finding::new(Problem::Checksum, &track.id, &detail, Some(path)));
            }
            Err(_) => {}
        }
    }
    if let Err(error) = sound(dataset, track) {
        checked.findings.push(Finding::new(Problem::Corrupt, &track.id, &error, path));
    }
    checked
}

/// Checks that a track can be decoded and is long enough.
fn sound(dataset: &dyn Dataset, track: &Track) -> std::result::Result<(), String> {
    let path = match &track.source {
        Source::Row(row) => return dataset.spectrogram(*row).map(drop).map_err(|error| error.to_string()),
        Source::Audio(path) => path,
    };
    let seconds = decode(path).map_err(|error| error.to_string())?.duration().as_secs_f64();
    match dataset.info().clip_seconds {
        Some(nominal) if seconds < f64::from(nominal) * WHOLE_CLIP => {
            Err(format!("{seconds:.1} s of {nominal} s"))
        }
        _ => Ok(()),
    }
}

/// Downgrades a finding that the inventory lists as known bad.
fn excuse(finding: &mut Finding, inventory: &Inventory) {
    let known = inventory.known_bad.iter().find(|(id, _)| *id == finding.id);
    if let Some((_, reason)) = known.filter(|_| finding.problem != Problem::Checksum) {
        finding.problem = Problem::KnownBad;
        finding.detail = format!("{} ({reason})", finding.detail);
    }
}

fn extra(tracks: &[Track], inventory: &Inventory) -> Result<Vec<Finding>> {
    let Some(folder) = &inventory.folder else {
        return Ok(Vec::new());
    };
    let path = |track| match track {
        &Track { source: Source::Audio(ref path), .. } => Some(path.as_path()),
        _ => None,
    };
    let known: BTreeSet<&Path> = tracks.iter().filter_map(path).collect();
    let files = audio_files_below(folder)?;
    let unknown = files.into_iter().filter(|file| !known.contains(file.as_path()));
    Ok(unknown
        .map(|file| {
            let inside = path_text(file.strip_prefix(folder).unwrap_or(&file));
            Finding::new(Problem::Extra, &inside, "not a track of this dataset", Some(&file))
        })
        .collect())
}
