//! Log-mel spectrograms as heat maps.

use super::canvas::{Draw, Drawn, FONT, Figure, INK};
use super::heat::heat;
use super::text::fitted;
use mgc_audio::{MelConfig, Spectrogram};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

/// Pixels of the whole figure, and of the colour bar with its numbers.
const SIZE: (u32, u32) = (1200, 560);
const BAR: u32 = 120;
/// Font size of the title.
const TITLE: i32 = 20;

/// A log-mel spectrogram: time to the right, mel bands upwards, colours in dB with their scale.
///
/// ```
/// use mgc::audio::{MelConfig, MelSpectrogram};
/// use mgc::report::{SpectrogramFigure, to_png};
///
/// let config = MelConfig { chunk_samples: Some(8 * 1024), n_mels: 16, ..MelConfig::default() };
/// let spectrogram = MelSpectrogram::new(config.clone())?.compute(&[0.5, -0.5])?;
/// let png = to_png(&SpectrogramFigure::new(&spectrogram, &config).with_title("a click"))?;
/// assert!(png.starts_with(b"\x89PNG"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct SpectrogramFigure<'a> {
    title: String,
    spectrogram: &'a Spectrogram,
    config: &'a MelConfig,
}

impl<'a> SpectrogramFigure<'a> {
    /// Makes the figure of a spectrogram that was computed with `config`, which gives the axes their seconds
    /// and hertz.
    #[must_use]
    pub fn new(spectrogram: &'a Spectrogram, config: &'a MelConfig) -> Self {
        Self { title: String::new(), spectrogram, config }
    }

    /// Sets the title, none at first; a long one is shortened.
    #[must_use]
    pub fn with_title(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// The lowest and the highest value, dB, at least 1 dB apart.
    fn range(&self) -> (f64, f64) {
        let values = self.spectrogram.as_slice().iter().map(|&value| f64::from(value));
        let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        if low <= high { (low, high.max(low + 1.0)) } else { (-1.0, 0.0) }
    }
}

impl Figure for SpectrogramFigure<'_> {
    fn size(&self) -> (u32, u32) {
        SIZE
    }
}

impl Draw for SpectrogramFigure<'_> {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let range = self.range();
        let (map, bar) = area.split_horizontally(SIZE.0 - BAR);
        self.map(&map, range)?;
        colour_bar(&bar, range)
    }
}

type Chart<'a, DB> = ChartContext<'a, DB, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

impl SpectrogramFigure<'_> {
    fn map<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, range: (f64, f64)) -> Drawn<DB> {
        let (seconds, bands) = (self.frame() * self.spectrogram.frames() as f64, self.spectrogram.bands());
        let title = fitted(&self.title, TITLE, SIZE.0 - 2 * BAR);
        let mut chart = ChartBuilder::on(area)
            .margin(14)
            .caption(title, (FONT, TITLE, &INK))
            .x_label_area_size(48)
            .y_label_area_size(118)
            .build_cartesian_2d(0.0..seconds, 0.0..bands as f64)?;
        self.cells(&mut chart, range)?;
        self.axes(&mut chart)
    }

    /// Seconds from one frame to the next.
    fn frame(&self) -> f64 {
        self.config.hop_length as f64 / f64::from(self.config.sample_rate)
    }

    fn cells<DB: DrawingBackend>(&self, chart: &mut Chart<'_, DB>, (low, high): (f64, f64)) -> Drawn<DB> {
        let frame = self.frame();
        for (time, row) in self.spectrogram.view().outer_iter().enumerate() {
            let (left, right) = (frame * time as f64, frame * (time + 1) as f64);
            let cell = |(band, &value): (usize, &f32)| {
                let colour = heat((f64::from(value) - low) / (high - low));
                Rectangle::new([(left, band as f64), (right, (band + 1) as f64)], colour.filled())
            };
            chart.draw_series(row.iter().enumerate().map(cell))?;
        }
        Ok(())
    }

    fn axes<DB: DrawingBackend>(&self, chart: &mut Chart<'_, DB>) -> Drawn<DB> {
        let centres = self.config.band_centres();
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

/// `542 Hz`, `8.9 kHz`
fn frequency(hz: f64) -> String {
    if hz < 1000.0 { format!("{hz:.0} Hz") } else { format!("{:.1} kHz", hz / 1000.0) }
}
