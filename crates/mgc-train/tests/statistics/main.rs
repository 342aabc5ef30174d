//! Statistics of experiments: against scipy, statsmodels and scikit-learn, by their laws, and by simulation.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod calibration;
mod comparisons;
mod fixture;
mod intervals;
mod refusals;
mod simulation;
