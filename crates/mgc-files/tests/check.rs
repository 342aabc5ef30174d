//! The checks that precede long work.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc_files::{check_folder, check_writable, replace_bytes, same_file};
use std::fs::{self, File};
use std::io::{self, ErrorKind};

#[test]
fn a_check_leaves_nothing_and_touches_nothing() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file");
    check_writable(&path)?;
    assert_eq!(fs::read_dir(folder.path())?.count(), 0);
    fs::write(&path, "old")?;
    check_writable(&path)?;
    assert_eq!(fs::read(&path)?, b"old");
    assert_eq!(fs::read_dir(folder.path())?.count(), 1);
    Ok(())
}

#[test]
fn a_folder_and_a_missing_folder_are_told_apart() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let kind = |path: &str| check_writable(folder.path().join(path)).unwrap_err().kind();
    assert_eq!(kind(""), ErrorKind::IsADirectory);
    assert_eq!(kind("missing/file"), ErrorKind::NotFound);
    Ok(())
}

#[test]
fn a_file_that_is_write_protected_is_kept_and_the_check_says_so() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file");
    fs::write(&path, "old")?;
    let mut permissions = fs::metadata(&path)?.permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions)?;
    assert_eq!(check_writable(&path).unwrap_err().kind(), ErrorKind::PermissionDenied);
    assert_eq!(replace_bytes(&path, b"new").unwrap_err().kind(), ErrorKind::PermissionDenied);
    assert_eq!(fs::read(&path)?, b"old");
    assert_eq!(fs::read_dir(folder.path())?.count(), 1);
    Ok(())
}

#[test]
fn a_folder_to_be_made_is_checked_where_it_would_lie_and_nothing_is_made() -> io::Result<()> {
    let root = tempfile::tempdir()?;
    check_folder(root.path())?;
    check_folder(root.path().join("new/and/deep"))?;
    assert_eq!(fs::read_dir(root.path())?.count(), 0);
    fs::write(root.path().join("file"), "samples")?;
    for path in ["file", "file/below"] {
        assert_eq!(
            check_folder(root.path().join(path)).unwrap_err().kind(),
            ErrorKind::NotADirectory,
            "{path}"
        );
    }
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_files_is_found_out() {
    check_folder("/proc/self/new").unwrap_err();
    check_writable("/proc/self/new").unwrap_err();
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_is_found_out_exactly_when_a_file_cannot_be_created() -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir()?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555))?;
    let path = folder.path().join("file");
    let created = File::create(&path).map(|_| fs::remove_file(&path)); // the superuser may
    let checked = check_writable(&path);
    assert_eq!(checked.map_err(|error| error.kind()), created.map(|_| ()).map_err(|error| error.kind()));
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_pipe_without_a_reader_does_not_block_the_check() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status()?.success());
    check_writable(&path)
}

#[test]
fn a_file_is_the_same_by_another_name_and_not_the_same_as_its_copy() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    fs::write(at("song"), "samples")?;
    fs::copy(at("song"), at("copy"))?;
    fs::hard_link(at("song"), at("hard link"))?;
    assert!(same_file(at("song"), at("./song"))?);
    assert!(same_file(at("hard link"), at("song"))?);
    assert!(!same_file(at("copy"), at("song"))?);
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_link_is_the_same_file_as_its_target() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("song"), "samples")?;
    std::os::unix::fs::symlink("song", folder.path().join("link"))?;
    assert!(same_file(folder.path().join("link"), folder.path().join("song"))?);
    Ok(())
}

#[test]
fn a_file_that_does_not_exist_is_the_same_as_no_other() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("song"), "samples")?;
    assert!(!same_file(folder.path().join("new"), folder.path().join("song"))?);
    assert!(!same_file(folder.path().join("song"), folder.path().join("gone"))?);
    Ok(())
}

#[test]
fn two_new_names_are_the_same_file_where_they_would_create_one() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("sub"))?;
    assert!(same_file(at("new"), at("sub/../new"))?);
    assert!(!same_file(at("new"), at("other"))?);
    assert!(!same_file(at("new"), at("sub/new"))?);
    assert!(!same_file(at("missing/new"), at("missing/new"))?);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("sub", at("link to a folder"))?;
        std::os::unix::fs::symlink("sub/new", at("link to nothing"))?;
        assert!(same_file(at("link to a folder/new"), at("link to nothing"))?);
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_pipe_is_compared_without_waiting_for_its_other_end() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status()?.success());
    fs::write(at("song"), "samples")?;
    assert!(!same_file(at("pipe"), at("song"))?);
    assert!(same_file(at("pipe"), at("./pipe"))?);
    Ok(())
}
