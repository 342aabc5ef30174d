//! Arrays of any number of dimensions, row-major; integers are kept as f64 too.

#[derive(Clone)]
pub(crate) struct Array {
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Vec<f64>,
}

impl Array {
    pub(crate) fn new(shape: Vec<usize>, data: Vec<f64>) -> Self {
        assert_eq!(shape.iter().product::<usize>(), data.len(), "{shape:?}");
        Self { shape, data }
    }

    pub(crate) fn map(&self, f: impl Fn(f64) -> f64) -> Self {
        Self::new(self.shape.clone(), self.data.iter().map(|value| f(*value)).collect())
    }

    /// Combines two arrays that broadcast together as NumPy's do.
    pub(crate) fn zip(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let shape = broadcast(&self.shape, &other.shape);
        let (a, b) = (self.expand(&shape), other.expand(&shape));
        Self::new(shape, a.data.iter().zip(&b.data).map(|(a, b)| f(*a, *b)).collect())
    }

    /// Repeats the sides of size 1, and the whole over new sides in front.
    pub(crate) fn expand(&self, shape: &[usize]) -> Self {
        let shape = broadcast(&self.shape, shape);
        let new = shape.len() - self.shape.len();
        let own = strides(&self.shape);
        let steps: Vec<usize> = (0..shape.len())
            .map(|i| if i < new || self.shape[i - new] == 1 { 0 } else { own[i - new] })
            .collect();
        self.gather(shape, &steps)
    }

    /// Side `i` of the result is side `order[i]` of this.
    pub(crate) fn transpose(&self, order: &[usize]) -> Self {
        assert_eq!(order.len(), self.shape.len());
        let own = strides(&self.shape);
        let steps: Vec<usize> = order.iter().map(|side| own[*side]).collect();
        self.gather(order.iter().map(|side| self.shape[*side]).collect(), &steps)
    }

    /// The array of `shape` whose side `i` walks this one in steps of `steps[i]`.
    fn gather(&self, shape: Vec<usize>, steps: &[usize]) -> Self {
        let place = |mut index: usize| {
            let mut place = 0;
            for (size, step) in shape.iter().zip(steps).rev() {
                place += index % size * step;
                index /= size;
            }
            place
        };
        let data = (0..shape.iter().product()).map(|index| self.data[place(index)]).collect();
        Self::new(shape, data)
    }

    /// The same values in another shape.
    pub(crate) fn reshape(&self, shape: Vec<usize>) -> Self {
        Self::new(shape, self.data.clone())
    }

    /// The values as sizes or axes.
    pub(crate) fn as_sizes(&self) -> Vec<usize> {
        self.data.iter().map(|value| *value as usize).collect()
    }
}

fn strides(shape: &[usize]) -> Vec<usize> {
    (0..shape.len()).map(|side| shape[side + 1..].iter().product()).collect()
}

fn broadcast(a: &[usize], b: &[usize]) -> Vec<usize> {
    let len = a.len().max(b.len());
    let side =
        |shape: &[usize], i: usize| if i + shape.len() < len { 1 } else { shape[i + shape.len() - len] };
    let pairs = (0..len).map(|i| (side(a, i), side(b, i)));
    pairs
        .map(|(a, b)| {
            if a == 1 {
                b
            } else {
                assert!(b == 1 || a == b, "{a} and {b}");
                a
            }
        })
        .collect()
}
