//! ITU-T G.711: the companding laws of telephony, 8 bits a sample.

/// mu-law: sign, 3 bits of segment, 4 bits of step, all inverted.
pub(super) fn mu_law(code: u8) -> f32 {
    let code = !code;
    let magnitude = ((((i32::from(code) & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84;
    signed(magnitude, code & 0x80 == 0)
}

/// A-law: as mu-law, with every second bit inverted and a linear first segment.
pub(super) fn a_law(code: u8) -> f32 {
    let code = code ^ 0x55;
    let step = (i32::from(code) & 0x0f) << 4;
    let magnitude = match (code & 0x70) >> 4 {
        0 => step + 8,
        segment => (step + 0x108) << (segment - 1),
    };
    signed(magnitude, code & 0x80 != 0)
}

fn signed(magnitude: i32, positive: bool) -> f32 {
    let value = magnitude as f32 / 32_768.0;
    if positive { value } else { -value }
}
