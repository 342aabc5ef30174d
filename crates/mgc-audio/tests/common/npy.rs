//! Reads the f32 arrays that the generators of the fixtures write with `np.save`.

use ndarray::{ArrayD, Dimension};
use std::path::Path;

/// Magic, version 1.0 and the length of the header, in bytes.
const PREFIX: usize = 10;

/// Returns a little-endian f32 array in C order, of as many dimensions as `D` has.
///
/// # Panics
/// On any other file.
pub(crate) fn read<D: Dimension>(path: impl AsRef<Path>) -> ndarray::Array<f32, D> {
    let file = std::fs::read(path).unwrap();
    assert!(file.starts_with(b"\x93NUMPY\x01\x00"), "not a NumPy file of version 1.0");
    let (header, values) = file[PREFIX..].split_at(usize::from(u16::from_le_bytes([file[8], file[9]])));
    let header = std::str::from_utf8(header).unwrap();
    assert!(header.starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': ("), "{header}");
    let shape = header.rsplit_once('(').and_then(|(_, rest)| rest.split_once(')')).unwrap().0;
    let sizes = shape.split(',').map(str::trim).filter(|size| !size.is_empty());
    let shape: Vec<usize> = sizes.map(|size| size.parse().unwrap()).collect();
    let (cells, rest) = values.as_chunks();
    assert!(rest.is_empty(), "{} bytes after the last whole number", rest.len());
    let cells = cells.iter().copied().map(f32::from_le_bytes).collect();
    ArrayD::from_shape_vec(shape, cells).unwrap().into_dimensionality().unwrap()
}
