//! Depthwise convolution against plain loops and finite differences.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod common;
#[path = "common/windows.rs"]
mod windows;

use common::{check_gradients, distance, same_bytes_on_any_number_of_threads, seeded, values, weighted_sum};
use mgc_ops::candle::{DType, Device, Result, Tensor, Var};
use mgc_ops::{Padding, Window, depthwise_conv2d};
use proptest::prelude::*;
use windows::window;

/// Sums of some dozens of products of order one in f64.
const TOLERANCE: f64 = 1e-12;
/// The same in f32.
const TOLERANCE_F32: f64 = 1e-5;

/// Calls `f(output, input, weight)` for every product of the definition, by their places in the flat tensors.
fn for_each_product(dims: [usize; 4], window: &Window, mut f: impl FnMut(usize, usize, usize)) -> Result<()> {
    let ([n, c, h, w], (kh, kw)) = (dims, window.kernel);
    let (out_h, out_w) = window.output_size(h, w)?;
    for out in 0..n * c * out_h * out_w {
        let (plane, row, col) = (out / (out_h * out_w), out / out_w % out_h, out % out_w);
        for tap in 0..kh * kw {
            let down = (row * window.stride.0 + tap / kw).checked_sub(window.padding.top);
            let across = (col * window.stride.1 + tap % kw).checked_sub(window.padding.left);
            if let (Some(r), Some(q)) = (down.filter(|r| *r < h), across.filter(|q| *q < w)) {
                f(out, (plane * h + r) * w + q, plane % c * kh * kw + tap);
            }
        }
    }
    Ok(())
}

/// Compares output and both gradients with the definition.
fn check(dims: [usize; 4], window: &Window, seed: u64, dtype: DType, tolerance: f64) -> Result<()> {
    let (kh, kw) = window.kernel;
    let cast = |var: Var| Var::from_tensor(&var.as_tensor().detach().to_dtype(dtype)?);
    let (x, weight) = (cast(seeded(seed, &dims)?)?, cast(seeded(seed ^ 1, &[dims[1], 1, kh, kw])?)?);
    let y = depthwise_conv2d(&x, &weight, window)?;
    let gradients = weighted_sum(&y)?.backward()?;
    let (cells, taps, dy) = (values(&x)?, values(&weight)?, values(seeded(77, y.dims())?.as_tensor())?);
    let (mut out, mut dx, mut dweight) = (vec![0.0; dy.len()], vec![0.0; cells.len()], vec![0.0; taps.len()]);
    for_each_product(dims, window, |o, i, t| {
        out[o] += cells[i] * taps[t];
        dx[i] += dy[o] * taps[t];
        dweight[t] += dy[o] * cells[i];
    })?;
    let like = |flat: Vec<f64>, tensor: &Tensor| Tensor::from_vec(flat, tensor.shape(), &Device::Cpu);
    assert!(distance(&y, &like(out, &y)?)? < tolerance, "output");
    assert!(distance(gradients.get(&x).unwrap(), &like(dx, &x)?)? < tolerance, "gradient to x");
    let dweight = like(dweight, &weight)?;
    assert!(distance(gradients.get(&weight).unwrap(), &dweight)? < tolerance, "gradient to weight");
    Ok(())
}

proptest! {
    #[test]
    fn output_and_gradients_are_what_the_definition_gives(
        window in window(), n in 1usize..3, c in 1usize..4, h in 1usize..9, w in 1usize..25, seed in any::<u64>(),
    ) {
        prop_assume!(window.output_size(h, w).is_ok());
        check([n, c, h, w], &window, seed, DType::F64, TOLERANCE).unwrap();
        check([n, c, h, w], &window, seed, DType::F32, TOLERANCE_F32).unwrap();
    }
}

#[test]
fn rows_longer_than_one_run_of_additions_give_the_plain_sums() -> Result<()> {
    check([1, 2, 3, 300], &Window::same((3, 3)), 1, DType::F64, TOLERANCE)?;
    check([2, 1, 3, 300], &Window::same((3, 3)), 1, DType::F32, TOLERANCE_F32)
}

#[test]
fn the_gradient_is_that_of_finite_differences() -> Result<()> {
    let uneven = Padding { top: 1, bottom: 0, left: 0, right: 2 };
    for window in [
        Window::same((3, 3)),
        Window::valid((2, 2), (2, 2)),
        Window { kernel: (2, 3), stride: (2, 1), padding: uneven },
    ] {
        let (kh, kw) = window.kernel;
        let (x, weight) = (seeded(4, &[2, 2, 5, 6])?, seeded(5, &[2, 1, kh, kw])?);
        check_gradients(&[&x, &weight], || depthwise_conv2d(&x, &weight, &window))?;
    }
    Ok(())
}

#[test]
fn a_single_cell_meets_the_middle_of_its_kernel() -> Result<()> {
    let (x, weight) = (seeded(4, &[3, 2, 1, 1])?, seeded(5, &[2, 1, 3, 3])?);
    let y = values(&depthwise_conv2d(&x, &weight, &Window::same((3, 3)))?)?;
    let (x, weight) = (values(&x)?, values(&weight)?);
    assert_eq!(y, (0..6).map(|i| x[i] * weight[i % 2 * 9 + 4]).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn the_bytes_do_not_depend_on_the_thread_count() -> Result<()> {
    let (x, weight) = (seeded(1, &[3, 16, 20, 33])?, seeded(2, &[16, 1, 3, 3])?);
    same_bytes_on_any_number_of_threads(&[&x, &weight], || {
        depthwise_conv2d(&x, &weight, &Window::same((3, 3)))
    })
}

#[test]
fn what_is_not_a_number_reaches_every_output_that_sees_it_and_no_other() -> Result<()> {
    let mut cells = vec![1.0; 2 * 25];
    cells[12] = f64::NAN; // the middle of the first plane
    let x = Tensor::from_vec(cells, (1, 2, 5, 5), &Device::Cpu)?;
    let weight = Tensor::zeros((2, 1, 3, 3), DType::F64, &Device::Cpu)?;
    let y = values(&depthwise_conv2d(&x, &weight, &Window::same((3, 3)))?)?;
    let near = |i: usize| i < 25 && (1..4).contains(&(i / 5)) && (1..4).contains(&(i % 5));
    assert!(y.iter().enumerate().all(|(i, y)| y.is_nan() == near(i)));
    Ok(())
}

#[test]
fn tensors_that_do_not_fit_are_errors_that_show_their_shapes() -> Result<()> {
    let zeros = |shape: &[usize]| Tensor::zeros(shape, DType::F64, &Device::Cpu);
    let window = Window::same((3, 3));
    for shape in [&[4, 1, 3, 3][..], &[3, 2, 3, 3], &[3, 1, 3, 1], &[3, 1, 9], &[0, 1, 3, 3]] {
        let message =
            depthwise_conv2d(&zeros(&[1, 3, 7, 6])?, &zeros(shape)?, &window).unwrap_err().to_string();
        assert!(message.contains("[1, 3, 7, 6]") && message.contains(&format!("{shape:?}")), "{message}");
    }
    assert!(depthwise_conv2d(&zeros(&[1, 3, 0, 6])?, &zeros(&[3, 1, 3, 3])?, &window).is_err());
    let valid = Window::valid((3, 3), (1, 1));
    assert!(depthwise_conv2d(&zeros(&[1, 3, 2, 6])?, &zeros(&[3, 1, 3, 3])?, &valid).is_err());
    let single = zeros(&[3, 1, 3, 3])?.to_dtype(DType::F32)?;
    assert!(depthwise_conv2d(&zeros(&[1, 3, 7, 6])?, &single, &window).is_err());
    let half = zeros(&[1, 3, 7, 6])?.to_dtype(DType::F16)?;
    let message = depthwise_conv2d(&half, &zeros(&[3, 1, 3, 3])?, &window).unwrap_err().to_string();
    assert!(message.contains("convert the input to f32 or f64"), "{message}");
    Ok(())
}
