//! Finds the frames of a stream, whatever lies between them.

use std::io;

use super::{length::StatedLength, window::Window};
use crate::decode::{container::FrameHeader, tags::span};

/// Bytes of a frame header.
const HEADER: usize = 4;
/// A length header behind more junk than this is sound, as it is to ffmpeg.
pub(super) const MAX_JUNK: u64 = 1 << 16;

/// A place in a stream that begins with a frame.
pub(super) struct Frames {
    window: Window,
    /// First byte of the tags at the end.
    end: u64,
    /// First byte that has not been read.
    position: u64,
    /// The last frame.
    last: FrameHeader,
    /// Whether a tag lies between the last frame and the position.
    after_tag: bool,
}

impl Frames {
    /// Starts behind the first frame, of this header, or at it.
    pub(super) fn new(window: Window, [position, end]: [u64; 2], first: FrameHeader) -> Self {
        Self { window, end, position, last: first, after_tag: false }
    }

    pub(super) fn into_window(self) -> Window {
        self.window
    }

    /// Moves to the next frame and returns its header; `None` at the end.
    pub(super) fn next_frame(&mut self) -> io::Result<Option<FrameHeader>> {
        while self.position < self.end {
            let bytes = self.window.at(self.position, span::HEADER)?;
            let header = FrameHeader::parse(bytes);
            let behind_tag = span::between(bytes).map(|length| self.position + length);
            match header {
                Some(header) if self.is_frame(&header, true)? => return Ok(Some(header)),
                _ => {}
            }
            match behind_tag.filter(|next| *next <= self.end) {
                Some(next) => (self.position, self.after_tag) = (next, true),
                None => self.resynchronise()?,
            }
        }
        Ok(None)
    }

    /// Whether a header at the position is that of a frame. One that continues the stream is one at once;
    /// others have to be followed by their like.
    fn is_frame(&mut self, header: &FrameHeader, in_sequence: bool) -> io::Result<bool> {
        let next = self.position + header.length() as u64;
        if next > self.end {
            return Ok(false);
        }
        let continues = header.same_stream(&self.last);
        if (in_sequence && continues && !self.after_tag) || next == self.end {
            return Ok(in_sequence || continues);
        }
        let after = self.window.at(next, span::HEADER)?;
        let followed = FrameHeader::parse(after).is_some_and(|after| after.same_stream(header));
        Ok(followed || (continues && span::between(after).is_some()))
    }

    /// Moves past junk to the next frame, tag or the end.
    fn resynchronise(&mut self) -> io::Result<()> {
        self.position += 1;
        while self.position < self.end {
            let bytes = self.window.at(self.position, span::HEADER)?;
            let begins = |byte: &u8| matches!(byte, 0xff | b'A' | b'I' | b'T');
            self.position += bytes.iter().position(begins).unwrap_or(bytes.len().max(1)) as u64;
            let bytes = self.window.at(self.position, span::HEADER)?;
            let header = FrameHeader::parse(bytes);
            let tag = span::between(bytes).is_some_and(|length| self.position + length <= self.end);
            let frame = header.map(|header| self.is_frame(&header, false)).transpose()?.unwrap_or(false);
            if frame || tag {
                return Ok(());
            }
            self.position += 1;
        }
        Ok(())
    }

    /// Moves behind the frame at the position, whose header may be damaged. `read` is the one to go by.
    pub(super) fn pass(&mut self, header: &FrameHeader, read: FrameHeader) {
        self.position += header.length() as u64;
        self.last = read;
        self.after_tag = false;
    }

    /// Returns the bytes of the frame at the position; of one whose header is damaged, only a header.
    pub(super) fn data(&mut self, header: &FrameHeader) -> io::Result<Vec<u8>> {
        let damaged = self.is_alone(header)?;
        let mono = self.last.channels == 1;
        let data = self.window.at(self.position, header.length())?;
        let mut data = data[..header.length().min(data.len())].to_vec();
        if damaged {
            data.truncate(HEADER);
            let mode = |byte: &mut u8| *byte = if mono { *byte | 0xc0 } else { *byte & 0x3f };
            data.get_mut(3).map(mode);
        }
        Ok(data)
    }

    /// Whether the number of channels changes for this frame only: its header is damaged.
    fn is_alone(&mut self, header: &FrameHeader) -> io::Result<bool> {
        if header.channels == self.last.channels {
            return Ok(false);
        }
        let next = FrameHeader::parse(self.window.at(self.position + header.length() as u64, span::HEADER)?);
        Ok(next.is_some_and(|next| next.same_stream(&self.last) && next.channels == self.last.channels))
    }

    /// Whether the frame at the position only states the length of what follows. Behind a tag it is dropped;
    /// where it follows a frame it is a frame of silence, as it is to ffmpeg.
    pub(super) fn is_length_behind_tag(&mut self, header: &FrameHeader) -> io::Result<bool> {
        let frame = self.window.at(self.position, header.length())?;
        Ok(self.after_tag && StatedLength::parse(frame, header).is_some())
    }
}

/// Returns the place of the first frame that another of its kind follows: bytes at the start may look like
/// one.
pub(super) fn first_frame(window: &mut Window) -> io::Result<u64> {
    for place in 0..MAX_JUNK {
        let bytes = window.at(place, HEADER)?;
        if bytes.is_empty() {
            break;
        }
        let Some(header) = FrameHeader::parse(bytes) else { continue };
        let next = window.at(place + header.length() as u64, HEADER)?;
        let follows = |next: FrameHeader| next.same_stream(&header) && next.channels == header.channels;
        if next.len() < HEADER || FrameHeader::parse(next).is_some_and(follows) {
            return Ok(place);
        }
    }
    Ok(0)
}
