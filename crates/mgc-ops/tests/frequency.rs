//! The operations of frequency-aware networks against plain loops.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use common::{check_gradients, distance, same_bytes_on_any_number_of_threads, seeded, values, weighted_sum};
use mgc_ops::candle::{DType, Device, Result, Tensor};
use mgc_ops::{append_coordinate, sub_band_means};
use proptest::prelude::*;

/// Sums of a few terms in another order, in f64.
const TOLERANCE: f64 = 1e-14;

/// The sub-band of a column: the last whose first column, `i * w / count` rounded down, is not beyond it.
fn sub_band(column: usize, w: usize, count: usize) -> usize {
    (0..count).rev().find(|i| i * w / count <= column).unwrap()
}

fn naive(x: &Tensor, count: usize) -> Result<Tensor> {
    let (n, c, h, w) = x.dims4()?;
    let (mut sums, mut sizes) = (vec![0.; n * c * count * h], vec![0.; count]);
    (0..w).for_each(|column| sizes[sub_band(column, w, count)] += 1.);
    for (i, value) in values(x)?.into_iter().enumerate() {
        let (plane, row, column) = (i / (h * w), i / w % h, i % w);
        let band = sub_band(column, w, count);
        sums[(plane * count + band) * h + row] += value / sizes[band];
    }
    Tensor::from_vec(sums, (n, c, count, h), &Device::Cpu)
}

proptest! {
    #[test]
    fn sub_bands_hold_every_column_once_and_give_its_gradient_back(
        n in 1usize..3, c in 1usize..4, h in 1usize..6, w in 1usize..14, count in 1usize..14, seed in any::<u64>(),
    ) {
        prop_assume!(count <= w);
        let x = seeded(seed, &[n, c, h, w]).unwrap();
        let y = sub_band_means(&x, count).unwrap();
        prop_assert!(distance(&y, &naive(&x, count).unwrap()).unwrap() < TOLERANCE);
        let gradient = weighted_sum(&y).unwrap().backward().unwrap().get(&x).unwrap().clone();
        let weighted = (x.as_tensor() * gradient).unwrap().sum_all().unwrap().to_scalar::<f64>().unwrap();
        let sum = weighted_sum(&y).unwrap().to_scalar::<f64>().unwrap(); // linear: y is its own derivative
        prop_assert!((weighted - sum).abs() < TOLERANCE * (n * c * h * count) as f64);
    }

    #[test]
    fn a_coordinate_rises_evenly_from_minus_to_plus_its_range(
        w in 1usize..300, range in 0.01f64..100., double in any::<bool>(),
    ) {
        let dtype = if double { DType::F64 } else { DType::F32 };
        let x = Tensor::zeros((2, 3, 2, w), dtype, &Device::Cpu).unwrap();
        let y = append_coordinate(&x, range).unwrap();
        prop_assert_eq!(y.dims(), [2, 4, 2, w]);
        let channel = values(&y.narrow(1, 3, 1).unwrap()).unwrap();
        for row in channel.chunks(w) {
            prop_assert!(row.iter().zip(row.iter().rev()).all(|(a, b)| *a == -b));
            prop_assert!(w == 1 || (row[w - 1] / range - 1.).abs() < 1e-6);
            let steps: Vec<f64> = row.windows(2).map(|pair| pair[1] - pair[0]).collect();
            prop_assert!(steps.iter().all(|step| (step / steps[0] - 1.).abs() < 1e-3));
        }
    }
}

#[test]
fn gradients_are_those_of_finite_differences() -> Result<()> {
    let x = seeded(1, &[2, 2, 3, 7])?;
    check_gradients(&[&x], || sub_band_means(&x, 3))?;
    check_gradients(&[&x], || append_coordinate(&x, 2.))
}

#[test]
fn the_bytes_do_not_depend_on_the_thread_count() -> Result<()> {
    let x = seeded(1, &[3, 16, 20, 33])?;
    same_bytes_on_any_number_of_threads(&[&x], || sub_band_means(&x, 4))
}

#[test]
fn sub_bands_without_columns_and_other_ranks_and_types_are_errors() -> Result<()> {
    let x = Tensor::zeros((1, 2, 3, 4), DType::F64, &Device::Cpu)?;
    for count in [0, 5, usize::MAX] {
        let message = sub_band_means(&x, count).unwrap_err().to_string();
        assert!(message.contains("expected 1 to 4"), "{message}");
    }
    assert!(sub_band_means(&x.squeeze(0)?, 2).is_err() && append_coordinate(&x.squeeze(0)?, 1.).is_err());
    let message = sub_band_means(&x.to_dtype(DType::U8)?, 2).unwrap_err().to_string();
    assert!(message.contains("convert the input to f32 or f64"), "{message}");
    Ok(())
}
