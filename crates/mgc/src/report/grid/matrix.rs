//! A confusion matrix as an HTML table.

use super::detail::Detail;
use super::escape::html;
use std::fmt::Write;

/// Draws the matrix. The colour of a cell is its share of the row, of one hue for right answers and of
/// another for wrong ones.
pub(super) fn matrix(detail: &Detail) -> String {
    let mut head = String::new();
    for label in &detail.labels {
        let label = html(label);
        let _ = write!(head, "<th scope=\"col\" title=\"{label}\"><span>{label}</span></th>");
    }
    let rows: String =
        detail.confusion.iter().enumerate().map(|(truth, row)| line(detail, truth, row)).collect();
    format!(
        "<div class=\"scroll\" role=\"region\" aria-label=\"Confusion matrix\" tabindex=\"0\">\n\
         <table class=\"matrix\">\n<caption><span>Confusion matrix, sum over {} runs: true genres in rows, answers in \
         columns</span></caption>\n<thead>\n<tr><td></td>{head}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n",
        detail.curves.len()
    )
}

fn line(detail: &Detail, truth: usize, row: &[usize]) -> String {
    let total: usize = row.iter().sum();
    let mut cells = String::new();
    for (predicted, &count) in row.iter().enumerate() {
        let class = if truth == predicted { "right" } else { "wrong" };
        let share = 100.0 * count as f64 / total.max(1) as f64;
        let text = if count == 0 { "<span class=\"zero\">0</span>".into() } else { count.to_string() };
        let _ = write!(cells, "<td class=\"{class}\" style=\"--share:{share:.0}%\">{text}</td>");
    }
    let label = html(&detail.labels[truth]);
    format!("<tr><th scope=\"row\" title=\"{label}\">{label}</th>{cells}</tr>\n")
}
