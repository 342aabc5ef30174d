//! Probabilities over a recording.

use super::canvas::{Draw, Drawn, FONT, Figure, INK};
use super::text::fitted;
use super::ticked::Ticked;
use super::time_axis::{clock, ticks};
use crate::explain::Timeline;
use plotters::coord::Shift;
use plotters::prelude::*;

/// Pixels of the whole figure, and of the legend.
const SIZE: (u32, u32) = (1200, 460);
const LEGEND: u32 = 200;
/// Font size of the title.
const TITLE: i32 = 20;
/// The most genres that are drawn: those of the highest means.
const MOST: usize = 6;
/// Colours that the colour-blind tell apart (M. Okabe and K. Ito, *Color Universal Design*, 2008).
const COLOURS: [RGBColor; MOST] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];

/// The probabilities of the first six genres over a recording: a point at the middle of each chunk.
///
/// ```
/// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
/// use mgc::explain::Timeline;
/// use mgc::report::{TimelineFigure, to_svg};
///
/// let classifier = mgc::Classifier::load("other.safetensors")?;
/// let timeline = Timeline::read(&classifier, "song.wav", None, |_| {})?;
/// assert!(to_svg(&TimelineFigure::new(&timeline).with_title("song.wav"))?.contains("waltz"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct TimelineFigure<'a> {
    title: String,
    timeline: &'a Timeline,
}

impl<'a> TimelineFigure<'a> {
    /// Makes the figure of a recording.
    #[must_use]
    pub fn new(timeline: &'a Timeline) -> Self {
        Self { title: String::new(), timeline }
    }

    /// Sets the title, none at first; a long one is shortened.
    #[must_use]
    pub fn with_title(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// The classes that are drawn with their colours, most probable first.
    fn lines(&self) -> Vec<(usize, RGBColor)> {
        self.timeline.ranking().into_iter().zip(COLOURS).collect()
    }

    /// A point at the middle of each chunk; of a single chunk, one at each end.
    fn points(&self, class: usize) -> Vec<(f64, f64)> {
        let moments = &self.timeline.moments;
        let ends = |place: usize| (moments[place].start.as_secs_f64(), moments[place].end.as_secs_f64());
        match moments.len() {
            1 => [ends(0).0, ends(0).1].map(|at| (at, moments[0].probabilities[class])).to_vec(),
            count => (0..count)
                .map(|at| ((ends(at).0 + ends(at).1) / 2.0, moments[at].probabilities[class]))
                .collect(),
        }
    }
}

impl Figure for TimelineFigure<'_> {
    fn size(&self) -> (u32, u32) {
        SIZE
    }
}

impl Draw for TimelineFigure<'_> {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let (plot, side) = area.split_horizontally(SIZE.0 - LEGEND);
        let end = self.timeline.moments.last().map_or(0.0, |moment| moment.end.as_secs_f64()).max(0.01);
        let mut chart = ChartBuilder::on(&plot)
            .margin(14)
            .caption(fitted(&self.title, TITLE, SIZE.0 - 2 * LEGEND), (FONT, TITLE, &INK))
            .x_label_area_size(48)
            .y_label_area_size(64)
            .build_cartesian_2d(Ticked::new(0.0..end, ticks(0.0, end, 12)), 0.0..1.0)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(INK.mix(0.1))
            .axis_style(INK)
            .y_labels(6)
            .x_label_formatter(&|seconds| clock(*seconds))
            .y_label_formatter(&|probability| format!("{probability:.1}"))
            .x_desc("time, m:ss")
            .y_desc("probability")
            .label_style((FONT, 14, &INK))
            .axis_desc_style((FONT, 16, &INK))
            .draw()?;
        for (class, colour) in self.lines().into_iter().rev() {
            let line = LineSeries::new(self.points(class), colour.stroke_width(2));
            chart.draw_series(line.point_size(3))?;
        }
        self.legend(&side)
    }
}

impl TimelineFigure<'_> {
    /// The genres with their mean probabilities.
    fn legend<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let text = |line: String, y: i32| Text::new(line, (40, y), (FONT, 15).into_font().color(&INK));
        area.draw(&text("mean".to_owned(), 44))?;
        let means = self.timeline.mean();
        for (place, (class, colour)) in self.lines().into_iter().enumerate() {
            let y = 72 + 26 * place as i32;
            area.draw(&PathElement::new([(8, y), (32, y)], colour.stroke_width(2)))?;
            area.draw(&Circle::new((20, y), 3, colour.filled()))?;
            let label = format!("{:.2}  {}", means[class], self.timeline.labels[class]);
            area.draw(&text(fitted(&label, 15, LEGEND - 48), y - 7))?;
        }
        let left = self.timeline.labels.len().saturating_sub(MOST);
        match left {
            0 => Ok(()),
            _ => area.draw(&text(format!("and {left} less probable"), 72 + 26 * MOST as i32 - 7)),
        }
    }
}
