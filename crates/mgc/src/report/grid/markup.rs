//! Tables and paragraphs in HTML.

use super::escape::html;
use super::strip::{Strip, strip};
use super::table::{Field, Table};

/// Encloses markup in an element.
pub(super) fn element(name: &str, content: &str) -> String {
    format!("<{name}>{content}</{name}>\n")
}

/// Returns paragraphs of plain text.
pub(super) fn paragraphs(texts: &[String]) -> String {
    texts.iter().map(|text| element("p", &html(text))).collect()
}

/// Returns a list of plain text; nothing if it is empty.
pub(super) fn bullets(texts: &[String]) -> String {
    let items: String = texts.iter().map(|text| element("li", &html(text))).collect();
    if items.is_empty() { items } else { element("ul", &items) }
}

/// Returns a table that scrolls inside its box, and its notes.
pub(super) fn table(table: &Table) -> String {
    let caption = html(&table.caption);
    let head: String =
        table.head.iter().enumerate().map(|(column, text)| heading(table, column, text)).collect();
    let rows: String = table.rows.iter().map(|row| table_row(row)).collect();
    let notes: String =
        table.notes.iter().map(|note| format!("<p class=\"note\">{}</p>\n", html(note))).collect();
    format!(
        "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\n\
         <table>\n<caption><span>{caption}</span></caption>\n<thead>\n<tr>{head}</tr>\n</thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n</div>\n{notes}"
    )
}

fn table_row(row: &[Field]) -> String {
    let fields: String = row.iter().map(field).collect();
    format!("<tr>{fields}</tr>\n")
}

/// The heading of a column, set like the numbers below it.
fn heading(table: &Table, column: usize, text: &str) -> String {
    let below = table.rows.first().and_then(|row| row.get(column));
    let class = match below {
        Some(Field::Number(_)) => " class=\"number\"",
        Some(Field::Faint(_)) => " class=\"number faint\"",
        _ => "",
    };
    format!("<th scope=\"col\"{class}>{}</th>", html(text))
}

fn field(field: &Field) -> String {
    match field {
        Field::Head(text) => format!("<th scope=\"row\">{}</th>", html(text)),
        Field::Text(text) => format!("<td>{}</td>", html(text)),
        Field::Number(text) => format!("<td class=\"number\">{}</td>", html(text)),
        Field::Faint(text) => format!("<td class=\"number faint\">{}</td>", html(text)),
        Field::Strip(value, ends) => {
            let drawn = strip(&Strip { mean: *value, interval: Some(*ends), ..Strip::default() });
            format!("<td class=\"strip-field\">{drawn}</td>")
        }
    }
}
