//! Convolution against plain loops and finite differences.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use common::{check_gradients, distance, seeded};
use mgc_ops::candle::{DType, Device, Result, Tensor, Var};
use mgc_ops::{Padding, Window, conv2d};

/// Sums of a few hundred products of order one in f64.
const TOLERANCE: f64 = 1e-12;

fn naive(x: &Tensor, weight: &Tensor, bias: &Tensor, window: &Window) -> Result<Tensor> {
    let (n, c, h, w) = x.dims4()?;
    let (o, _, kh, kw) = weight.dims4()?;
    let (out_h, out_w) = window.output_size(h, w)?;
    let (x, weight, bias) = (common::values(x)?, common::values(weight)?, bias.to_vec1::<f64>()?);
    let mut y = vec![];
    for (sample, filter, row, col) in indices([n, o, out_h, out_w]) {
        let mut sum = bias[filter];
        for (channel, i, j, _) in indices([c, kh, kw, 1]) {
            let down = (row * window.stride.0 + i).checked_sub(window.padding.top).filter(|r| *r < h);
            let across = (col * window.stride.1 + j).checked_sub(window.padding.left).filter(|q| *q < w);
            if let (Some(r), Some(q)) = (down, across) {
                sum += x[((sample * c + channel) * h + r) * w + q]
                    * weight[((filter * c + channel) * kh + i) * kw + j];
            }
        }
        y.push(sum);
    }
    Tensor::from_vec(y, (n, o, out_h, out_w), &Device::Cpu)
}

fn indices(sizes: [usize; 4]) -> impl Iterator<Item = (usize, usize, usize, usize)> {
    let [a, b, c, d] = sizes;
    (0..a * b * c * d).map(move |i| (i / (b * c * d), i / (c * d) % b, i / d % c, i % d))
}

fn windows() -> [Window; 7] {
    let uneven = Padding { top: 1, bottom: 0, left: 0, right: 2 };
    [
        Window::same((1, 1)),
        Window::same((3, 3)),
        Window::same((5, 5)),
        Window::same((3, 1)),
        Window::valid((3, 3), (2, 2)),
        Window::valid((1, 1), (2, 1)),
        Window { kernel: (2, 3), stride: (2, 1), padding: uneven },
    ]
}

#[test]
fn every_window_gives_the_plain_sum() -> Result<()> {
    for (window, batch) in windows().iter().zip([1, 2, 3].into_iter().cycle()) {
        let (kh, kw) = window.kernel;
        let (x, weight, bias) =
            (seeded(1, &[batch, 3, 7, 6])?, seeded(2, &[4, 3, kh, kw])?, seeded(3, &[4])?);
        let distance = distance(&conv2d(&x, &weight, &bias, window)?, &naive(&x, &weight, &bias, window)?)?;
        assert!(distance < TOLERANCE, "{window:?}: off by {distance:e}");
    }
    Ok(())
}

#[test]
fn a_plane_larger_than_one_block_gives_the_plain_sum() -> Result<()> {
    let window = Window::same((3, 3));
    let (x, weight, bias) = (seeded(1, &[1, 2, 65, 40])?, seeded(2, &[2, 2, 3, 3])?, seeded(3, &[2])?);
    assert!(
        distance(&conv2d(&x, &weight, &bias, &window)?, &naive(&x, &weight, &bias, &window)?)? < TOLERANCE
    );
    Ok(())
}

/// Channels beyond one vector of them, batches beyond the groups of samples, planes beyond one tile of cells.
#[test]
fn many_channels_samples_and_cells_give_the_plain_sum() -> Result<()> {
    let sizes = [([2, 17, 5, 4], 3), ([3, 3, 9, 7], 33), ([35, 1, 4, 6], 16), ([2, 1, 17, 19], 5)];
    for ([n, c, h, w], filters) in sizes {
        for window in [Window::same((3, 3)), Window::valid((3, 3), (1, 1)), Window::valid((2, 4), (1, 1))] {
            let (kh, kw) = window.kernel;
            let (x, weight, bias) =
                (seeded(1, &[n, c, h, w])?, seeded(2, &[filters, c, kh, kw])?, seeded(3, &[filters])?);
            let expected = naive(&x, &weight, &bias, &window)?;
            let distance = distance(&conv2d(&x, &weight, &bias, &window)?, &expected)?;
            assert!(
                distance < TOLERANCE,
                "{n}x{c}x{h}x{w}, {filters} filters, {window:?}: off by {distance:e}"
            );
        }
    }
    Ok(())
}

#[test]
fn many_channels_and_samples_have_the_gradient_of_their_differences() -> Result<()> {
    for ([n, c, h, w], filters) in [([2, 17, 3, 4], 2), ([2, 2, 4, 3], 18), ([17, 1, 3, 3], 1)] {
        for window in [Window::same((3, 3)), Window::valid((2, 3), (1, 1))] {
            let (kh, kw) = window.kernel;
            let (x, weight, bias) =
                (seeded(4, &[n, c, h, w])?, seeded(5, &[filters, c, kh, kw])?, seeded(6, &[filters])?);
            check_gradients(&[&x, &weight, &bias], || conv2d(&x, &weight, &bias, &window))?;
        }
    }
    Ok(())
}

#[test]
fn single_precision_differs_by_its_own_rounding_only() -> Result<()> {
    /// 150 products of order one, each rounded at a unit in the last place of f32.
    const ROUNDING: f64 = 1e-5;
    let [x, weight, bias] = [seeded(1, &[3, 6, 11, 13])?, seeded(2, &[20, 6, 5, 5])?, seeded(3, &[20])?];
    let expected = naive(&x, &weight, &bias, &Window::same((5, 5)))?;
    let single = |var: &Var| var.to_dtype(DType::F32);
    let y = conv2d(&single(&x)?, &single(&weight)?, &single(&bias)?, &Window::same((5, 5)))?;
    assert!(distance(&y, &expected)? < ROUNDING);
    Ok(())
}

/// The first map of a network is data.
#[test]
fn an_input_without_gradient_leaves_those_of_the_weights_as_they_are() -> Result<()> {
    for window in windows() {
        let (kh, kw) = window.kernel;
        let [x, weight, bias] = [seeded(1, &[3, 2, 7, 6])?, seeded(2, &[4, 2, kh, kw])?, seeded(3, &[4])?];
        let gradients = |x: &Tensor| -> Result<Vec<f64>> {
            let gradients = common::weighted_sum(&conv2d(x, &weight, &bias, &window)?)?.backward()?;
            let both = [gradients.get(&weight).unwrap(), gradients.get(&bias).unwrap()];
            Ok([common::values(both[0])?, common::values(both[1])?].concat())
        };
        assert_eq!(gradients(&x)?, gradients(&x.detach())?, "{window:?}");
    }
    Ok(())
}

#[test]
fn a_batch_gives_the_same_bytes_on_any_number_of_threads() -> Result<()> {
    let [x, weight, bias] = [seeded(1, &[33, 3, 9, 8])?, seeded(2, &[20, 3, 3, 3])?, seeded(3, &[20])?];
    common::same_bytes_on_any_number_of_threads(&[&x, &weight, &bias], || {
        conv2d(&x, &weight, &bias, &Window::valid((3, 3), (1, 1)))
    })
}

#[test]
fn every_window_has_the_gradient_of_its_differences() -> Result<()> {
    for window in windows() {
        let (kh, kw) = window.kernel;
        let (x, weight, bias) = (seeded(4, &[2, 2, 5, 6])?, seeded(5, &[3, 2, kh, kw])?, seeded(6, &[3])?);
        check_gradients(&[&x, &weight, &bias], || conv2d(&x, &weight, &bias, &window))?;
    }
    Ok(())
}

#[test]
fn tensors_that_do_not_fit_are_errors_that_show_their_shapes() -> Result<()> {
    let (x, weight, bias) = (seeded(1, &[1, 3, 7, 6])?, seeded(2, &[4, 2, 3, 3])?, seeded(3, &[4])?);
    let message = conv2d(&x, &weight, &bias, &Window::same((3, 3))).unwrap_err().to_string();
    assert!(message.contains("[1, 3, 7, 6]") && message.contains("[4, 2, 3, 3]"), "{message}");
    Ok(())
}

#[test]
fn half_precision_is_refused_with_the_way_out() -> Result<()> {
    let half = |shape: &[usize]| Tensor::zeros(shape, DType::F16, &Device::Cpu);
    let error = conv2d(&half(&[1, 1, 3, 3])?, &half(&[1, 1, 1, 1])?, &half(&[1])?, &Window::same((1, 1)));
    assert!(error.unwrap_err().to_string().contains("convert the input to f32 or f64"));
    Ok(())
}

#[test]
fn one_large_sample_gives_the_same_bytes_on_any_number_of_threads() -> Result<()> {
    for kernel in [1, 3] {
        let (x, weight) = (seeded(1, &[1, 64, 40, 64])?, seeded(2, &[32, 64, kernel, kernel])?);
        let bias = seeded(3, &[32])?;
        common::same_bytes_on_any_number_of_threads(&[&x, &weight, &bias], || {
            conv2d(&x, &weight, &bias, &Window::same((kernel, kernel)))
        })?;
    }
    Ok(())
}

#[test]
fn no_filters_and_no_cells_are_errors() -> Result<()> {
    let zeros = |shape: &[usize]| Tensor::zeros(shape, DType::F64, &Device::Cpu);
    let window = Window::same((1, 1));
    assert!(conv2d(&zeros(&[1, 3, 0, 6])?, &zeros(&[4, 3, 1, 1])?, &zeros(&[4])?, &window).is_err());
    assert!(conv2d(&zeros(&[1, 3, 5, 6])?, &zeros(&[0, 3, 1, 1])?, &zeros(&[0])?, &window).is_err());
    Ok(())
}
