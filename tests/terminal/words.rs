//! What the examples say.

use crate::programs::{EXAMPLES, Room};
use mgc::Bundle;
use mgc::train::Calibration;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

#[test]
fn every_example_tells_its_version() {
    let room = Room::new();
    for example in EXAMPLES {
        let expected = format!("mgc {} ({example})\n", env!("CARGO_PKG_VERSION"));
        assert_eq!(room.run(&format!("{example} --version")).out, expected);
    }
}

#[test]
fn every_example_is_tried_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let programs = entries.filter(|path| path.is_file() || path.join("main.rs").is_file());
    let mut names: Vec<_> =
        programs.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(names, EXAMPLES);
}

#[test]
fn no_example_prints_by_a_macro_that_panics_without_a_reader() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")];
    let mut sources = 0;
    while let Some(folder) = folders.pop() {
        for path in
            fs::read_dir(folder).unwrap().map(|entry: std::io::Result<fs::DirEntry>| entry.unwrap().path())
        {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let printing = text.contains("print!(") || text.contains("println!(");
            assert!(!printing, "{}: `say!` and `tell!` print", path.display());
            sources += 1;
        }
    }
    assert!(sources > EXAMPLES.len());
}

#[test]
fn a_url_is_called_one() {
    let room = Room::new();
    let file = format!("file://{}", room.at("song.wav").display());
    for (line, url) in [
        ("classify --model model.safetensors ", "https://example.org/song.mp3"),
        ("classify song.wav --model ", "http://example.org/model.safetensors"),
        ("classify --model model.safetensors ", file.as_str()),
        ("mel ", "HTTPS://example.org/song.mp3"),
        ("explain --model model.safetensors ", "https://example.org/song.mp3"),
        ("mel song.wav --npy ", "s3://bucket/x.npy"),
        ("evaluate --model model.safetensors --dataset folder --root ", "ftp://example.org/music"),
        ("export_onnx --out new.onnx --model ", "https://example.org/model.safetensors"),
        ("import_keras --labels gtzan --out new --hdf5 ", "https://example.org/model.h5"),
        ("datasets verify gtzan --root ", "https://example.org/gtzan"),
        ("train --variant proposed --dataset gtzan --root ", "https://example.org/gtzan"),
        ("check_golden --file ", "https://example.org/bbnn.safetensors"),
        ("replay_logs --logs ", "https://example.org/logs"),
    ] {
        let ran = room.run(&format!("{line}{url}"));
        ran.refused("a URL, expected a");
        assert!(
            url != file || ran.err.contains(&format!("give {}", room.at("song.wav").display())),
            "{ran:?}"
        );
    }
}

#[test]
fn a_keras_file_given_as_a_model_leads_to_its_import() {
    let room = Room::new();
    for line in [
        "classify --model keras.h5 song.wav",
        "explain --model keras.h5 song.wav",
        "evaluate --model keras.h5 --dataset folder --root music",
        "export_onnx --model keras.h5 --out new.onnx",
    ] {
        room.run(line).refused("--example import_keras -- --hdf5 keras.h5 --labels");
    }
}

#[test]
fn a_name_in_other_letters_is_recognised() {
    let room = Room::new();
    for (line, suggestion) in [
        ("datasets describe FMA", "fma"),
        ("datasets verify GTZAN --root music", "gtzan"),
        ("evaluate --model model.safetensors --dataset Folder --root music", "folder"),
        ("variants --describe BBNN", "bbnn"),
        ("variants --describe SELU", "selu"),
        ("train --dataset folder --root music --variant proposed --recipe QUICK", "quick"),
        ("mel song.wav --preset HEAKL", "heakl"),
    ] {
        room.run(line).refused(&format!("did you mean `{suggestion}`?"));
    }
}

#[test]
fn a_recording_above_an_hour_is_given_in_hours() {
    let room = Room::new();
    silence(&room.at("long.wav"), 3907);
    let ran = room.run("mel long.wav --preset quick");
    assert!(ran.out.starts_with("long.wav: 1:05:07, ") && ran.out.contains("of 1:05:07"), "{ran:?}");
    let ran = room.run("classify --model model.safetensors --chunks first long.wav");
    assert!(ran.out.starts_with("long.wav  (1:05:07, "), "{ran:?}");
}

#[test]
fn names_that_are_no_utf_8_stay_different_in_the_tables() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let room = Room::new();
    for name in [b"b\xe4r.wav", b"b\xf6r.wav"] {
        if fs::copy(room.at("song.wav"), room.at("music/tango").join(OsStr::from_bytes(name))).is_err() {
            return crate::programs::skip("this file system takes no such names");
        }
    }
    let ran = room.run("classify --model model.safetensors music/tango --csv o.csv --json");
    let csv = String::from_utf8(room.read("o.csv")).unwrap();
    for text in [r"b\xE4r.wav", r"b\xF6r.wav"] {
        assert!(csv.contains(text) && ran.out.contains(&text.replace('\\', r"\\")), "{csv}{ran:?}");
    }
}

#[test]
fn a_name_with_a_line_break_stays_on_one_line_of_an_error() {
    let room = Room::new();
    fs::write(room.at("one\ntwo.wav"), "no audio").unwrap();
    for line in ["classify --model model.safetensors one\ntwo.wav", "mel one\ntwo.wav", "mel absent\ntwo.wav"]
    {
        let ran = room.run(line);
        ran.refused(r"\ntwo.wav: ");
        assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
    }
}

#[test]
fn the_table_tells_what_is_unsure_where_the_model_states_a_threshold() {
    let room = Room::new();
    let model = Bundle::load(room.at("model.safetensors")).unwrap();
    for (threshold, column, cell) in
        [(None, "", ""), (Some(0.0), "unsure,", "false,"), (Some(1.0), "unsure,", "true,")]
    {
        let calibration = Calibration { threshold, ..Calibration::default() };
        model.clone().with_calibration(calibration).save(room.at("stating.safetensors")).unwrap();
        room.run("classify --model stating.safetensors song.wav --csv o.csv").succeeded();
        let csv = String::from_utf8(room.read("o.csv")).unwrap();
        let (header, row) = csv.trim_end().split_once('\n').unwrap();
        assert!(header.starts_with(&format!("file,predicted,{column}p_waltz,")), "{csv}");
        let row = row.splitn(3, ',').last().unwrap();
        assert!(row.starts_with(&format!("{cell}0.")), "{csv}");
    }
}

/// A wav file of 8-bit silence at 8 kHz, which takes no space on most disks.
fn silence(path: &Path, seconds: u32) {
    let (rate, bytes) = (8000_u32, 8000 * seconds);
    let mut file = File::create(path).unwrap();
    let format =
        [1, 0, 1, 0].into_iter().chain(rate.to_le_bytes()).chain(rate.to_le_bytes()).chain([1, 0, 8, 0]);
    let format: Vec<u8> = format.collect();
    let head = [
        b"RIFF".as_slice(),
        &(36 + bytes).to_le_bytes(),
        b"WAVEfmt ",
        &16_u32.to_le_bytes(),
        &format,
        b"data",
    ];
    file.write_all(&[head.concat(), bytes.to_le_bytes().to_vec()].concat()).unwrap();
    file.seek(SeekFrom::Current(i64::from(bytes) - 1)).unwrap();
    file.write_all(&[128]).unwrap();
}
