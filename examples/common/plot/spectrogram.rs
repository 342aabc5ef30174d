//! A log-mel spectrogram as a heat map.

use super::canvas::{Drawn, FONT, INK, Picture};
use super::heat::heat;
use mgc::audio::{MelConfig, Spectrogram};
use plotters::coord::Shift;
use plotters::prelude::*;

/// Pixels for the colour bar with its numbers.
const BAR: u32 = 120;

/// Time to the right, mel bands upwards, with a bar of decibels.
pub(crate) struct SpectrogramPlot<'a> {
    pub(crate) title: String,
    pub(crate) spectrogram: &'a Spectrogram,
    pub(crate) config: &'a MelConfig,
}

impl Picture for SpectrogramPlot<'_> {
    fn size(&self) -> (u32, u32) {
        (1200, 560)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let range = self.range();
        let (map, bar) = area.split_horizontally(self.size().0 - BAR);
        self.map(&map, range)?;
        colour_bar(&bar, range)
    }
}

impl SpectrogramPlot<'_> {
    /// The lowest and the highest value, dB, at least a little apart.
    fn range(&self) -> (f64, f64) {
        let values = self.spectrogram.as_slice().iter().map(|&value| f64::from(value));
        let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        (low, high.max(low + 1.0))
    }

    fn map<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, (low, high): (f64, f64)) -> Drawn<DB> {
        let (frames, bands) = (self.spectrogram.frames(), self.spectrogram.bands());
        let frame = self.config.hop_length as f64 / f64::from(self.config.sample_rate);
        let centres = centres(self.config);
        let mut chart = ChartBuilder::on(area)
            .margin(14)
            .caption(&self.title, (FONT, 20, &INK))
            .x_label_area_size(48)
            .y_label_area_size(118)
            .build_cartesian_2d(0.0..frame * frames as f64, 0.0..bands as f64)?;
        for (time, row) in self.spectrogram.view().outer_iter().enumerate() {
            let (left, right) = (frame * time as f64, frame * (time + 1) as f64);
            let cell = |(band, &value): (usize, &f32)| {
                let colour = heat((f64::from(value) - low) / (high - low));
                Rectangle::new([(left, band as f64), (right, (band + 1) as f64)], colour.filled())
            };
            chart.draw_series(row.iter().enumerate().map(cell))?;
        }
        let label = |band: &f64| {
            let centre = centres.get(*band as usize).map(|hz| frequency(*hz));
            centre.map_or(String::new(), |centre| format!("{band}   {centre}"))
        };
        chart
            .configure_mesh()
            .disable_mesh()
            .axis_style(INK)
            .x_labels(12)
            .y_labels(10)
            .y_label_formatter(&label)
            .x_label_formatter(&|seconds| seconds.to_string())
            .x_desc("time, s")
            .y_desc("mel band, centre")
            .label_style((FONT, 14, &INK))
            .axis_desc_style((FONT, 16, &INK))
            .draw()
    }
}

fn colour_bar<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, (low, high): (f64, f64)) -> Drawn<DB> {
    const STEPS: usize = 200;
    let mut chart = ChartBuilder::on(area)
        .margin(14)
        .margin_top(44)
        .margin_bottom(62)
        .right_y_label_area_size(62)
        .build_cartesian_2d(0.0..1.0, low..high)?;
    let at = |step: usize| low + (high - low) * step as f64 / STEPS as f64;
    let strip = |step: usize| {
        Rectangle::new([(0.0, at(step)), (1.0, at(step + 1))], heat(step as f64 / STEPS as f64).filled())
    };
    chart.draw_series((0..STEPS).map(strip))?;
    chart
        .configure_mesh()
        .disable_mesh()
        .disable_x_axis()
        .axis_style(INK)
        .y_labels(8)
        .y_label_formatter(&|db| format!("{db:.0} dB"))
        .label_style((FONT, 14, &INK))
        .draw()
}

/// Centre of each band, Hz, on the Slaney scale of the presets.
fn centres(config: &MelConfig) -> Vec<f64> {
    let (low, high) = (slaney(config.f_min), slaney(config.f_max));
    let step = (high - low) / (config.n_mels + 1) as f64;
    (1..=config.n_mels).map(|band| slaney_to_hz(low + step * band as f64)).collect()
}

/// `542 Hz`, `8.9 kHz`
fn frequency(hz: f64) -> String {
    if hz < 1000.0 { format!("{hz:.0} Hz") } else { format!("{:.1} kHz", hz / 1000.0) }
}

/// Linear below 1 kHz (15 mel), 27 mel for each factor 6.4 above.
fn slaney(hz: f64) -> f64 {
    if hz < 1000.0 { hz * 3.0 / 200.0 } else { 15.0 + 27.0 * (hz / 1000.0).ln() / 6.4f64.ln() }
}

fn slaney_to_hz(mel: f64) -> f64 {
    if mel < 15.0 { mel * 200.0 / 3.0 } else { 1000.0 * 6.4f64.powf((mel - 15.0) / 27.0) }
}
