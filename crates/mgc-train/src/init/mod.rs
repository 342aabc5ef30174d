//! Variables: their initial values from a seed, and lists of them.

pub(crate) mod seeded;
pub(crate) mod trainable;
