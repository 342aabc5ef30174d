//! A room with music and a model, and the examples run in it.

use mgc::audio::{Clip, write_wav};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};
use tempfile::TempDir;

/// Every example of this package.
pub(crate) const EXAMPLES: [&str; 14] = [
    "check_golden",
    "classify",
    "datasets",
    "evaluate",
    "explain",
    "export_onnx",
    "grid",
    "import_keras",
    "mel",
    "quickstart",
    "replay_logs",
    "reproduce",
    "train",
    "variants",
];

const MODEL: &[u8] = include_bytes!("../../crates/mgc/tests/fixtures/model.safetensors");
const CHECKPOINT: &[u8] = include_bytes!("../../crates/mgc-nets/tests/fixtures/bbnn_model.h5");

/// What makes `train` short: an epoch over twelve notes.
pub(crate) const TRAIN: &str =
    "--dataset folder --root music --variant proposed --recipe quick --front-end quick --epochs 2";

/// A grid of three runs of two epochs over ten notes.
pub(crate) const GRID: &str = "variants = [\"blocks1\"]\nrecipes = [\"short\"]\nruns = 3\n\n\
                               [recipe.short]\nbase = \"quick\"\nepochs = 2\n\n\
                               [[dataset]]\nkind = \"folder\"\nroot = \"music\"\nfront_end = \"quick\"\n";

/// A folder with `song.wav`, `music/GENRE/*.wav`, `model.safetensors` of these genres,
/// `keras.h5`, `grid.toml` and `groups.csv`.
pub(crate) struct Room(TempDir);

impl Room {
    pub(crate) fn new() -> Self {
        let room = Self(TempDir::new().unwrap());
        for (genre, tone) in [("march", 300.0), ("tango", 500.0), ("waltz", 900.0)] {
            fs::create_dir_all(room.at("music").join(genre)).unwrap();
            for take in 0..5 {
                room.note(&format!("music/{genre}/{take}.wav"), tone + 5.0 * f64::from(take));
            }
        }
        room.note("song.wav", 440.0);
        fs::write(room.at("model.safetensors"), MODEL).unwrap();
        fs::write(room.at("keras.h5"), CHECKPOINT).unwrap();
        fs::write(room.at("grid.toml"), GRID).unwrap();
        fs::write(room.at("groups.csv"), "id,group\nmarch/0.wav,Ana\n").unwrap();
        room
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// A fifth of a second of one tone.
    pub(crate) fn note(&self, path: &str, hertz: f64) {
        let wave = |n: u32| (f64::from(n) * hertz * std::f64::consts::TAU / 8000.0).sin() as f32 / 2.0;
        write_wav(self.at(path), &Clip::new((0..1600).map(wave).collect(), 8000)).unwrap();
    }

    /// An example with arguments that are separated by spaces.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut words = line.split(' ');
        let mut command = Command::new(program(words.next().unwrap()));
        command.args(words).current_dir(self.0.path()).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        Ran::new(&self.command(line).output().unwrap())
    }

    /// A script in which the examples are commands.
    pub(crate) fn shell(&self, script: &str) -> Ran {
        let path =
            env::join_paths([folder(), "/usr/bin".into(), "/bin".into(), "/usr/sbin".into(), "/sbin".into()]);
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).current_dir(self.0.path()).env("PATH", path.unwrap()).stdin(Stdio::null());
        Ran::new(&shell.output().unwrap())
    }

    pub(crate) fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.at(path)).unwrap()
    }

    /// The names in a folder, hidden ones included.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.at(folder)).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// What became of a program; what it wrote is shown where an assertion fails.
#[derive(Debug)]
pub(crate) struct Ran {
    /// `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Asserts that it failed with one of these words, as an error that it tells and no panic.
    pub(crate) fn refused(&self, word: &str) {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert!(self.err.contains(word) && self.out.is_empty(), "expected `{word}`: {self:?}");
    }

    pub(crate) fn succeeded(&self) {
        assert_eq!(self.code, Some(0), "{self:?}");
    }
}

/// The folder of the examples, beside that of this test.
fn folder() -> PathBuf {
    let test = env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().join("examples")
}

pub(crate) fn program(name: &str) -> PathBuf {
    let path = folder().join(name);
    assert!(path.exists(), "{}: missing; `cargo build --examples` makes it", path.display());
    path
}

/// The end to write to of a pipe that nobody reads.
pub(crate) fn unread() -> Stdio {
    let (_reader, writer) = std::io::pipe().unwrap();
    writer.into()
}

/// The device whose disk is always full.
pub(crate) fn full() -> Stdio {
    fs::OpenOptions::new().write(true).open("/dev/full").unwrap().into()
}

/// Says why a test proves nothing here.
pub(crate) fn skip(reason: &str) {
    eprintln!("skipped: {reason}");
}

pub(crate) fn has(path: &str) -> bool {
    Path::new(path).exists()
}
