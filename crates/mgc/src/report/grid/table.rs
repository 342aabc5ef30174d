//! A table of a report, for every form of it.

/// A table with one line of headings.
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<Field>>,
    /// Sentences below the table.
    pub(super) notes: Vec<String>,
}

/// A field of a table.
pub(super) enum Field {
    /// What the row is about.
    Head(String),
    Text(String),
    Number(String),
    /// A number that must not be taken for a result.
    Faint(String),
    /// An interval of shares from 0 to 1 around a value, drawn where figures can be.
    Strip(f64, (f64, f64)),
}

impl Table {
    pub(super) fn new(caption: impl Into<String>, head: &[&str]) -> Self {
        let head = head.iter().map(|text| (*text).to_owned()).collect();
        Self { caption: caption.into(), head, rows: Vec::new(), notes: Vec::new() }
    }
}

/// A number, or a dash where there is none.
pub(super) fn number<T>(value: Option<T>, text: impl Fn(T) -> String) -> Field {
    Field::Number(value.map_or_else(|| "\u{2013}".into(), text))
}
