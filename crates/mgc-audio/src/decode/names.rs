//! The names by which people know the codecs that are not decoded, by the codes of the containers.

/// Names a codec by its number in wav (`wFormatTag`).
pub(super) fn wave(code: u16) -> Option<&'static str> {
    Some(match code {
        0x0002 => "ADPCM (Microsoft)",
        0x0005 => "IBM CVSD",
        0x0008 | 0x0190 | 0x2001 => "DTS",
        0x000a => "Windows Media Audio Voice",
        0x0010 => "ADPCM (OKI)",
        0x0011 => "ADPCM (IMA, also called DVI)",
        0x0012 => "ADPCM (MediaSpace)",
        0x0013 => "ADPCM (Sierra)",
        0x0014 | 0x0059 => "G.723 ADPCM",
        0x0015 | 0x0016 => "DIGISTD or DIGIFIX speech",
        0x0017 => "ADPCM (Dialogic OKI)",
        0x0020 => "ADPCM (Yamaha)",
        0x0022 => "TrueSpeech",
        0x0030 => "Dolby AC-2",
        0x0031 | 0x1500 => "GSM 6.10",
        0x0032 => "MSN Audio",
        0x0033 => "Antex ADPCM",
        0x0036 => "VQLPC speech",
        0x0038..=0x003a => "Rockwell or Crystal ADPCM",
        0x0040 => "G.721 ADPCM",
        0x0041 => "CELP (G.728)",
        0x0042 | 0xa100 | 0x0111 => "G.723.1",
        0x0045 | 0x0064 | 0x0085 | 0x0140 => "G.726 ADPCM",
        0x0050 => "MPEG audio of layer I or II",
        0x0055 => "mp3",
        0x0057 | 0x0136 | 0x7361 | 0x7362 => "AMR",
        0x0058 => "AMR-WB",
        0x0061 => "ADPCM (Duck DK4)",
        0x0062 => "ADPCM (Duck DK3)",
        0x0065 | 0x028f => "G.722 ADPCM",
        0x0069 => "Voxware speech",
        0x0070 | 0x0075 | 0x0079 => "Voxware MetaSound or MetaVoice",
        0x0083 => "G.729",
        0x0092 | 0x2000 => "Dolby Digital (AC-3)",
        0x00ff | 0x1600..=0x1610 | 0x706d | 0x4143 | 0xa106 => "AAC",
        0x0130 => "ACELP.net (Sipro)",
        0x0160 => "Windows Media Audio 1",
        0x0161 => "Windows Media Audio 2",
        0x0162 => "Windows Media Audio Professional",
        0x0163 => "Windows Media Audio Lossless",
        0x0164 => "Windows Media Audio over S/PDIF",
        0x0200 | 0x0202 | 0x0203 => "Creative ADPCM or FastSpeech",
        0x0270 => "ATRAC3",
        0x0401 | 0x0402 => "Indeo audio (Intel Music Coder)",
        0x0450 => "QDesign Music",
        0x0500 | 0x0501 => "On2 AVC audio",
        0x1003 => "ADPCM (Olivetti)",
        0x1101 => "Lernout & Hauspie CELP",
        0x1102..=0x1104 => "Lernout & Hauspie SBC",
        0x2002..=0x2006 => "RealAudio",
        0x566f | 0x674f..=0x6751 | 0x676f..=0x6771 => "Vorbis",
        0x5756 => "WavPack",
        0x6c61 => "ALAC",
        0x704f => "Opus",
        0xa109 => "Speex",
        0xf1ac => "FLAC",
        _ => return None,
    })
}

/// Names a codec by its four letters in QuickTime, MP4, CAF and AIFF-C.
pub(super) fn four_letters(code: [u8; 4]) -> Option<&'static str> {
    // Codes of wav files, which begin with `ms`.
    if let [b'm', b's', high, low] = code
        && let Some(name) = wave(u16::from_be_bytes([high, low]))
    {
        return Some(name);
    }
    Some(match &code.map(|byte| byte.to_ascii_lowercase()) {
        b"ima4" | b"dvi " | b"dvca" => "ADPCM (IMA)",
        b"adp4" => "ADPCM",
        b"mac3" => "MACE 3:1",
        b"mac6" => "MACE 6:1",
        b"gsm " | b"agsm" => "GSM 6.10",
        b"qdm2" => "QDesign Music 2",
        b"qdmc" => "QDesign Music",
        b"qclp" | b"sqcp" => "QCELP",
        b"samr" => "AMR",
        b"sawb" => "AMR-WB",
        b"sawp" => "AMR-WB+",
        b"sevc" => "EVRC",
        b"ac-3" | b"sac3" => "Dolby Digital (AC-3)",
        b"ec-3" => "Dolby Digital Plus (E-AC-3)",
        b"ac-4" => "Dolby AC-4",
        b"mlpa" => "Dolby TrueHD",
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" | b"dtsx" => "DTS",
        b"mha1" | b"mhm1" | b"mha2" | b"mhm2" => "MPEG-H 3D audio",
        b"iamf" => "IAMF",
        b".mp1" | b".mp2" => "MPEG audio of layer I or II",
        b".mp3" => "mp3",
        b"aach" | b"aacp" => "HE-AAC",
        b"aacl" | b"aace" | b"aacf" | b"aacg" | b"aacs" => "AAC of low delay or another rare kind",
        b"usac" => "xHE-AAC",
        b"ilbc" => "iLBC",
        b"spex" | b"spx " | b"xspx" => "Speex",
        b"g719" => "G.719",
        b"g721" => "G.721 ADPCM",
        b"g722" => "G.722 ADPCM",
        b"g726" => "G.726 ADPCM",
        b"g728" => "G.728",
        b"g729" => "G.729",
        b"alac" => "ALAC",
        b"flac" => "FLAC",
        b"opus" => "Opus",
        b"ovrb" | b"xvrb" => "Vorbis",
        b"rt24" | b"rt29" => "Voxware RT",
        b"sdx2" | b"cbd2" => "SDX2",
        b"drms" => "AAC locked by FairPlay",
        b"enca" => "encrypted sound",
        b"wma " => "Windows Media Audio",
        b"twin" => "TwinVQ",
        b"alas" => "MPEG-4 lossless audio",
        b"mp4a" => "MPEG-4 sound of a rare kind",
        b"lpcm" | b"sowt" | b"twos" | b"in24" | b"in32" | b"fl32" | b"fl64" | b"raw " => {
            "samples of an unusual width"
        }
        b"fl16" => "floating-point samples of 16 bits",
        _ => return None,
    })
}

/// Names a codec by its number in Sun `.au`.
pub(super) fn sun(code: u32) -> Option<&'static str> {
    Some(match code {
        8 => "fragments of samples",
        10 => "the program of a signal processor",
        11..=14 => "fixed-point samples",
        18..=20 => "samples with emphasis or compression of the NeXT",
        21 | 22 => "the commands of a NeXT music kit",
        23 => "G.721 ADPCM",
        24 => "G.722 ADPCM",
        25 | 26 => "G.723 ADPCM",
        _ => return None,
    })
}

/// Names a codec by its identifier in Matroska.
pub(super) fn matroska(id: &str) -> Option<&'static str> {
    const NAMES: &[(&str, &str)] = &[
        ("A_AC3", "Dolby Digital (AC-3)"),
        ("A_EAC3", "Dolby Digital Plus (E-AC-3)"),
        ("A_TRUEHD", "Dolby TrueHD"),
        ("A_MLP", "MLP"),
        ("A_DTS", "DTS"),
        ("A_REAL/14_4", "RealAudio 1"),
        ("A_REAL/28_8", "RealAudio 2"),
        ("A_REAL/COOK", "RealAudio (Cook)"),
        ("A_REAL/SIPR", "RealAudio (Sipro)"),
        ("A_REAL/RALF", "RealAudio Lossless"),
        ("A_REAL/ATRC", "ATRAC3"),
        ("A_ATRAC/AT1", "ATRAC1"),
        ("A_WAVPACK4", "WavPack"),
        ("A_TTA1", "True Audio"),
        ("A_MPC", "Musepack"),
        ("A_QUICKTIME/QDM2", "QDesign Music 2"),
        ("A_QUICKTIME/QDMC", "QDesign Music"),
        ("A_MPEG/L3", "mp3"),
        ("A_MPEG/L", "MPEG audio of layer I or II"),
        ("A_MS/ACM", "a codec of Windows"),
        ("A_QUICKTIME", "a codec of QuickTime"),
        ("A_AAC", "AAC"),
        ("A_PCM", "uncompressed samples of an unusual width"),
    ];
    NAMES.iter().find(|(start, _)| id.starts_with(start)).map(|(_, name)| *name)
}
