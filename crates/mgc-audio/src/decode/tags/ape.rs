//! The items of an APE tag.

/// Set where the value is no text: a picture, a link.
const NO_TEXT: u32 = 0b110;
const LENGTH_AND_FLAGS: usize = 8;

/// A name and a value.
type Item = (String, String);

/// Returns the name and the first value of each text item: a length, flags, a name that ends in a zero, a
/// value.
pub(super) fn items(mut bytes: &[u8]) -> impl Iterator<Item = Item> {
    std::iter::from_fn(move || {
        let (item, rest) = item(bytes)?;
        bytes = rest;
        Some(item)
    })
    .flatten()
}

/// Splits the first item off; it is `None` if it is no text.
fn item(bytes: &[u8]) -> Option<(Option<Item>, &[u8])> {
    let word = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    let (length, flags) = (word(0)?, word(4)?);
    let rest = bytes.get(LENGTH_AND_FLAGS..)?;
    let name = &rest[..rest.iter().position(|byte| *byte == 0)?];
    let rest = &rest[name.len() + 1..];
    let value = rest.get(..length as usize)?;
    // Several values are separated by zeros.
    let first = value.split(|byte| *byte == 0).find(|value| !value.is_empty()).unwrap_or_default();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let item = (flags & NO_TEXT == 0).then(|| (text(name), text(first)));
    Some((item, &rest[value.len()..]))
}
