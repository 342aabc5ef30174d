//! wav, AIFF, CAF and `.au` whose headers are slightly wrong, or which were cut off: the bytes that are there
//! decide.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use std::io::Cursor;

use common::fixture;
#[cfg(feature = "aiff")]
use mgc_audio::Error;
use mgc_audio::{Clip, Result, decode, decode_reader};

fn read(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

fn whole(name: &str) -> Vec<f32> {
    decode(fixture(name)).unwrap().samples
}

fn decoded(bytes: Vec<u8>) -> Result<Clip> {
    decode_reader(Cursor::new(bytes), "test")
}

/// The file with `value` at each of these offsets.
fn patched(file: &[u8], patches: &[(usize, &[u8])]) -> Vec<u8> {
    let mut file = file.to_vec();
    for (offset, value) in patches {
        file[*offset..offset + value.len()].copy_from_slice(value);
    }
    file
}

fn find(file: &[u8], tag: &[u8]) -> usize {
    file.windows(tag.len()).position(|window| window == tag).unwrap()
}

/// Decodes to all of `samples`, with this number of damaged packets.
fn assert_decodes(file: Vec<u8>, samples: &[f32], damaged: usize, what: &str) {
    let clip = decoded(file).unwrap_or_else(|error| unreachable!("{what}: {error}"));
    assert_eq!((clip.samples.len(), clip.skipped_packets), (samples.len(), damaged), "{what}");
    assert!(clip.samples == samples, "{what}");
}

mod wav {
    use super::*;

    /// Offsets in the plain 44-byte header of `triangle_s16.wav`.
    const BYTE_RATE: usize = 28;
    const ALIGN: usize = 32;
    const DATA_SIZE: usize = 40;

    #[test]
    fn a_block_align_that_is_missing_or_impossible_does_not_matter() {
        let (file, samples) = (read("triangle_s16.wav"), whole("triangle_s16.wav"));
        for align in [0, 1, 2, 3, 5, 6, 8, 255, u16::MAX] {
            let file = patched(&file, &[(ALIGN, &align.to_le_bytes())]);
            assert_decodes(file, &samples, 0, &format!("align {align}"));
        }
        for align in [0, 1, 3] {
            let file = patched(&file, &[(ALIGN, &u16::to_le_bytes(align)), (BYTE_RATE, &[0; 4])]);
            assert_decodes(file, &samples, 0, &format!("align {align}, byte rate 0"));
        }
    }

    #[test]
    fn the_block_align_does_not_matter_at_any_width() {
        for name in [
            "triangle_u8.wav",
            "triangle_s24.wav",
            "triangle_s32.wav",
            "triangle_f32.wav",
            "triangle_f64.wav",
            "triangle_mulaw.wav",
            "triangle_alaw.wav",
            "triangle_s16_extensible.wav",
            "triangle_s16_rf64.wav",
        ] {
            let file = read(name);
            let format = find(&file, b"fmt ") + 8;
            for align in [0, 1, 3, 5] {
                let file = patched(&file, &[(format + 12, &u16::to_le_bytes(align))]);
                assert_decodes(file, &whole(name), 0, &format!("{name}, align {align}"));
            }
        }
    }

    #[test]
    fn the_byte_rate_does_not_matter() {
        let (file, samples) = (read("triangle_s16.wav"), whole("triangle_s16.wav"));
        for rate in [0, 1, 22_050, u32::MAX] {
            assert_decodes(patched(&file, &[(BYTE_RATE, &rate.to_le_bytes())]), &samples, 0, "byte rate");
        }
    }

    /// 300 frames of 4 bytes.
    #[test]
    fn a_data_size_is_damage_only_where_a_whole_frame_is_missing() {
        let (file, samples) = (read("triangle_s16.wav"), whole("triangle_s16.wav"));
        for (size, frames, damaged) in [
            (0, 300, 0),
            (u32::MAX, 300, 0),
            (1201, 300, 0),
            (1203, 300, 0),
            (1204, 300, 1),
            (100_000, 300, 1),
            (1199, 299, 0),
            (1197, 299, 0),
            (601, 150, 0),
        ] {
            let file = patched(&file, &[(DATA_SIZE, &u32::to_le_bytes(size))]);
            assert_decodes(file, &samples[..frames], damaged, &format!("size {size}"));
        }
    }

    #[test]
    fn a_file_of_64_bit_sizes_that_was_cut_off_keeps_its_whole_frames() {
        for name in ["triangle_s16_rf64.wav", "triangle_s16.w64"] {
            let file = read(name);
            for missing in [1, 2, 3, 401, 402, 800] {
                let frames = 300 - usize::div_ceil(missing, 4);
                let cut = file[..file.len() - missing].to_vec();
                assert_decodes(cut, &whole(name)[..frames], 1, &format!("{name} without {missing} bytes"));
            }
        }
    }

    #[test]
    fn a_64_bit_size_that_was_never_filled_in_means_to_the_end_of_the_file() {
        let file = read("triangle_s16_rf64.wav");
        let size = find(&file, b"ds64") + 16;
        assert_decodes(patched(&file, &[(size, &[0; 8])]), &whole("triangle_s16.wav"), 0, "rf64");
    }
}

#[cfg(feature = "aiff")]
mod aiff {
    use super::*;

    /// Offsets of the fields of `triangle_s16.aiff`.
    struct Fields {
        file: Vec<u8>,
        /// Bodies.
        common: usize,
        sound: usize,
    }

    impl Fields {
        fn read() -> Self {
            let file = read("triangle_s16.aiff");
            let (common, sound) = (find(&file, b"COMM") + 8, find(&file, b"SSND") + 8);
            Self { file, common, sound }
        }

        fn with(&self, offset: usize, value: u32) -> Vec<u8> {
            patched(&self.file, &[(offset, &value.to_be_bytes())])
        }
    }

    #[test]
    fn the_size_of_the_form_does_not_matter() {
        let fields = Fields::read();
        let right = fields.file.len() as u32 - 8;
        for size in [0, 3, 4, 46, right / 2, right - 1, right + 1, right + 1000, u32::MAX] {
            assert_decodes(fields.with(4, size), &whole("triangle_s16.aiff"), 0, &format!("form {size}"));
        }
    }

    #[test]
    fn the_size_of_the_common_chunk_does_not_matter() {
        let fields = Fields::read();
        for size in [0, 1, 17, 19, 20, 101, u32::MAX] {
            let file = fields.with(fields.common - 4, size);
            assert_decodes(file, &whole("triangle_s16.aiff"), 0, &format!("common chunk {size}"));
        }
    }

    /// 300 frames of 4 bytes behind 8 bytes of header.
    #[test]
    fn the_size_of_the_sound_chunk_is_damage_only_where_the_frames_are_not_there() {
        let fields = Fields::read();
        for (size, frames) in
            [(0, 300), (7, 300), (8, 300), (1207, 299), (1209, 300), (3000, 300), (u32::MAX, 300), (609, 150)]
        {
            let file = fields.with(fields.sound - 4, size);
            let samples = &whole("triangle_s16.aiff")[..frames];
            assert_decodes(file, samples, 0, &format!("sound chunk {size}"));
        }
    }

    #[test]
    fn the_number_of_frames_does_not_matter_beside_a_sound_chunk_that_fits() {
        let fields = Fields::read();
        for frames in [0, 1, 299, 301, u32::MAX] {
            let file = fields.with(fields.common + 2, frames);
            assert_decodes(file, &whole("triangle_s16.aiff"), 0, &format!("{frames} frames"));
        }
    }

    #[test]
    fn what_was_written_to_a_pipe_is_read_to_its_end() {
        let fields = Fields::read();
        let file =
            patched(&fields.file, &[(4, &[0; 4]), (fields.common + 2, &[0; 4]), (fields.sound - 4, &[0; 4])]);
        assert_decodes(file, &whole("triangle_s16.aiff"), 0, "no size at all");
    }

    #[test]
    fn a_file_that_was_cut_off_keeps_its_whole_frames_and_counts_as_damaged() {
        for kind in ["s16", "s24", "s32", "f32", "f64", "mulaw", "alaw"] {
            let name = format!("triangle_{kind}.aiff");
            let (file, samples) = (read(&name), whole(&name));
            let start = find(&file, b"SSND") + 16;
            let frame = (file.len() - start) / 300;
            for kept in [1, 100, 299] {
                for part in [0, frame - 1] {
                    let cut = file[..start + kept * frame + part].to_vec();
                    assert_decodes(cut, &samples[..kept], 1, &format!("{name}: {kept} frames, {part} bytes"));
                }
            }
            assert!(matches!(decoded(file[..start].to_vec()), Err(Error::Empty { .. })), "{name}");
        }
    }

    #[test]
    fn chunks_in_any_order_a_block_size_and_junk_at_the_end_do_not_matter() {
        let Fields { file, common, sound } = Fields::read();
        let samples = whole("triangle_s16.aiff");
        let (common, sound) = (common - 8, sound - 8);
        let swapped = [&file[..12], &file[sound..], &file[common..common + 26]].concat();
        assert_decodes(swapped, &samples, 0, "sound first");
        assert_decodes(patched(&file, &[(sound + 12, &[0, 0, 2, 0])]), &samples, 0, "blocks of 512");
        assert_decodes([&file[..], &[0x55; 99]].concat(), &samples, 0, "junk");
        assert_decodes([&file[..], b"TAG", &[b'x'; 125]].concat(), &samples, 0, "ID3v1");
        let odd = b"ANNO\0\0\0\x03odd"; // its pad byte forgotten
        assert_decodes([&file[..12], odd, &file[12..]].concat(), &samples, 0, "an odd chunk");
    }

    /// The triangle in AIFF-C under each name of a compression that is none.
    #[test]
    fn samples_are_read_in_every_byte_order() {
        let Fields { file, common, sound } = Fields::read();
        let samples = whole("triangle_s16.aiff");
        let data = &file[sound + 8..];
        let little: Vec<u8> = data.as_chunks::<2>().0.iter().flat_map(|&[a, b]| [b, a]).collect();
        let aifc = |name: &[u8], bits: u16, data: &[u8]| {
            let mut file =
                [b"FORM\0\0\0\0AIFCCOMM\0\0\0\x18", &file[common..common + 18], name, b"\0\0"].concat();
            file[26..28].copy_from_slice(&bits.to_be_bytes());
            file.extend(b"SSND");
            file.extend((data.len() as u32 + 8).to_be_bytes());
            [&file[..], &[0; 8], data].concat()
        };
        for (name, data) in [(b"NONE", data), (b"twos", data), (b"sowt", &little), (b"SOWT", &little)] {
            assert_decodes(aifc(name, 16, data), &samples, 0, &name.escape_ascii().to_string());
        }
        let raw: Vec<u8> = (0..600).map(|n| (n % 251) as u8).collect();
        let clip = decoded(aifc(b"raw ", 8, &raw)).unwrap();
        assert_eq!((clip.samples.len(), clip.samples[0]), (300, -127.5 / 128.0));
        for name in [b"ima4", b"xyz!"] {
            assert!(matches!(decoded(aifc(name, 16, data)), Err(Error::Unsupported { .. })));
        }
    }

    #[test]
    fn a_file_without_one_of_its_chunks_is_a_typed_error() {
        let Fields { file, common, sound } = Fields::read();
        for bytes in [&file[..12], &file[..common + 10], &file[..sound - 8]] {
            assert!(matches!(decoded(bytes.to_vec()), Err(Error::Malformed { .. })), "{}", bytes.len());
        }
        let no_common = [&file[..12], &file[sound - 8..]].concat();
        assert!(matches!(decoded(no_common), Err(Error::Malformed { .. })));
        let no_rate = patched(&file, &[(common + 8, &[0; 10])]);
        assert!(matches!(decoded(no_rate), Err(Error::FileSampleRate { rate: 0, .. })));
        let no_channels = patched(&file, &[(common, &[0; 2])]);
        assert!(matches!(decoded(no_channels), Err(Error::Channels { channels: 0, .. })));
        let outside = patched(&file, &[(sound, &[0x7f; 4])]);
        assert!(matches!(decoded(outside), Err(Error::Empty { .. })));
    }
}

#[cfg(feature = "caf")]
mod caf {
    use super::*;

    const KINDS: [&str; 7] = ["s16", "s24", "s32", "f32", "f64", "mulaw", "alaw"];

    /// The file, and the offset of the size of its data.
    fn sized(name: &str) -> (Vec<u8>, usize) {
        let file = read(name);
        let data = file.windows(4).rposition(|window| window == b"data").unwrap();
        (file, data + 4)
    }

    #[test]
    fn a_data_size_that_was_never_filled_in_means_to_the_end_of_the_file() {
        for kind in KINDS {
            let name = format!("triangle_{kind}.caf");
            let (file, size) = sized(&name);
            for unknown in [-1, 0, 3, 4, -5, i64::MIN] {
                let file = patched(&file, &[(size, &i64::to_be_bytes(unknown))]);
                assert_decodes(file, &whole(&name), 0, &format!("{name}: {unknown}"));
            }
        }
    }

    #[test]
    fn a_file_that_was_cut_off_keeps_its_whole_frames_and_counts_as_damaged() {
        for kind in KINDS {
            let name = format!("triangle_{kind}.caf");
            let (file, size) = sized(&name);
            let start = size + 12;
            let frame = (file.len() - start) / 300;
            for kept in [1, 100, 299] {
                for part in [0, frame - 1] {
                    let cut = file[..start + kept * frame + part].to_vec();
                    assert_decodes(
                        cut,
                        &whole(&name)[..kept],
                        1,
                        &format!("{name}: {kept} frames, {part} bytes"),
                    );
                }
            }
        }
    }

    #[test]
    fn junk_at_the_end_is_no_sound() {
        for name in ["triangle_s16.caf", "triangle_alac.caf"] {
            if cfg!(not(feature = "alac")) && name.contains("alac") {
                continue;
            }
            for junk in [&[0x55; 99][..], &[0; 99], b"abc", &[&b"TAG"[..], &[b'x'; 125]].concat()] {
                assert_decodes([&read(name)[..], junk].concat(), &whole(name), 0, name);
            }
        }
    }

    /// The packets of a tone in ALAC, of which the last is shorter than the others, with their table in
    /// front.
    #[cfg(feature = "alac")]
    #[test]
    fn packets_are_read_as_far_as_they_go_whatever_the_size_of_the_data() {
        let name = "tones_alac.caf";
        let (file, samples) = (read(name), whole(name));
        assert_eq!((samples.len(), decode(fixture(name)).unwrap().skipped_packets), (10_000, 0));
        let data = file.windows(4).position(|window| window == b"data").unwrap();
        let table = file.windows(4).rposition(|window| window == b"pakt").unwrap();
        let front = [&file[..data], &file[table..], &file[data..table]].concat();
        let size = data + (file.len() - table) + 4;
        assert_decodes(front.clone(), &samples, 0, "the table in front");
        for stated in [-1, 0, 3, (front.len() - size - 8) as i64 + 999, i64::MAX] {
            assert_decodes(
                patched(&front, &[(size, &stated.to_be_bytes())]),
                &samples,
                0,
                &format!("{stated}"),
            );
        }
        for cut in [front.len() - 1, size + 8 + (front.len() - size - 8) * 2 / 3] {
            let clip = decoded(front[..cut].to_vec()).unwrap();
            assert_eq!((clip.samples.len() % 4096, clip.skipped_packets), (0, 1), "cut at {cut}");
            assert!(
                !clip.samples.is_empty() && clip.samples == samples[..clip.samples.len()],
                "cut at {cut}"
            );
        }
    }
}
