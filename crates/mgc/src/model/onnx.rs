//! Models for other runtimes.

use crate::error::{Error, Result};
use crate::model::bundle::Bundle;
use candle::{DType, Device};
use candle_nn::VarBuilder;
use mgc_nets::{broadcast_net, to_onnx};
use serde::Serialize;
use std::collections::BTreeMap;

impl Bundle {
    /// The bytes of an ONNX file of the model: see [`to_onnx`]. Its metadata hold `labels`, `front_end` and
    /// `network` as JSON, and the provenance.
    ///
    /// # Errors
    /// [`Error::Model`] when the bundle's parts do not belong together.
    ///
    /// # Example
    /// ```no_run
    /// let bytes = mgc::Bundle::load("bbnn.safetensors")?.to_onnx()?;
    /// std::fs::write("bbnn.onnx", bytes)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_onnx(&self) -> Result<Vec<u8>> {
        self.check().map_err(Error::Model)?;
        let vb = VarBuilder::from_tensors(self.tensors.clone(), DType::F32, &Device::Cpu);
        let net = broadcast_net(&self.network, vb).map_err(|error| Error::Model(error.to_string()))?;
        let mut notes = self.provenance.clone();
        note(&mut notes, "labels", &self.labels)?;
        note(&mut notes, "front_end", &self.front_end)?;
        note(&mut notes, "network", &self.network)?;
        Ok(to_onnx(&net, &notes)?)
    }
}

fn note(notes: &mut BTreeMap<String, String>, topic: &str, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string(value).map_err(|error| Error::Model(error.to_string()))?;
    notes.insert(topic.to_owned(), text);
    Ok(())
}
