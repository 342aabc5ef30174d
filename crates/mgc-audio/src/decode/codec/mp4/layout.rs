//! The boxes on the highest level, of which downloads and recorders leave the last unfinished.

use std::{io, ops::Range};

use crate::decode::source::Source;

use super::{boxes::BoxAt, fragments::limit_runs};

/// More boxes than half a day in fragments of a second has.
const MAX_BOXES: usize = 1 << 17;

#[derive(Default)]
pub(super) struct Layout {
    /// Body of the box of headers.
    pub(super) movie: Option<Range<u64>>,
    /// Whether that is cut off.
    pub(super) movie_is_cut: bool,
    /// Bodies of the headers of fragments.
    pub(super) fragments: Vec<Range<u64>>,
    /// Whether the file ends inside the header of a fragment or before its samples.
    pub(super) is_cut: bool,
}

impl Layout {
    /// Reads the boxes, and ends those at the end of the file that would reach beyond it: symphonia passes
    /// over them with all that they hold.
    pub(super) fn read(source: &mut Source) -> io::Result<Self> {
        let (mut layout, mut start, len) = (Self::default(), 0, source.len());
        for _ in 0..MAX_BOXES {
            let Some(found) = BoxAt::read(source, start)? else { break };
            let fits = found.end.is_some_and(|end| end <= len);
            let end = found.end.filter(|_| fits).unwrap_or(len);
            match &found.kind {
                b"moov" if layout.movie.is_none() => {
                    layout.movie = Some(found.body..end);
                    layout.movie_is_cut = !fits && found.end.is_some();
                }
                b"moof" => {
                    layout.is_cut = true; // until its samples follow
                    layout.fragments.extend(fits.then_some(found.body..end));
                    limit_runs(source, found.body..end)?;
                }
                b"mdat" => layout.is_cut = false,
                _ if fits => {}
                _ => break,
            }
            if !fits {
                found.end_at(source, len);
                break;
            }
            start = end;
        }
        Ok(layout)
    }
}
