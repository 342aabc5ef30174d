//! Times training steps and inference of a plain convolutional network of 243,454 parameters made of the primitives of
//! mgc-ops, for a benchmark beside other frameworks.
//!
//! ```text
//! echo "train 64" | cargo run --release -p mgc-nets --example cnn_step -- 128 130
//! ```
//!
//! Expected: for each line `train N` or `infer N` on the standard input a line with the seconds it took and the
//! process' peak memory in MB. The first of each kind warms up.

mod serve;

use candle::{DType, Device, Module, Result, Tensor, bail};
use candle_nn::{Init, Linear, Optimizer, VarBuilder, VarMap, linear};
use mgc_ops::{Activation, ConvPoolConfig, Dropout, Pool, Window, conv_pool2d};
use mgc_train::{Adam, AdamConfig, cross_entropy, seeded, trainable};
use serve::{CLASSES, number, serve};

const FILTERS: [usize; 5] = [16, 32, 64, 128, 64];
const DROPOUT_RATE: f64 = 0.4;
const CONV: Window = Window::valid((3, 3), (1, 1));
const MAX: Pool = Pool::Max(Window::valid((2, 2), (2, 2)));
const AVERAGE: Pool = Pool::Average { kernel: (2, 2), stride: (2, 2) };

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [frames, bands] = arguments.as_slice() else { bail!("usage: cnn_step FRAMES BANDS") };
    let size = (number(frames)?, number(bands)?);
    mgc_ops::keep_freed_memory();
    let vars = VarMap::new();
    let net = Net::new(size, &seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    let mut adam = Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?;
    let mut steps = 0;
    serve(size, |kind, rest, x, labels| match kind {
        "train" => {
            steps += 1;
            adam.step(&cross_entropy(&net.forward(x, Some(steps))?, labels)?.backward()?)
        }
        "infer" => net.forward(x, None)?.to_vec2::<f32>().map(|_| ()),
        _ => bail!("expected `train N` or `infer N`, got `{kind} {rest}`"),
    })
}

struct Net {
    /// Weight and bias.
    convs: Vec<(Tensor, Tensor)>,
    dense: [Linear; 3],
}

impl Net {
    fn new(size: (usize, usize), vb: &VarBuilder<'_>) -> Result<Self> {
        let (mut inputs, (mut h, mut w)) = (1, size);
        let mut convs = vec![];
        for (i, outputs) in FILTERS.into_iter().enumerate() {
            let (vb, bound) = (vb.pp(format!("conv{i}")), (6. / (9 * (inputs + outputs)) as f64).sqrt());
            let init = Init::Uniform { lo: -bound, up: bound };
            let weight = vb.get_with_hints((outputs, inputs, 3, 3), "weight", init)?;
            convs.push((weight, vb.get_with_hints(outputs, "bias", Init::Const(0.))?));
            (h, w) = CONV.output_size(h, w)?;
            (inputs, h, w) = (outputs, h / 2, w / 2);
        }
        let dense = |inputs, outputs, name| linear(inputs, outputs, vb.pp(name));
        let first = dense(inputs * h * w, 200, "dense0")?;
        Ok(Self { convs, dense: [first, dense(200, 100, "dense1")?, dense(100, CLASSES, "dense2")?] })
    }

    /// Logits; a training pass is that of a step.
    fn forward(&self, x: &Tensor, step: Option<u64>) -> Result<Tensor> {
        let mut x = x.clone();
        for (i, (weight, bias)) in self.convs.iter().enumerate() {
            let mask = |step| Dropout { rate: DROPOUT_RATE, key: step * FILTERS.len() as u64 + i as u64 };
            let dropout = step.map(mask).filter(|_| i + 1 < FILTERS.len());
            let pool = [MAX, AVERAGE][i % 2];
            let config = ConvPoolConfig { window: CONV, activation: Activation::Relu, pool, dropout };
            x = conv_pool2d(&x, weight, bias, &config)?;
        }
        let [first, second, last] = &self.dense;
        let x = first.forward(&x.flatten_from(1)?)?.relu()?;
        last.forward(&selu(&second.forward(&x)?)?)
    }
}

/// A small map: candle's operations will do.
fn selu(z: &Tensor) -> Result<Tensor> {
    z.elu(1.673_263_242_354_377_2)? * 1.050_700_987_355_480_5
}
