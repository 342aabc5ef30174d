//! The time that a cell takes, kept beside its result: the result holds none, so the same cell gives the same bytes.

use crate::grid::machine::machine;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The name of the file in a cell's folder.
const FILE: &str = "time.json";

/// What the training of a cell has taken so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Spent {
    /// Wall time, s: of every finished epoch, and of the test. What a killed process had not finished is not in it.
    pub(super) seconds: f64,
    /// The machines that trained it, in their order.
    pub(super) machines: Vec<String>,
}

impl Spent {
    /// Reads what is noted in a cell's folder; `None` where nothing is, or nothing that can be read.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(FILE)).ok()?).ok()
    }

    /// Returns the time.
    pub(super) fn time(&self) -> Duration {
        Duration::try_from_secs_f64(self.seconds).unwrap_or_default()
    }
}

/// Runs while a cell is trained, and goes on where it was interrupted.
pub(super) struct Clock {
    folder: PathBuf,
    spent: Spent,
    since: Instant,
}

impl Clock {
    /// Starts the clock of a cell.
    pub(super) fn start(folder: &Path) -> Self {
        let mut spent = Spent::read(folder).unwrap_or_default();
        let here = machine();
        if !spent.machines.contains(&here) {
            spent.machines.push(here);
        }
        Self { folder: folder.into(), spent, since: Instant::now() }
    }

    /// Adds the time since the last call. A time that cannot be written is lost, and nothing else with it.
    pub(super) fn tick(&mut self) {
        let now = Instant::now();
        self.spent.seconds += now.duration_since(self.since).as_secs_f64();
        self.since = now;
        let text = serde_json::to_string_pretty(&self.spent).unwrap_or_default();
        drop(mgc_files::replace_bytes(self.folder.join(FILE), format!("{text}\n").as_bytes()));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is the finding itself")]

    use super::{Clock, FILE, Spent};
    use std::fs;

    #[test]
    fn a_clock_goes_on_where_it_was_interrupted_and_notes_every_machine() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), r#"{"seconds": 1000.0, "machines": ["another"]}"#).unwrap();
        Clock::start(folder.path()).tick();
        Clock::start(folder.path()).tick();
        let spent = Spent::read(folder.path()).unwrap();
        assert!(spent.seconds > 1000.0 && spent.seconds < 1100.0, "{spent:?}");
        assert_eq!((spent.machines.len(), spent.machines[0].as_str()), (2, "another"));
        fs::write(folder.path().join(FILE), "torn").unwrap();
        assert_eq!(Spent::read(folder.path()), None);
    }
}
