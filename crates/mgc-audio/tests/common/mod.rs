//! What several test files share.

#[allow(dead_code, reason = "not every test file needs it")]
pub(crate) mod flac;

use std::path::PathBuf;

/// Path of a fixture.
pub(crate) fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}
