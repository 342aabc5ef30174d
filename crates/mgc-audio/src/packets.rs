//! Packets of a container to mono samples, through symphonia.

use std::path::Path;

use symphonia::core::{
    audio::GenericAudioBufferRef,
    codecs::audio::{
        AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
        well_known::{CODEC_ID_AAC, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW, CODEC_ID_VORBIS},
    },
    errors::Error as StreamError,
    formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType, probe::Hint},
    io::{MediaSource, MediaSourceStream, ReadOnlySource},
    meta::MetadataOptions,
    packet::Packet,
    units::Timestamp,
};

use crate::{
    Clip, Error, Result, codec,
    container::{Container, Found},
    guard::{BROKE_DOWN, guarded},
    mp4,
    padding::PaddingGate,
    sbr::SbrWatch,
    source::Source,
};

/// Frames decoded in front of a place jumped to, so that its samples do not differ from those of an unbroken run: an mp3 frame
/// may borrow bits from up to 85 frames of 576 samples before it (MPEG-2 at 8 kbit/s).
const RUN_UP: u64 = 65_536;

/// Decodes the first audio track of a container to the mean of its channels.
pub(crate) struct Packets {
    format: Box<dyn FormatReader>,
    track: Track,
    gate: PaddingGate,
    jump: Jump,
    sample_rate: Option<u32>,
    skipped: usize,
    /// Broken packets before this frame do not count: they only lead up to what is asked for.
    counted_from: u64,
    /// Frames of the encoder's delay that are still to be cut off.
    delay_left: u64,
    ended: bool,
    interleaved: Vec<f32>,
}

/// How the frames before a place are passed over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Jump {
    /// The container knows where each frame lies.
    Seek,
    /// Packets are read, but not decoded; their headers tell their length.
    Walk,
    /// Only decoding tells.
    Decode,
}

struct Track {
    id: u32,
    /// Frames in front of the sound that only the edit list of an MP4 tells.
    delay: u64,
    /// Frames that the header promises, without delay and padding.
    promised: Option<u64>,
    decoder: Box<dyn AudioDecoder>,
    /// Of AAC.
    sbr: Option<SbrWatch>,
}

impl Packets {
    pub(crate) fn open(name: &Path, mut source: Source, found: &Found) -> Result<Self> {
        let delay = match found.container {
            Container::Mp4 => mp4::delay(name, &mut source)?,
            _ => 0,
        };
        let format = demux(name, source, found)?;
        let track = Track::first(name, format.as_ref(), delay)?;
        let mut packets = Self {
            delay_left: track.delay,
            jump: Jump::of(found.container, format.as_ref(), &track),
            gate: PaddingGate::new(track.promised),
            format,
            track,
            sample_rate: None,
            skipped: 0,
            counted_from: 0,
            ended: false,
            interleaved: Vec::new(),
        };
        // Of a lapped transform the first packet is half a sound; ogg says so itself, Matroska does not.
        if found.container == Container::Matroska && packets.is_vorbis() {
            packets.prime();
            packets.gate.jump(0);
        }
        Ok(packets)
    }

    fn is_vorbis(&self) -> bool {
        self.track.decoder.codec_params().codec == CODEC_ID_VORBIS
    }

    /// Hz; known once a packet has been decoded.
    pub(crate) fn sample_rate(&self) -> Option<u32> {
        self.sample_rate
    }

    /// Damaged packets left out so far.
    pub(crate) fn skipped(&self) -> usize {
        self.skipped
    }

    /// The mean over channels of the next packet that holds sound; `None` at the end.
    pub(crate) fn next_block(&mut self, name: &Path) -> Result<Option<Vec<f32>>> {
        while !self.ended {
            match self.next_packet() {
                Ok(Some(packet)) if packet.track_id != self.track.id => {}
                Ok(Some(packet)) => {
                    let samples = self.decode(name, &packet)?;
                    let heard = self.gate.pass(samples);
                    if !heard.is_empty() {
                        return Ok(Some(heard));
                    }
                }
                // The next stream of a chain, one behind the other in the same file.
                Err(StreamError::ResetRequired) => self.chain(name)?,
                Ok(None) => self.end(),
                // The container is damaged from here on, or ends inside a packet.
                Err(_) => {
                    self.skipped += 1;
                    self.end();
                }
            }
        }
        Ok(None)
    }

    fn next_packet(&mut self) -> symphonia::core::errors::Result<Option<Packet>> {
        guarded(|| self.format.next_packet())
    }

    /// Samples of one packet without the delay of the encoder: none if it is damaged.
    fn decode(&mut self, name: &Path, packet: &Packet) -> Result<Vec<f32>> {
        if self.track.sbr.as_mut().is_some_and(|watch| watch.is_he_aac(&packet.data)) {
            return Err(Error::unsupported(name, "HE-AAC"));
        }
        let (decoder, interleaved) = (&mut self.track.decoder, &mut self.interleaved);
        let decoded = guarded(|| decoder.decode(packet).map(|buffer| Sound::new(&buffer, interleaved)));
        match decoded {
            Ok(sound) => {
                sound.check(name, &mut self.sample_rate)?;
                Ok(self.without_delay(sound.mean(packet.trim_start.get(), &self.interleaved)))
            }
            Err(error) => {
                if matches!(error, StreamError::DecodeError(BROKE_DOWN)) {
                    self.track.decoder.reset();
                }
                self.skipped += usize::from(self.gate.position() >= self.counted_from);
                Ok(Vec::new())
            }
        }
    }

    fn without_delay(&mut self, mut samples: Vec<f32>) -> Vec<f32> {
        let cut = self.delay_left.min(samples.len() as u64);
        self.delay_left -= cut;
        samples.drain(..cut as usize);
        samples
    }

    fn chain(&mut self, name: &Path) -> Result<()> {
        self.note_lack();
        let before = self.gate.position();
        self.track = Track::first(name, self.format.as_ref(), 0)?;
        self.gate = PaddingGate::new(self.track.promised.map(|frames| before.saturating_add(frames)));
        self.gate.jump(before);
        Ok(())
    }

    fn end(&mut self) {
        self.note_lack();
        self.ended = true;
    }

    fn note_lack(&mut self) {
        if self.skipped == 0 && self.gate.lacks() {
            self.skipped = 1;
        }
    }

    /// Passes over frames up to a place from which `frame` can be reached by decoding, and says which that is;
    /// `None` if it is the place where the blocks are anyway.
    pub(crate) fn skip_towards(&mut self, name: &Path, frame: u64) -> Result<Option<u64>> {
        self.counted_from = frame;
        let target = frame.saturating_sub(RUN_UP);
        if target <= self.gate.position() || self.jump == Jump::Decode {
            return Ok(None);
        }
        let reached = match self.jump {
            Jump::Seek => self.seek(name, target)?,
            _ => self.walk(target),
        };
        self.track.decoder.reset();
        self.gate.jump(reached);
        self.prime();
        Ok(Some(self.gate.position()))
    }

    /// The position reached, at most `target`; behind the end, that of the end.
    fn seek(&mut self, name: &Path, target: u64) -> Result<u64> {
        let ts = Timestamp::try_from(target.saturating_add(self.track.delay)).unwrap_or(Timestamp::MAX);
        let to = SeekTo::Timestamp { ts, track_id: self.track.id };
        match guarded(|| self.format.seek(SeekMode::Accurate, to)) {
            Ok(reached) => {
                let reached = u64::try_from(reached.actual_ts.get()).unwrap_or(0);
                self.delay_left = self.track.delay.saturating_sub(reached);
                Ok(reached.saturating_sub(self.track.delay))
            }
            Err(StreamError::SeekError(_)) => {
                self.ended = true;
                Ok(target)
            }
            Err(error) => Err(refused(name, error)),
        }
    }

    /// As [`seek`](Self::seek), but at least `target`.
    fn walk(&mut self, target: u64) -> u64 {
        let mut position = self.gate.position();
        while position < target && !self.ended {
            match self.next_packet() {
                Ok(Some(packet)) if packet.track_id != self.track.id => {}
                Ok(Some(packet)) => position += frames(&packet),
                Ok(None) | Err(_) => self.ended = true,
            }
        }
        position
    }

    /// The first packet after a jump only sets up the decoder: a lapped transform needs two.
    fn prime(&mut self) {
        while !self.ended {
            match self.next_packet() {
                Ok(Some(packet)) if packet.track_id != self.track.id => {}
                Ok(Some(packet)) => {
                    let decoder = &mut self.track.decoder;
                    let _ = guarded(|| decoder.decode(&packet).map(|_| ()));
                    self.gate.jump(self.gate.position() + frames(&packet));
                    return;
                }
                Ok(None) | Err(_) => self.ended = true,
            }
        }
    }
}

/// Frames that a packet adds to the clip.
pub(crate) fn frames(packet: &Packet) -> u64 {
    packet.block_dur().get().saturating_sub(packet.trim_start.get())
}

/// A reader of the packets of the container.
pub(crate) fn demux(name: &Path, mut source: Source, found: &Found) -> Result<Box<dyn FormatReader>> {
    let source: Box<dyn MediaSource> = match found.container {
        // Not seekable, or symphonia would guess a length from some packets and cut there.
        Container::Mpeg | Container::Adts => {
            source.start_at(found.offset).map_err(|e| Error::io(name, e))?;
            Box::new(ReadOnlySource::new(source))
        }
        _ => Box::new(source),
    };
    let stream = MediaSourceStream::new(source, Default::default());
    let probe = symphonia::default::get_probe();
    guarded(|| probe.probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default()))
        .map_err(|e| refused(name, e))
}

impl Track {
    fn first(name: &Path, format: &dyn FormatReader, delay: u64) -> Result<Self> {
        let (track, parameters) = audio_track(name, format)?;
        // Delay and padding are cut off by us: symphonia 0.6.1 also cuts inside a vorbis stream, where a page is stamped too early.
        let options = AudioDecoderOptions::default().gapless(false);
        let codecs = symphonia::default::get_codecs();
        let decoder = guarded(|| codecs.make_audio_decoder(&with_true_width(parameters), &options))
            .map_err(|e| codec::refused(name, parameters.codec, e))?;
        let promised = track.num_frames.map(|frames| frames.saturating_sub(delay));
        let sbr = (parameters.codec == CODEC_ID_AAC).then(SbrWatch::default);
        Ok(Self { id: track.id, delay, promised, decoder, sbr })
    }
}

/// symphonia's CAF reader gives a companded sample 8 bits, its decoder wants the 16 that come out, or nothing.
fn with_true_width(parameters: &AudioCodecParameters) -> AudioCodecParameters {
    let mut parameters = parameters.clone();
    if [CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW].contains(&parameters.codec) {
        (parameters.bits_per_sample, parameters.bits_per_coded_sample) = (None, None);
    }
    parameters
}

/// The track to decode and its codec.
pub(crate) fn audio_track<'a>(
    name: &Path,
    format: &'a dyn FormatReader,
) -> Result<(&'a symphonia::core::formats::Track, &'a AudioCodecParameters)> {
    let track = format.default_track(TrackType::Audio);
    track
        .and_then(|track| Some((track, track.codec_params.as_ref()?.audio()?)))
        .ok_or_else(|| Error::NoAudioTrack { path: name.into() })
}

impl Jump {
    fn of(container: Container, format: &dyn FormatReader, track: &Track) -> Self {
        let in_frames = || {
            let track = format.tracks().iter().find(|t| t.id == track.id)?;
            let rate = track.codec_params.as_ref()?.audio()?.sample_rate?;
            let base = track.time_base?;
            Some(base.numer.get() == 1 && base.denom.get() == rate)
        };
        match container {
            Container::Mpeg | Container::OggVorbis | Container::OggFlac | Container::Adts => Self::Walk,
            Container::Flac | Container::Mp4 | Container::Aiff | Container::Caf
                if in_frames() == Some(true) =>
            {
                Self::Seek
            }
            _ => Self::Decode,
        }
    }
}

/// What symphonia says when it will not begin with a container.
pub(crate) fn refused(name: &Path, error: StreamError) -> Error {
    match error {
        StreamError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            Error::malformed(name, "the file ends inside its header")
        }
        StreamError::IoError(e) => Error::io(name, e),
        StreamError::Unsupported(what) => Error::unsupported(name, what),
        other => Error::malformed(name, other.to_string()),
    }
}

/// A decoded packet, its samples interleaved in a buffer that is used again.
struct Sound {
    /// Hz.
    rate: u32,
    channels: usize,
}

impl Sound {
    fn new(buffer: &GenericAudioBufferRef<'_>, interleaved: &mut Vec<f32>) -> Self {
        interleaved.clear();
        buffer.copy_to_vec_interleaved(interleaved);
        Self { rate: buffer.spec().rate(), channels: buffer.spec().channels().count() }
    }

    /// One rate in the whole file, and channels that can be true.
    fn check(&self, name: &Path, sample_rate: &mut Option<u32>) -> Result<()> {
        if !(1..=Clip::MAX_CHANNELS as usize).contains(&self.channels) {
            let channels = u32::try_from(self.channels).unwrap_or(u32::MAX);
            return Err(Error::Channels { path: name.into(), channels });
        }
        let first = *sample_rate.get_or_insert(self.rate);
        if first != self.rate {
            let reason = format!("the sample rate changes from {first} to {} Hz inside the file", self.rate);
            return Err(Error::malformed(name, reason));
        }
        Ok(())
    }

    /// The mean over channels, without the first `delay` frames.
    fn mean(&self, delay: u64, interleaved: &[f32]) -> Vec<f32> {
        let delay = usize::try_from(delay).unwrap_or(usize::MAX);
        let mean = |frame: &[f32]| frame.iter().sum::<f32>() / self.channels as f32;
        interleaved.chunks_exact(self.channels.max(1)).skip(delay).map(mean).collect()
    }
}
