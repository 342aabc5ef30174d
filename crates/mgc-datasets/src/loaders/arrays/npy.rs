//! A reader of NumPy's `.npy` format (NEP 1, versions 1.0 to 3.0) for the types that datasets use.
//!
//! The existing crates do not suffice: `ndarray-npy` reads neither strings nor f16, and `npyz` panics on
//! shapes that overflow.

use std::io::Read;

use half::f16;

/// One array, row-major.
pub(crate) struct Npy {
    pub shape: Vec<usize>,
    pub values: Values,
}

/// The values of an array.
pub(crate) enum Values {
    U8(Vec<u8>),
    F16(Vec<f16>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Int(Vec<i64>),
    Text(Vec<String>),
}

/// The reason why an array cannot be used.
pub(crate) struct Fault {
    pub found: String,
    pub expected: String,
}

impl Fault {
    pub(crate) fn new(found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { found: found.into(), expected: expected.into() }
    }
}

/// The longest header to be read; NumPy itself writes 118 bytes.
const LONGEST_HEADER: usize = 1 << 16;
const KNOWN: &str = "one of the types u1, f2, f4, f8, i1 to i8, u2 to u8, b1, <U (strings)";

/// Reads one array.
pub(crate) fn read(mut file: impl Read) -> Result<Npy, Fault> {
    let header = Header::parse(&header_text(&mut file)?)?;
    let count = header.shape.iter().try_fold(1usize, |count, &side| count.checked_mul(side));
    let bytes = count.and_then(|count| count.checked_mul(header.size));
    let bytes =
        bytes.ok_or_else(|| Fault::new(format!("shape {:?}", header.shape), "one that fits into memory"))?;
    let mut data = Vec::new();
    file.take(bytes as u64)
        .read_to_end(&mut data)
        .map_err(|error| Fault::new(error.to_string(), "a whole file"))?;
    if data.len() != bytes {
        let found = format!("{} bytes of data for shape {:?}", data.len(), header.shape);
        return Err(Fault::new(found, format!("{bytes} bytes: the file is cut short")));
    }
    Ok(Npy { values: header.values(data)?, shape: header.shape })
}

struct Header {
    kind: u8,
    size: usize,
    big_endian: bool,
    shape: Vec<usize>,
}

impl Header {
    /// Parses a dictionary like `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
    fn parse(text: &str) -> Result<Self, Fault> {
        let field = |key: &str| {
            let after = text.split_once(&format!("'{key}':")).map(|(_, after)| after.trim_start());
            after.ok_or_else(|| Fault::new(format!("a header without `{key}`"), "a .npy file"))
        };
        let shape =
            shape(field("shape")?).ok_or_else(|| Fault::new("a header without a shape", "a .npy file"))?;
        if field("fortran_order")?.starts_with("True") && shape.len() > 1 {
            return Err(Fault::new("Fortran order", "C order: save np.ascontiguousarray(array)"));
        }
        let (big_endian, kind, size) = element(field("descr")?)?;
        Ok(Self { kind, size, big_endian, shape })
    }

    fn values(&self, data: Vec<u8>) -> Result<Values, Fault> {
        let big = self.big_endian;
        Ok(match (self.kind, self.size) {
            (b'u' | b'b', 1) => Values::U8(data),
            (b'f', 2) => Values::F16(numbers(&data, big, f16::from_le_bytes)),
            (b'f', 4) => Values::F32(numbers(&data, big, f32::from_le_bytes)),
            (b'f', 8) => Values::F64(numbers(&data, big, f64::from_le_bytes)),
            (b'i', 1) => Values::Int(numbers(&data, big, |bytes| i8::from_le_bytes(bytes).into())),
            (b'i', 2) => Values::Int(numbers(&data, big, |bytes| i16::from_le_bytes(bytes).into())),
            (b'u', 2) => Values::Int(numbers(&data, big, |bytes| u16::from_le_bytes(bytes).into())),
            (b'i', 4) => Values::Int(numbers(&data, big, |bytes| i32::from_le_bytes(bytes).into())),
            (b'u', 4) => Values::Int(numbers(&data, big, |bytes| u32::from_le_bytes(bytes).into())),
            (b'i' | b'u', 8) => Values::Int(numbers(&data, big, i64::from_le_bytes)),
            (b'U', size) if size > 0 => Values::Text(texts(&data, size, big)),
            (kind, size) => return Err(Fault::new(format!("type {}{size}", char::from(kind)), KNOWN)),
        })
    }
}

fn header_text(file: &mut impl Read) -> Result<String, Fault> {
    let no_npy = |_| Fault::new("no .npy header", "a .npy file");
    let mut start = [0; 8];
    file.read_exact(&mut start).map_err(no_npy)?;
    let length = match (&start[..6], start[6]) {
        (b"\x93NUMPY", 1) => {
            let mut length = [0; 2];
            file.read_exact(&mut length).map_err(no_npy)?;
            u16::from_le_bytes(length).into()
        }
        (b"\x93NUMPY", 2 | 3) => {
            let mut length = [0; 4];
            file.read_exact(&mut length).map_err(no_npy)?;
            u32::from_le_bytes(length) as usize
        }
        _ => return Err(Fault::new("no .npy header", "a .npy file of version 1, 2 or 3")),
    };
    if length > LONGEST_HEADER {
        return Err(Fault::new(format!("a header of {length} bytes"), format!("at most {LONGEST_HEADER}")));
    }
    let mut text = vec![0; length];
    file.read_exact(&mut text).map_err(no_npy)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Parses a shape: `(639, 387, 128), ...` is [639, 387, 128].
fn shape(text: &str) -> Option<Vec<usize>> {
    let inside = text.strip_prefix('(')?.split_once(')')?.0;
    let sides = inside.split(',').map(str::trim).filter(|side| !side.is_empty());
    sides.map(|side| side.trim_end_matches('L').parse().ok()).collect()
}

/// Parses a type: `'<f4', ...` is little endian, kind f, 4 bytes. NumPy gives the size of strings in
/// characters.
fn element(text: &str) -> Result<(bool, u8, usize), Fault> {
    let unknown = || Fault::new(format!("type {}", text.split(", '").next().unwrap_or(text)), KNOWN);
    let name = text.strip_prefix('\'').and_then(|rest| rest.split_once('\'')).ok_or_else(unknown)?.0;
    let (order, kind) = match name.as_bytes() {
        [_, b'O', ..] => return Err(Fault::new("Python objects", "strings: save np.array(list, dtype=str)")),
        [order, kind, ..] if order.is_ascii() && kind.is_ascii() => (*order, *kind),
        _ => return Err(unknown()),
    };
    let size =
        name[2..].parse::<usize>().ok().and_then(|size| size.checked_mul(if kind == b'U' { 4 } else { 1 }));
    Ok((order == b'>', kind, size.ok_or_else(unknown)?))
}

fn numbers<const N: usize, T>(data: &[u8], big_endian: bool, convert: impl Fn([u8; N]) -> T) -> Vec<T> {
    let (items, _) = data.as_chunks::<N>();
    let item = |&bytes: &[u8; N]| {
        let mut bytes = bytes;
        if big_endian {
            bytes.reverse();
        }
        convert(bytes)
    };
    items.iter().map(item).collect()
}

/// Decodes UTF-32 strings of `size` bytes each, padded with zeros.
fn texts(data: &[u8], size: usize, big_endian: bool) -> Vec<String> {
    let text = |item: &[u8]| {
        let points = numbers(item, big_endian, u32::from_le_bytes);
        let used = points.iter().rposition(|&point| point != 0).map_or(0, |last| last + 1);
        points[..used]
            .iter()
            .map(|&point| char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    data.chunks_exact(size).map(text).collect()
}
