//! Seeded tensors, and gradients by finite differences.

use mgc_ops::candle::{DType, Device, Result, Tensor, Var};

/// Step of the central differences: their error is about its square.
const STEP: f64 = 1e-5;
/// Central differences of smooth functions of order one in f64 are good to about 1e-9.
pub(crate) const GRADIENT_TOLERANCE: f64 = 1e-7;

/// Values in [-1, 1) that depend on nothing but `seed` and their place (SplitMix64).
pub(crate) fn seeded(seed: u64, shape: &[usize]) -> Result<Var> {
    let value = |i: u64| {
        let mut z = seed
            .wrapping_mul(0x5851_F42D_4C95_7F2D)
            .wrapping_add((i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    let len = shape.iter().product::<usize>() as u64;
    Var::from_vec((0..len).map(value).collect::<Vec<f64>>(), shape, &Device::Cpu)
}

/// A scalar that gives every output another weight.
pub(crate) fn weighted_sum(y: &Tensor) -> Result<Tensor> {
    let weights = seeded(77, y.dims())?.as_tensor().detach().to_dtype(y.dtype())?;
    (y * weights)?.sum_all()
}

pub(crate) fn values(tensor: &Tensor) -> Result<Vec<f64>> {
    tensor.flatten_all()?.to_dtype(DType::F64)?.to_vec1()
}

/// The largest difference, relative to the larger of 1 and the expected value.
pub(crate) fn distance(actual: &Tensor, expected: &Tensor) -> Result<f64> {
    assert_eq!(actual.dims(), expected.dims());
    let pairs = values(actual)?.into_iter().zip(values(expected)?);
    Ok(pairs
        .map(|(a, b)| (a - b).abs() / b.abs().max(1.0))
        .fold(0.0, |worst, d| if d > worst || d.is_nan() { d } else { worst }))
}

/// Compares the gradient of `weighted_sum(f())` to each variable with central differences.
pub(crate) fn check_gradients(variables: &[&Var], f: impl Fn() -> Result<Tensor>) -> Result<()> {
    let gradients = weighted_sum(&f()?)?.backward()?;
    for (number, variable) in variables.iter().enumerate() {
        let Some(gradient) = gradients.get(variable) else { panic!("no gradient for variable {number}") };
        let start = values(variable)?;
        let mut expected = vec![];
        for i in 0..start.len() {
            let at = |delta: f64| -> Result<f64> {
                let mut moved = start.clone();
                moved[i] += delta;
                variable.set(&Tensor::from_vec(moved, variable.shape(), &Device::Cpu)?)?;
                weighted_sum(&f()?)?.to_scalar::<f64>()
            };
            expected.push((at(STEP)? - at(-STEP)?) / (2.0 * STEP));
        }
        variable.set(&Tensor::from_vec(start, variable.shape(), &Device::Cpu)?)?;
        let expected = Tensor::from_vec(expected, variable.shape(), &Device::Cpu)?;
        let distance = distance(gradient, &expected)?;
        assert!(distance < GRADIENT_TOLERANCE, "variable {number}: off by {distance:e}");
    }
    Ok(())
}

/// Runs `f` and its backward pass on 1, 2 and 4 threads and compares output and gradients to the byte.
#[allow(dead_code, reason = "not every test file asks this")]
pub(crate) fn same_bytes_on_any_number_of_threads(
    variables: &[&Var],
    f: impl Fn() -> Result<Tensor> + Sync,
) -> Result<()> {
    let run = || -> Result<Vec<Vec<f64>>> {
        let y = f()?;
        let gradients = weighted_sum(&y)?.backward()?;
        let all = variables.iter().map(|var| values(gradients.get(var).unwrap()));
        std::iter::once(values(&y)).chain(all).collect()
    };
    let with = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(run);
    let one = with(1)?;
    for threads in [2, 4] {
        assert!(with(threads)? == one, "{threads} threads give other bytes");
    }
    Ok(())
}
