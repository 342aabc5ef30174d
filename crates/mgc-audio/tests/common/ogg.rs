//! Takes ogg files apart and puts them together.

use super::checksum;

/// Bytes of a page before its table of segments.
const HEADER: usize = 27;

/// The pages of a file, each with its header.
pub(crate) fn pages(file: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = file;
    let mut pages = Vec::new();
    while !rest.is_empty() {
        assert!(rest.starts_with(b"OggS"));
        let (body, segments) = (HEADER + usize::from(rest[26]), usize::from(rest[26]));
        let length = body + rest[HEADER..HEADER + segments].iter().map(|n| usize::from(*n)).sum::<usize>();
        pages.push(rest[..length].to_vec());
        rest = &rest[length..];
    }
    pages
}

/// The bytes of a page behind its header.
pub(crate) fn body(page: &mut [u8]) -> &mut [u8] {
    let start = HEADER + usize::from(page[26]);
    &mut page[start..]
}

/// Writes the checksum of a page.
pub(crate) fn seal(page: &mut [u8]) {
    page[22..26].fill(0);
    let sum = checksum(page, 0x04c1_1db7, 32);
    page[22..26].copy_from_slice(&sum.to_le_bytes());
}
