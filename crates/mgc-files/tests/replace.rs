//! The promises of replacing a file.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc_files::{replace, replace_bytes};
use proptest::prelude::*;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::thread;

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn content_is_visible_only_when_it_is_whole() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file");
    fs::write(&path, "old")?;
    replace(&path, |file| {
        file.write_all(b"half ")?;
        file.flush()?;
        assert_eq!(fs::read(&path)?, b"old");
        file.write_all(b"whole")
    })?;
    assert_eq!(fs::read(&path)?, b"half whole");
    assert_eq!(names(folder.path()), ["file"]);
    Ok(())
}

#[test]
fn a_failure_keeps_the_old_file_and_leaves_nothing() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file");
    fs::write(&path, "old")?;
    let error = replace(&path, |file| {
        file.write_all(b"half")?;
        Err(io::Error::new(ErrorKind::InvalidData, "broken"))
    })
    .unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::InvalidData, "broken"));
    assert_eq!(fs::read(&path)?, b"old");
    assert_eq!(names(folder.path()), ["file"]);
    Ok(())
}

#[test]
fn a_panic_of_the_writer_leaves_nothing() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file");
    let panicked = thread::spawn({
        let path = path.clone();
        move || replace(path, |_| std::panic::resume_unwind(Box::new(())))
    });
    assert!(panicked.join().is_err());
    assert!(names(folder.path()).is_empty());
    Ok(())
}

#[test]
fn errors_keep_their_kind_and_name_no_temporary_file() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let missing = replace_bytes(folder.path().join("missing/file"), b"x").unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert!(!missing.to_string().contains("tmp"), "{missing}");
    assert_eq!(replace_bytes(folder.path(), b"x").unwrap_err().kind(), ErrorKind::IsADirectory);
    let slash = folder.path().join("new/");
    assert_eq!(replace_bytes(slash, b"x").unwrap_err().kind(), ErrorKind::IsADirectory);
    assert_eq!(replace_bytes("", b"x").unwrap_err().kind(), ErrorKind::InvalidInput);
    fs::write(folder.path().join("file"), "old")?;
    let below_a_file = replace_bytes(folder.path().join("file/name"), b"x").unwrap_err();
    assert_eq!(below_a_file.kind(), ErrorKind::NotADirectory);
    assert_eq!(names(folder.path()), ["file"]);
    Ok(())
}

#[test]
fn threads_that_write_one_path_never_mix_and_no_reader_sees_half() -> io::Result<()> {
    const SIZE: usize = 50_000;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file");
    replace_bytes(&path, &[0; SIZE])?;
    thread::scope(|scope| {
        for byte in 1..=4_u8 {
            let path = &path;
            scope.spawn(move || (0..10).for_each(|_| replace_bytes(path, &[byte; SIZE]).unwrap()));
        }
        for _ in 0..200 {
            let content = fs::read(&path).unwrap();
            assert_eq!(content.len(), SIZE);
            assert!(content.iter().all(|byte| *byte == content[0]));
        }
    });
    assert_eq!(names(folder.path()), ["file"]);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_path_holds_what_was_last_written_without_an_error(
        writes in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..20_000), any::<bool>()), 1..6),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut expected = None;
        for (bytes, fails) in writes {
            let written = replace(&path, |file| {
                file.write_all(&bytes)?;
                if fails { Err(ErrorKind::Other.into()) } else { Ok(()) }
            });
            prop_assert_eq!(written.is_err(), fails);
            expected = if fails { expected } else { Some(bytes) };
            prop_assert_eq!(fs::read(&path).ok(), expected.clone());
            prop_assert_eq!(names(folder.path()).len(), usize::from(expected.is_some()));
        }
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    use std::process::Command;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn a_new_file_has_the_permissions_of_any_new_file() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let (plain, replaced) = (folder.path().join("plain"), folder.path().join("replaced"));
        fs::write(&plain, "x")?;
        replace_bytes(&replaced, b"x")?;
        assert_eq!(mode(&replaced), mode(&plain));
        Ok(())
    }

    #[test]
    fn a_file_keeps_its_permissions_while_and_after_it_is_replaced() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("file");
        fs::write(&path, "old")?;
        for bits in [0o600, 0o640, 0o755, 0o666] {
            fs::set_permissions(&path, fs::Permissions::from_mode(bits))?;
            replace(&path, |_| {
                let entries = fs::read_dir(folder.path())?.collect::<io::Result<Vec<_>>>()?;
                assert!(entries.iter().all(|entry| mode(&entry.path()) == bits));
                Ok(())
            })?;
            assert_eq!(mode(&path), bits);
        }
        Ok(())
    }

    #[test]
    fn a_link_stays_and_its_target_is_replaced() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("data"))?;
        fs::write(at("data/target"), "old")?;
        symlink("data/target", at("relative"))?;
        symlink(at("relative"), at("link of a link"))?;
        replace_bytes(at("link of a link"), b"new")?;
        assert_eq!(fs::read(at("data/target"))?, b"new");
        assert_eq!(fs::read_link(at("relative"))?, Path::new("data/target"));
        assert_eq!(fs::read_link(at("link of a link"))?, at("relative"));
        Ok(())
    }

    #[test]
    fn a_link_to_a_file_that_does_not_exist_yet_creates_it() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        symlink("target", folder.path().join("link"))?;
        replace_bytes(folder.path().join("link"), b"new")?;
        assert_eq!(fs::read(folder.path().join("target"))?, b"new");
        assert_eq!(fs::read_link(folder.path().join("link"))?, Path::new("target"));
        Ok(())
    }

    #[test]
    fn a_circle_of_links_is_an_error() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        symlink("b", folder.path().join("a"))?;
        symlink("a", folder.path().join("b"))?;
        replace_bytes(folder.path().join("a"), b"new").unwrap_err();
        assert_eq!(names(folder.path()), ["a", "b"]);
        Ok(())
    }

    #[test]
    fn a_pipe_is_written_straight_through_and_stays_a_pipe() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&path).status()?.success());
        let reader = thread::spawn({
            let path = path.clone();
            move || fs::read(path)
        });
        replace_bytes(&path, b"through the pipe")?;
        assert_eq!(reader.join().unwrap()?, b"through the pipe");
        assert!(fs::metadata(&path)?.file_type().is_fifo());
        Ok(())
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_redirected_standard_output_gets_the_content_after_what_it_holds() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("redirected");
        let mut open = fs::OpenOptions::new().append(true).create(true).open(&path)?;
        open.write_all(b"before ")?;
        let descriptor = format!("/proc/self/fd/{}", open.as_raw_fd());
        symlink(descriptor, folder.path().join("stdout"))?; // as /dev/stdout is one
        replace_bytes(folder.path().join("stdout"), b"replaced ")?;
        open.write_all(b"after")?;
        assert_eq!(fs::read(&path)?, b"before replaced after");
        Ok(())
    }
}
