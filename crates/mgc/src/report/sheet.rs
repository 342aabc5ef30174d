//! Several spectrograms side by side.

use super::canvas::{Draw, Drawn, FONT, Figure, INK};
use super::heat::heat;
use super::text::fitted;
use mgc_audio::MelConfig;
use plotters::coord::Shift;
use plotters::prelude::*;

/// Panels in a row, and the pixels of each.
const COLUMNS: usize = 3;
const PANEL: (u32, u32) = (420, 220);
/// Font size of the titles.
const TITLE: i32 = 15;
/// Columns of cells that are drawn of a panel at most: more are narrower than a pixel or two.
const CELLS: usize = 190;

/// Several spectrograms side by side, with the same colours and the same scale of time.
///
/// It is for comparing: a piece of the music is narrower than the whole, quieter music is darker.
///
/// ```
/// use mgc::audio::MelConfig;
/// use mgc::report::{SpectrogramSheet, to_png};
///
/// let config = MelConfig { n_mels: 16, ..MelConfig::default() };
/// let sheet = SpectrogramSheet::new(&config)
///     .with("as it is", vec![-20.0; 30 * 16])
///     .with("half of it", vec![-20.0; 15 * 16]);
/// assert!(to_png(&sheet)?.starts_with(b"\x89PNG"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct SpectrogramSheet<'a> {
    config: &'a MelConfig,
    panels: Vec<(String, Vec<f32>)>,
}

impl<'a> SpectrogramSheet<'a> {
    /// Makes an empty sheet for spectrograms that were computed with `config`.
    #[must_use]
    pub fn new(config: &'a MelConfig) -> Self {
        Self { config, panels: Vec::new() }
    }

    /// Adds a spectrogram with its title: whole frames of [`MelConfig::n_mels`] values, dB; a frame that is not
    /// whole is left out.
    #[must_use]
    pub fn with(mut self, title: impl Into<String>, values: Vec<f32>) -> Self {
        self.panels.push((title.into(), values));
        self
    }

    /// The lowest and the highest value of all, dB, at least 1 dB apart.
    fn range(&self) -> (f64, f64) {
        let values = self.panels.iter().flat_map(|(_, values)| values).map(|&value| f64::from(value));
        let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        if low <= high { (low, high.max(low + 1.0)) } else { (-1.0, 0.0) }
    }

    /// The length of a spectrogram, s.
    fn seconds(&self, values: &[f32]) -> f64 {
        let frames = values.len() / self.config.n_mels.max(1);
        frames as f64 * self.config.hop_length as f64 / f64::from(self.config.sample_rate)
    }
}

impl Figure for SpectrogramSheet<'_> {
    fn size(&self) -> (u32, u32) {
        (PANEL.0 * COLUMNS as u32, PANEL.1 * self.panels.len().div_ceil(COLUMNS).max(1) as u32)
    }
}

impl Draw for SpectrogramSheet<'_> {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let rows = self.panels.len().div_ceil(COLUMNS).max(1);
        let longest = self.panels.iter().map(|(_, values)| self.seconds(values)).fold(0.1, f64::max);
        let range = self.range();
        for (area, (title, values)) in area.split_evenly((rows, COLUMNS)).iter().zip(&self.panels) {
            self.panel(area, (title, values), longest, range)?;
        }
        Ok(())
    }
}

impl SpectrogramSheet<'_> {
    fn panel<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        (title, values): (&str, &[f32]),
        longest: f64,
        (low, high): (f64, f64),
    ) -> Drawn<DB> {
        let bands = self.config.n_mels.max(1);
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .margin_right(18)
            .caption(fitted(title, TITLE, PANEL.0 - 40), (FONT, TITLE, &INK))
            .x_label_area_size(22)
            .y_label_area_size(10)
            .build_cartesian_2d(0.0..longest, 0.0..bands as f64)?;
        let frames = values.len() / bands;
        let second = self.seconds(&values[..frames * bands]) / frames.max(1) as f64;
        let step = frames.div_ceil(CELLS).max(1);
        for first in (0..frames).step_by(step) {
            let last = (first + step).min(frames);
            let cell = |band: usize| {
                let sum: f64 = (first..last).map(|frame| f64::from(values[frame * bands + band])).sum();
                let colour = heat((sum / (last - first) as f64 - low) / (high - low));
                let corner = |frame: usize, band: usize| (second * frame as f64, band as f64);
                Rectangle::new([corner(first, band), corner(last, band + 1)], colour.filled())
            };
            chart.draw_series((0..bands).map(cell))?;
        }
        chart
            .configure_mesh()
            .disable_mesh()
            .axis_style(INK)
            .x_labels(6)
            .y_labels(0)
            .x_label_formatter(&|seconds| format!("{seconds} s"))
            .label_style((FONT, 12, &INK))
            .draw()
    }
}
