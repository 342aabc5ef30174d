//! The report as Markdown.

use super::comparison_tables;
use super::cost::costs;
use super::detail::Detail;
use super::detail_tables;
use super::escape::markdown as safe;
use super::facts::Facts;
use super::guide::guide;
use super::lead::lead;
use super::leak_words::leak_sentence;
use super::opening::answers;
use super::result_tables;
use super::sentences::{calibration, crossing};
use super::table::{Field, Table};
use super::text::interval;

/// Returns the whole text.
pub(super) fn document(facts: &Facts) -> String {
    let mut text = heading(facts, 1, &safe(&facts.title));
    text += &paragraph(&lead(facts));
    for answer in answers(facts) {
        text += &heading(facts, 2, answer.question);
        text.extend(answer.paragraphs.iter().map(|text| paragraph(text)));
        text += &bullets(&answer.points);
    }
    text += &heading(facts, 2, "Results");
    for dataset in facts.different(|line| &line.names.dataset) {
        text += &table(&result_tables::results(facts, dataset));
    }
    text += &some_table(detail_tables::unfinished(facts));
    text += &comparisons(facts);
    text += &heading(facts, 2, "Network by network");
    text.extend(facts.details.iter().map(|detail| one(facts, detail)));
    if let Some(costs) = costs(facts) {
        text += &(heading(facts, 2, "Cost") + &table(&costs));
    }
    text += &heading(facts, 2, "How to read this");
    text += &bullets(&guide(facts).iter().map(|(term, text)| format!("{term}: {text}")).collect::<Vec<_>>());
    text += &heading(facts, 2, "Data, versions, seeds and keys");
    text += &table(&detail_tables::origins(facts));
    format!("{}\n", text.trim_end())
}

fn comparisons(facts: &Facts) -> String {
    let (pairs, leaks) = (comparison_tables::pairs(facts), comparison_tables::leaks(facts));
    if pairs.is_none() && leaks.is_none() {
        return String::new();
    }
    let words: Vec<String> = facts.leaks.iter().map(leak_sentence).collect();
    heading(facts, 2, "Comparisons") + &some_table(pairs) + &bullets(&words) + &some_table(leaks)
}

fn one(facts: &Facts, detail: &Detail) -> String {
    let names = &detail.names;
    let about = format!("{} ({}, {}, {})", names.network, names.dataset, names.protocol, names.recipe);
    let mut text = heading(facts, 3, &safe(&about)) + &paragraph(&crossing(detail));
    text += &table(&matrix(detail));
    text += &some_table(detail_tables::confused(detail));
    text += &table(&detail_tables::recalls(detail));
    text += &paragraph(&calibration(detail));
    text + &some_table(detail.calibration.as_ref().map(detail_tables::bins))
}

fn matrix(detail: &Detail) -> Table {
    let head: Vec<&str> =
        ["true \\ answer"].into_iter().chain(detail.labels.iter().map(String::as_str)).collect();
    let mut table = Table::new("Confusion matrix, sum over the runs", &head);
    let row = |(label, counts): (&String, &Vec<usize>)| {
        let counts = counts.iter().map(|count| Field::Number(count.to_string()));
        std::iter::once(Field::Head(label.clone())).chain(counts).collect()
    };
    table.rows = detail.labels.iter().zip(&detail.confusion).map(row).collect();
    table
}

fn heading(facts: &Facts, level: usize, text: &str) -> String {
    let quick = if facts.quick { " (quick run)" } else { "" };
    format!("{} {text}{quick}\n\n", "#".repeat(level))
}

fn paragraph(text: &str) -> String {
    format!("{}\n\n", safe(text))
}

fn bullets(texts: &[String]) -> String {
    let items: String = texts.iter().map(|text| format!("- {}\n", safe(text))).collect();
    if items.is_empty() { items } else { format!("{items}\n") }
}

fn some_table(some: Option<Table>) -> String {
    some.map_or_else(String::new, |some| table(&some))
}

fn table(table: &Table) -> String {
    let line = |fields: Vec<String>| format!("| {} |\n", fields.join(" | "));
    let mut text = format!("**{}**\n\n", safe(&table.caption));
    text += &line(table.head.iter().map(|text| safe(text)).collect());
    text += &line(table.head.iter().enumerate().map(|(column, _)| alignment(table, column)).collect());
    text.extend(table.rows.iter().map(|row| line(row.iter().map(field).collect())));
    text += "\n";
    text.extend(table.notes.iter().map(|note| paragraph(note)));
    text
}

fn alignment(table: &Table, column: usize) -> String {
    match table.rows.first().and_then(|row| row.get(column)) {
        Some(Field::Number(_) | Field::Faint(_)) => "--:".into(),
        _ => "---".into(),
    }
}

fn field(field: &Field) -> String {
    match field {
        Field::Head(text) | Field::Text(text) | Field::Number(text) => safe(text),
        Field::Faint(text) => format!("({})", safe(text)),
        Field::Strip(_, ends) => interval(*ends),
    }
}
