//! Disks that are full or read-only, and folders of somebody else.

use crate::programs::{Ran, Room, TRAIN, skip};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

/// Commands that write, up to the name of a file or folder on the disk.
const WRITERS: [&str; 7] = [
    "classify --model model.safetensors song.wav --csv disk/new",
    "classify --model model.safetensors song.wav --embeddings disk/new",
    "evaluate --model model.safetensors --dataset folder --root music --predictions disk/new",
    "export_onnx --model model.safetensors --out disk/new",
    "import_keras --hdf5 keras.h5 --labels march,tango,waltz --out disk/new",
    "mel song.wav --png disk/new.png",
    "quickstart --out disk/new",
];

/// Runs a script beside `disk`, a file system of its own with this size and content. `None` where this system
/// does not let one be mounted.
fn on_disk(room: &Room, size: &str, script: &str) -> Option<Ran> {
    let _ = fs::create_dir(room.at("disk"));
    let mounted = format!("mount -t tmpfs -o size={size} none disk || exit 77\n{script}\nexit 0\n");
    fs::write(room.at("script.sh"), mounted).unwrap();
    let ran = room.shell("unshare --map-root-user --mount sh script.sh");
    // 77 is the script's own word for it; unshare itself says its name.
    if ran.code == Some(77) || ran.err.starts_with("unshare:") || ran.code == Some(127) {
        skip(&format!("no disk can be mounted here: {}", ran.err.trim()));
        return None;
    }
    assert_eq!(ran.code, Some(0), "{ran:?}");
    Some(ran)
}

/// The script's commands, each with its exit code and the names on the disk after it.
fn reporting<'a>(commands: impl IntoIterator<Item = &'a str>) -> String {
    let line = |command| format!("{command} 2>> err >> out; echo \"$? $(ls -A disk | tr '\\n' ' ')\"\n");
    commands.into_iter().map(line).collect()
}

#[test]
fn a_full_disk_is_found_out_before_the_work_and_nothing_stays_on_it() {
    let room = Room::new();
    let train = format!("train {TRAIN} --out disk/new");
    let features = format!("train {TRAIN} --out run --features disk/new");
    let all: Vec<_> = WRITERS.into_iter().chain([train.as_str(), features.as_str()]).collect();
    let script = format!("cat /dev/zero > disk/filler 2> /dev/null\n{}", reporting(all.iter().copied()));
    let Some(ran) = on_disk(&room, "128k", &script) else { return };
    assert_eq!(ran.out, "1 filler \n".repeat(all.len()));
    let errors = String::from_utf8(room.read("err")).unwrap();
    assert_eq!(
        errors.lines().filter(|line| line.contains("No space left on device")).count(),
        all.len(),
        "{errors}"
    );
    assert_eq!(room.read("out"), b"", "all of them end before the work");
}

#[test]
fn a_disk_that_fills_up_keeps_the_old_file_and_no_other() {
    let room = Room::new();
    let mel = "mel song.wav --preset heakl --npy disk/old.npy";
    let train = format!("train {TRAIN} --out disk/run");
    let script = format!(
        "echo old > disk/old.npy\n{}cat disk/old.npy; ls -A disk/run | grep -c mgc-",
        reporting([mel, &train])
    );
    let Some(ran) = on_disk(&room, "192k", &script) else { return };
    assert_eq!(ran.out, "1 old.npy \n1 old.npy run \nold\n0\n");
    let errors = String::from_utf8(room.read("err")).unwrap();
    assert_eq!(errors.matches("No space left on device").count(), 2, "{errors}");
}

#[test]
fn a_read_only_disk_is_found_out_before_the_work() {
    let room = Room::new();
    let script = format!("mount -o remount,ro disk || exit 77\n{}", reporting(WRITERS));
    let Some(ran) = on_disk(&room, "1m", &script) else { return };
    assert_eq!(ran.out, "1 \n".repeat(WRITERS.len()));
    let errors = String::from_utf8(room.read("err")).unwrap();
    assert_eq!(errors.matches("Read-only file system").count(), WRITERS.len(), "{errors}");
    assert_eq!(room.read("out"), b"");
}

#[test]
fn a_folder_that_belongs_to_another_user_is_refused_and_left_alone() {
    let room = Room::new();
    fs::create_dir(room.at("disk")).unwrap();
    fs::write(room.at("disk/theirs.csv"), "theirs").unwrap();
    fs::set_permissions(room.at("disk"), Permissions::from_mode(0o555)).unwrap();
    fs::set_permissions(room.at("."), Permissions::from_mode(0o755)).unwrap();
    let user = match fs::write(room.at("disk/probe"), "") {
        Err(_) => "", // we are not the superuser
        Ok(()) => "setpriv --reuid=65534 --regid=65534 --clear-groups ",
    };
    let _ = fs::remove_file(room.at("disk/probe"));
    if room.shell(&format!("{user}mel song.wav")).code != Some(0) {
        return skip("the programs cannot be run as another user here");
    }
    let train = format!("train {TRAIN} --out disk/new");
    for command in WRITERS.into_iter().chain([train.as_str()]) {
        room.shell(&format!("{user}{command}")).refused("Permission denied");
        assert_eq!(room.names("disk"), ["theirs.csv"], "{command}");
    }
}

#[test]
fn a_write_protected_file_is_kept() {
    let room = Room::new();
    fs::write(room.at("final.csv"), "final").unwrap();
    fs::set_permissions(room.at("final.csv"), Permissions::from_mode(0o444)).unwrap();
    room.run("classify --model model.safetensors song.wav --csv final.csv").refused("write-protected");
    assert_eq!(room.read("final.csv"), b"final");
    assert!(room.names(".").iter().all(|name| !name.contains(".tmp")));
}
