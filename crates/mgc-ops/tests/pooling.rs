//! Pools against plain loops, with the tie and border rules of Keras.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod common;
#[path = "common/windows.rs"]
mod windows;

use common::{check_gradients, distance, seeded, values};
use mgc_ops::candle::{Device, Result, Tensor, Var};
use mgc_ops::{Window, avg_pool2d, max_pool2d};
use proptest::prelude::*;
use windows::window;

/// Sums of four cells of order one in f64.
const ROUNDING: f64 = 1e-15;

/// For each output of one plane: its maximum, and the first cell that holds it.
fn naive_max(x: &[f64], (h, w): (usize, usize), window: &Window) -> Result<Vec<(f64, usize)>> {
    let (out_h, out_w) = window.output_size(h, w)?;
    let outputs = (0..out_h * out_w).map(|out| {
        let (mut best, mut at) = (f64::NEG_INFINITY, usize::MAX);
        for tap in 0..window.kernel.0 * window.kernel.1 {
            let row = (out / out_w * window.stride.0 + tap / window.kernel.1).checked_sub(window.padding.top);
            let col =
                (out % out_w * window.stride.1 + tap % window.kernel.1).checked_sub(window.padding.left);
            if let (Some(row), Some(col)) = (row.filter(|r| *r < h), col.filter(|c| *c < w))
                && x[row * w + col] > best
            {
                (best, at) = (x[row * w + col], row * w + col);
            }
        }
        (best, at)
    });
    Ok(outputs.collect())
}

fn check_max_pool(cells: Vec<f64>, (h, w): (usize, usize), window: &Window) -> Result<()> {
    let x = Var::from_vec(cells, (1, 1, h, w), &Device::Cpu)?;
    let y = max_pool2d(&x, window)?;
    let expected = naive_max(&values(&x)?, (h, w), window)?;
    assert_eq!(values(&y)?, expected.iter().map(|(best, _)| *best).collect::<Vec<_>>());

    let weights: Vec<f64> = (1..=expected.len()).map(|i| i as f64).collect();
    let mut gradient = vec![0.0; h * w];
    expected.iter().zip(&weights).for_each(|((_, at), weight)| gradient[*at] += weight);
    let gradients = (&y * Tensor::from_vec(weights, y.shape(), &Device::Cpu)?)?.sum_all()?.backward()?;
    assert_eq!(gradients.get(&x).map(values).transpose()?, Some(gradient));
    Ok(())
}

proptest! {
    #[test]
    fn a_max_pool_gives_each_gradient_to_the_first_maximum(
        window in window(), h in 1usize..9, w in 1usize..9, seed in any::<u64>(),
    ) {
        prop_assume!(window.output_size(h, w).is_ok());
        // few distinct values, so that ties are common
        let cells = values(&seeded(seed, &[h * w]).unwrap()).unwrap().into_iter().map(|v| (v * 2.0).round());
        check_max_pool(cells.collect(), (h, w), &window).unwrap();
    }
}

/// The window of most pools has a way of its own.
#[test]
fn squares_of_two_by_two_follow_the_same_rules_on_all_sizes() -> Result<()> {
    let window = Window::valid((2, 2), (2, 2));
    for (h, w) in [(2, 2), (2, 3), (3, 2), (5, 7), (6, 34), (7, 65)] {
        let noise = seeded(h as u64, &[h * w])?;
        let cells = values(&noise)?.into_iter().map(|v| (v * 2.0).round()); // with ties
        check_max_pool(cells.collect(), (h, w), &window)?;
        let x = seeded(1, &[1, 2, h, w])?;
        check_gradients(&[&x], || avg_pool2d(&x, (2, 2), (2, 2)))?;
        // the same means from a window that is told apart by its stride
        let (squares, dense) = (avg_pool2d(&x, (2, 2), (2, 2))?, avg_pool2d(&x, (2, 2), (1, 1))?);
        let (rows, columns) = (
            Tensor::arange_step(0u32, h as u32 - 1, 2, &Device::Cpu)?,
            Tensor::arange_step(0u32, w as u32 - 1, 2, &Device::Cpu)?,
        );
        let expected = dense.index_select(&rows, 2)?.index_select(&columns, 3)?;
        assert!(distance(&squares, &expected)? < ROUNDING, "{h}x{w}");
    }
    Ok(())
}

#[test]
fn nan_in_a_square_gives_way_to_numbers() -> Result<()> {
    let cells = [f64::NAN, 1.0, 3.0, 2.0, f64::NAN, f64::NAN, f64::NAN, f64::NAN];
    let x = Tensor::from_vec(cells.to_vec(), (2, 1, 2, 2), &Device::Cpu)?;
    let y = values(&max_pool2d(&x, &Window::valid((2, 2), (2, 2)))?)?;
    assert!(y[0] == 3.0 && y[1].is_nan());
    Ok(())
}

#[test]
fn padding_never_wins_over_negative_cells() -> Result<()> {
    let x = Tensor::full(-3f32, (1, 1, 2, 2), &Device::Cpu)?;
    let y = max_pool2d(&x, &Window::same((3, 3)))?;
    assert_eq!(y.flatten_all()?.to_vec1::<f32>()?, [-3.0; 4]);
    Ok(())
}

#[test]
fn an_average_pool_has_the_gradient_of_its_differences_on_odd_sizes() -> Result<()> {
    let x = seeded(1, &[2, 2, 5, 7])?;
    for (kernel, stride) in [((2, 2), (2, 2)), ((3, 2), (1, 2)), ((1, 1), (1, 1))] {
        check_gradients(&[&x], || avg_pool2d(&x, kernel, stride))?;
    }
    Ok(())
}

#[test]
fn an_average_pool_is_the_mean_of_its_windows() -> Result<()> {
    let x = Tensor::arange(0f64, 15.0, &Device::Cpu)?.reshape((1, 1, 3, 5))?;
    assert_eq!(values(&avg_pool2d(&x, (2, 2), (2, 2))?)?, [3.0, 5.0]);
    Ok(())
}

#[test]
fn a_window_of_nothing_but_nan_gives_nan() -> Result<()> {
    let x = Tensor::new(&[[[[f64::NAN, f64::NAN, 1.0, f64::NAN]]]], &Device::Cpu)?;
    let y = values(&max_pool2d(&x, &Window::valid((1, 2), (1, 2)))?)?;
    assert!(y[0].is_nan() && y[1] == 1.0);
    Ok(())
}

#[test]
fn absurd_windows_are_errors() -> Result<()> {
    let x = seeded(1, &[1, 1, 4, 4])?;
    assert!(max_pool2d(&x, &Window::same((usize::MAX, 1))).is_err());
    assert!(max_pool2d(&x, &Window::valid((5, 1), (1, 1))).is_err());
    let far = Window { stride: (1, usize::MAX), ..Window::same((3, 5)) };
    assert_eq!(max_pool2d(&x, &far)?.dims(), [1, 1, 4, 1]);
    Ok(())
}
