//! Names the stream of random numbers of an augmented example.

use crate::rng::{Purpose, Stream};

/// The facts from which all random numbers of an augmented example follow.
///
/// Each augmentation has a stream of its own, named by the augmentation and these four numbers. So an example
/// is changed in the same way whatever batch it is in, whatever the order and the number of threads, and a
/// resumed run draws what an unbroken one would have drawn. Turning one augmentation on or off leaves what
/// the others draw as it was.
///
/// ```
/// use mgc_train::Draw;
///
/// let draw = Draw { seed: 1, epoch: 0, example: 7, visit: 0 };
/// let next_epoch = Draw { epoch: 1, ..draw };
/// assert_ne!(draw, next_epoch);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    /// The seed of the run.
    pub seed: u64,
    /// The epoch, from 0.
    pub epoch: usize,
    /// The index of the example within the training examples.
    pub example: usize,
    /// How often the epoch visited the example before: 0, unless it draws some examples more than once.
    pub visit: usize,
}

impl Draw {
    /// Returns the draws of the examples that an epoch visits, in the order of its visits.
    pub(crate) fn of_epoch(seed: u64, epoch: usize, order: &[usize]) -> Vec<Self> {
        let mut visits = vec![0; order.iter().max().map_or(0, |last| last + 1)];
        let draw = |&example: &usize| {
            visits[example] += 1;
            Self { seed, epoch, example, visit: visits[example] - 1 }
        };
        order.iter().map(draw).collect()
    }

    /// Returns the random numbers of one augmentation for this example.
    pub(super) fn stream(&self, augmentation: &str) -> Stream {
        let Self { seed, epoch, example, visit } = self;
        Stream::new(*seed, Purpose::Augment, &format!("{augmentation}/{epoch}/{example}/{visit}"))
    }
}
