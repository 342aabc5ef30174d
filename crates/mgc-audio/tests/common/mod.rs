//! What several test files share.

#[allow(dead_code, reason = "not every test file needs it")]
pub(crate) mod counting;
#[allow(dead_code, reason = "not every test file needs it")]
pub(crate) mod flac;
#[allow(dead_code, reason = "not every test file needs it")]
pub(crate) mod ogg;

use std::path::PathBuf;

#[allow(dead_code, reason = "not every test file needs it")]
/// Path of a fixture.
pub(crate) fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

#[allow(dead_code, reason = "not every test file needs it")]
/// CRC of `width` bits.
pub(crate) fn checksum(bytes: &[u8], polynomial: u32, width: u32) -> u32 {
    let top = 1 << (width - 1);
    let step = |crc: u32| if crc & top == 0 { crc << 1 } else { crc << 1 ^ polynomial };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte) << (width - 8), |crc, _| step(crc));
    bytes.iter().fold(0, byte) & (u32::MAX >> (32 - width))
}
