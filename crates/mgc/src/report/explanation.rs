//! Maps of what speaks for and against genres, over the spectrogram.

use super::canvas::{Draw, Drawn, FONT, Figure, INK};
use super::map_panel::MapPanel;
use super::relief::relief;
use super::text::fitted;
use crate::explain::{Chunk, Passage};
use mgc_audio::MelConfig;
use ndarray::Array2;
use plotters::coord::Shift;
use plotters::prelude::*;

/// Pixels: width of the figure, height of a panel and of the title, width of the colour bar with its text.
const WIDTH: u32 = 1200;
const PANEL: u32 = 290;
const HEAD: u32 = 44;
const BAR: u32 = 130;
/// Font size of the title.
const TITLE: i32 = 20;

/// What speaks for a genre in a chunk of music (orange) and against it (blue), in log-odds, over the
/// spectrogram in greys: a panel for each genre, all with the same scale.
///
/// ```
/// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
/// use mgc::audio::MelConfig;
/// use mgc::explain::{Chunk, activation};
/// use mgc::report::{ExplanationFigure, to_png};
///
/// let classifier = mgc::Classifier::load("model.safetensors")?;
/// let chunk = Chunk::read(&classifier, "song.wav", Default::default())?;
/// let maps = activation(&classifier, &chunk.spectrogram)?;
/// let front_end = classifier.bundle().front_end.clone().unwrap_or_default();
/// let figure = ExplanationFigure::new(&chunk, &front_end).with_map("waltz", &maps[0]);
/// assert!(to_png(&figure)?.starts_with(b"\x89PNG"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ExplanationFigure<'a> {
    title: String,
    chunk: &'a Chunk,
    config: &'a MelConfig,
    maps: Vec<(String, &'a Array2<f32>)>,
    passage: Option<&'a Passage>,
}

impl<'a> ExplanationFigure<'a> {
    /// Makes the figure of a chunk that was computed with `config`, without a panel at first.
    #[must_use]
    pub fn new(chunk: &'a Chunk, config: &'a MelConfig) -> Self {
        Self { title: String::new(), chunk, config, maps: Vec::new(), passage: None }
    }

    /// Sets the title, none at first; a long one is shortened.
    #[must_use]
    pub fn with_title(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// Adds a panel with a map, (frames, bands) in log-odds, and its caption.
    #[must_use]
    pub fn with_map(mut self, caption: impl Into<String>, map: &'a Array2<f32>) -> Self {
        self.maps.push((caption.into(), map));
        self
    }

    /// Marks the decisive passage in the first panel.
    #[must_use]
    pub fn with_passage(self, passage: &'a Passage) -> Self {
        Self { passage: Some(passage), ..self }
    }

    /// The largest absolute value of all maps, above 0.
    fn limit(&self) -> f64 {
        let values = self.maps.iter().flat_map(|(_, map)| map.iter());
        let largest = values.fold(0.0_f32, |largest, value| largest.max(value.abs()));
        if largest > 0.0 && largest.is_finite() { f64::from(largest) } else { 1.0 }
    }
}

impl Figure for ExplanationFigure<'_> {
    fn size(&self) -> (u32, u32) {
        (WIDTH, HEAD + PANEL * self.maps.len().max(1) as u32)
    }
}

impl Draw for ExplanationFigure<'_> {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let (head, body) = area.split_vertically(HEAD);
        let title = fitted(&self.title, TITLE, WIDTH - 2 * BAR);
        head.draw(&Text::new(title, (24, 14), (FONT, TITLE).into_font().color(&INK)))?;
        let (maps, bar) = body.split_horizontally(WIDTH - BAR);
        let limit = self.limit();
        for (index, area) in maps.split_evenly((self.maps.len().max(1), 1)).iter().enumerate() {
            let Some((caption, map)) = self.maps.get(index) else { continue };
            let passage = self.passage.filter(|_| index == 0);
            MapPanel { chunk: self.chunk, config: self.config, map, caption, limit, passage }.draw(area)?;
        }
        colour_bar(&bar.split_vertically(PANEL).0, limit)
    }
}

fn colour_bar<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, limit: f64) -> Drawn<DB> {
    const STEPS: usize = 100;
    let text = |line: &'static str, y: i32| Text::new(line, (14, y), (FONT, 14).into_font().color(&INK));
    area.draw(&text("speaks for", 8))?;
    area.draw(&text("speaks against", PANEL as i32 - 42))?;
    area.draw(&text("log-odds", PANEL as i32 - 24))?;
    let mut chart = ChartBuilder::on(area)
        .margin(14)
        .margin_top(30)
        .margin_bottom(50)
        .right_y_label_area_size(74)
        .build_cartesian_2d(0.0..1.0, -limit..limit)?;
    let at = |step: usize| 2.0 * limit * step as f64 / STEPS as f64 - limit;
    let strip = |step: usize| {
        let colour = relief(0.0, at(step) / limit);
        Rectangle::new([(0.0, at(step)), (1.0, at(step + 1))], colour.filled())
    };
    chart.draw_series((0..STEPS).map(strip))?;
    chart
        .configure_mesh()
        .disable_mesh()
        .disable_x_axis()
        .axis_style(INK)
        .y_labels(7)
        .y_label_formatter(&|value| signed(*value, limit))
        .label_style((FONT, 14, &INK))
        .draw()
}

/// `+0.4`, `0`, `-0.02`: a digit more than the scale needs.
fn signed(value: f64, limit: f64) -> String {
    let digits = (1.0 - limit.log10().floor()).clamp(0.0, 6.0) as usize;
    if value.abs() < 1e-6 * limit { "0".to_owned() } else { format!("{value:+.digits$}") }
}
