//! MP4: what symphonia 0.6.1 does not tell of it, and sizes that are wrong put right.

mod alone;
mod boxes;
mod edit;
mod entry;
mod fragments;
mod layout;

use std::{io, ops::Range, path::Path};

use crate::{
    decode::source::Source,
    error::{Error, Result},
};

use boxes::{after_times, all, descend, find, is_sound, sample_entries};
use edit::{Edit, first_edit, scale};
use layout::Layout;

/// The properties of the first audio track of an MP4 that symphonia does not tell.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Movie {
    edit: Edit,
    /// Ticks of all fragments, at the scale of the media; `None` in a file without fragments.
    fragments: Option<u64>,
    /// Whether samples that are not coded are stored with their upper byte first.
    pub(super) big_endian: bool,
    /// Whether the file ends inside a fragment.
    pub(super) is_cut: bool,
    /// Whether the file ends inside the box of headers.
    pub(super) header_is_cut: bool,
}

impl Movie {
    /// Returns the frames before the audio, where an edit states them.
    pub(super) fn delay(&self, sample_rate: u32) -> Option<u64> {
        (self.edit.media_time > 0).then(|| self.edit.delay(sample_rate))
    }

    /// Returns the frames played, where an edit states them.
    pub(super) fn shown(&self, sample_rate: u32) -> Option<u64> {
        self.edit.shown(sample_rate)
    }

    /// Returns the frames of all fragments; `None` in a file without fragments.
    pub(super) fn fragments(&self, sample_rate: u32) -> Option<u64> {
        self.fragments.map(|ticks| scale(ticks, sample_rate, self.edit.media_scale))
    }
}

/// Returns the code of the first sample entry of the first audio track.
pub(super) fn stated_codec(source: &mut Source) -> io::Result<Option<[u8; 4]>> {
    let Some(movie) = Layout::read(source)?.movie.clone() else { return Ok(None) };
    let Some(track) = first_sound(source, movie)? else { return Ok(None) };
    match sample_entries(source, track)? {
        Some(table) => source.array_at(table.start + 12),
        None => Ok(None),
    }
}

/// Puts sizes right that reach beyond the file and reads what it says of its first audio track.
pub(super) fn examine(name: &Path, source: &mut Source) -> Result<Movie> {
    let io = |e| Error::io(name, e);
    let layout = Layout::read(source).map_err(io)?;
    let Some(movie) = layout.movie.clone() else {
        return Err(Error::malformed(name, "it has no `moov` box: the file was cut off or never finished"));
    };
    alone::leave_one_track(source, movie.clone()).map_err(io)?;
    let first = first_sound(source, movie.clone()).map_err(io)?;
    let movie = first.map(|track| of_track(source, &layout, movie, track)).transpose().map_err(io)?;
    let (is_cut, header_is_cut) = (layout.is_cut, layout.movie_is_cut);
    Ok(Movie { is_cut, header_is_cut, ..movie.unwrap_or_default() })
}

fn of_track(source: &mut Source, layout: &Layout, movie: Range<u64>, track: Range<u64>) -> io::Result<Movie> {
    let header = find(source, movie.clone(), b"mvhd")?;
    let movie_scale = time_scale(source, header)?;
    let header = descend(source, track.clone(), &[b"mdia", b"mdhd"])?;
    let media_scale = time_scale(source, header)?;
    let (shown, media_time) = first_edit(source, track.clone())?;
    Ok(Movie {
        edit: Edit { media_time, media_scale, shown, movie_scale },
        fragments: fragments::ticks(source, layout, movie, track.clone())?,
        big_endian: entry::is_big_endian(source, track)?,
        ..Movie::default()
    })
}

fn first_sound(source: &mut Source, movie: Range<u64>) -> io::Result<Option<Range<u64>>> {
    for track in all(source, movie, b"trak")? {
        if is_sound(source, track.clone())? {
            return Ok(Some(track));
        }
    }
    Ok(None)
}

/// Reads the ticks per second of a movie or media header; 0 without one.
fn time_scale(source: &mut Source, header: Option<Range<u64>>) -> io::Result<u32> {
    Ok(header.map(|header| after_times(source, &header)).transpose()?.flatten().unwrap_or(0))
}
