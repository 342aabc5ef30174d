//! The own `.au` reader: whatever the header says, an error or finite samples.
#![no_main]

use std::{io::Cursor, time::Duration};

use libfuzzer_sys::fuzz_target;
use mgc_audio::{Blocks, decode_reader};

fuzz_target!(|data: &[u8]| {
    let bytes = [b".snd", data].concat();
    let Ok(clip) = decode_reader(Cursor::new(bytes.clone()), "fuzz.au") else { return };
    assert!(clip.samples.iter().all(|s| s.is_finite()));
    assert!(clip.samples.len() <= bytes.len());
    let half = clip.duration() / 2 + Duration::from_nanos(500);
    let Ok(rest) = Blocks::from_reader(Cursor::new(bytes), "fuzz.au").and_then(|b| b.starting_at(half))
    else {
        panic!("it was decoded before")
    };
    let rest: Vec<f32> = rest.filter_map(Result::ok).flatten().collect();
    assert!(clip.samples.ends_with(&rest));
});
