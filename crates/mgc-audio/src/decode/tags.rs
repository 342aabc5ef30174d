//! Title, artist, album and genre of a file.

use symphonia::core::meta::{Metadata, MetadataRevision, StandardTag, well_known::METADATA_ID_ID3V1};

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
    /// Merges the tags of one file. ID3v1, whose fields are cut to 30 bytes, only fills fields that others
    /// leave open.
    pub(crate) fn from_symphonia(mut log: Metadata<'_>) -> Self {
        let mut revisions: Vec<_> = std::iter::from_fn(|| log.pop()).collect();
        revisions.extend(log.current().cloned());
        revisions.sort_by_key(|revision| revision.info.metadata == METADATA_ID_ID3V1);
        let mut tags = Self::default();
        revisions.iter().for_each(|revision| tags.fill(revision));
        tags
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
