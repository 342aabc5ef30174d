//! Operators whose kernel slides over a map (batch, channels, rows, columns).

use crate::array::Array;
use crate::model::Node;

struct Kernel {
    size: [usize; 2],
    strides: [usize; 2],
    /// Cells before the first, and after the last.
    pads: [[usize; 2]; 2],
}

impl Kernel {
    fn of(node: &Node) -> Self {
        let pair = |name| <[usize; 2]>::try_from(node.sizes(name)).unwrap();
        let (size, strides) = (pair("kernel_shape"), pair("strides"));
        let [top, left, bottom, right] = <[usize; 4]>::try_from(node.sizes("pads")).unwrap();
        Self { size, strides, pads: [[top, left], [bottom, right]] }
    }

    fn output(&self, map: [usize; 2]) -> [usize; 2] {
        [0, 1].map(|i| {
            (map[i] + self.pads[0][i] + self.pads[1][i]).checked_sub(self.size[i]).unwrap() / self.strides[i]
                + 1
        })
    }

    /// Calls `visit(cell of the output, cell of the map)` for each pair that one tap of the kernel joins.
    fn tap(&self, map: [usize; 2], tap: [usize; 2], mut visit: impl FnMut(usize, usize)) {
        let [rows, columns] = self.output(map);
        let place = |i: usize, at: usize| {
            (at * self.strides[i] + tap[i]).checked_sub(self.pads[0][i]).filter(|place| *place < map[i])
        };
        for row in 0..rows {
            let Some(y) = place(0, row) else { continue };
            for column in 0..columns {
                if let Some(x) = place(1, column) {
                    visit(row * columns + column, y * map[1] + x);
                }
            }
        }
    }

    fn taps(&self) -> impl Iterator<Item = [usize; 2]> + use<> {
        let [rows, columns] = self.size;
        (0..rows * columns).map(move |tap| [tap / columns, tap % columns])
    }
}

fn map_of(x: &Array) -> [usize; 4] {
    <[usize; 4]>::try_from(&x.shape[..]).unwrap()
}

/// `Conv`: `w` (outputs, inputs of a group, rows, columns), `b` (outputs).
pub(crate) fn conv(node: &Node, x: &Array, w: &Array, b: Option<&Array>) -> Array {
    let (kernel, groups) = (Kernel::of(node), node.int("group", 1) as usize);
    let ([n, channels, rows, columns], [outputs, inputs, ..]) = (map_of(x), map_of(w));
    assert_eq!((&w.shape[2..], inputs * groups), (&kernel.size[..], channels));
    let map = [rows, columns];
    let [out_rows, out_columns] = kernel.output(map);
    let (area, out_area) = (rows * columns, out_rows * out_columns);
    let mut y = vec![0.0; n * outputs * out_area];
    for (plane, y) in y.chunks_exact_mut(out_area).enumerate() {
        let (sample, output) = (plane / outputs, plane % outputs);
        y.fill(b.map_or(0.0, |b| b.data[output]));
        for input in 0..inputs {
            let channel = output / (outputs / groups) * inputs + input;
            let x = &x.data[(sample * channels + channel) * area..][..area];
            let weights = &w.data[(output * inputs + input) * kernel.size[0] * kernel.size[1]..];
            for (tap, weight) in kernel.taps().zip(weights) {
                kernel.tap(map, tap, |to, from| y[to] += weight * x[from]);
            }
        }
    }
    Array::new(vec![n, outputs, out_rows, out_columns], y)
}

/// `MaxPool`: cells outside the map do not take part.
pub(crate) fn max_pool(node: &Node, x: &Array) -> Array {
    pool(&Kernel::of(node), x, f64::NEG_INFINITY, f64::max, |largest, _| largest)
}

/// `AveragePool`: cells outside the map do not count.
pub(crate) fn average_pool(node: &Node, x: &Array) -> Array {
    pool(&Kernel::of(node), x, 0.0, |sum, value| sum + value, |sum, count| sum / count)
}

fn pool(
    kernel: &Kernel,
    x: &Array,
    start: f64,
    fold: impl Fn(f64, f64) -> f64,
    end: impl Fn(f64, f64) -> f64,
) -> Array {
    let [n, channels, rows, columns] = map_of(x);
    let [out_rows, out_columns] = kernel.output([rows, columns]);
    let mut y = Vec::with_capacity(n * channels * out_rows * out_columns);
    for plane in x.data.chunks_exact(rows * columns) {
        let mut cells = vec![(start, 0.0); out_rows * out_columns];
        for tap in kernel.taps() {
            kernel.tap([rows, columns], tap, |to, from| {
                cells[to] = (fold(cells[to].0, plane[from]), cells[to].1 + 1.0);
            });
        }
        y.extend(cells.into_iter().map(|(value, count)| end(value, count)));
    }
    Array::new(vec![n, channels, out_rows, out_columns], y)
}
