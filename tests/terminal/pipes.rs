//! A reader that goes away ends printing, not work; nothing panics; exit codes tell the truth.

use crate::programs::{EXAMPLES, Ran, Room, TRAIN, full, has, skip, unread};

/// Examples that work, fail and are misused, with their exit codes.
const COMMANDS: [(&str, i32); 12] = [
    ("classify --model model.safetensors music", 0),
    ("classify --model model.safetensors music gone.wav", 1),
    ("classify --model gone.safetensors music", 1),
    ("classify --model model.safetensors", 2),
    ("evaluate --model model.safetensors --dataset folder --root music", 0),
    ("evaluate --model model.safetensors --dataset folders --root music", 1),
    ("export_onnx --model model.safetensors --out new.onnx", 0),
    ("mel song.wav --png new.png", 0),
    ("mel gone.wav", 1),
    ("datasets list", 0),
    ("datasets verify folder --root music", 0),
    ("variants --json", 0),
];

#[test]
fn the_exit_code_is_the_same_whoever_listens() {
    let room = Room::new();
    for (line, code) in COMMANDS {
        assert_eq!(room.run(line).code, Some(code), "{line}");
        let deaf = |out: bool, err: bool| {
            let mut command = room.command(line);
            if out {
                command.stdout(unread());
            }
            if err {
                command.stderr(unread());
            }
            Ran::new(&command.output().unwrap())
        };
        for (out, err) in [(true, false), (false, true), (true, true)] {
            let ran = deaf(out, err);
            assert_eq!(ran.code, Some(code), "{line}, unread: output {out}, errors {err}: {ran:?}");
            assert!(!ran.err.contains("panicked"), "{ran:?}");
        }
    }
}

#[test]
fn closed_streams_and_a_full_disk_behind_the_error_stream_change_nothing() {
    let room = Room::new();
    for (line, code) in COMMANDS {
        for streams in [">&-", "2>&-", ">&- 2>&-", "2>/dev/full"] {
            if streams.contains("full") && !has("/dev/full") {
                continue;
            }
            assert_eq!(room.shell(&format!("{line} {streams}")).code, Some(code), "{line} {streams}");
        }
    }
}

#[test]
fn help_and_version_reach_a_reader_or_end_quietly() {
    let room = Room::new();
    for example in EXAMPLES {
        for option in ["--help", "--version"] {
            let line = format!("{example} {option}");
            room.run(&line).succeeded();
            let ran = Ran::new(&room.command(&line).stdout(unread()).stderr(unread()).output().unwrap());
            assert_eq!(ran.code, Some(0), "{line}");
        }
        let ran = Ran::new(
            &room.command(&format!("{example} --no-such-option")).stderr(unread()).output().unwrap(),
        );
        assert_eq!(ran.code, Some(2), "{example}");
    }
}

#[test]
fn a_table_is_complete_though_the_reader_of_the_lines_left_after_the_first() {
    let room = Room::new();
    let classify = "classify --model model.safetensors music gone.wav";
    let ran =
        room.shell(&format!("{{ {classify} --csv o.csv --embeddings o.npy; echo $? > code; }} | head -n 1"));
    assert!(ran.out.starts_with("music/march/0.wav  ("), "{ran:?}");
    assert_eq!(String::from_utf8(room.read("o.csv")).unwrap().lines().count(), 16);
    assert_eq!(room.read("o.npy").len(), 128 + 15 * 4 * 4);
    assert_eq!(room.read("code"), b"1\n", "one of the files is missing");
    let ran = room.shell("{ classify --model model.safetensors music --csv p.csv; echo $? > code; } | false");
    assert_eq!((ran.code, room.read("code")), (Some(1), b"0\n".to_vec()), "{ran:?}");
    assert_eq!(String::from_utf8(room.read("p.csv")).unwrap().lines().count(), 16);
}

#[test]
fn training_goes_on_to_its_end_without_a_reader() {
    let room = Room::new();
    let silent =
        Ran::new(&room.command(&format!("train {TRAIN} --out unread")).stdout(unread()).output().unwrap());
    silent.succeeded();
    let heard = room.run(&format!("train {TRAIN} --out heard"));
    heard.succeeded();
    assert_eq!(room.names("unread"), room.names("heard"));
    assert_eq!(room.read("unread/model.safetensors"), room.read("heard/model.safetensors"));
    assert!(heard.out.contains("Test ") && heard.out.contains("best epoch"), "{heard:?}");
}

#[test]
fn a_full_disk_behind_standard_output_is_a_failure_that_stops_no_other_work() {
    if !has("/dev/full") {
        return skip("this system has no /dev/full");
    }
    let room = Room::new();
    let classify = "classify --model model.safetensors music";
    for (line, file) in [
        (format!("{classify} --csv - --embeddings a.npy"), "a.npy"),
        (format!("{classify} --json --csv b.csv"), "b.csv"),
        (format!("{classify} --csv c.csv"), "c.csv"),
        ("mel song.wav --npy - --png d.png".to_owned(), "d.png"),
        ("variants --json".to_owned(), "."),
        ("datasets folds folder --root music --json".to_owned(), "."),
        ("mel --help".to_owned(), "."),
        (format!("train {TRAIN} --out run"), "run/model.safetensors"),
    ] {
        let ran = Ran::new(&room.command(&line).stdout(full()).output().unwrap());
        assert_eq!(ran.code, Some(1), "{line}: {ran:?}");
        let said = ran.err.matches("error: standard output: No space left on device").count();
        assert_eq!(said, 1, "{ran:?}");
        assert!(room.at(file).exists(), "{line}");
    }
}

#[test]
fn a_pipe_named_as_an_output_may_be_left_by_its_reader() {
    let room = Room::new();
    let script = "mkfifo pipe; head -c 1 pipe > first & mel song.wav --npy pipe --png after.png; code=$?; wait; exit $code";
    room.shell(script).succeeded();
    assert_eq!(room.read("first"), b"\x93");
    assert!(room.at("after.png").exists());
}

#[test]
fn one_track_that_cannot_be_read_makes_an_evaluation_fail_after_its_scores() {
    let room = Room::new();
    std::fs::write(room.at("music/tango/broken.wav"), "no samples").unwrap();
    let ran = room.run("evaluate --model model.safetensors --dataset folder --root music");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.contains("Accuracy") && ran.err.contains("broken"), "{ran:?}");
}
