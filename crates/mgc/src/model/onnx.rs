//! Models for other runtimes.

use crate::error::{ModelError, Result};
use crate::model::bundle::Bundle;
use candle::{DType, Device};
use candle_nn::VarBuilder;
use mgc_nets::{broadcast_net, to_onnx};
use mgc_train::Calibration;
use serde::Serialize;
use std::collections::BTreeMap;

impl Bundle {
    /// Returns the model as the bytes of an ONNX file: see [`to_onnx`]. Its metadata hold `labels`,
    /// `front_end` and `network` as JSON, `calibration` too where there is one, and the provenance. The file
    /// gives the network's own probabilities: who runs it applies the calibration, and where the metadata hold
    /// `windows`, averages the logits over them.
    ///
    /// ```
    /// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
    /// let bytes = mgc::Bundle::load("model.safetensors")?.to_onnx()?;
    /// let folder = tempfile::tempdir()?;
    /// std::fs::write(folder.path().join("model.onnx"), bytes)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Model`](crate::Error::Model) when the bundle's parts do not belong together.
    pub fn to_onnx(&self) -> Result<Vec<u8>> {
        self.check()?;
        let vb = VarBuilder::from_tensors(self.tensors.clone(), DType::F32, &Device::Cpu);
        let net = broadcast_net(&self.network, vb).map_err(ModelError::from)?;
        let mut notes = self.provenance.clone();
        note(&mut notes, "labels", &self.labels)?;
        note(&mut notes, "front_end", &self.front_end)?;
        note(&mut notes, "network", &self.network)?;
        if let Some(windows) = self.windows {
            note(&mut notes, "windows", &windows)?;
        }
        if self.calibration != Calibration::default() {
            note(&mut notes, "calibration", &self.calibration)?;
        }
        Ok(to_onnx(&net, &notes)?)
    }
}

fn note(notes: &mut BTreeMap<String, String>, topic: &str, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string(value).map_err(|error| ModelError::Header { source: error.into() })?;
    notes.insert(topic.to_owned(), text);
    Ok(())
}
