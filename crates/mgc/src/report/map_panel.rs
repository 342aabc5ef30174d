//! One map over its spectrogram.

use super::canvas::{Drawn, FONT, INK};
use super::relief::relief;
use super::text::fitted;
use super::ticked::Ticked;
use super::time_axis::{clock, ticks};
use crate::explain::{Chunk, Passage};
use mgc_audio::MelConfig;
use ndarray::{Array2, Axis};
use plotters::coord::Shift;
use plotters::prelude::*;

/// Columns of cells that are drawn at most: more are narrower than a pixel or two.
const COLUMNS: usize = 400;
/// Frequencies on the vertical axis, Hz.
const HERTZ: [f64; 8] = [62.5, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0];
/// Font size of the caption.
const CAPTION: i32 = 17;

type Chart<'a, DB> = ChartContext<'a, DB, Cartesian2d<Ticked, Ticked>>;

/// A map over its spectrogram, with axes of time and frequency.
pub(super) struct MapPanel<'a> {
    pub(super) chunk: &'a Chunk,
    pub(super) config: &'a MelConfig,
    pub(super) map: &'a Array2<f32>,
    pub(super) caption: &'a str,
    /// The value of the map with the full colour.
    pub(super) limit: f64,
    pub(super) passage: Option<&'a Passage>,
}

impl MapPanel<'_> {
    pub(super) fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let (frames, bands) = self.chunk.spectrogram.dim();
        let (start, end) = (self.at(0), self.at(frames));
        let (width, _) = area.dim_in_pixel();
        let mut chart = ChartBuilder::on(area)
            .margin_left(14)
            .margin_right(8)
            .margin_bottom(8)
            .caption(fitted(self.caption, CAPTION, width.saturating_sub(100)), (FONT, CAPTION, &INK))
            .x_label_area_size(46)
            .y_label_area_size(70)
            .build_cartesian_2d(
                Ticked::new(start..end, ticks(start, end, 12)),
                Ticked::new(0.0..bands as f64, self.band_ticks()),
            )?;
        self.cells(&mut chart)?;
        self.mark(&mut chart)?;
        self.axes(&mut chart)
    }

    /// The time at which a frame begins, s.
    fn at(&self, frame: usize) -> f64 {
        self.chunk.start.as_secs_f64() + self.chunk.frame_seconds * frame as f64
    }

    fn cells<DB: DrawingBackend>(&self, chart: &mut Chart<'_, DB>) -> Drawn<DB> {
        let spectrogram = &self.chunk.spectrogram;
        let (low, high) = range(spectrogram);
        let frames = spectrogram.nrows();
        let step = frames.div_ceil(COLUMNS).max(1);
        for first in (0..frames).step_by(step) {
            let last = (first + step).min(frames);
            let (left, right) = (self.at(first), self.at(last));
            let levels = columns(spectrogram, first, last).map(|level| (level - low) / (high - low));
            let values = columns(self.map, first, last).map(|value| value / self.limit);
            let cell = |(band, (level, value)): (usize, (f64, f64))| {
                let corners = [(left, band as f64), (right, (band + 1) as f64)];
                Rectangle::new(corners, relief(level, value).filled())
            };
            chart.draw_series(levels.zip(values).enumerate().map(cell))?;
        }
        Ok(())
    }

    /// Draws a frame around the decisive passage.
    fn mark<DB: DrawingBackend>(&self, chart: &mut Chart<'_, DB>) -> Drawn<DB> {
        let Some(passage) = self.passage else { return Ok(()) };
        let top = self.chunk.spectrogram.ncols() as f64;
        let (left, right) = (self.at(passage.frames.start), self.at(passage.frames.end));
        chart.draw_series([Rectangle::new([(left, 0.0), (right, top)], INK.stroke_width(2))])?;
        let text = format!(" most decisive {:.1} s", passage.duration.as_secs_f64());
        let style = (FONT, 14).into_font().color(&INK);
        chart.draw_series([Text::new(text, (left, 0.98 * top), style)])?;
        Ok(())
    }

    fn axes<DB: DrawingBackend>(&self, chart: &mut Chart<'_, DB>) -> Drawn<DB> {
        let centres = self.config.band_centres();
        let hertz = |place: &f64| {
            let nearest = HERTZ.iter().find(|hertz| (band_of(&centres, **hertz) - place).abs() < 1e-9);
            nearest.map_or(String::new(), |hertz| format!("{hertz}"))
        };
        chart
            .configure_mesh()
            .disable_mesh()
            .axis_style(INK)
            .x_label_formatter(&|seconds| clock(*seconds))
            .y_label_formatter(&hertz)
            .x_desc("time, m:ss")
            .y_desc("frequency, Hz")
            .label_style((FONT, 14, &INK))
            .axis_desc_style((FONT, 15, &INK))
            .draw()
    }

    /// The places of [`HERTZ`] within the bands, from the highest down as far as there is space between them.
    fn band_ticks(&self) -> Vec<f64> {
        let centres = self.config.band_centres();
        let space = 0.07 * centres.len() as f64;
        let within = |hertz: &&f64| centres.first() <= Some(*hertz) && Some(*hertz) <= centres.last();
        let mut ticks: Vec<f64> = Vec::new();
        for hertz in HERTZ.iter().rev().filter(within) {
            let place = band_of(&centres, *hertz);
            if ticks.last().is_none_or(|above| above - place >= space) {
                ticks.push(place);
            }
        }
        ticks
    }
}

/// The place of a frequency on an axis of bands, the centre of band k being k + 0.5.
fn band_of(centres: &[f64], hertz: f64) -> f64 {
    let above = centres.partition_point(|centre| *centre < hertz).clamp(1, centres.len().max(2) - 1);
    match (centres.get(above - 1), centres.get(above)) {
        (Some(low), Some(high)) if high > low => above as f64 - 0.5 + (hertz - low) / (high - low),
        _ => 0.5,
    }
}

/// The means of some frames, band after band.
fn columns(values: &Array2<f32>, first: usize, last: usize) -> impl Iterator<Item = f64> + use<> {
    let frames = values.slice_axis(Axis(0), (first..last).into());
    let sums = frames.mapv(f64::from).sum_axis(Axis(0));
    sums.into_iter().map(move |sum| sum / (last - first) as f64)
}

/// The lowest and the highest value, dB, at least 1 dB apart.
fn range(values: &Array2<f32>) -> (f64, f64) {
    let (low, high) = values.fold((f32::MAX, f32::MIN), |(low, high), &v| (low.min(v), high.max(v)));
    if low <= high { (f64::from(low), f64::from(high.max(low + 1.0))) } else { (-1.0, 0.0) }
}
