//! The two checksums of a frame: of its header, and of all of it.

/// Adds a byte to the checksum of 8 bits of a header.
pub(super) fn crc8(crc: u8, byte: u8) -> u8 {
    (0..8).fold(crc ^ byte, |crc, _| if crc & 0x80 == 0 { crc << 1 } else { crc << 1 ^ 0x07 })
}

/// Adds a byte to the checksum of 16 bits of a frame.
pub(super) fn crc16(crc: u16, byte: u8) -> u16 {
    crc << 8 ^ TABLE[usize::from(crc >> 8) ^ usize::from(byte)]
}

const TABLE: [u16; 256] = table();

const fn table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut crc, mut bit) = ((byte as u16) << 8, 0);
        while bit < 8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x8005 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
}
