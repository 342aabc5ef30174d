//! Global max pooling against plain loops, with the tie rule of Keras.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use common::{check_gradients, same_bytes_on_any_number_of_threads, seeded, values, weighted_sum};
use mgc_ops::candle::{DType, Device, Result, Tensor, Var};
use mgc_ops::global_max_pool2d;
use proptest::prelude::*;

/// Of one plane: its maximum, and `dy` split among all cells that hold it.
fn naive(plane: &[f64], dy: f64) -> (f64, Vec<f64>) {
    let max = plane.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let ties = plane.iter().filter(|x| **x == max).count() as f64;
    (max, plane.iter().map(|x| if *x == max { dy / ties } else { 0.0 }).collect())
}

fn check(cells: &[f64], shape: (usize, usize, usize, usize), dtype: DType) -> Result<()> {
    let x = Var::from_tensor(&Tensor::from_slice(cells, shape, &Device::Cpu)?.to_dtype(dtype)?)?;
    let y = global_max_pool2d(&x)?;
    let weights: Vec<f64> = (0..shape.0 * shape.1).map(|i| i as f64 - 1.5).collect();
    let expected: Vec<_> =
        cells.chunks(shape.2 * shape.3).zip(&weights).map(|(plane, dy)| naive(plane, *dy)).collect();
    assert_eq!(y.dims(), [shape.0, shape.1]);
    assert_eq!(values(&y)?, expected.iter().map(|(max, _)| *max).collect::<Vec<_>>());
    let weights = Tensor::from_vec(weights, y.shape(), &Device::Cpu)?.to_dtype(dtype)?;
    let gradients = (y * weights)?.sum_all()?.backward()?;
    let single = |v: f64| if dtype == DType::F32 { f64::from(v as f32) } else { v };
    let gradient: Vec<f64> = expected.into_iter().flat_map(|(_, dx)| dx).map(single).collect();
    assert_eq!(gradients.get(&x).map(values).transpose()?, Some(gradient));
    Ok(())
}

proptest! {
    #[test]
    fn ties_share_the_gradient_equally(
        n in 1usize..3, c in 1usize..4, h in 1usize..9, w in 1usize..9, seed in any::<u64>(), double in any::<bool>(),
    ) {
        // few distinct values, so that ties are common
        let cells = values(&seeded(seed, &[n * c * h * w]).unwrap()).unwrap();
        let cells: Vec<f64> = cells.into_iter().map(|v| (v * 2.0).round()).collect();
        check(&cells, (n, c, h, w), if double { DType::F64 } else { DType::F32 }).unwrap();
    }
}

#[test]
fn without_ties_the_gradient_is_that_of_finite_differences() -> Result<()> {
    let x = seeded(1, &[2, 3, 5, 7])?;
    check_gradients(&[&x], || global_max_pool2d(&x))
}

#[test]
fn a_plane_of_equal_cells_shares_among_all_of_them() -> Result<()> {
    check(&[-3.0; 3 * 31 * 37], (1, 3, 31, 37), DType::F64)?;
    check(&[f64::NEG_INFINITY; 4], (1, 1, 2, 2), DType::F32)
}

#[test]
fn the_bytes_do_not_depend_on_the_thread_count() -> Result<()> {
    let x = seeded(1, &[3, 16, 20, 33])?;
    same_bytes_on_any_number_of_threads(&[&x], || global_max_pool2d(&x))
}

#[test]
fn what_is_not_a_number_wins_wherever_it_lies_and_takes_no_gradient() -> Result<()> {
    for at in 0..35 {
        let mut cells = vec![1.0; 70];
        cells[at] = f64::NAN;
        let x = Var::from_vec(cells, (1, 2, 5, 7), &Device::Cpu)?;
        let y = global_max_pool2d(&x)?;
        assert_eq!(values(&y)?.iter().map(|v| v.is_nan()).collect::<Vec<_>>(), [true, false]);
        let gradient = values(weighted_sum(&y)?.backward()?.get(&x).unwrap())?;
        assert!(gradient[..35].iter().all(|d| *d == 0.0));
    }
    Ok(())
}

#[test]
fn other_ranks_types_and_empty_maps_are_errors() -> Result<()> {
    let zeros = |shape: &[usize], dtype| Tensor::zeros(shape, dtype, &Device::Cpu);
    for shape in [&[2, 3, 4][..], &[2, 3, 0, 4], &[0, 3, 4, 4], &[2, 0, 4, 4]] {
        assert!(global_max_pool2d(&zeros(shape, DType::F64)?).is_err(), "{shape:?}");
    }
    let message = global_max_pool2d(&zeros(&[1, 1, 2, 2], DType::U8)?).unwrap_err().to_string();
    assert!(message.contains("convert the input to f32 or f64"), "{message}");
    Ok(())
}
