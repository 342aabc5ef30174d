//! Random numbers that are the same on every platform.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The purpose of a stream of random numbers. Streams of different purposes never coincide.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// Initial values of one tensor.
    Init,
    /// Order of the examples in one epoch.
    Order,
    /// Examples drawn by weight in one epoch.
    Draw,
    /// Draws of one bootstrap resample.
    Resample,
    /// Draws of one augmentation for one example.
    Augment,
}

/// A stream of random numbers that depends on a seed, a purpose and a name.
///
/// It is `ChaCha8` with the key `seed (8 bytes) | purpose (8) | FNV-1a-128 of the name (16)`, all little
/// endian. Only integer arithmetic and exact floating-point arithmetic follow, so a stream is the same on
/// every platform.
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    pub(crate) fn new(seed: u64, purpose: Purpose, name: &str) -> Self {
        let tag = match purpose {
            Purpose::Init => b"mgc/init",
            Purpose::Order => b"mgc/ordr",
            Purpose::Draw => b"mgc/draw",
            Purpose::Resample => b"mgc/boot",
            Purpose::Augment => b"mgc/augm",
        };
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(tag);
        key[16..].copy_from_slice(&fnv1a_128(name.as_bytes()).to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Draws uniformly from [0, 1), in multiples of 2^-53.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Draws a number of 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Draws uniformly from [low, high).
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// Draws uniformly on a logarithmic scale from [low, high), both above 0.
    pub(crate) fn log_between(&mut self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.uniform())
    }

    /// Returns true with a probability in [0, 1].
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Draws uniformly from 0..bound, with a bias below bound / 2^64.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.below_u64(bound as u64) as usize
    }

    /// Draws uniformly from 0..bound, with a bias below bound / 2^64.
    pub(crate) fn below_u64(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// Draws from the standard normal distribution truncated to [-2, 2].
    ///
    /// By rejection: x uniform in [-2, 2) is kept with probability exp(-x^2/2), which is that of two
    /// successful trials of exp(-x^2/4).
    pub(crate) fn truncated_normal(&mut self) -> f64 {
        loop {
            let x = 4.0 * self.uniform() - 2.0;
            let quarter = x * x / 4.0;
            if self.is_true_with_exp_neg(quarter) && self.is_true_with_exp_neg(quarter) {
                return x;
            }
        }
    }

    /// Returns true with probability exp(-t), for t in [0, 1], by comparisons alone (von Neumann 1951).
    ///
    /// The number of uniform draws that fall, one below the other and all below t, is even with that
    /// probability.
    fn is_true_with_exp_neg(&mut self, t: f64) -> bool {
        let mut last = t;
        let mut even = true;
        loop {
            let draw = self.uniform();
            if draw >= last {
                return even;
            }
            last = draw;
            even = !even;
        }
    }
}

/// Returns a digest of bytes as 32 hexadecimal digits (FNV-1a, 128 bits): it tells apart, it protects nothing.
pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("{:032x}", fnv1a_128(bytes))
}

fn fnv1a_128(bytes: &[u8]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(OFFSET, |hash, &byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv1a_128() {
        // Published test vectors of the hash: "" and "foobar".
        assert_eq!(fnv1a_128(b""), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        assert_eq!(fnv1a_128(b"foobar"), 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18);
    }

    #[test]
    fn exp_neg_trials_succeed_as_often_as_they_should() {
        const DRAWS: usize = 100_000;
        let mut stream = Stream::new(1, Purpose::Init, "trials");
        for t in [0.0, 0.1, 0.5, 1.0] {
            let hits = (0..DRAWS).filter(|_| stream.is_true_with_exp_neg(t)).count();
            let p = (-t).exp();
            let sigma = (p * (1.0 - p) / DRAWS as f64).sqrt();
            let rate = hits as f64 / DRAWS as f64;
            assert!((rate - p).abs() <= 4.0 * sigma, "t {t}: {rate}, expected {p}");
        }
    }

    #[test]
    fn bounded_draws_reach_every_value() {
        let mut stream = Stream::new(1, Purpose::Order, "0");
        let mut counts = [0; 7];
        for _ in 0..7_000 {
            counts[stream.below(7)] += 1;
        }
        assert!(counts.iter().all(|&n| (850..1_150).contains(&n)), "{counts:?}");
    }
}
