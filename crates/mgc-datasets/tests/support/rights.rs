//! Runs a test as a user who may not read everything.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// The user that owns nothing.
const NOBODY: u32 = 65_534;

/// Sets the rights of a file or folder: read 4, write 2, enter 1.
pub(crate) fn set_rights(path: &Path, rights: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(rights)).unwrap();
}

/// Returns whether the test can go on in this process. Root may read everything, so for root the test of this
/// name is run again as another user, here and now, and this returns `false`; also where that cannot be done.
pub(crate) fn rights_hold(test: &str) -> bool {
    let probe = tempfile::tempdir().unwrap();
    set_rights(probe.path(), 0o000);
    let hold = fs::read_dir(probe.path()).is_err();
    set_rights(probe.path(), 0o700);
    if hold {
        return true;
    }
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", test, "--nocapture"]).env("TMPDIR", "/tmp").uid(NOBODY).gid(NOBODY);
    match again.output() {
        Err(error) => eprintln!("skipped: cannot run as another user: {error}"),
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() && text.contains("1 passed"), "{text}{errors}");
        }
    }
    false
}
