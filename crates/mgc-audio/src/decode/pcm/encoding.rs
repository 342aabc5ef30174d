//! How one uncompressed sample is stored.

use super::g711;

/// How one sample is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    MuLaw,
    ALaw,
    /// 8 bits around 128.
    Unsigned,
    /// Two's complement of 1 to 4 bytes.
    Signed(usize, ByteOrder),
    F32(ByteOrder),
    F64(ByteOrder),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    Big,
    Little,
}

impl Encoding {
    /// Returns the bytes of one sample.
    pub(crate) fn width(self) -> usize {
        match self {
            Self::MuLaw | Self::ALaw | Self::Unsigned => 1,
            Self::Signed(bytes, _) => bytes,
            Self::F32(_) => 4,
            Self::F64(_) => 8,
        }
    }

    /// Returns ffmpeg's name of the encoding.
    pub(crate) fn name(self) -> String {
        let (kind, order) = match self {
            Self::MuLaw => return "pcm_mulaw".into(),
            Self::ALaw => return "pcm_alaw".into(),
            Self::Unsigned => return "pcm_u8".into(),
            Self::Signed(1, _) => return "pcm_s8".into(),
            Self::Signed(_, order) => ("s", order),
            Self::F32(order) | Self::F64(order) => ("f", order),
        };
        let order = if order == ByteOrder::Big { "be" } else { "le" };
        format!("pcm_{kind}{}{order}", 8 * self.width())
    }

    /// Returns the mean of the channels of whole interleaved frames.
    pub(super) fn mean(self, bytes: &[u8], channels: usize) -> Vec<f32> {
        use ByteOrder::Big;
        match self {
            Self::MuLaw => mean(bytes, channels, Big, |[code]| g711::mu_law(code)),
            Self::ALaw => mean(bytes, channels, Big, |[code]| g711::a_law(code)),
            Self::Unsigned => mean(bytes, channels, Big, |[b]| (f32::from(b) - 128.0) / 128.0),
            Self::Signed(1, _) => mean(bytes, channels, Big, |b| f32::from(i8::from_be_bytes(b)) / 128.0),
            Self::Signed(2, order) => {
                mean(bytes, channels, order, |b| f32::from(i16::from_be_bytes(b)) / 32_768.0)
            }
            Self::Signed(3, order) => mean(bytes, channels, order, |[a, b, c]| {
                (i32::from_be_bytes([a, b, c, 0]) >> 8) as f32 / 8_388_608.0
            }),
            Self::Signed(_, order) => {
                mean(bytes, channels, order, |b| i32::from_be_bytes(b) as f32 / 2_147_483_648.0)
            }
            Self::F32(order) => mean(bytes, channels, order, f32::from_be_bytes),
            Self::F64(order) => mean(bytes, channels, order, |b| f64::from_be_bytes(b) as f32),
        }
    }
}

/// [`Encoding::mean`], where `sample` converts the big-endian bytes of a sample.
fn mean<const N: usize>(
    bytes: &[u8],
    channels: usize,
    order: ByteOrder,
    sample: impl Fn([u8; N]) -> f32,
) -> Vec<f32> {
    match order {
        ByteOrder::Big => frame_means(bytes, channels, sample),
        ByteOrder::Little => frame_means(bytes, channels, |mut b| {
            b.reverse();
            sample(b)
        }),
    }
}

fn frame_means<const N: usize>(bytes: &[u8], channels: usize, sample: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    let (samples, _) = bytes.as_chunks::<N>();
    if channels == 1 {
        return samples.iter().map(|b| sample(*b)).collect();
    }
    let mean = |frame: &[[u8; N]]| frame.iter().map(|b| sample(*b)).sum::<f32>() / channels as f32;
    samples.chunks_exact(channels).map(mean).collect()
}
