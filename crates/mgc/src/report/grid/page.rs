//! The report as an HTML page.

use super::comparison_tables;
use super::cost::costs;
use super::detail::Detail;
use super::detail_tables;
use super::escape::html;
use super::facts::Facts;
use super::guide::guide;
use super::lead::lead;
use super::leak_words::leak_sentence;
use super::learning::learning_curves;
use super::markup::{bullets, element, paragraphs, table};
use super::matrix::matrix;
use super::opening::{Answer, answers};
use super::reliability::reliability_diagram;
use super::result_tables;
use super::sentences::{calibration, crossing};
use super::strip::interval_plot;
use super::table::Table;

const STYLE: &str = include_str!("style.css");
/// All details are open if there are at most so many; else the first.
const OPEN: usize = 2;
/// Something may stand beside a confusion matrix of at most so many genres.
const BESIDE: usize = 12;
/// An answer with more points than this takes the whole width.
const SHORT: usize = 3;

/// The sections after the opening: the id of each, its heading and what is in it.
type Section = (&'static str, &'static str, String);

/// Returns the whole page.
pub(super) fn page(facts: &Facts) -> String {
    let title = html(&facts.title);
    let sections: Vec<Section> = [
        ("results", "Results", results(facts)),
        ("comparisons", "Comparisons", comparisons(facts)),
        ("networks", "Network by network", details(facts)),
        ("cost", "Cost", some_table(costs(facts))),
        ("guide", "How to read this", reading(facts)),
        ("origin", "Data, versions, seeds and keys", origin(facts)),
    ]
    .into_iter()
    .filter(|(.., content)| !content.is_empty())
    .collect();
    let links: String =
        sections.iter().map(|(id, name, _)| format!("<li><a href=\"#{id}\">{name}</a></li>")).collect();
    let body: String = sections.iter().map(|section| section_of(facts, section)).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}{}</h1>\n{}</header>\n\
         <nav aria-label=\"Sections\"><ul>{links}</ul></nav>\n<main>\n{}{body}</main>\n</body>\n</html>\n",
        badge(facts),
        format_args!("<p class=\"lead\">{}</p>\n", html(&lead(facts))),
        opening(facts),
    )
}

/// The mark of a quick run.
fn badge(facts: &Facts) -> &'static str {
    if facts.quick { " <span class=\"badge\">quick run</span>" } else { "" }
}

fn section_of(facts: &Facts, (id, name, content): &Section) -> String {
    format!("<section id=\"{id}\">\n<h2>{name}{}</h2>\n{content}</section>\n", badge(facts))
}

fn opening(facts: &Facts) -> String {
    let card = |Answer { question, paragraphs: texts, points }: &Answer| {
        let class = if points.len() > SHORT { " class=\"wide\"" } else { "" };
        let (text, list) = (paragraphs(texts), bullets(points));
        format!("<section{class}>\n<h2>{}</h2>\n{text}{list}</section>\n", html(question))
    };
    let cards: String = answers(facts).iter().map(card).collect();
    format!("<div class=\"cards\">\n{cards}</div>\n")
}

fn results(facts: &Facts) -> String {
    let mut text = String::new();
    for name in facts.different(|line| &line.names.dataset) {
        if let Some(dataset) = facts.dataset(name) {
            text += &interval_plot(facts, dataset);
        }
        text += &table(&result_tables::results(facts, name));
    }
    text + &some_table(detail_tables::unfinished(facts))
}

fn some_table(some: Option<Table>) -> String {
    some.map_or_else(String::new, |some| table(&some))
}

fn comparisons(facts: &Facts) -> String {
    let mut text = String::new();
    if let Some(pairs) = comparison_tables::pairs(facts) {
        text += &(element("h3", "Between networks") + &table(&pairs));
    }
    if let Some(leaks) = comparison_tables::leaks(facts) {
        let words: Vec<String> = facts.leaks.iter().map(leak_sentence).collect();
        text +=
            &(element("h3", "Between protocols: the same tracks, groups known or not") + &bullets(&words));
        text += &table(&leaks);
    }
    text
}

fn details(facts: &Facts) -> String {
    let block = |(index, detail): (usize, &Detail)| {
        let open = if index == 0 || facts.details.len() <= OPEN { " open" } else { "" };
        let names = &detail.names;
        let about = html(&format!("{} \u{b7} {} \u{b7} {}", names.dataset, names.protocol, names.recipe));
        format!(
            "<details{open}>\n<summary><h3>{} <small>{about}</small>{}</h3></summary>\n{}</details>\n",
            html(&names.network),
            badge(facts),
            inside(detail)
        )
    };
    facts.details.iter().enumerate().map(block).collect()
}

fn inside(detail: &Detail) -> String {
    let mut text = element("p", &html(&crossing(detail)));
    let (matrix, recalls) = (matrix(detail), table(&detail_tables::recalls(detail)));
    let class = if detail.labels.len() <= BESIDE { "side" } else { "stack" };
    text += &format!("<div class=\"{class}\">\n<div>{matrix}</div>\n<div>{recalls}</div>\n</div>\n");
    text += &some_table(detail_tables::confused(detail));
    text += &element("h4", "Learning curves");
    text += &learning_curves(detail);
    text += &element("h4", "Do the probabilities mean what they say?");
    text += &element("p", &html(&calibration(detail)));
    if let Some(calibration) = &detail.calibration {
        text += &format!(
            "<div class=\"charts\">\n<figure><figcaption>Right answers, %</figcaption>{}</figure>\n<div>{}</div>\n\
             </div>\n<p class=\"note\">Dashed: what an honest network shows. The area of a dot is its number of \
             answers.</p>\n",
            reliability_diagram(calibration),
            table(&detail_tables::bins(calibration))
        );
    }
    text
}

fn reading(facts: &Facts) -> String {
    let entry = |(term, text): (&str, String)| {
        format!("<div><dt>{}</dt><dd>{}</dd></div>\n", html(term), html(&text))
    };
    let terms: String = guide(facts).into_iter().map(entry).collect();
    format!("<div class=\"box\"><dl>\n{terms}</dl></div>\n")
}

fn origin(facts: &Facts) -> String {
    table(&detail_tables::origins(facts))
}
