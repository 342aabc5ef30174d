//! Philox4x32-10 (Salmon et al. 2011): random numbers as a function of a key and a counter, each available
//! without those before it.

/// Blocks computed at once: as many as a vector register has lanes.
const BLOCKS: usize = 16;
/// How many numbers [`numbers`] returns.
pub(crate) const NUMBERS: usize = 4 * BLOCKS;

const ROUNDS: usize = 10;
const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
const KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// Returns the numbers of [`BLOCKS`] counters from `first * BLOCKS` on: first the first number of every
/// block, then the second ones, and so on.
#[inline(always)] // into loops compiled for wider vectors
pub(crate) fn numbers(key: u64, first: u64) -> [[u32; BLOCKS]; 4] {
    let mut counters = [[0; BLOCKS]; 4];
    #[allow(clippy::needless_range_loop)] // the indexed form is the one that vectorises
    for block in 0..BLOCKS {
        let counter = first.wrapping_mul(BLOCKS as u64).wrapping_add(block as u64);
        (counters[0][block], counters[1][block]) = (counter as u32, (counter >> 32) as u32);
    }
    rounds([key as u32, (key >> 32) as u32], &counters)
}

/// Runs all rounds of one counter before those of the next, the form that vectorises.
#[inline(always)]
#[allow(clippy::needless_range_loop)] // likewise
fn rounds<const N: usize>(key: [u32; 2], counters: &[[u32; N]; 4]) -> [[u32; N]; 4] {
    let mut out = [[0; N]; 4];
    for lane in 0..N {
        let [mut k0, mut k1] = key;
        let (mut a, mut b) = (counters[0][lane], counters[1][lane]);
        let (mut c, mut d) = (counters[2][lane], counters[3][lane]);
        for _ in 0..ROUNDS {
            let (left, right) = (MULTIPLIERS[0] * u64::from(a), MULTIPLIERS[1] * u64::from(c));
            (a, b) = ((right >> 32) as u32 ^ b ^ k0, right as u32);
            (c, d) = ((left >> 32) as u32 ^ d ^ k1, left as u32);
            (k0, k1) = (k0.wrapping_add(KEY_STEPS[0]), k1.wrapping_add(KEY_STEPS[1]));
        }
        (out[0][lane], out[1][lane], out[2][lane], out[3][lane]) = (a, b, c, d);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known answers published by the authors with their code, Random123.
    #[test]
    fn the_published_numbers_come_out() {
        let run = |counter: [u32; 4], key| rounds(key, &counter.map(|word| [word])).map(|[word]| word);
        assert_eq!(run([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(run([!0; 4], [!0; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        assert_eq!(run(pi, [0xa409_3822, 0x299f_31d0]), [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
    }

    #[test]
    fn neighbouring_counters_follow_each_other_over_32_bits() {
        let first = (1 << 32) / BLOCKS as u64;
        let [words, ..] = numbers(7, first);
        let expected = rounds([7, 0], &[[3], [1], [0], [0]]);
        assert_eq!(words[3], expected[0][0]);
    }
}
