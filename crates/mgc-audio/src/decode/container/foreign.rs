//! Formats that are recognised, to name them in the error, but not decoded.

/// Formats without a decoder here, by offset and magic.
const FOREIGN: &[(usize, &[u8], &str)] = &[
    (8, b"RMID", "MIDI (notes, not sound)"),
    (8, b"sfbk", "SoundFont (instruments, not notes)"),
    (0, b".ra\xfd", "RealAudio"),
    (0, b"#!SILK", "SILK"),
    (0, b"NIST_1A", "NIST Sphere"),
    (0, b"TWIN", "TwinVQ"),
    (0, b"qoaf", "QOA"),
    (0, b"2BIT", "AVR"),
    (0, b"RIFX", "RIFX, the big-endian wav,"),
    (8, b"AVI ", "AVI video"),
    (4, b"moov", "QuickTime without a type box"),
    (4, b"mdat", "QuickTime without a type box"),
    (0, b"\x0b\x77", "Dolby Digital"),
    (0, b"\x7f\xfe\x80\x01", "DTS"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media Audio"),
    (0, b".RMF", "RealMedia"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"wvpk", "WavPack"),
    (0, b"MPCK", "Musepack"),
    (0, b"MP+", "Musepack"),
    (0, b"TTA1", "True Audio"),
    (0, b"tBaK", "TAK"),
    (0, b"OFR ", "OptimFROG"),
    (0, b"ajkg", "Shorten"),
    (0, b"#!AMR", "AMR"),
    (0, b"Creative Voice File", "VOC"),
    (8, b"8SVX", "8SVX"),
    (0, b"DSD ", "DSD"),
    (0, b"FRM8", "DSD"),
    (0, b"FLV", "Flash video"),
    (0, b"\0\0\x01\xba", "MPEG video"),
    (0, b"MThd", "MIDI (notes, not sound)"),
    (0, b"IMPM", "Impulse Tracker (notes and instruments)"),
    (0, b"Extended Module: ", "FastTracker (notes and instruments)"),
    (44, b"SCRM", "Scream Tracker (notes and instruments)"),
];

/// Names the format, if it is one of them.
pub(super) fn foreign(head: &[u8]) -> Option<&'static str> {
    let here = |(offset, magic, _): &&(usize, &[u8], &str)| {
        head.get(*offset..).is_some_and(|b| b.starts_with(magic))
    };
    FOREIGN.iter().find(here).map(|(_, _, name)| *name)
}
