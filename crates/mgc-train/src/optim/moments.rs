//! The moments of the gradients, which Adam and AdamW keep for every variable.

use crate::optim::clipping::clip_scale;
use crate::optim::saved::{find, find_like};
use candle::backprop::GradStore;
use candle::{Device, Result, Tensor, Var};
use std::collections::HashMap;

/// The variables of an optimiser, with the moments of their gradients.
#[derive(Debug)]
pub(super) struct Moments {
    /// The first part of every name in the state.
    name: &'static str,
    slots: Vec<Slot>,
    pub(super) steps: u32,
}

/// A variable with its moments.
#[derive(Debug)]
pub(super) struct Slot {
    name: String,
    pub(super) var: Var,
    pub(super) m: Tensor,
    pub(super) v: Tensor,
}

/// The settings of an optimiser that concern the moments.
pub(super) struct Decays {
    pub(super) beta1: f64,
    pub(super) beta2: f64,
    pub(super) clip_norm: Option<f64>,
}

impl Moments {
    /// Starts with moments of 0. Variables that hold integers are left out.
    pub(super) fn new(name: &'static str, vars: impl IntoIterator<Item = (String, Var)>) -> Result<Self> {
        let slots = vars
            .into_iter()
            .filter(|(_, var)| var.dtype().is_float())
            .map(|(name, var)| {
                let (m, v) = (var.zeros_like()?, var.zeros_like()?);
                Ok(Slot { name, var, m, v })
            })
            .collect::<Result<_>>()?;
        Ok(Self { name, slots, steps: 0 })
    }

    /// Takes a step: moves the moments of every variable that has a gradient, then sets the variable to what
    /// `next` returns for it and the number of the step, from 1.
    pub(super) fn step(
        &mut self,
        grads: &GradStore,
        decays: &Decays,
        next: impl Fn(&Slot, f64) -> Result<Tensor>,
    ) -> Result<()> {
        let &Decays { beta1, beta2, clip_norm } = decays;
        let vars = || self.slots.iter().map(|slot| &slot.var);
        let scale = clip_norm.map(|limit| clip_scale(vars(), grads, limit)).transpose()?.flatten();
        self.steps = self.steps.saturating_add(1);
        for slot in &mut self.slots {
            let Some(g) = grads.get(&slot.var) else { continue };
            let g = scale.map_or_else(|| Ok(g.detach()), |scale| g.detach() * scale)?;
            slot.m = ((&slot.m * beta1)? + (&g * (1.0 - beta1))?)?;
            slot.v = ((&slot.v * beta2)? + (g.sqr()? * (1.0 - beta2))?)?;
            slot.var.set(&next(slot, f64::from(self.steps))?)?;
        }
        Ok(())
    }

    /// Returns the moments, the number of steps and the learning rate by name.
    pub(super) fn state(&self, lr: f64) -> Result<HashMap<String, Tensor>> {
        let moments = self.slots.iter().flat_map(|slot| {
            let [m, v] = self.names(slot);
            [(m, slot.m.clone()), (v, slot.v.clone())]
        });
        let mut state: HashMap<_, _> = moments.collect();
        state.insert(format!("{}.steps", self.name), Tensor::new(self.steps, &Device::Cpu)?);
        state.insert(format!("{}.lr", self.name), Tensor::new(lr, &Device::Cpu)?);
        Ok(state)
    }

    /// Restores a state and returns its learning rate. Nothing is changed on an error.
    pub(super) fn load(&mut self, state: &HashMap<String, Tensor>) -> Result<f64> {
        let moments = self
            .slots
            .iter()
            .map(|slot| {
                let [m, v] = self.names(slot);
                Ok((find_like(state, &m, &slot.m)?, find_like(state, &v, &slot.v)?))
            })
            .collect::<Result<Vec<_>>>()?;
        let steps = find(state, &format!("{}.steps", self.name))?.to_scalar()?;
        let lr = find(state, &format!("{}.lr", self.name))?.to_scalar()?;
        self.steps = steps;
        for (slot, (m, v)) in self.slots.iter_mut().zip(moments) {
            (slot.m, slot.v) = (m, v);
        }
        Ok(lr)
    }

    fn names(&self, slot: &Slot) -> [String; 2] {
        ["m", "v"].map(|moment| format!("{}.{moment}.{}", self.name, slot.name))
    }
}
