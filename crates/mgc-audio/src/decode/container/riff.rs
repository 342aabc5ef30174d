//! mp3 with the header of a wav file in front.

use std::io;

use crate::decode::source::Source;

/// More chunks than any file has in front of its sound.
const MAX_CHUNKS: usize = 64;
/// The format codes of MPEG audio of layers I and II, and of layer III.
const MPEG: [u16; 2] = [0x0050, 0x0055];

/// Returns the start of the data of the wav file at `start`, if it is MPEG audio.
pub(super) fn mpeg_data(source: &mut Source, start: u64) -> io::Result<Option<u64>> {
    if source.array_at(start)? != Some(*b"RIFF") {
        return Ok(None);
    }
    let (mut at, mut mpeg) = (start + 12, false);
    for _ in 0..MAX_CHUNKS {
        let Some([tag @ .., a, b, c, d]) = source.array_at::<8>(at)? else { break };
        let size = u64::from(u32::from_le_bytes([a, b, c, d]));
        match &tag {
            b"fmt " => {
                let code = source.array_at(at + 8)?.map(u16::from_le_bytes);
                mpeg = code.is_some_and(|code| MPEG.contains(&code));
            }
            b"data" => return Ok(mpeg.then_some(at + 8)),
            _ => {}
        }
        at = at.saturating_add(8 + size + size % 2);
    }
    Ok(None)
}
