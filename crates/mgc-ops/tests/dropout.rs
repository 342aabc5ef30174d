//! Dropout as a function of its key.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use common::{check_gradients, seeded, values};
use mgc_ops::candle::{DType, Device, Result, Tensor};
use mgc_ops::{Dropout, dropout};
use proptest::prelude::*;

/// Standard deviations of a share that no right mask of these tests exceeds.
const DEVIATIONS: f64 = 5.0;

fn dropped(len: usize, rate: f64, key: u64) -> Result<Vec<bool>> {
    let y = dropout(&Tensor::ones(len, DType::F32, &Device::Cpu)?, Dropout { rate, key })?;
    Ok(values(&y)?.into_iter().map(|y| y == 0.0).collect())
}

proptest! {
    #[test]
    fn the_share_of_dropped_cells_is_the_rate(rate in 0.01f64..0.99, key in any::<u64>(), len in 10_000usize..20_000) {
        let count = dropped(len, rate, key).unwrap().into_iter().filter(|dropped| *dropped).count() as f64;
        let deviation = (len as f64 * rate * (1.0 - rate)).sqrt();
        prop_assert!((count - len as f64 * rate).abs() < DEVIATIONS * deviation, "{} of {}", count, len);
    }

    #[test]
    fn a_longer_map_starts_with_the_mask_of_a_shorter_one(len in 1usize..9000, more in 0usize..9000, key in any::<u64>()) {
        prop_assert_eq!(&dropped(len + more, 0.5, key).unwrap()[..len], dropped(len, 0.5, key).unwrap());
    }
}

#[test]
fn neighbours_and_masks_of_neighbouring_keys_are_independent() -> Result<()> {
    let (len, masks) = (100_000, [dropped(100_001, 0.5, 1)?, dropped(100_001, 0.5, 2)?]);
    let deviation = (len as f64 / 4.0).sqrt();
    for shifted in [&masks[0][1..], &masks[1]] {
        let equal = masks[0].iter().zip(shifted).filter(|(a, b)| a == b).count() as f64;
        assert!((equal - len as f64 / 2.0).abs() < DEVIATIONS * deviation, "{equal} of {len} equal");
    }
    Ok(())
}

#[test]
fn kept_cells_are_scaled_and_so_is_their_gradient() -> Result<()> {
    let x = seeded(1, &[3, 2, 5, 7])?;
    let config = Dropout { rate: 0.2, key: 3 };
    let kept = values(&x)?.into_iter().zip(values(&dropout(&x, config)?)?);
    assert!(kept.filter(|(_, y)| *y != 0.0).all(|(x, y)| y == x * 1.25));
    check_gradients(&[&x], || dropout(&x, config))
}

#[test]
fn a_rate_of_zero_changes_nothing() -> Result<()> {
    let x = seeded(1, &[1000])?;
    assert_eq!(values(&dropout(&x, Dropout { rate: 0.0, key: 1 })?)?, values(&x)?);
    Ok(())
}

#[test]
fn the_mask_is_the_same_on_any_number_of_threads() -> Result<()> {
    let x = seeded(1, &[3, 5, 61, 47])?;
    common::same_bytes_on_any_number_of_threads(&[&x], || dropout(&x, Dropout { rate: 0.4, key: 9 }))
}

#[test]
fn rates_that_leave_nothing_are_errors_that_name_them() -> Result<()> {
    for rate in [1.0, -0.1, f64::NAN] {
        let error = dropout(&*seeded(1, &[2])?, Dropout { rate, key: 1 }).unwrap_err().to_string();
        assert!(error.contains(&rate.to_string()), "{error}");
    }
    Ok(())
}
