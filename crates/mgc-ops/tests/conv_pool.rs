//! The fused operation against its parts one by one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use common::{check_gradients, distance, seeded, values, weighted_sum};
use mgc_ops::candle::{DType, Device, Result, Tensor, Var};
use mgc_ops::{
    Activation, ConvPoolConfig, Dropout, Pool, Window, avg_pool2d, conv_pool2d, conv2d, dropout, max_pool2d,
};

/// Sums of a few hundred products of order one in f64, in another order.
const TOLERANCE: f64 = 1e-12;

const SQUARES: Window = Window::valid((2, 2), (2, 2));
const CONV: Window = Window::valid((3, 3), (1, 1));
const PLAIN: ConvPoolConfig =
    ConvPoolConfig { window: CONV, activation: Activation::Relu, pool: Pool::Max(SQUARES), dropout: None };

/// Every activation with every kind of pool, with dropout and without.
fn configs() -> Vec<ConvPoolConfig> {
    let pools = [
        Pool::Max(SQUARES),
        Pool::Max(Window::same((3, 2))),
        Pool::Max(Window::valid((1, 3), (2, 2))),
        Pool::Average { kernel: (2, 2), stride: (2, 2) },
        Pool::Average { kernel: (3, 2), stride: (1, 2) },
    ];
    let mut configs = vec![];
    for (activation, dropout) in [
        (Activation::Identity, None),
        (Activation::Relu, Some(Dropout { rate: 0.4, key: 5 })),
        (Activation::Selu, None),
        (Activation::Selu, Some(Dropout { rate: 0.3, key: 6 })),
    ] {
        for window in [CONV, Window::same((3, 3)), Window::same((1, 1)), Window::valid((2, 2), (2, 1))] {
            configs.extend(pools.map(|pool| ConvPoolConfig { window, activation, pool, dropout }));
        }
    }
    configs
}

fn one_by_one(x: &Tensor, weight: &Tensor, bias: &Tensor, config: &ConvPoolConfig) -> Result<Tensor> {
    let z = conv2d(x, weight, bias, &config.window)?;
    let z = match config.activation {
        Activation::Identity => z,
        Activation::Relu => z.relu()?,
        Activation::Selu => (z.elu(1.673_263_242_354_377_2)? * 1.050_700_987_355_480_5)?,
    };
    let y = match config.pool {
        Pool::Max(window) => max_pool2d(&z, &window)?,
        Pool::Average { kernel, stride } => avg_pool2d(&z, kernel, stride)?,
    };
    config.dropout.map_or(Ok(y.clone()), |config| dropout(&y, config))
}

fn operands(config: &ConvPoolConfig, [n, c, h, w]: [usize; 4], filters: usize) -> Result<[Var; 3]> {
    let (kh, kw) = config.window.kernel;
    Ok([seeded(1, &[n, c, h, w])?, seeded(2, &[filters, c, kh, kw])?, seeded(3, &[filters])?])
}

#[test]
fn every_combination_gives_what_its_parts_give_one_by_one() -> Result<()> {
    for config in configs() {
        for (size, filters) in [([3, 2, 8, 9], 17), ([1, 3, 7, 6], 2)] {
            let [x, weight, bias] = operands(&config, size, filters)?;
            let fused = conv_pool2d(&x, &weight, &bias, &config)?;
            let parts = one_by_one(&x, &weight, &bias, &config)?;
            assert!(distance(&fused, &parts)? < TOLERANCE, "{config:?}");
            let (fused, parts) = (weighted_sum(&fused)?.backward()?, weighted_sum(&parts)?.backward()?);
            for var in [&x, &weight, &bias] {
                let distance = distance(fused.get(var).unwrap(), parts.get(var).unwrap())?;
                assert!(distance < TOLERANCE, "{config:?}: gradient off by {distance:e}");
            }
        }
    }
    Ok(())
}

#[test]
fn every_combination_has_the_gradient_of_its_differences() -> Result<()> {
    for config in configs() {
        let [x, weight, bias] = operands(&config, [2, 2, 6, 7], 3)?;
        check_gradients(&[&x, &weight, &bias], || conv_pool2d(&x, &weight, &bias, &config))?;
    }
    Ok(())
}

#[test]
fn maps_of_one_cell_pass() -> Result<()> {
    for pool in [Pool::Max(SQUARES), Pool::Average { kernel: (2, 2), stride: (2, 2) }] {
        let config = ConvPoolConfig { pool, activation: Activation::Selu, ..PLAIN };
        let [x, weight, bias] = operands(&config, [2, 2, 4, 4], 3)?;
        assert_eq!(conv_pool2d(&x, &weight, &bias, &config)?.dims(), [2, 3, 1, 1]);
        check_gradients(&[&x, &weight, &bias], || conv_pool2d(&x, &weight, &bias, &config))?;
    }
    Ok(())
}

#[test]
fn a_window_of_more_cells_than_a_byte_can_name_passes() -> Result<()> {
    let config = ConvPoolConfig { pool: Pool::Max(Window::valid((16, 17), (1, 2))), ..PLAIN };
    let [x, weight, bias] = operands(&config, [2, 1, 19, 22], 2)?;
    let [fused, parts] =
        [conv_pool2d(&x, &weight, &bias, &config)?, one_by_one(&x, &weight, &bias, &config)?];
    assert!(distance(&fused, &parts)? < TOLERANCE);
    let (fused, parts) = (weighted_sum(&fused)?.backward()?, weighted_sum(&parts)?.backward()?);
    assert!(distance(fused.get(&x).unwrap(), parts.get(&x).unwrap())? < TOLERANCE);
    Ok(())
}

/// All outputs of the convolution are equal: the first of each window wins.
#[test]
fn tied_maxima_give_the_gradient_to_the_first_of_them() -> Result<()> {
    let x = Var::ones((2, 1, 4, 6), DType::F64, &Device::Cpu)?;
    let (weight, bias) =
        (Tensor::ones((1, 1, 1, 1), DType::F64, &Device::Cpu)?, Tensor::new(&[1f64], &Device::Cpu)?);
    for pool in [SQUARES, Window::valid((2, 3), (2, 3))] {
        let config = ConvPoolConfig { window: Window::same((1, 1)), pool: Pool::Max(pool), ..PLAIN };
        let gradients = conv_pool2d(&x, &weight, &bias, &config)?.backward()?;
        let first = |cell: usize| (cell / 6 % 2, cell % 6 % pool.kernel.1) == (0, 0);
        let expected: Vec<f64> = (0..48).map(|cell| f64::from(u8::from(first(cell % 24)))).collect();
        assert_eq!(values(gradients.get(&x).unwrap())?, expected, "{pool:?}");
    }
    Ok(())
}

#[test]
fn relu_has_slope_zero_at_zero_behind_every_pool() -> Result<()> {
    for pool in [Pool::Max(SQUARES), Pool::Average { kernel: (2, 2), stride: (2, 2) }] {
        let config = ConvPoolConfig { pool, ..PLAIN };
        let x = seeded(1, &[2, 1, 6, 6])?;
        let zeros = |shape: &[usize]| Var::zeros(shape, DType::F64, &Device::Cpu);
        let (weight, bias) = (zeros(&[2, 1, 3, 3])?, zeros(&[2])?);
        let gradients = conv_pool2d(&x, &weight, &bias, &config)?.backward()?;
        for var in [&weight, &bias] {
            assert!(values(gradients.get(var).unwrap())?.iter().all(|gradient| *gradient == 0.0), "{pool:?}");
        }
    }
    Ok(())
}

#[test]
fn a_second_backward_pass_gives_the_same_gradients() -> Result<()> {
    let [x, weight, bias] = operands(&PLAIN, [2, 2, 8, 9], 3)?;
    let y = conv_pool2d(&x, &weight, &bias, &PLAIN)?;
    let gradient = || values(y.backward()?.get(&weight).unwrap());
    assert_eq!(gradient()?, gradient()?);
    Ok(())
}

#[test]
fn a_batch_gives_the_same_bytes_on_any_number_of_threads() -> Result<()> {
    let config = ConvPoolConfig { dropout: Some(Dropout { rate: 0.4, key: 1 }), ..PLAIN };
    let [x, weight, bias] = operands(&config, [33, 3, 9, 8], 20)?;
    common::same_bytes_on_any_number_of_threads(&[&x, &weight, &bias], || {
        conv_pool2d(&x, &weight, &bias, &config)
    })
}

#[test]
fn what_does_not_fit_is_an_error() -> Result<()> {
    let [x, weight, bias] = operands(&PLAIN, [2, 2, 5, 5], 3)?;
    let error = |config: ConvPoolConfig| conv_pool2d(&x, &weight, &bias, &config).unwrap_err().to_string();
    let far = Window::valid((4, 4), (1, 1));
    assert!(error(ConvPoolConfig { pool: Pool::Max(far), ..PLAIN }).contains("too small"));
    assert!(error(ConvPoolConfig { window: far, ..PLAIN }).contains("do not fit"));
    assert!(error(ConvPoolConfig { dropout: Some(Dropout { rate: 1.0, key: 0 }), ..PLAIN }).contains("rate"));
    Ok(())
}
