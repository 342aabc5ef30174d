//! The table of results.

use super::dataset::Dataset;
use super::facts::Facts;
use super::line::{Line, NoInterval};
use super::table::{Field, Table, number};
use super::test_set::TestSet;
use super::text::{counted, interval, percent};

/// The results on one dataset.
pub(super) fn results(facts: &Facts, dataset: &str) -> Table {
    let lines: Vec<&Line> = facts.lines.iter().filter(|line| line.names.dataset == dataset).collect();
    let about = facts.dataset(dataset).map_or_else(String::new, |dataset: &Dataset| {
        format!(", {}, {}", counted(dataset.tracks, "track"), counted(dataset.labels.len(), "genre"))
    });
    let quick = if facts.quick { " (quick run)" } else { "" };
    let mut table = Table::new(
        format!("Share of tracks named right on {dataset}{about}, in percent{quick}"),
        &["network", "protocol", "recipe", "n", "mean", "sd", "95\u{a0}% interval", "macro-F1"],
    );
    let unfinished = lines.iter().any(|line| line.failed + line.missing > 0);
    if unfinished {
        table.head.push("failed, missing".into());
    }
    table.head.push("best of n".into());
    let paper = lines.iter().any(|line| line.paper.is_some());
    if paper {
        table.head.push("paper, best of several random splits".into());
    }
    let stuck = lines.iter().any(|line| line.one_answer_runs > 0);
    if stuck {
        table.head.push("one answer to every track".into());
    }
    table.head.push("without listening".into());
    let columns = Columns { unfinished, paper, stuck };
    table.rows = lines.iter().map(|line| row(facts, line, columns)).collect();
    table.notes = notes(&lines, paper);
    table
}

/// The columns that only some tables have.
#[derive(Clone, Copy)]
struct Columns {
    unfinished: bool,
    paper: bool,
    stuck: bool,
}

fn row(facts: &Facts, line: &Line, columns: Columns) -> Vec<Field> {
    let names = &line.names;
    let mut row = vec![
        Field::Head(names.network.clone()),
        Field::Text(names.protocol.clone()),
        Field::Text(names.recipe.clone()),
        Field::Number(line.n.to_string()),
        number(line.mean, percent),
        number(line.sd, percent),
        interval_field(line),
        number(line.macro_f1, percent),
    ];
    if columns.unfinished {
        row.push(Field::Number(format!("{}, {}", line.failed, line.missing)));
    }
    let faint = |value: Option<f64>| Field::Faint(value.map_or_else(|| "\u{2013}".into(), percent));
    row.push(faint(line.best_of_n));
    if columns.paper {
        row.push(faint(line.paper.as_ref().map(|paper| paper.accuracy)));
    }
    if columns.stuck {
        row.push(match line.one_answer_runs {
            0 => Field::Text("no".into()),
            stuck => Field::Text(format!("in {stuck} of {}", counted(line.n, "run"))),
        });
    }
    row.push(number(facts.test_set(line).map(TestSet::without_listening), percent));
    row
}

/// The interval of a line, or why there is none.
fn interval_field(line: &Line) -> Field {
    match line.no_interval {
        None => number(line.interval, interval),
        Some(why) => Field::Text(format!("\u{2013} ({})", why.brief())),
    }
}

fn notes(lines: &[&Line], paper: bool) -> Vec<String> {
    let mut notes = vec![
        "n is the number of runs (splits times seeds), sd their standard deviation. Macro-F1 is the mean over \
         the genres of the harmonic mean of precision and recall."
            .to_owned(),
        "The best of n runs is not what to expect of the next run: it grows with n by luck alone.".to_owned(),
    ];
    notes.extend(no_intervals(lines));
    notes.push(
        "Without listening: what guessing gets right or, if that is more, always answering the genre that is tested \
         most."
            .into(),
    );
    if paper {
        notes.push(
            "The paper prints the best of several random splits. It stands in the lines of the protocol published \
             alone: compare it with the best of n there, not with a mean."
                .into(),
        );
        let mut sources: Vec<String> = Vec::new();
        for line in lines {
            let note = line.paper.as_ref().map(|paper| format!("{}: {}", line.names.network, paper.note));
            sources.extend(note.filter(|note| !sources.contains(note)));
        }
        notes.push(format!("Sources of the paper's figures. {}", sources.join(" ")));
    }
    notes
}

/// Explains the lines without an interval, by the reasons that occur.
fn no_intervals(lines: &[&Line]) -> Vec<String> {
    let reasons = [
        (NoInterval::OneSplit, "One split gives no interval: how much others differ is not known from it."),
        (
            NoInterval::OneAnswer,
            "One answer: in every run the network gave all tracks the same genre. Its accuracy is the share of that \
             genre, and an interval of it would say nothing about the network.",
        ),
        (
            NoInterval::AllAlike,
            "Runs alike: all came out with the same accuracy, so nothing says how far another would differ.",
        ),
    ];
    let occurs = |why: NoInterval| lines.iter().any(|line| line.no_interval == Some(why));
    reasons.into_iter().filter(|(why, _)| occurs(*why)).map(|(_, text)| text.to_owned()).collect()
}
