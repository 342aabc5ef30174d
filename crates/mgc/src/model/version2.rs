//! Headers of format version 2.
//!
//! It named four settings of the front end differently, and held the label smoothing of the training as a
//! part of the network.

use serde_json::{Map, Result, Value};

/// The settings of the front end that were renamed: before, since.
const RENAMED: [(&str, &str); 4] =
    [("fft", "n_fft"), ("hop", "hop_length"), ("bands", "n_mels"), ("clip_samples", "chunk_samples")];

/// Returns the header with the names of format version 3.
pub(super) fn migrated(text: &str) -> Result<Value> {
    let mut header: Value = serde_json::from_str(text)?;
    if let Some(front_end) = part(&mut header, "front_end") {
        for (before, since) in RENAMED {
            if let Some(value) = front_end.remove(before) {
                front_end.insert(since.to_owned(), value);
            }
        }
    }
    if let Some(network) = part(&mut header, "network") {
        network.remove("label_smoothing");
    }
    Ok(header)
}

fn part<'a>(header: &'a mut Value, name: &str) -> Option<&'a mut Map<String, Value>> {
    header.get_mut(name)?.as_object_mut()
}
