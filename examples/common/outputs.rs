//! Outputs that the user asks for, claimed before the work: none destroys an input, none is lost in the end.

use super::cli::{Outcome, in_file};
use super::inputs::no_url;
use super::output::{Output, ending_of, is_stdout};
use super::say::keep_for_product;
use mgc::datasets::AUDIO_EXTENSIONS;
use mgc::experiment::RunFolder;
use mgc::grid::{GridResults, GridTimes};
use mgc::report::grid::GridReport;
use mgc_files::{check_folder, check_writable, printable_path, same_file};
use std::path::{Path, PathBuf};

/// Endings that promise something; others, such as `.txt`, promise nothing.
const FORMATS: &str = "csv tsv json jsonl ndjson npy npz png svg jpg jpeg gif webp bmp tif tiff pdf onnx safetensors h5 \
                       hdf5 keras pt pth xls xlsx ods parquet zip gz";

/// What the shell may have redirected into a file.
const STREAMS: [&str; 2] = ["/dev/stdout", "/dev/stderr"];

/// An option that writes: its name, what the user gave, and the endings that fit its content. Where there are
/// several, the name chooses the format and must have one.
pub(crate) type Wish<'a> = (&'static str, Option<&'a Path>, &'static [&'static str]);

/// Checks all outputs of a program against its inputs, each other and the disk. One called `-` goes to
/// standard output, and what is said for people to the error stream from now on.
pub(crate) fn claim<const N: usize>(
    wishes: [Wish<'_>; N],
    inputs: impl IntoIterator<Item = impl AsRef<Path>>,
) -> Outcome<[Option<Output>; N]> {
    let wanted = wishes.into_iter().filter_map(|(option, path, endings)| Some((option, path?, endings)));
    let wanted: Vec<_> = wanted.collect();
    let named =
        wanted.iter().filter(|(_, path, _)| !is_stdout(path)).map(|(option, path, _)| (*option, *path));
    let redirected = ("the redirected", Path::new(STREAMS[0]));
    let at_risk: Vec<_> = named.chain([redirected]).filter(|(_, path)| path.is_file()).collect();
    for input in inputs {
        no_url(input.as_ref())?;
        at_risk.iter().try_for_each(|(option, path)| keep_input(option, path, input.as_ref()))?;
    }
    for (index, (option, path, endings)) in wanted.iter().enumerate() {
        check(path, endings).map_err(|error| format!("{option} {error}"))?;
        let twin = wanted[..index].iter().find(|(_, other, _)| both_write(other, path));
        if let Some((other, ..)) = twin {
            return Err(
                format!("{other} and {option} both write {}; choose two names", Output::new(path)).into()
            );
        }
    }
    if wanted.iter().any(|(_, path, _)| is_stdout(path)) {
        keep_for_product();
    }
    Ok(wishes.map(|(_, path, _)| path.map(Output::new)))
}

/// Checks the folders that a run writes: `--out` for its results, `--features` for the spectrograms.
pub(crate) fn claim_run<const N: usize>(
    out: &Path,
    features: Option<&Path>,
    inputs: [Option<&PathBuf>; N],
) -> Outcome {
    let inputs: Vec<_> = inputs.into_iter().flatten().collect();
    claim_folder("--out", out, RunFolder::new(out).files(), &inputs)?;
    let Some(store) = features else { return Ok(()) };
    claim_folder("--features", store, [], &inputs) // the store itself replaces no file but its own
}

/// Checks the folder of a grid of experiments before the work, and that its tables are none of the inputs.
pub(crate) fn claim_grid<'a>(out: &Path, inputs: impl Iterator<Item = Option<&'a PathBuf>>) -> Outcome {
    let inputs: Vec<_> = inputs.flatten().collect();
    let tables = [GridResults::CELLS, GridResults::TABLE, GridTimes::FILE];
    let reports = [GridReport::HTML, GridReport::MARKDOWN, GridReport::JSON];
    let files = tables.into_iter().chain(reports).map(|name| out.join(name));
    claim_folder("--out", out, files, &inputs)
}

/// Checks a folder, and the files in it that would be replaced.
fn claim_folder(
    option: &str,
    folder: &Path,
    files: impl IntoIterator<Item = PathBuf>,
    inputs: &[&PathBuf],
) -> Outcome {
    no_url(folder)?;
    if folder == Path::new("-") {
        return Err(format!("{option} -: standard output cannot hold a folder; name one").into());
    }
    inputs.iter().try_for_each(|input| no_url(input))?;
    for file in files.into_iter().filter(|file| file.is_file()) {
        inputs.iter().try_for_each(|input| keep_input(option, &file, input))?;
    }
    check_folder(folder).map_err(|error| format!("{option} {}: {error}", printable_path(folder)).into())
}

/// Whether the file could be written, and its name fits its content.
fn check(path: &Path, endings: &[&str]) -> Outcome {
    if is_stdout(path) {
        return Ok(());
    }
    no_url(path)?;
    in_file(path, check_writable(path))?;
    if is_device(path) {
        return Ok(());
    }
    if let Some(stream) = STREAMS.iter().find(|stream| same(path, Path::new(stream))) {
        return Err(format!(
            "{}: {stream} goes there already; choose another name, or `-`",
            printable_path(path)
        )
        .into());
    }
    let ending = ending_of(path);
    let promises = FORMATS.split(' ').chain(AUDIO_EXTENSIONS.iter().copied()).any(|format| format == ending);
    if !endings.contains(&ending.as_str()) && (promises || endings.len() > 1) {
        let expected = endings.join(" or .");
        return Err(format!("{}: expected a name that ends in .{expected}", printable_path(path)).into());
    }
    Ok(())
}

/// Refuses to replace an input. `output` is a regular file: a device may be both.
fn keep_input(option: &str, output: &Path, input: &Path) -> Outcome {
    if same(output, input) {
        let (output, input) = (printable_path(output), printable_path(input));
        return Err(
            format!("{option} {output}: would overwrite the input {input}; choose another name").into()
        );
    }
    Ok(())
}

fn both_write(a: &Path, b: &Path) -> bool {
    if is_stdout(a) || is_stdout(b) { is_stdout(a) && is_stdout(b) } else { !is_device(a) && same(a, b) }
}

/// A device or a pipe, which holds nothing that could be replaced.
fn is_device(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| !file.is_file())
}

/// Where the system cannot tell, the file cannot be opened either.
fn same(a: &Path, b: &Path) -> bool {
    same_file(a, b).unwrap_or(false)
}
