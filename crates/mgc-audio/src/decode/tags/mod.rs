//! Title, artist, album and genre of a file.

mod ape;
pub(crate) mod span;

use std::io;

use symphonia::{
    core::{
        errors::Result as StreamResult,
        io::{MediaSource, MediaSourceStream},
        meta::{Metadata, MetadataReader, MetadataRevision, StandardTag, well_known::METADATA_ID_ID3V1},
    },
    default::meta::{Id3v1Reader, Id3v2Reader},
};

use super::{guard::guarded, source::Source};
use span::Trailer;

/// More tags in front of the sound than any file has.
const MAX_TAGS: usize = 16;
/// The largest APE tag that is read, bytes: some hold pictures.
const MAX_APE: u64 = 1 << 24;
/// Bytes of an ID3v1 tag.
const ID3V1: usize = 128;

/// The tags of a music file that matter to a genre experiment.
///
/// Tags are often wrong: an ID3v1 tag always names a genre, and 0 ("Blues") may also mean "not filled in".
/// Artist and album make good groups for folds; the genre makes a poor label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tags {
    /// Title of the track.
    pub title: Option<String>,
    /// The performer.
    pub artist: Option<String>,
    /// The release that contains the track.
    pub album: Option<String>,
    /// The genre as written in the file.
    pub genre: Option<String>,
}

impl Tags {
    /// Merges the tags that a container holds, without ID3v1: symphonia 0.6.1 takes the `TAG` in the magic of
    /// an APE tag for one.
    pub(crate) fn from_symphonia(mut log: Metadata<'_>) -> Self {
        let mut revisions: Vec<_> = std::iter::from_fn(|| log.pop()).collect();
        revisions.extend(log.current().cloned());
        let mut tags = Self::default();
        let held = revisions.iter().filter(|revision| revision.info.metadata != METADATA_ID_ID3V1);
        held.for_each(|revision| tags.fill(revision));
        tags
    }

    /// Reads the ID3v2 and APE tags in front of the sound. One that is damaged is passed over.
    pub(crate) fn fill_from_front(&mut self, source: &mut Source) -> io::Result<()> {
        let mut start = 0;
        for _ in 0..MAX_TAGS {
            let header = source.bytes_at(start, span::HEADER)?;
            let Some(length) = span::in_front(&header) else { break };
            let tag = source.bytes_at(start, usize::try_from(length).unwrap_or(usize::MAX))?;
            match header.starts_with(b"ID3") {
                true => self.fill_from(tag, |stream| Id3v2Reader::try_new(stream, Default::default())),
                false => self.fill_from_ape(tag.get(span::HEADER..).unwrap_or_default()),
            }
            start += length;
        }
        Ok(())
    }

    /// Reads the tags at the end of a file into the fields that are still open: APE, then ID3v1, whose fields
    /// are cut to 30 bytes.
    pub(crate) fn fill_from_end(&mut self, source: &mut Source) -> io::Result<()> {
        let trailer = Trailer::find(source)?;
        if let Some((start, length)) = trailer.ape {
            self.fill_from_ape(&source.bytes_at(start, length.min(MAX_APE) as usize)?);
        }
        if let Some(start) = trailer.id3v1 {
            let tag = source.bytes_at(start, ID3V1)?;
            self.fill_from(tag, |stream| Id3v1Reader::try_new(stream, Default::default()));
        }
        Ok(())
    }

    fn fill_from<R: MetadataReader>(
        &mut self,
        tag: Vec<u8>,
        open: impl FnOnce(MediaSourceStream<'static>) -> StreamResult<R>,
    ) {
        let tag: Box<dyn MediaSource> = Box::new(io::Cursor::new(tag));
        let stream = MediaSourceStream::new(tag, Default::default());
        if let Ok(read) = guarded(|| open(stream).and_then(|mut reader| reader.read_all())) {
            self.fill(&read.revision);
        }
    }

    fn fill_from_ape(&mut self, items: &[u8]) {
        ape::items(items).for_each(|(name, value)| self.fill_by_name(&name, &value));
    }

    fn fill(&mut self, revision: &MetadataRevision) {
        let per_track = revision.per_track.iter().flat_map(|track| &track.metadata.tags);
        for tag in revision.media.tags.iter().chain(per_track) {
            match &tag.std {
                Some(StandardTag::TrackTitle(title)) => set(&mut self.title, title),
                Some(StandardTag::Artist(artist)) => set(&mut self.artist, artist),
                Some(StandardTag::Album(album)) => set(&mut self.album, album),
                Some(StandardTag::Genre(genre)) => set(&mut self.genre, genre),
                Some(_) => {}
                // Matroska as ffmpeg writes it: the usual names on a level where symphonia does not expect
                // them.
                None => self.fill_by_name(&tag.raw.key, &tag.raw.value.to_string()),
            }
        }
    }

    fn fill_by_name(&mut self, name: &str, text: &str) {
        let name = name.rsplit('@').next().unwrap_or_default();
        match name.to_ascii_uppercase().as_str() {
            "TITLE" => set(&mut self.title, text),
            "ARTIST" => set(&mut self.artist, text),
            "ALBUM" => set(&mut self.album, text),
            "GENRE" => set(&mut self.genre, text),
            _ => {}
        }
    }

    /// Reads the body of a `LIST` chunk of type `INFO` in a wav file: a sequence of tag, size and text.
    pub(crate) fn read_riff_info(&mut self, body: &[u8]) {
        let Some(mut rest) = body.strip_prefix(b"INFO") else { return };
        while let Some((tag, after)) = rest.split_first_chunk::<4>() {
            let Some((size, after)) = after.split_first_chunk() else { break };
            let size = u32::from_le_bytes(*size) as usize;
            let text = String::from_utf8_lossy(&after[..size.min(after.len())]);
            match tag {
                b"INAM" => set(&mut self.title, &text),
                b"IART" => set(&mut self.artist, &text),
                b"IPRD" => set(&mut self.album, &text),
                b"IGNR" => set(&mut self.genre, &text),
                _ => {}
            }
            rest = after.get(size + size % 2..).unwrap_or_default();
        }
    }
}

/// Sets an empty slot to a text that is not blank.
fn set(slot: &mut Option<String>, text: &str) {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    if slot.is_none() && !text.is_empty() {
        *slot = Some(text.into());
    }
}
