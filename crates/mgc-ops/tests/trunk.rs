//! The fused trunk against the same blocks composed of single operations.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use common::{check_gradients, distance, seeded, values, weighted_sum};
use mgc_ops::candle::{DType, Device, Result, Tensor, Var};
use mgc_ops::{
    Activation, BatchNormConfig, ChannelStatistics, InferenceTrunk, TrunkConfig, TrunkEntry, TrunkExit,
    TrunkStem, Window, batch_norm_eval, batch_norm_train, broadcast_trunk, channel_statistics, conv2d,
    max_pool2d, release_buffers,
};

/// Two orders of the same sums of a few thousand terms in f64.
const TOLERANCE: f64 = 1e-10;
/// The same in f32, gradients included.
const TOLERANCE_F32: f64 = 1e-4;

/// The parameters in the order of the trunk, taken one after the other.
struct Parameters<'a> {
    activation: Activation,
    tensors: std::slice::Iter<'a, Tensor>,
    running: Option<std::slice::Iter<'a, ChannelStatistics>>,
}

impl Parameters<'_> {
    fn next(&mut self) -> Tensor {
        self.tensors.next().unwrap().clone()
    }

    fn norm(&mut self, x: &Tensor) -> Result<Tensor> {
        let (weight, bias) = (self.next(), self.next());
        let config = BatchNormConfig { activation: self.activation, ..Default::default() };
        match self.running.as_mut().map(|running| running.next().unwrap()) {
            None => batch_norm_train(x, &channel_statistics(x)?, &weight, &bias, &config),
            Some(ChannelStatistics { mean, variance }) => {
                let tensor = |v: &[f64]| Tensor::new(v, x.device())?.to_dtype(x.dtype());
                batch_norm_eval(x, &tensor(mean)?, &tensor(variance)?, &weight, &bias, &config)
            }
        }
    }

    fn conv(&mut self, x: &Tensor) -> Result<Tensor> {
        let (weight, bias) = (self.next(), self.next());
        let (_, _, kh, kw) = weight.dims4()?;
        conv2d(x, &weight, &bias, &Window::same((kh, kw)))
    }

    fn bottleneck(&mut self, x: &Tensor) -> Result<Tensor> {
        let x = self.norm(x)?;
        self.conv(&x)
    }

    fn deep(&mut self, x: &Tensor, convolutions: usize) -> Result<Tensor> {
        let z = self.bottleneck(x)?;
        let z = self.norm(&z)?;
        (0..convolutions).try_fold(z, |z, _| self.conv(&z))
    }
}

/// Appends a channel that rises from `-range` to `range` along each row.
fn with_coordinate(x: &Tensor, range: f64) -> Result<Tensor> {
    let (n, _, h, w) = x.dims4()?;
    let step = if w > 1 { 2. * range / (w - 1) as f64 } else { 0. };
    let position = |i: usize| if w > 1 { (i % w) as f64 * step - range } else { 0. };
    let channel = Tensor::from_vec((0..n * h * w).map(position).collect(), (n, 1, h, w), x.device())?;
    Tensor::cat(&[x, &channel.to_dtype(x.dtype())?], 1)
}

fn composed(
    config: &TrunkConfig,
    x: &Tensor,
    tensors: &[Tensor],
    running: Option<&[ChannelStatistics]>,
) -> Result<Tensor> {
    let (activation, running) = (config.activation, running.map(<[_]>::iter));
    let mut next = Parameters { activation, tensors: tensors.iter(), running };
    let mut x = x.clone();
    if let TrunkEntry::Stem(TrunkStem { pool, coordinate }) = config.entry {
        x = coordinate.map_or(Ok(x.clone()), |range| with_coordinate(&x, range))?;
        x = next.conv(&x)?;
        x = max_pool2d(&next.norm(&x)?, &Window::valid(pool, pool))?;
    }
    for _ in 0..config.blocks {
        let b1 = next.bottleneck(&x)?;
        let b3 = next.deep(&x, config.kernels3.len())?;
        let b5 = next.deep(&x, config.kernels5.len())?;
        let bp = next.bottleneck(&max_pool2d(&x, &Window::same((3, 3)))?)?;
        x = Tensor::cat(&[&x, &b1, &b3, &b5, &bp], 1)?;
    }
    match config.exit {
        TrunkExit::Map => Ok(x),
        TrunkExit::Appended => x.narrow(1, config.width, config.outputs())?.contiguous(),
        TrunkExit::Conv(_) => next.conv(&x),
        TrunkExit::NormConv(_) => next.bottleneck(&x),
    }
}

fn parameters(config: &TrunkConfig) -> Result<Vec<Var>> {
    let (g, mut shapes) = (config.growth, vec![]);
    if let TrunkEntry::Stem(stem) = config.entry {
        let (w, inputs) = (config.width, if stem.coordinate.is_some() { 2 } else { 1 });
        shapes.extend([vec![w, inputs, 3, 3], vec![w], vec![w], vec![w]]);
    }
    for block in 0..config.blocks {
        let c = config.channels(block);
        let bottleneck = [vec![c], vec![c], vec![g, c, 1, 1], vec![g]];
        let deep = |kernels: &[(usize, usize)]| {
            let tail = kernels.iter().flat_map(|(kh, kw)| [vec![g, g, *kh, *kw], vec![g]]);
            bottleneck.iter().cloned().chain([vec![g], vec![g]]).chain(tail).collect::<Vec<_>>()
        };
        shapes.extend(bottleneck.clone());
        shapes.extend(deep(&config.kernels3));
        shapes.extend(deep(&config.kernels5));
        shapes.extend(bottleneck.clone());
    }
    let c = config.channels(config.blocks);
    match config.exit {
        TrunkExit::Map | TrunkExit::Appended => {}
        TrunkExit::Conv(outputs) => shapes.extend([vec![outputs, c, 1, 1], vec![outputs]]),
        TrunkExit::NormConv(outputs) => {
            shapes.extend([vec![c], vec![c], vec![outputs, c, 1, 1], vec![outputs]]);
        }
    }
    assert_eq!(
        config.parameters(),
        shapes.iter().map(|shape| shape.iter().product::<usize>()).sum::<usize>()
    );
    let parameter = |(i, shape): (usize, &Vec<usize>)| {
        let values = seeded(100 + i as u64, shape)?;
        let fan_in: usize = shape[1..].iter().product();
        let scale = if shape.len() == 4 { (3. / fan_in as f64).sqrt() } else { 1. };
        Var::from_tensor(&(values.as_tensor() * scale)?) // maps keep their size from layer to layer
    };
    shapes.iter().enumerate().map(parameter).collect()
}

fn tensors(vars: &[Var]) -> Vec<Tensor> {
    vars.iter().map(|var| var.as_tensor().clone()).collect()
}

fn fused(
    config: &TrunkConfig,
    x: &Tensor,
    tensors: &[Tensor],
    running: Option<&[ChannelStatistics]>,
) -> Result<Tensor> {
    let flat = tensors.iter().map(Tensor::flatten_all).collect::<Result<Vec<_>>>()?;
    Ok(broadcast_trunk(config, x, &Tensor::cat(&flat, 0)?, running)?.map)
}

/// A trunk of (width, growth, blocks) with ReLU.
fn config(sizes: [usize; 3], kernels3: &[(usize, usize)], kernels5: &[(usize, usize)]) -> TrunkConfig {
    let [width, growth, blocks] = sizes;
    let (kernels3, kernels5) = (kernels3.to_vec(), kernels5.to_vec());
    let (entry, activation, exit) = (TrunkEntry::Map, Activation::Relu, TrunkExit::Map);
    TrunkConfig { entry, width, growth, blocks, kernels3, kernels5, activation, epsilon: 1e-3, exit }
}

fn stem(pool: (usize, usize), coordinate: Option<f64>, config: TrunkConfig) -> TrunkConfig {
    TrunkConfig { entry: TrunkEntry::Stem(TrunkStem { pool, coordinate }), ..config }
}

fn configs() -> [TrunkConfig; 12] {
    let with = |activation, config| TrunkConfig { activation, ..config };
    [
        TrunkConfig { exit: TrunkExit::Conv(4), ..config([2, 1, 2], &[], &[(3, 3)]) },
        stem((2, 1), None, TrunkConfig { exit: TrunkExit::NormConv(3), ..config([1, 2, 1], &[(3, 3)], &[]) }),
        config([3, 3, 3], &[], &[(3, 3)]),
        TrunkConfig { exit: TrunkExit::Appended, ..config([4, 2, 2], &[(3, 3)], &[]) },
        config([2, 2, 2], &[(3, 3)], &[(5, 5)]),
        config([5, 2, 2], &[], &[(3, 1), (1, 3)]),
        with(Activation::Selu, config([2, 3, 2], &[(1, 3)], &[])),
        with(Activation::Identity, config([1, 2, 1], &[], &[])),
        with(Activation::Selu, config([4, 1, 2], &[(1, 1), (3, 5)], &[(3, 1), (1, 1), (1, 7), (3, 3)])),
        stem((2, 2), Some(1.5), config([2, 2, 1], &[], &[(3, 3)])),
        stem((1, 3), None, config([2, 1, 1], &[], &[])),
        stem((1, 1), Some(0.5), with(Activation::Selu, config([1, 1, 1], &[], &[]))),
    ]
}

/// Sizes of the fast path in f32, those of the published networks first. With these, no value lies within
/// rounding of a kink or of an equal neighbour, where f32 may rightly take the other side.
fn published() -> [TrunkConfig; 15] {
    let with = |activation, exit, config| TrunkConfig { activation, exit, ..config };
    let sizes = |blocks| [32, 32, blocks];
    [
        stem((4, 1), None, with(Activation::Relu, TrunkExit::Conv(32), config(sizes(1), &[], &[(3, 3)]))),
        stem((3, 1), None, with(Activation::Selu, TrunkExit::NormConv(32), config(sizes(1), &[], &[]))),
        with(Activation::Relu, TrunkExit::Conv(32), config(sizes(2), &[], &[(3, 3)])),
        with(Activation::Relu, TrunkExit::NormConv(32), config(sizes(1), &[(3, 3)], &[(5, 5)])),
        with(Activation::Relu, TrunkExit::NormConv(32), config(sizes(2), &[], &[(3, 1), (1, 3)])),
        with(Activation::Selu, TrunkExit::Conv(32), config(sizes(1), &[(1, 1), (3, 5)], &[(7, 3)])),
        with(Activation::Identity, TrunkExit::NormConv(32), config(sizes(3), &[(5, 1)], &[])),
        stem((3, 1), None, with(Activation::Relu, TrunkExit::Map, config(sizes(1), &[], &[(3, 3)]))),
        stem(
            (2, 2),
            Some(1.5),
            with(Activation::Relu, TrunkExit::Conv(32), config(sizes(1), &[], &[(3, 3)])),
        ),
        stem((1, 4), None, with(Activation::Relu, TrunkExit::Conv(32), config(sizes(1), &[], &[]))),
        stem((4, 1), Some(0.7), with(Activation::Relu, TrunkExit::Map, config(sizes(1), &[], &[]))),
        stem((3, 2), Some(2.), with(Activation::Selu, TrunkExit::NormConv(32), config(sizes(1), &[], &[]))),
        with(Activation::Selu, TrunkExit::Map, config([64, 32, 2], &[], &[(3, 3)])),
        with(Activation::Relu, TrunkExit::Appended, config([96, 32, 1], &[(3, 3)], &[(5, 5)])),
        with(Activation::Selu, TrunkExit::Conv(32), config([64, 32, 1], &[], &[])),
    ]
}

fn input(config: &TrunkConfig, n: usize, h: usize, w: usize) -> Result<Var> {
    let (rows, columns) = if let TrunkEntry::Stem(stem) = config.entry { stem.pool } else { (1, 1) };
    // rows and columns that fill no window of the stem's pool
    seeded(1, &[n, config.inputs(), h * rows + rows / 2, w * columns + columns / 2])
}

/// Compares output and all gradients of the trunk in one type with those of the composed blocks in f64.
fn compare(
    config: &TrunkConfig,
    shape: (usize, usize, usize),
    dtype: DType,
    tolerance: f64,
    frozen: bool,
) -> Result<()> {
    let (n, h, w) = shape;
    let (x, stem) = (input(config, n, h, w)?, config.entry != TrunkEntry::Map);
    let vars = parameters(config)?;
    let running = frozen.then(|| running(config)).transpose()?;
    let cast = |var: &Var| Var::from_tensor(&var.as_tensor().detach().to_dtype(dtype)?);
    let (x_cast, vars_cast) = (cast(&x)?, vars.iter().map(cast).collect::<Result<Vec<_>>>()?);

    // The fast path of a stem has no gradient for its input.
    let read =
        if stem && dtype == DType::F32 { x_cast.as_tensor().detach() } else { x_cast.as_tensor().clone() };
    let a = fused(config, &read, &tensors(&vars_cast), running.as_deref())?;
    let b = composed(config, &x, &tensors(&vars), running.as_deref())?;
    assert!(distance(&a, &b)? < tolerance, "output off by {:e}", distance(&a, &b)?);
    let (ga, gb) = (weighted_sum(&a)?.backward()?, weighted_sum(&b)?.backward()?);
    let cast = std::iter::once(&x_cast).chain(&vars_cast);
    let pairs = cast.zip(std::iter::once(&x).chain(&vars)).enumerate();
    for (i, (cast, var)) in pairs.skip(usize::from(!read.track_op())) {
        let distance = distance(ga.get(cast).unwrap(), gb.get(var).unwrap())?;
        assert!(distance < tolerance, "gradient {i} {:?} off by {distance:e}", var.dims());
    }
    Ok(())
}

/// Some running statistics.
fn running(config: &TrunkConfig) -> Result<Vec<ChannelStatistics>> {
    let channels = |block| {
        let (c, g) = (config.channels(block), config.growth);
        [c, c, g, c, g, c]
    };
    let norm = |(i, c): (usize, usize)| {
        let variance = (seeded(900 + i as u64, &[c])?.as_tensor() + 1.5)?.to_vec1()?;
        Ok(ChannelStatistics { mean: seeded(500 + i as u64, &[c])?.to_vec1()?, variance })
    };
    let stem = matches!(config.entry, TrunkEntry::Stem(_)).then_some(config.width);
    let exit = matches!(config.exit, TrunkExit::NormConv(_)).then(|| config.channels(config.blocks));
    let norms: Vec<_> = stem.into_iter().chain((0..config.blocks).flat_map(channels)).chain(exit).collect();
    assert_eq!(config.norms(), norms);
    norms.into_iter().enumerate().map(norm).collect()
}

#[test]
fn training_equals_the_composed_blocks_in_value_and_gradient() -> Result<()> {
    for config in configs() {
        for shape in [(2, 5, 7), (1, 1, 1), (3, 4, 1)] {
            compare(&config, shape, DType::F64, TOLERANCE, false)?;
        }
        compare(&config, (2, 9, 8), DType::F32, TOLERANCE_F32, false)?;
    }
    Ok(())
}

#[test]
fn frozen_statistics_equal_the_composed_blocks_in_value_and_gradient() -> Result<()> {
    for config in configs() {
        compare(&config, (2, 5, 7), DType::F64, TOLERANCE, true)?;
    }
    Ok(())
}

#[test]
fn the_published_sizes_equal_the_composed_blocks_in_value_and_gradient() -> Result<()> {
    for config in published() {
        for (shape, frozen) in
            [((2, 21, 13), false), ((1, 1, 1), false), ((3, 4, 1), false), ((2, 5, 7), true)]
        {
            compare(&config, shape, DType::F32, TOLERANCE_F32, frozen)?;
        }
    }
    Ok(())
}

#[test]
fn a_map_of_many_tiles_equals_the_composed_blocks() -> Result<()> {
    compare(&configs()[2], (2, 31, 37), DType::F64, TOLERANCE, false)
}

#[test]
fn the_gradient_is_that_of_finite_differences() -> Result<()> {
    let selu =
        TrunkConfig { activation: Activation::Selu, ..config([3, 1, 2], &[(1, 3)], &[(3, 1), (1, 3)]) };
    let aware = stem((2, 2), Some(0.8), config([2, 1, 1], &[], &[(3, 3)]));
    for config in [config([2, 2, 2], &[], &[(3, 3)]), selu, aware] {
        let x = seeded(3, &[2, config.inputs(), 3, 4])?;
        let vars = parameters(&config)?;
        let all: Vec<&Var> = std::iter::once(&x).chain(&vars).collect();
        check_gradients(&all, || fused(&config, &x, &tensors(&vars), None))?;
    }
    Ok(())
}

#[test]
fn the_statistics_are_those_of_what_each_norm_reads() -> Result<()> {
    let config = &configs()[2];
    let x = seeded(1, &[2, 3, 5, 7])?;
    let vars = parameters(config)?;
    let flat = vars.iter().map(|v| v.flatten_all()).collect::<Result<Vec<_>>>()?;
    let output = broadcast_trunk(config, &x, &Tensor::cat(&flat, 0)?, None)?;
    assert_eq!(output.statistics.len(), 6 * config.blocks);
    let second_block = output.map.narrow(1, 0, config.channels(1))?.contiguous()?;
    assert_eq!(output.statistics[6], channel_statistics(&second_block)?);
    assert_eq!(
        output.statistics[11],
        channel_statistics(&max_pool2d(&second_block, &Window::same((3, 3)))?)?
    );
    Ok(())
}

#[test]
fn the_bytes_do_not_depend_on_the_thread_count() -> Result<()> {
    let [published, .., aware, _, _, _, _, _, _] = published();
    for config in [config([8, 6, 2], &[(3, 1), (1, 3)], &[(5, 5)]), published, aware] {
        let run = || -> Result<Vec<Vec<f32>>> {
            let x = single(&input(&config, 3, 40, 33)?)?.as_tensor().detach();
            let vars = parameters(&config)?.iter().map(single).collect::<Result<Vec<_>>>()?;
            let y = fused(&config, &x, &tensors(&vars), None)?;
            let gradients = weighted_sum(&y)?.backward()?;
            let all = vars.iter().map(|var| gradients.get(var).unwrap().flatten_all()?.to_vec1());
            std::iter::once(y.flatten_all()?.to_vec1()).chain(all).collect()
        };
        let with_threads =
            |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(run);
        let one = with_threads(1)?;
        for threads in [2, 4] {
            assert!(with_threads(threads)? == one, "{threads} threads give other bytes");
        }
    }
    Ok(())
}

fn single(var: &Var) -> Result<Var> {
    Var::from_tensor(&var.as_tensor().detach().to_dtype(DType::F32)?)
}

/// The other tests run at the highest level that the machine has.
#[test]
fn the_published_sizes_hold_at_every_level_of_the_machine() {
    let test = "the_published_sizes_equal_the_composed_blocks_in_value_and_gradient";
    for level in ["plain", "avx2"] {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        let output = command.args([test, "--exact"]).env("MGC_OPS_SIMD", level).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{level}: {said}");
    }
}

#[test]
fn a_plan_answers_as_the_trunk_does_with_running_statistics() -> Result<()> {
    for (config, dtype) in
        configs().map(|c| (c, DType::F64)).into_iter().chain(published().map(|c| (c, DType::F32)))
    {
        let vars = parameters(&config)?;
        let theta: Vec<Tensor> = tensors(&vars).iter().map(Tensor::flatten_all).collect::<Result<_>>()?;
        let (theta, running) = (Tensor::cat(&theta, 0)?.to_dtype(dtype)?, running(&config)?);
        let plan = InferenceTrunk::new(&config, &theta, &running)?;
        for (n, h, w) in [(1, 1, 1), (2, 5, 9)] {
            let x = input(&config, n, h, w)?.as_tensor().detach().to_dtype(dtype)?;
            let expected = broadcast_trunk(&config, &x, &theta, Some(&running))?.map;
            assert_eq!(values(&plan.forward(&x)?)?, values(&expected)?);
        }
        assert!(plan.forward(&Tensor::zeros((1, 99, 9, 9), dtype, &Device::Cpu)?).is_err());
        assert!(InferenceTrunk::new(&config, &theta.narrow(0, 1, 7)?, &running).is_err());
        assert!(InferenceTrunk::new(&config, &theta, &running[1..]).is_err());
        let x = input(&config, 1, 2, 2)?.as_tensor().detach().to_dtype(dtype)?;
        let mut odd = running.clone();
        odd[0].variance.pop();
        assert!(
            InferenceTrunk::new(&config, &theta, &odd).is_err()
                && broadcast_trunk(&config, &x, &theta, Some(&odd)).is_err()
        );
    }
    Ok(())
}

#[test]
fn a_sample_is_evaluated_the_same_alone_and_in_a_batch() -> Result<()> {
    let config = &published()[0];
    let x = single(&input(config, 3, 80, 100)?)?.as_tensor().detach(); // more cells than are evaluated at once
    let vars = parameters(config)?.iter().map(single).collect::<Result<Vec<_>>>()?;
    let running = running(config)?;
    let all = fused(config, &x, &tensors(&vars), Some(&running))?;
    for n in 0..3 {
        let alone = fused(config, &x.narrow(0, n, 1)?, &tensors(&vars), Some(&running))?;
        assert_eq!(values(&alone)?, values(&all.narrow(0, n, 1)?)?);
    }
    Ok(())
}

#[test]
fn a_pass_after_the_buffers_were_released_gives_the_same_bytes() -> Result<()> {
    let config = &published()[0];
    let x = single(&input(config, 2, 9, 7)?)?.as_tensor().detach();
    let vars = parameters(config)?.iter().map(single).collect::<Result<Vec<_>>>()?;
    let run = || -> Result<Vec<f32>> {
        let y = fused(config, &x, &tensors(&vars), None)?;
        let gradients = weighted_sum(&y)?.backward()?;
        gradients.get(&vars[0]).unwrap().flatten_all()?.to_vec1()
    };
    let first = run()?;
    release_buffers();
    assert_eq!(run()?, first);
    Ok(())
}

#[test]
fn a_second_backward_pass_is_an_error() -> Result<()> {
    for config in [&config([4, 4, 1], &[], &[(3, 3)]), &published()[0]] {
        let (x, vars) = (single(&input(config, 1, 3, 3)?)?.as_tensor().detach(), parameters(config)?);
        let tensors = tensors(&vars.iter().map(single).collect::<Result<Vec<_>>>()?);
        let loss = weighted_sum(&fused(config, &x, &tensors, None)?)?;
        loss.backward()?;
        let message = loss.backward().unwrap_err().to_string();
        assert!(message.contains("run the forward pass again"), "{message}");
    }
    Ok(())
}

#[test]
fn parameters_that_do_not_fit_are_an_error() -> Result<()> {
    let (config, x, short) = (config([4, 4, 1], &[], &[(3, 3)]), seeded(1, &[1, 4, 3, 3])?, seeded(2, &[7])?);
    let message = broadcast_trunk(&config, &x, &short, None).unwrap_err().to_string();
    assert!(message.contains("4 channels and 276 parameters"), "{message}");
    let (high, low) = (&published()[0], Tensor::zeros((1, 1, 3, 9), DType::F32, &Device::Cpu)?);
    let vars = parameters(high)?.iter().map(single).collect::<Result<Vec<_>>>()?;
    let message = fused(high, &low, &tensors(&vars), None).unwrap_err().to_string();
    assert!(message.contains("takes 4 x 1, the input has 3 x 9"), "{message}");
    let (wide, thin) = (&published()[8], Tensor::zeros((1, 1, 9, 1), DType::F32, &Device::Cpu)?);
    let vars = parameters(wide)?.iter().map(single).collect::<Result<Vec<_>>>()?;
    let message = fused(wide, &thin, &tensors(&vars), None).unwrap_err().to_string();
    assert!(message.contains("takes 2 x 2, the input has 9 x 1"), "{message}");
    let wide = seeded(1, &[1, 5, 3, 3])?;
    assert!(fused(&config, &wide, &tensors(&parameters(&config)?), None).is_err());
    Ok(())
}

#[test]
fn a_single_cell_that_is_no_number_gives_way_in_pools_as_in_the_general_trunk() -> Result<()> {
    for config in published() {
        let x = input(&config, 1, 30, 20)?.as_tensor().detach();
        let hole =
            (Tensor::arange(0f64, x.elem_count() as f64, &Device::Cpu)?.eq(40f64)?).reshape(x.dims())?;
        let x = hole.where_cond(&x.affine(0., f64::NAN)?, &x)?;
        let vars = tensors(&parameters(&config)?);
        let running = running(&config)?;
        let single: Vec<_> = vars.iter().map(|var| var.to_dtype(DType::F32)).collect::<Result<_>>()?;
        let exact = values(&fused(&config, &x, &vars, Some(&running))?)?;
        let fast = values(&fused(&config, &x.to_dtype(DType::F32)?, &single, Some(&running))?)?;
        assert!(exact.iter().any(|v| !v.is_nan()));
        // The stem's pool sees a number beside it.
        assert_eq!(exact.iter().any(|v| v.is_nan()), config.entry == TrunkEntry::Map);
        assert!(exact.iter().zip(&fast).all(|(a, b)| a.is_nan() == b.is_nan()));
    }
    Ok(())
}

#[test]
fn other_types_are_an_error_that_names_them() -> Result<()> {
    for config in [&published()[0], &published()[2]] {
        let tensors = tensors(&parameters(config)?);
        let flat = tensors.iter().map(Tensor::flatten_all).collect::<Result<Vec<_>>>()?;
        let theta = Tensor::cat(&flat, 0)?;
        let x = input(config, 1, 2, 2)?.as_tensor().detach();
        for (dtype, name) in [(DType::F16, "F16"), (DType::BF16, "BF16")] {
            let error = broadcast_trunk(config, &x.to_dtype(dtype)?, &theta.to_dtype(dtype)?, None);
            assert!(error.unwrap_err().to_string().contains(name));
        }
        assert!(broadcast_trunk(config, &x.to_dtype(DType::F32)?, &theta, None).is_err()); // f64 parameters
    }
    Ok(())
}

#[test]
fn absurd_configurations_are_errors_that_name_the_setting() -> Result<()> {
    let (sane, x, short) = (config([4, 4, 1], &[], &[(3, 3)]), seeded(1, &[1, 4, 3, 3])?, seeded(2, &[7])?);
    let or = |change: fn(&mut TrunkConfig)| {
        let mut config = sane.clone();
        change(&mut config);
        config
    };
    for (absurd, name) in [
        (or(|c| c.width = 0), "width is 0"),
        (or(|c| c.growth = usize::MAX), "growth is"),
        (or(|c| c.blocks = usize::MAX / 8), "blocks is"),
        (or(|c| c.kernels5 = vec![(3, 3), (4, 1)]), "kernels5 holds (4, 1)"),
        (or(|c| c.kernels3 = vec![(1, usize::MAX)]), "kernels3 holds (1, "),
        (or(|c| c.kernels3 = vec![(0, 1)]), "kernels3 holds (0, 1)"),
        (or(|c| c.kernels3 = vec![(1, 1); 5]), "kernels3 has 5 convolutions"),
        (or(|c| c.epsilon = f64::NAN), "epsilon is NaN"),
        (stem((0, 1), None, sane.clone()), "stem's pool is 0 x 1"),
        (stem((1, usize::MAX), None, sane.clone()), "stem's pool is 1 x 18"),
        (stem((1, 1), Some(0.), sane.clone()), "coordinate has range 0"),
        (stem((1, 1), Some(f64::NAN), sane.clone()), "coordinate has range NaN"),
        (or(|c| c.exit = TrunkExit::Conv(0)), "exit has 0 channels"),
    ] {
        let message = broadcast_trunk(&absurd, &x, &short, None).unwrap_err().to_string();
        assert!(message.contains(name), "{message}");
    }
    Ok(())
}

#[test]
fn what_is_not_a_number_reaches_every_later_channel() -> Result<()> {
    for config in configs() {
        let x = Tensor::full(f64::NAN, input(&config, 1, 2, 2)?.shape(), &Device::Cpu)?;
        let y = fused(&config, &x, &tensors(&parameters(&config)?), None)?;
        assert!(values(&y)?.iter().all(|v| v.is_nan()));
    }
    for config in published() {
        let vars = parameters(&config)?.iter().map(single).collect::<Result<Vec<_>>>()?;
        for running in [None, Some(running(&config)?)] {
            let x = Tensor::full(f32::NAN, input(&config, 1, 2, 2)?.shape(), &Device::Cpu)?;
            let y = fused(&config, &x, &tensors(&vars), running.as_deref())?;
            assert!(values(&y)?.iter().all(|v| v.is_nan()));
        }
    }
    Ok(())
}
