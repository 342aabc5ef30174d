//! Genre labels, ids and sides from arrays.

use std::collections::BTreeSet;

use super::npy::{Fault, Npy, Values};
use crate::side::Split;

/// The names of the genres, and the genre of each row.
pub(crate) type Labels = (Vec<String>, Vec<Option<usize>>);

/// A column with more classes than this is refused as something else.
const MOST_CLASSES: i64 = 10_000;

/// Reads labels from genre names: the sorted names are the labels, an empty name is no label. Spaces around
/// a name do not count.
pub(crate) fn from_names(array: Npy, rows: usize) -> Result<Labels, Fault> {
    let texts = texts(array, rows)?;
    let names: Vec<&str> = texts.iter().map(|name| name.trim()).collect();
    let sorted: BTreeSet<&str> = names.iter().copied().filter(|name| !name.is_empty()).collect();
    let genres: Vec<String> = sorted.into_iter().map(str::to_string).collect();
    let indices = names.iter().map(|name| genres.binary_search_by(|genre| genre.as_str().cmp(name)).ok());
    let indices = indices.collect();
    Ok((genres, indices))
}

/// Reads labels from integers or from a one-hot matrix (rows, classes): the labels are `0`, `1`, `2` ...
pub(crate) fn from_numbers(array: &Npy, rows: usize) -> Result<Labels, Fault> {
    let numbers = integers(&array.values)?;
    let (classes, indices) = match *array.shape {
        [length] if length == rows => {
            (numbers.iter().max().map_or(0, |most| most.saturating_add(1)), numbers)
        }
        [length, classes] if length == rows && classes > 0 => (classes as i64, hot(&numbers, classes)?),
        _ => {
            return Err(Fault::new(
                format!("shape {:?}", array.shape),
                format!("({rows},) or one-hot ({rows}, classes)"),
            ));
        }
    };
    if let Some(bad) = indices.iter().find(|&&index| !(0..classes.min(MOST_CLASSES)).contains(&index)) {
        return Err(Fault::new(format!("class {bad}"), format!("classes 0 to {}", MOST_CLASSES - 1)));
    }
    let genres = (0..classes).map(|class| class.to_string()).collect();
    Ok((genres, indices.into_iter().map(|index| Some(index as usize)).collect()))
}

/// Reads the ids of the rows, all different.
pub(crate) fn ids(array: Npy, rows: usize) -> Result<Vec<String>, Fault> {
    let ids = texts(array, rows)?;
    let mut seen = BTreeSet::new();
    match ids.iter().find(|id| !seen.insert(id.as_str())) {
        Some(twice) => Err(Fault::new(format!("`{twice}` twice"), "a different id for each row")),
        None => Ok(ids),
    }
}

/// Reads the sides of the rows; an empty name is no side.
pub(crate) fn splits(array: Npy, rows: usize) -> Result<Vec<Option<Split>>, Fault> {
    let side = |name: String| match name.parse::<Split>() {
        Ok(side) => Ok(Some(side)),
        Err(_) if name.trim().is_empty() => Ok(None),
        Err(_) => Err(Fault::new(format!("`{name}`"), "train, valid, test or nothing")),
    };
    texts(array, rows)?.into_iter().map(side).collect()
}

fn texts(array: Npy, rows: usize) -> Result<Vec<String>, Fault> {
    match (array.values, array.shape.as_slice()) {
        (Values::Text(texts), [length]) if *length == rows => Ok(texts),
        (Values::Text(_), shape) => {
            Err(Fault::new(format!("strings of shape {shape:?}"), format!("({rows},) as `x`")))
        }
        (_, shape) => Err(Fault::new(format!("numbers of shape {shape:?}"), format!("{rows} strings"))),
    }
}

fn integers(values: &Values) -> Result<Vec<i64>, Fault> {
    let whole = |value: f64| match value.fract() == 0.0 {
        true => Ok(value as i64),
        false => Err(Fault::new(format!("{value}"), "whole numbers")),
    };
    match values {
        Values::Int(values) => Ok(values.clone()),
        Values::U8(values) => Ok(values.iter().map(|&value| value.into()).collect()),
        Values::F16(values) => values.iter().map(|value| whole(value.to_f64())).collect(),
        Values::F32(values) => values.iter().map(|&value| whole(value.into())).collect(),
        Values::F64(values) => values.iter().map(|&value| whole(value)).collect(),
        Values::Text(_) => Err(Fault::new("strings", "integers or a one-hot matrix (names go into `genre`)")),
    }
}

/// Returns the column of the single 1 in each row.
fn hot(numbers: &[i64], classes: usize) -> Result<Vec<i64>, Fault> {
    let column = |(row, cells): (usize, &[i64])| {
        let ones = cells.iter().filter(|&&cell| cell == 1).count();
        let zeros = cells.iter().filter(|&&cell| cell == 0).count();
        let at = cells.iter().position(|&cell| cell == 1).filter(|_| ones == 1 && zeros + 1 == classes);
        let found = || format!("{ones} ones and {zeros} zeros among the {classes} numbers of row {row}");
        at.map(|at| at as i64).ok_or_else(|| Fault::new(found(), "one 1 among zeros"))
    };
    numbers.chunks_exact(classes).enumerate().map(column).collect()
}
