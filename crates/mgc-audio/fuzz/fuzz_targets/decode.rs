//! Any bytes, end to end: an error or finite samples, from the beginning and from the middle.
#![no_main]

use std::{io::Cursor, time::Duration};

use libfuzzer_sys::fuzz_target;
use mgc_audio::{Blocks, decode_reader};

// symphonia's panics are caught inside the library; libfuzzer's own hook would abort at once.
fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |data: &[u8]| {
    if let Ok(clip) = decode_reader(Cursor::new(data.to_vec()), "fuzz") {
        assert!(!clip.samples.is_empty());
        assert!(clip.samples.iter().all(|s| s.is_finite()));
    }
    let blocks = Blocks::from_reader(Cursor::new(data.to_vec()), "fuzz");
    if let Ok(blocks) = blocks.and_then(|blocks| blocks.starting_at(Duration::from_secs(4))) {
        for block in blocks.take(100) {
            assert!(block.map_or(true, |samples| samples.iter().all(|s| s.is_finite())));
        }
    }
});
