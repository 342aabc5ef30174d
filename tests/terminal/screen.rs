//! The examples on a real terminal: the pseudo-terminal of `script` (util-linux).

use crate::programs::{Ran, Room, TRAIN, skip};
use std::fs;

/// Runs a line of shell on a terminal; `None` where there is no such `script`.
fn on_screen(room: &Room, line: &str) -> Option<Ran> {
    fs::write(room.at("line.sh"), line).unwrap();
    if room.shell("script --version | grep -q util-linux").code != Some(0) {
        skip("there is no `script` of util-linux");
        return None;
    }
    Some(room.shell("TERM=xterm script -qec 'sh line.sh' /dev/null"))
}

#[test]
fn a_terminal_sees_the_bar_and_every_line_and_gets_the_exit_code() {
    let room = Room::new();
    let Some(ran) = on_screen(&room, &format!("train {TRAIN} --out run")) else { return };
    ran.succeeded();
    for text in ["warning: some genres", "epoch   loss", "    2 ", "Test ", "Try it:", "\u{1b}["] {
        assert!(ran.out.contains(text), "{text:?} in {ran:?}");
    }
    let classify = "classify --model model.safetensors music gone.wav --csv o.csv";
    let Some(ran) = on_screen(&room, classify) else { return };
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(ran.out.matches(" kHz -> 22.05 kHz, 1 chunk)").count(), 15, "{ran:?}");
    assert_eq!(String::from_utf8(room.read("o.csv")).unwrap().lines().count(), 16);
}

#[test]
fn names_and_tags_cannot_command_the_terminal() {
    let room = Room::new();
    let name = "\u{1b}]0;owned\u{7}\u{202e}.wav";
    fs::write(room.at(name), with_title(room.read("song.wav"), b"\x1b[2Jgone\x9b")).unwrap();
    fs::create_dir(room.at("folder")).unwrap();
    fs::copy(room.at(name), room.at("folder").join(name)).unwrap();
    fs::write(room.at("folder").join("\u{1b}c broken.wav"), "no samples").unwrap();
    let script = "mel folder/*owned*; classify --model model.safetensors folder --csv o.csv --json > o.json
                  classify --model model.safetensors folder nowhere/*owned*; mel \"$(printf 'no\\033c.wav')\"
                  mel \"$(printf -- '--\\033coption')\"; exit 0";
    let Some(ran) = on_screen(&room, script) else { return };
    for raw in ["\u{1b}]0;", "\u{7}", "\u{202e}", "\u{1b}[2J", "\u{1b}c"] {
        assert!(!ran.out.contains(raw), "{raw:?} in {ran:?}");
    }
    for written in [r"\u{1b}]0;owned\u{7}\u{202e}.wav", r"\u{1b}[2Jgone", r"\u{1b}c broken", r"no\u{1b}c.wav"]
    {
        assert!(ran.out.contains(written), "{written} in {ran:?}");
    }
    let (csv, json) = (room.read("o.csv"), room.read("o.json"));
    assert!(String::from_utf8(csv).unwrap().contains(name), "the table keeps the true name");
    assert!(
        String::from_utf8(json).unwrap().contains(r"\u001b]0;owned\u0007"),
        "so does the JSON, in its own way"
    );
}

/// A wav file with a title in a list of tags between format and samples.
fn with_title(mut wav: Vec<u8>, title: &[u8]) -> Vec<u8> {
    let padded: Vec<u8> = title.iter().copied().chain(vec![0; 2 - title.len() % 2]).collect();
    let tag = [b"INFOINAM".as_slice(), &(padded.len() as u32).to_le_bytes(), &padded].concat();
    wav.splice(36..36, [b"LIST".as_slice(), &(tag.len() as u32).to_le_bytes(), &tag].concat());
    let riff = (wav.len() as u32 - 8).to_le_bytes();
    wav[4..8].copy_from_slice(&riff);
    wav
}
