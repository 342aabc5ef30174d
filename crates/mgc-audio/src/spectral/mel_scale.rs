//! The two mel scales.

/// The mel scale: the mapping from frequency in Hz to pitch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum MelScale {
    /// Linear below 1 kHz, logarithmic above (Slaney's Auditory Toolbox, 1998); librosa's default.
    #[default]
    Slaney,
    /// 2595 log10(1 + f / 700) (the HTK book); librosa's `htk=True`.
    Htk,
}

/// Slaney's scale: 200/3 Hz per mel up to 1 kHz, above that 27 mel per factor of 6.4.
const SLANEY_HZ_PER_MEL: f64 = 200.0 / 3.0;
const SLANEY_BREAK_HZ: f64 = 1000.0;
const SLANEY_BREAK_MEL: f64 = SLANEY_BREAK_HZ / SLANEY_HZ_PER_MEL;

fn slaney_log_step() -> f64 {
    6.4_f64.ln() / 27.0
}

impl MelScale {
    /// Converts Hz to mel.
    pub(crate) fn mel(self, hz: f64) -> f64 {
        match self {
            Self::Htk => 2595.0 * (1.0 + hz / 700.0).log10(),
            Self::Slaney if hz >= SLANEY_BREAK_HZ => {
                SLANEY_BREAK_MEL + (hz / SLANEY_BREAK_HZ).ln() / slaney_log_step()
            }
            Self::Slaney => hz / SLANEY_HZ_PER_MEL,
        }
    }

    /// Converts mel to Hz.
    pub(crate) fn hz(self, mel: f64) -> f64 {
        match self {
            Self::Htk => 700.0 * (10.0_f64.powf(mel / 2595.0) - 1.0),
            Self::Slaney if mel >= SLANEY_BREAK_MEL => {
                SLANEY_BREAK_HZ * (slaney_log_step() * (mel - SLANEY_BREAK_MEL)).exp()
            }
            Self::Slaney => mel * SLANEY_HZ_PER_MEL,
        }
    }
}
