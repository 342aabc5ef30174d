//! Builds a feature store of a folder of music.
//!
//! ```text
//! cargo run --release -p mgc-datasets --example extract -- MUSIC STORE
//! cargo run --release -p mgc-datasets --example extract -- MUSIC STORE --preset quick --threads 2 --shard 1/8
//! cargo run --release -p mgc-datasets --example extract -- --merge STORE PART PART
//! ```
//!
//! Progress goes to the standard error, one line at the end to the standard output: seconds, and how many
//! tracks were computed, reused and skipped. MUSIC has one folder per genre. With `--shard` nothing is
//! published; run it once more without, on the same store, when all parts are done.

use std::error::Error;
use std::io::{Write, stderr, stdout};
use std::process::ExitCode;
use std::{env, time::Instant};

use mgc_audio::{FrontEnd, MelConfig};
use mgc_datasets::{Dataset, FeatureStore, Folder, Progress, Skipped};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stderr(), "extract: {error}"); // nobody may listen
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Outcome<()> {
    match arguments {
        [flag, store, parts @ ..] if flag == "--merge" => {
            let _ = writeln!(stdout(), "{} rows taken over", FeatureStore::merge(parts, store)?);
            Ok(())
        }
        [music, store, options @ ..] => extract(music, store, options),
        _ => Err("usage: extract MUSIC STORE [--preset NAME] [--threads N] [--shard I/N]".into()),
    }
}

fn extract(music: &str, store: &str, options: &[String]) -> Outcome<()> {
    let (mut preset, mut threads, mut shard) = ("bbnn", 0, None);
    for option in options.chunks(2) {
        match option {
            [name, value] if name == "--preset" => preset = value,
            [name, value] if name == "--threads" => threads = value.parse()?,
            [name, value] if name == "--shard" => shard = Some(value.parse()?),
            _ => return Err(format!("unknown or without a value: {}", option[0]).into()),
        }
    }
    let start = Instant::now();
    let music = Folder::open(music)?;
    let front_end = FrontEnd::new(preset.parse::<MelConfig>()?)?;
    let all = 0..music.tracks().len();
    let mut last = Progress::default();
    let show = |progress: &Progress| {
        last = *progress;
        draw(progress);
    };
    let work = || match shard {
        Some(shard) => FeatureStore::build_shard(&music, all, &front_end, store, shard, show),
        None => {
            FeatureStore::build(&music, all, &front_end, store, show).map(|store| store.skipped().to_vec())
        }
    };
    let skipped = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?.install(work)?;
    let _ = writeln!(stderr());
    report(&skipped);
    let (seconds, Progress { computed, reused, skipped, .. }) = (start.elapsed().as_secs_f64(), last);
    let _ = writeln!(stdout(), "{seconds:.3} s, {computed} computed, {reused} reused, {skipped} skipped");
    Ok(())
}

fn draw(progress: &Progress) {
    let left =
        progress.remaining.map_or_else(String::new, |left| format!(", {:.0} s left", left.as_secs_f64()));
    let _ = write!(stderr(), "\r{}/{}{left}    ", progress.done, progress.total);
}

fn report(skipped: &[Skipped]) {
    for Skipped { id, reason, .. } in skipped {
        let _ = writeln!(stderr(), "skipped {id}: {reason}");
    }
}
