//! An output never destroys anything.

use crate::programs::{EXAMPLES, Room};
use std::fs;
use std::os::unix::fs::symlink;

/// Every option of every example that writes: the rest of the command, the option, an input, a name that
/// fits.
pub(crate) const OPTIONS: [(&str, &str, &str, &str); 16] = [
    ("classify --model model.safetensors song.wav", "--csv", "song.wav", "new.csv"),
    ("classify --model model.safetensors song.wav", "--embeddings", "model.safetensors", "new.npy"),
    (
        "evaluate --model model.safetensors --dataset folder --root music",
        "--predictions",
        "music/tango/0.wav",
        "new.csv",
    ),
    ("explain --model model.safetensors song.wav", "--map", "song.wav", "new.png"),
    ("explain --model model.safetensors song.wav", "--passage", "song.wav", "new.wav"),
    ("explain --model model.safetensors song.wav", "--timeline", "model.safetensors", "new.png"),
    ("explain --model model.safetensors song.wav", "--csv", "song.wav", "new.csv"),
    ("export_onnx --model model.safetensors", "--out", "model.safetensors", "new.onnx"),
    ("grid grid.toml", "--out", "grid.toml", "new"),
    ("import_keras --hdf5 keras.h5 --labels march,tango,waltz", "--out", "keras.h5", "new.safetensors"),
    ("mel song.wav", "--augment", "song.wav", "new.png"),
    ("mel song.wav", "--npy", "song.wav", "new.npy"),
    ("mel song.wav", "--png", "song.wav", "new.png"),
    ("reproduce --table 2 --dataset folder --root music --groups groups.csv", "--out", "groups.csv", "new"),
    (
        "train --dataset arrays --root model.safetensors --variant proposed",
        "--out",
        "model.safetensors",
        "new",
    ),
    (
        "train --dataset arrays --root model.safetensors --variant proposed",
        "--features",
        "model.safetensors",
        "new",
    ),
];

#[test]
fn the_list_of_options_that_write_is_complete() {
    let room = Room::new();
    let mut found = Vec::new();
    for example in EXAMPLES {
        let help = room.run(&format!("{example} --help")).out;
        let writes =
            |line: &&str| line.starts_with("--") && (line.contains(" <OUT") || line.contains(" <DIR"));
        for line in help.lines().map(str::trim).filter(writes) {
            found.push((example, line.split(' ').next().unwrap().to_owned()));
        }
    }
    let quickstart = ("quickstart", "--out".to_owned()); // it has no input
    let listed = OPTIONS
        .iter()
        .map(|(command, option, ..)| (command.split(' ').next().unwrap(), (*option).to_owned()));
    let mut listed: Vec<_> = listed.chain([quickstart]).collect();
    listed.sort();
    found.sort();
    assert_eq!(found, listed);
}

#[test]
fn an_output_that_is_an_input_is_refused_by_whatever_name_it_goes() {
    let room = Room::new();
    for (command, option, input, _) in OPTIONS {
        let before = room.read(input);
        let absolute = room.at(input).display().to_string();
        let _ = fs::remove_file(room.at("soft")).and(fs::remove_file(room.at("hard")));
        symlink(room.at(input), room.at("soft")).unwrap();
        fs::hard_link(room.at(input), room.at("hard")).unwrap();
        for name in [input, &format!("./{input}"), &format!("music/../{input}"), &absolute, "soft", "hard"] {
            let ran = room.run(&format!("{command} {option} {name}"));
            ran.refused(&format!("{option} {name}: "));
            assert_eq!(room.read(input), before, "{command} {option} {name}");
        }
        assert!(room.at("soft").is_symlink());
    }
}

#[test]
fn a_folder_or_a_missing_folder_is_refused_before_the_work() {
    let room = Room::new();
    fs::create_dir(room.at("folder")).unwrap();
    for (command, option, _, name) in OPTIONS.into_iter().filter(|(.., name)| *name != "new") {
        room.run(&format!("{command} {option} folder")).refused("this is a folder, expected a file");
        room.run(&format!("{command} {option} missing/{name}")).refused("No such file or directory");
        assert_eq!(room.names("folder"), [""; 0], "{command} {option}");
    }
    assert!(!room.at("missing").exists());
}

#[test]
fn a_name_that_promises_another_format_is_refused() {
    let room = Room::new();
    for (command, option, _, name) in OPTIONS.into_iter().filter(|(.., name)| *name != "new") {
        let (name, fitting) = name.split_once('.').unwrap();
        for ending in ["jpg", "JPG", "json", "wav", "zip"].into_iter().filter(|ending| *ending != fitting) {
            room.run(&format!("{command} {option} {name}.{ending}")).refused("expected a name that ends in");
        }
    }
    assert!(!room.names(".").iter().any(|name| name.starts_with("new")));
}

#[test]
fn a_file_of_a_dataset_is_kept_though_it_is_no_track_and_an_old_table_of_ours_is_replaced() {
    let room = Room::new();
    let evaluate = "evaluate --model model.safetensors --dataset folder --root music --predictions";
    fs::write(room.at("music/genres.csv"), "track,genre\n").unwrap();
    room.run(&format!("{evaluate} music/genres.csv")).refused("would overwrite the input");
    assert_eq!(room.read("music/genres.csv"), b"track,genre\n");
    for _ in 0..2 {
        room.run(&format!("{evaluate} music/table.csv")).succeeded();
    }
}

#[test]
fn the_tables_of_fma_are_kept_where_they_lie_beside_the_clips() {
    let room = Room::new();
    let table = ",artist,set,set,track\n,id,split,subset,genre_top\ntrack_id,,,,\n2,1,test,small,Hip-Hop\n";
    fs::create_dir_all(room.at("fma_small/000")).unwrap();
    fs::create_dir(room.at("fma_metadata")).unwrap();
    fs::copy(room.at("song.wav"), room.at("fma_small/000/000002.mp3")).unwrap();
    fs::write(room.at("fma_metadata/tracks.csv"), table).unwrap();
    fs::write(room.at("fma_metadata/genres.csv"), "genre_id\n").unwrap();
    let evaluate =
        "evaluate --model model.safetensors --dataset fma --root fma_small --predictions fma_metadata";
    for name in ["tracks.csv", "genres.csv"] {
        room.run(&format!("{evaluate}/{name}")).refused("would overwrite the input");
    }
    assert_eq!(room.read("fma_metadata/tracks.csv"), table.as_bytes());
}

#[test]
fn reading_a_corpus_that_is_not_there_makes_none() {
    let room = Room::new();
    for command in [
        "evaluate --model model.safetensors --dataset synthetic",
        "datasets verify synthetic",
        "datasets folds synthetic",
    ] {
        room.run(&format!("{command} --root typo")).refused("no such folder");
        assert!(!room.at("typo").exists());
    }
}

#[test]
fn a_table_that_tells_the_groups_is_not_replaced_by_the_run() {
    let room = Room::new();
    fs::create_dir(room.at("run")).unwrap();
    fs::write(room.at("run/run.json"), r#"{"format": 2, "split": {"ids_labels_sides": "5f"}}"#).unwrap();
    fs::write(room.at("run/split.csv"), "id,group\n").unwrap();
    let train = format!("train {} --out run --overwrite --groups", crate::programs::TRAIN);
    room.run(&format!("{train} music/../run/split.csv")).refused("would overwrite the input");
    assert_eq!(room.read("run/split.csv"), b"id,group\n");
}

#[test]
fn quickstart_makes_no_music_for_a_folder_that_holds_another_run() {
    let room = Room::new();
    room.run(&format!("train {} --out run", crate::programs::TRAIN)).succeeded();
    let before = room.names("run");
    room.run("quickstart --out run").refused("choose another folder, or replace that run by --overwrite");
    assert_eq!(room.names("run"), before);
}

#[test]
fn a_store_of_features_replaces_no_file_of_another_program() {
    let room = Room::new();
    fs::create_dir(room.at("store")).unwrap();
    fs::write(room.at("store/features.bin"), "of another program").unwrap();
    let train = format!("train {} --out run --features store", crate::programs::TRAIN);
    room.run(&train).refused("file of another program");
    assert_eq!(room.read("store/features.bin"), b"of another program");
    fs::remove_file(room.at("store/features.bin")).unwrap();
    room.run(&train).succeeded();
    room.run(&format!("{train} --overwrite")).succeeded();
}
