//! The averaged weights of a run, and their exchange with those that are trained.

use crate::data::examples::Examples;
use crate::error::{Error, Result};
use crate::init::trainable::{running_statistics, trainable};
use crate::optim::average::{AverageConfig, WeightAverage};
use crate::optim::saved::find_like;
use crate::run::config::TrainConfig;
use crate::run::reestimate::{StatisticsConfig, reestimate_statistics};
use candle::{Tensor, Var};
use candle_nn::{ModuleT, VarMap};
use std::collections::HashMap;

/// The averaged weights of a run, with the running statistics that belong to them.
///
/// Between [`enter`](Averaging::enter) and [`leave`](Averaging::leave) they are in the place of the trained ones.
pub(crate) struct Averaging {
    average: WeightAverage,
    statistics_batches: usize,
    vars: VarMap,
    running: Vec<(String, Var)>,
    /// The running statistics for the average as it is; empty where they have not been estimated since.
    statistics: Vec<Tensor>,
    /// The trained weights and running statistics while the averaged ones are in their place.
    trained: Vec<(Var, Tensor)>,
}

/// Returns the averaging that a run asks for, over its variables.
pub(crate) fn averaging(config: &TrainConfig, vars: Option<&VarMap>) -> Result<Option<Averaging>> {
    let Some(average) = config.average else { return Ok(None) };
    let Some(vars) = vars else {
        let expected = "none without variables: give them with Trainer::with_vars";
        return Err(Error::Config { name: "average", value: "set".into(), expected });
    };
    Averaging::new(average, vars).map(Some)
}

impl Averaging {
    fn new(config: AverageConfig, vars: &VarMap) -> Result<Self> {
        Ok(Self {
            average: WeightAverage::new(trainable(vars)?, config)?,
            statistics_batches: config.statistics_batches,
            vars: vars.clone(),
            running: running_statistics(vars)?,
            statistics: Vec::new(),
            trained: Vec::new(),
        })
    }

    /// Takes the weights after a step into the average.
    pub(crate) fn update(&mut self) -> Result<()> {
        self.statistics.clear();
        self.average.update()
    }

    /// Puts the averaged weights in the place of the trained ones, with their statistics where these are known.
    pub(crate) fn enter(&mut self) -> Result<()> {
        let vars = self.average.pairs().map(|(var, _)| var).chain(self.running.iter().map(|(_, var)| var));
        self.trained = vars.map(|var| Ok((var.clone(), var.copy()?.detach()))).collect::<Result<_>>()?;
        self.average.pairs().try_for_each(|(var, value)| var.set(value))?;
        let known = self.running.iter().zip(&self.statistics);
        Ok(known.into_iter().try_for_each(|((_, var), value)| var.set(value))?)
    }

    /// Estimates the running statistics of the averaged weights, which are in place, unless they are known.
    pub(crate) fn estimate(
        &mut self,
        model: &(impl ModuleT + ?Sized),
        train: &dyn Examples,
        config: &TrainConfig,
    ) -> Result<()> {
        let (batches, batch_size, seed) = (self.statistics_batches, config.batch_size, config.seed);
        if batches == 0 || !self.statistics.is_empty() {
            return Ok(());
        }
        reestimate_statistics(model, &self.vars, train, StatisticsConfig { batches, batch_size, seed })?;
        let values = self.running.iter().map(|(_, var)| Ok(var.copy()?.detach()));
        self.statistics = values.collect::<Result<_>>()?;
        Ok(())
    }

    /// Puts the trained weights and statistics back.
    pub(crate) fn leave(&mut self) -> Result<()> {
        Ok(self.trained.drain(..).try_for_each(|(var, value)| var.set(&value))?)
    }

    /// Returns all that the rest of the run depends on, by name.
    pub(crate) fn state(&self) -> Result<HashMap<String, Tensor>> {
        let mut state = self.average.state()?;
        let known = self.running.iter().zip(&self.statistics);
        state.extend(known.map(|((name, _), value)| (statistic(name), value.clone())));
        Ok(state)
    }

    /// Restores a state. Nothing is changed on an error.
    pub(crate) fn load_state(&mut self, state: &HashMap<String, Tensor>) -> candle::Result<()> {
        let known = self.running.iter().all(|(name, _)| state.contains_key(&statistic(name)));
        let found = self.running.iter().filter(|_| known);
        let statistics = found.map(|(name, var)| find_like(state, &statistic(name), var));
        let statistics = statistics.collect::<candle::Result<_>>()?;
        self.average.load_state(state)?;
        self.statistics = statistics;
        Ok(())
    }
}

/// Returns the name of a running statistic in the state.
fn statistic(name: &str) -> String {
    format!("average.{name}")
}
