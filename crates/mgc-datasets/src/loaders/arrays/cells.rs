//! Spectrograms in the type they are stored in; rows are converted to dB on demand.

use half::f16;
use ndarray::Array2;

use super::npy::{Fault, Npy, Values};

/// The spectrograms of all tracks: (tracks, frames, bands), row-major.
#[derive(Debug, Clone)]
pub(crate) struct Cells {
    values: Stored,
    shape: [usize; 3],
    scale: f32,
    offset: f32,
}

#[derive(Debug, Clone)]
enum Stored {
    U8(Vec<u8>),
    F16(Vec<f16>),
    F32(Vec<f32>),
}

impl Cells {
    /// Checks type, rank and values. A stored value becomes dB as value * `scale` + `offset`.
    pub(crate) fn new(x: Npy, scale: Option<f32>, offset: Option<f32>) -> Result<Self, Fault> {
        let shape = shape(&x.shape)?;
        let values = match x.values {
            Values::U8(_) if scale.is_none() || offset.is_none() => {
                let expected = "the scalars `scale` and `offset` beside it (dB = x * scale + offset)";
                return Err(Fault::new("u8 alone", expected));
            }
            Values::U8(values) => Stored::U8(values),
            Values::F16(values) => Stored::F16(values),
            Values::F32(values) => Stored::F32(values),
            Values::F64(values) => Stored::F32(values.into_iter().map(|value| value as f32).collect()),
            Values::Int(_) => return Err(Fault::new("integers", "f32, f16 or u8")),
            Values::Text(_) => return Err(Fault::new("strings", "f32, f16 or u8")),
        };
        let cells = Self { values, shape, scale: scale.unwrap_or(1.0), offset: offset.unwrap_or(0.0) };
        cells.check_finite()?;
        Ok(cells)
    }

    /// Returns the number of spectrograms.
    pub(crate) fn rows(&self) -> usize {
        self.shape[0]
    }

    /// Returns the shape of each spectrogram, (frames, bands).
    pub(crate) fn dim(&self) -> (usize, usize) {
        (self.shape[1], self.shape[2])
    }

    /// Returns one spectrogram in dB, (frames, bands), or `None` past the last.
    pub(crate) fn row(&self, row: usize) -> Option<Array2<f32>> {
        let size = self.shape[1] * self.shape[2];
        let cells = row.checked_mul(size).map(|start| start..start.saturating_add(size))?;
        let values: Vec<f32> = match &self.values {
            Stored::U8(all) => all.get(cells)?.iter().map(|&value| self.decibels(value.into())).collect(),
            Stored::F16(all) => all.get(cells)?.iter().map(|value| self.decibels(value.to_f32())).collect(),
            Stored::F32(all) => all.get(cells)?.iter().map(|&value| self.decibels(value)).collect(),
        };
        Array2::from_shape_vec(self.dim(), values).ok()
    }

    fn decibels(&self, stored: f32) -> f32 {
        stored * self.scale + self.offset
    }

    fn check_finite(&self) -> Result<(), Fault> {
        let bad = |stored: f32| !self.decibels(stored).is_finite();
        let bad = match &self.values {
            Stored::U8(values) => values.iter().position(|&value| bad(value.into())),
            Stored::F16(values) => values.iter().position(|value| bad(value.to_f32())),
            Stored::F32(values) => values.iter().position(|&value| bad(value)),
        };
        let [_, frames, bands] = self.shape;
        let place = |index: usize| {
            let (row, frame, band) = (index / bands / frames, index / bands % frames, index % bands);
            Fault::new(
                format!("NaN or infinite dB in row {row}, frame {frame}, band {band}"),
                "finite numbers",
            )
        };
        bad.map_or(Ok(()), |index| Err(place(index)))
    }
}

fn shape(shape: &[usize]) -> Result<[usize; 3], Fault> {
    match *shape {
        [tracks, frames, bands] | [tracks, frames, bands, 1] if tracks * frames * bands > 0 => {
            Ok([tracks, frames, bands])
        }
        _ => Err(Fault::new(format!("shape {shape:?}"), "(tracks, frames, bands), none of them 0")),
    }
}

/// Returns the number in the array `scale` or `offset`.
pub(crate) fn scalar(array: &Npy) -> Result<f32, Fault> {
    let value = match &array.values {
        Values::F32(values) => values.first().copied(),
        Values::F64(values) => values.first().map(|&value| value as f32),
        Values::F16(values) => values.first().map(|value| value.to_f32()),
        Values::Int(values) => values.first().map(|&value| value as f32),
        Values::U8(_) | Values::Text(_) => None,
    };
    let one = array.shape.iter().product::<usize>() == 1;
    value
        .filter(|value| one && value.is_finite())
        .ok_or_else(|| Fault::new(format!("shape {:?}", array.shape), "one finite number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(values: Values, scale: f32) -> Result<Cells, Fault> {
        Cells::new(Npy { shape: vec![2, 1, 2], values }, Some(scale), Some(-80.0))
    }

    #[test]
    fn a_scale_that_makes_infinite_decibels_is_refused_with_the_place() {
        let found = |values, scale| cells(values, scale).map(drop).map_err(|fault| fault.found).unwrap_err();
        let place = "infinite dB in row 1, frame 0, band 0";
        assert!(found(Values::U8(vec![0, 1, 255, 3]), 3e38).contains(place));
        assert!(found(Values::F16([0.0, 1.0, 900.0, 3.0].map(f16::from_f32).to_vec()), 1e37).contains(place));
        assert!(found(Values::F32(vec![0.0, 1.0, 1e30, 3.0]), 1e10).contains(place));
        assert!(cells(Values::U8(vec![0, 1, 255, 3]), 1e36).is_ok());
    }
}
