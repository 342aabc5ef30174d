//! What an output may be besides a plain file: a link, a pipe, a device, a stream of the shell, another
//! output.

use crate::outputs::OPTIONS;
use crate::programs::{Ran, Room};
use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};

#[test]
fn two_outputs_of_one_name_are_refused() {
    let room = Room::new();
    fs::write(room.at("old"), "old").unwrap();
    symlink("fresh", room.at("link")).unwrap();
    for [csv, npy] in [["fresh", "./fresh"], ["fresh", "link"], ["old", "music/../old"], ["-", "/dev/stdout"]]
    {
        let line = format!("classify --model model.safetensors song.wav --csv {csv} --embeddings {npy}");
        room.run(&line).refused("both write");
    }
    room.run("classify --model model.safetensors song.wav --json --csv -").refused("both write");
    assert_eq!(room.read("old"), b"old");
    assert!(!room.at("fresh").exists());
}

#[test]
fn a_link_is_followed_and_stays() {
    let room = Room::new();
    fs::create_dir(room.at("results")).unwrap();
    symlink("results/table.csv", room.at("link.csv")).unwrap();
    for _ in 0..2 {
        room.run("classify --model model.safetensors song.wav --csv link.csv").succeeded();
        assert!(room.at("link.csv").is_symlink());
        assert!(room.read("results/table.csv").starts_with(b"file,predicted,"));
    }
    assert_eq!(room.names("results"), ["table.csv"]);
}

#[test]
fn a_pipe_and_a_device_are_written_through_and_stay_what_they_are() {
    let room = Room::new();
    let ran = room
        .shell("mkfifo pipe; cat pipe > read & classify --model model.safetensors song.wav --csv pipe; wait");
    ran.succeeded();
    assert!(room.at("pipe").metadata().unwrap().file_type().is_fifo());
    assert!(room.read("read").starts_with(b"file,predicted,"));
    if room.shell("mknod null c 1 3 && : > null").code != Some(0) {
        return crate::programs::skip("no device can be made or opened here");
    }
    room.run("classify --model model.safetensors song.wav --csv null --embeddings null").succeeded();
    assert!(room.at("null").metadata().unwrap().file_type().is_char_device());
}

#[test]
fn a_dash_is_standard_output_which_then_carries_nothing_else() {
    let room = Room::new();
    for (command, option, _, name) in OPTIONS.into_iter().filter(|(.., name)| *name != "new") {
        room.run(&format!("{command} {option} {name}")).succeeded();
        let command = room.command(&format!("{command} {option} -")).output().unwrap();
        assert!(command.stdout == room.read(name), "{option}: {:?}", Ran::new(&command));
    }
    for (command, option, ..) in OPTIONS.into_iter().filter(|(.., name)| *name == "new") {
        room.run(&format!("{command} {option} -")).refused("standard output cannot hold a folder");
    }
}

#[test]
fn a_stream_that_the_shell_sends_into_a_file_is_an_output_too() {
    let room = Room::new();
    let before = room.read("song.wav");
    for script in
        ["mel song.wav >> song.wav", "classify --model model.safetensors music song.wav >> song.wav"]
    {
        room.shell(script).refused("would overwrite the input");
        assert_eq!(room.read("song.wav"), before, "{script}");
    }
    room.shell("mel song.wav --npy new.npy > new.npy").refused("goes there already");
    assert_eq!(room.read("new.npy"), b"");
    let ran = room.shell("mel song.wav --npy new.npy 2> new.npy");
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{ran:?}");
}
