//! The report of a grid: the same figures in every form, harmless whatever the names, honest about gaps.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is the finding itself")]

mod results;
mod resumed;

use mgc::grid::{Grid, GridResults};
use mgc::nets::{Variant, layer_table};
use mgc::report::grid::{GridReport, PaperFigure, ReportContext};
use mgc::train::{corrected_t_test, holm};
use results::{Made, SMALL, cell, failure, read, results};
use serde_json::{Value, json};
use std::time::Duration;

const HOSTILE: &str = "<script>alert(1)</script>\"' onload=x|`*_[a](http://evil)\u{202e}\n# x";

fn report(results: &GridResults) -> GridReport {
    GridReport::new(results, &ReportContext::default()).unwrap()
}

fn parsed(report: &GridReport) -> Value {
    serde_json::from_str(&report.json()).unwrap()
}

fn percent(share: &Value) -> String {
    format!("{:.2}", 100.0 * share.as_f64().unwrap())
}

/// One run of one network.
fn single() -> GridResults {
    results(Made { runs: 1, networks: &["bbnn"], protocols: &["kfold"], ..SMALL })
}

/// Two networks whose accuracies on three folds of four tracks are given as numbers of right answers.
fn folds(right: [[usize; 3]; 2]) -> GridResults {
    let mut results = GridResults::default();
    for (network, counts) in right.into_iter().enumerate() {
        for (run, count) in counts.into_iter().enumerate() {
            let mut cell = cell(SMALL, network, 0, run);
            let track = |index: usize| {
                let sure = if index < count { [0.8, 0.1, 0.1] } else { [0.1, 0.8, 0.1] };
                json!({"id": format!("{run}-{index}"), "genre": 0, "probabilities": sure})
            };
            cell["tested"] = (0..4).map(track).collect();
            cell["tracks"] = json!([8, 0, 4, 0]);
            results.cells.push(read(cell));
        }
    }
    results
}

#[test]
fn hostile_names_are_shown_and_do_nothing() {
    let mut results = single();
    results.title = HOSTILE.into();
    for cell in &mut results.cells {
        cell.labels[0] = HOSTILE.into();
        cell.cell.dataset = HOSTILE.into();
        cell.cell.recipe = HOSTILE.into();
        (cell.split, cell.version, cell.key) = (HOSTILE.into(), HOSTILE.into(), HOSTILE.into());
        cell.tested.iter_mut().for_each(|track| track.id = format!("{}{HOSTILE}", track.id));
    }
    results.failures.push(failure(SMALL, 1, 0, 0, HOSTILE));
    let context = ReportContext {
        paper: vec![PaperFigure {
            dataset: HOSTILE.into(),
            variant: "bbnn".parse().unwrap(),
            accuracy: 0.9,
            note: HOSTILE.into(),
        }],
        ..Default::default()
    };
    let report = GridReport::new(&results, &context).unwrap();
    let html = report.html();
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39; onload=x"));
    assert!(!html.contains("<script") && !html.contains("\u{202e}") && !html.contains("\"' onload"));
    let markdown = report.markdown();
    assert!(markdown.contains(r"&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!markdown.contains("<script") && !markdown.contains("\u{202e}") && !markdown.contains("[a]("));
    assert!(!markdown.contains("\n# x"), "a name starts no heading");
    assert_eq!(parsed(&report)["title"], HOSTILE, "JSON keeps the name as it is");
}

#[test]
fn a_table_of_markdown_has_as_many_fields_in_every_line() {
    let mut results = single();
    results.cells[0].labels[0] = "rock|roll".into();
    let markdown = report(&results).markdown();
    let fields = |line: &str| line.replace(r"\|", "").matches('|').count();
    for table in markdown.split("\n\n").filter(|block| block.starts_with('|')) {
        let counts: Vec<usize> = table.lines().map(fields).collect();
        assert!(counts.iter().all(|count| *count == counts[0]), "{table}");
    }
}

#[test]
fn the_same_results_give_the_same_bytes() {
    let (one, other) = (report(&results(SMALL)), report(&results(SMALL)));
    assert_eq!((one.html(), one.markdown(), one.json()), (other.html(), other.markdown(), other.json()));
}

#[test]
fn the_time_is_the_only_thing_that_a_timed_report_changes() {
    let timed = ReportContext { time: Some(Duration::from_secs(7423)), ..Default::default() };
    let timed = GridReport::new(&results(SMALL), &timed).unwrap().html();
    let untimed = report(&results(SMALL)).html();
    let point = |html: &str, word: &str| html.lines().find(|line| line.contains(word)).unwrap().to_owned();
    let (with, without) = (point(&timed, "Measured time"), point(&untimed, "times.csv"));
    assert!(with.contains("2 h 3 min"), "{with}");
    assert_eq!(timed.replace(&with, &without), untimed);
}

#[test]
fn the_page_needs_no_script_and_nothing_from_elsewhere() {
    let html = report(&results(SMALL)).html();
    for foreign in ["http", "<script", "<link", "@import", "url(", "src=", "javascript:"] {
        assert!(!html.contains(foreign), "{foreign}");
    }
    assert_eq!(html.matches("<section").count(), html.matches("</section>").count());
    let opened = html.matches("<table").count();
    assert_eq!((opened, html.matches("<caption>").count()), (html.matches("</table>").count(), opened));
}

#[test]
fn html_markdown_and_json_state_the_same_figures() {
    let report = report(&results(SMALL));
    let (html, markdown, json) = (report.html(), report.markdown(), parsed(&report));
    let lines = json["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 4);
    for line in lines {
        let interval = [&line["interval"][0], &line["interval"][1]].map(percent).join(" to ");
        let (mean, sd, f1) = (percent(&line["mean"]), percent(&line["sd"]), percent(&line["macro_f1"]));
        let (network, protocol) = (line["network"].as_str().unwrap(), line["protocol"].as_str().unwrap());
        let row = format!("| {network} | {protocol} | short | 3 | {mean} | {sd} | {interval} | {f1} |");
        assert!(markdown.contains(&row), "{row}");
        let row = format!(
            "<th scope=\"row\">{network}</th><td>{protocol}</td><td>short</td><td class=\"number\">3</td>\
             <td class=\"number\">{mean}</td><td class=\"number\">{sd}</td><td class=\"number\">{interval}</td>"
        );
        assert!(html.contains(&row), "{row}");
    }
}

#[test]
fn a_single_run_has_its_missing_interval_said_and_not_drawn() {
    let report = report(&single());
    let html = report.html();
    let plot = html.split("<figure class=\"plot\">").nth(1).unwrap().split("</figure>").next().unwrap();
    assert!(plot.contains("mean hollow") && plot.contains("no interval") && !plot.contains("whisker"));
    assert!(html.contains("a mean of one run") && html.contains("does not say how much runs differ"));
    assert!(report.markdown().contains("| \u{2013} (one split) |"));
    assert!(parsed(&report)["lines"][0]["interval"].is_null());
}

#[test]
fn failed_and_missing_experiments_are_shown_with_their_reasons() {
    let mut results = results(SMALL);
    let missing = results.cells.pop().unwrap().cell;
    results.missing.push(missing);
    results.failures.push(failure(SMALL, 0, 0, 0, "song.wav: the stream ends"));
    let report = report(&results);
    for text in [report.html(), report.markdown()] {
        assert!(text.contains("song.wav: the stream ends"));
        assert!(text.contains("missing: not trained yet"));
        assert!(text.contains("Of 13 planned experiments, 1 failed and 1 are missing"));
    }
}

#[test]
fn a_grid_without_results_says_so() {
    let mut results = GridResults::default();
    results.failures.push(failure(SMALL, 0, 0, 0, "no music"));
    let report = report(&results);
    assert!(report.html().contains("No experiment of this grid has a result yet."));
    assert!(report.html().contains("no music"));
}

#[test]
fn networks_are_compared_on_the_same_folds() {
    let json = parsed(&report(&folds([[2, 3, 1], [3, 3, 3]])));
    let pair = &json["pairs"][0];
    let test = corrected_t_test(&[0.75, 0.75, 0.75], &[0.5, 0.75, 0.25], 0.5).unwrap();
    assert_eq!(json["pairs"].as_array().unwrap().len(), 1);
    assert_eq!(pair["difference"], test.difference);
    assert_eq!(pair["p_corrected_t"], test.p_value);
    assert_eq!(pair["p_holm"], holm(&[test.p_value]).unwrap()[0]);
    assert_eq!((&pair["mcnemar"]["only_this"], &pair["mcnemar"]["only_first"]), (&json!(3), &json!(0)));
    assert_eq!(pair["mcnemar"]["p"], 0.25);
}

#[test]
fn a_run_that_one_network_lacks_is_not_compared() {
    let mut results = folds([[2, 3, 1], [3, 3, 3]]);
    results.cells.remove(0);
    let pair = parsed(&report(&results))["pairs"][0].clone();
    assert_eq!((&pair["matched"], &pair["difference"]), (&json!(2), &json!(0.25)));
}

#[test]
fn seeds_of_one_split_count_as_one_split() {
    let mut results = folds([[2, 3, 1], [3, 3, 3]]);
    let mut again = results.cells.clone();
    again.iter_mut().for_each(|result| result.cell.seed = 2);
    results.cells.extend(again);
    let pair = parsed(&report(&results))["pairs"][0].clone();
    let once = parsed(&report(&folds([[2, 3, 1], [3, 3, 3]])))["pairs"][0].clone();
    assert_eq!((&pair["matched"], &pair["p_corrected_t"]), (&json!(3), &once["p_corrected_t"]));
    assert!(pair["mcnemar"].is_null(), "every track was tested twice");
}

#[test]
fn the_leak_is_the_difference_of_both_protocols_on_the_same_tracks() {
    let results = results(SMALL);
    let json = parsed(&report(&results));
    for (leak, line) in json["leaks"].as_array().unwrap().iter().zip(json["lines"].as_array().unwrap()) {
        let mixed = line["right"].as_f64().unwrap() / line["tested"].as_f64().unwrap();
        assert_eq!(leak["tracks"], 36);
        assert!((leak["mixed"].as_f64().unwrap() - mixed).abs() < 1e-12);
        let difference = leak["mixed"].as_f64().unwrap() - leak["apart"].as_f64().unwrap();
        assert!((leak["difference"].as_f64().unwrap() - difference).abs() < 1e-12);
        let ends = [0, 1].map(|end| leak["interval"][end].as_f64().unwrap());
        assert!(ends[0] <= difference && difference <= ends[1]);
    }
    assert_eq!(json["leaks"].as_array().unwrap().len(), 2);
}

#[test]
fn without_groups_there_is_no_leak_to_measure() {
    let mut results = results(SMALL);
    results.cells.iter_mut().flat_map(|cell| &mut cell.tested).for_each(|track| track.group = None);
    let report = report(&results);
    assert_eq!(parsed(&report)["leaks"], json!([]));
    assert!(report.html().contains("No track of gtzan names its artist or recording"));
}

#[test]
fn a_network_with_one_answer_to_everything_is_told_apart_from_a_sure_one() {
    let mut results = results(SMALL);
    let told = "gave every track the same genre";
    assert!(!report(&results).html().contains(told));
    let first = results.cells[0].tested.iter_mut();
    first.for_each(|track| track.probabilities = vec![0.8, 0.1, 0.1]);
    assert!(report(&results).html().contains(&format!("In 1 of 12 runs a network {told}")));
}

#[test]
fn equal_means_are_said_to_tie() {
    let html = report(&folds([[2, 3, 1], [1, 2, 3]])).html();
    assert!(html.contains("\u{201c}bbnn\u{201d} and \u{201c}proposed\u{201d} tie for the highest of 2 means: each names the genre of 50.00"));
    let html = report(&folds([[2, 3, 1], [3, 3, 3]])).html();
    assert!(
        html.contains("the network \u{201c}proposed\u{201d} names the genre of 75.00")
            && !html.contains(" tie ")
    );
}

#[test]
fn confusions_come_with_tracks_that_show_them() {
    let json = parsed(&report(&results(SMALL)));
    let detail = &json["details"][0];
    let pair = &detail["confused"][0];
    let place = |label: &Value| detail["labels"].as_array().unwrap().iter().position(|l| l == label).unwrap();
    let (truth, predicted) = (place(&pair["truth"]), place(&pair["predicted"]));
    assert_eq!(detail["confusion"][truth][predicted], pair["count"]);
    let genre = format!("{}/", pair["truth"].as_str().unwrap());
    let examples = pair["examples"].as_array().unwrap();
    assert!(!examples.is_empty() && examples.iter().all(|id| id.as_str().unwrap().starts_with(&genre)));
}

#[test]
fn a_quick_run_is_called_so_in_every_heading() {
    let quick = ReportContext { quick: true, ..Default::default() };
    let report = GridReport::new(&results(SMALL), &quick).unwrap();
    let (html, markdown) = (report.html(), report.markdown());
    let headings = html.lines().filter(|line| line.contains("<h1>") || line.contains("<summary>"));
    assert!(headings.clone().count() > 1 && headings.clone().all(|line| line.contains("quick run")));
    let headings = markdown.lines().filter(|line| line.starts_with('#'));
    assert!(headings.clone().all(|line| line.ends_with("(quick run)")));
}

#[test]
fn the_papers_figure_stands_beside_random_splits_alone() {
    let figure = PaperFigure {
        dataset: "gtzan".into(),
        variant: "bbnn".parse().unwrap(),
        accuracy: 0.82,
        note: "Table III.".into(),
    };
    let context = ReportContext { paper: vec![figure], ..Default::default() };
    let made = Made { protocols: &["published", "grouped"], networks: &["bbnn"], ..SMALL };
    let report = GridReport::new(&results(made), &context).unwrap();
    let markdown = report.markdown();
    let line = |protocol: &str| {
        markdown.lines().find(|line| line.starts_with(&format!("| bbnn | {protocol} |"))).unwrap()
    };
    assert!(line("published").contains("| (82.00) |") && !line("grouped").contains("82.00"), "{markdown}");
    assert!(report.html().contains("Where this report says the paper, it means that one."));
    let without = GridReport::new(&results(Made { protocols: &["grouped"], ..made }), &context).unwrap();
    assert!(!without.markdown().contains("the paper"), "no line that it can be compared with");
}

#[test]
fn each_protocol_is_explained_without_another() {
    for protocol in ["published", "kfold", "grouped"] {
        let alone = match protocol {
            "published" => Made { protocols: &["published"], ..SMALL },
            "kfold" => Made { protocols: &["kfold"], ..SMALL },
            _ => Made { protocols: &["grouped"], ..SMALL },
        };
        let markdown = report(&results(alone)).markdown();
        let tested = markdown.split("## How was it tested?").nth(1).unwrap().split("## ").next().unwrap();
        for other in ["published", "kfold", "grouped", "paper"].into_iter().filter(|name| *name != protocol) {
            assert!(!tested.contains(other), "{other}: {tested}");
        }
    }
}

/// Cuts the tests of one protocol to one track of the first two genres.
fn cut(results: &mut GridResults, protocol: &str) {
    for cell in results.cells.iter_mut().filter(|cell| cell.cell.protocol.to_string() == protocol) {
        let mut left = [1, 1, 0];
        cell.tested.retain(|track| std::mem::take(&mut left[track.genre as usize]) == 1);
    }
}

#[test]
fn few_tracks_and_what_needs_no_listening_are_said_of_each_protocol() {
    let mut results = results(Made { protocols: &["published", "grouped"], ..SMALL });
    cut(&mut results, "published");
    let report = report(&results);
    for text in [report.html(), report.markdown()] {
        assert!(
            text.contains("Few tracks of gtzan were tested under published: 2 tracks in a run, 6 different")
        );
        assert!(text.contains(
            "Few tracks of gtzan were tested under grouped: 9 to 18 tracks in a run, 36 different"
        ));
        assert!(text.contains("Under published, 3 of 3 runs on gtzan tested no track of some genre (rock)"));
        assert!(!text.contains("Under grouped, "), "every test there has every genre");
    }
    let sets = parsed(&report)["test_sets"].clone();
    assert_eq!((&sets[0]["same_answer"], &sets[0]["frequent"]), (&json!(0.5), &json!("blues")));
    assert!(sets[1]["frequent"].is_null(), "all genres are tested as often");
    assert!((sets[1]["same_answer"].as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-12);
    assert!(report.markdown().contains("always answering blues, the genre that is tested most, for 50.00"));
    assert!(report.markdown().contains("guessing, or the same answer to every track, is right for 33.33"));
}

#[test]
fn a_line_of_networks_with_one_answer_is_marked_and_has_no_interval() {
    let mut results = results(SMALL);
    for cell in results.cells.iter_mut().take(3) {
        cell.tested.iter_mut().for_each(|track| track.probabilities = vec![0.8, 0.1, 0.1]);
    }
    cut(&mut results, "kfold"); // so that the genres are not tested alike
    let report = report(&results);
    assert!(
        report.markdown().contains("| bbnn | kfold | short | 3 | 50.00 | 0.00 | \u{2013} (one answer) |")
    );
    assert!(report.markdown().contains("| in 3 of 3 runs |"));
    assert!(report.html().contains("<td>in 3 of 3 runs</td>"));
    let line = parsed(&report)["lines"][0].clone();
    assert_eq!((&line["no_interval"], &line["interval"]), (&json!("one_answer"), &Value::Null));
}

#[test]
fn runs_that_all_come_out_alike_have_no_interval() {
    let report = report(&folds([[3, 3, 3], [2, 3, 1]]));
    let lines = parsed(&report)["lines"].clone();
    assert_eq!((&lines[0]["no_interval"], &lines[0]["interval"]), (&json!("all_alike"), &Value::Null));
    assert!(lines[1]["interval"].is_array());
    assert!(report.markdown().contains("\u{2013} (runs alike)"));
}

#[test]
fn networks_that_are_too_much_alike_are_not_tested_and_the_reason_is_given() {
    for (right, alike, reason) in [
        ([[2, 3, 1], [2, 3, 1]], "answers", "\u{2013} (same answers)"),
        ([[2, 3, 1], [3, 4, 2]], "differences", "\u{2013} (same difference)"),
    ] {
        let report = report(&folds(right));
        let pair = parsed(&report)["pairs"][0].clone();
        assert_eq!(pair["alike"], alike);
        assert_eq!((&pair["interval"], &pair["p_corrected_t"]), (&Value::Null, &Value::Null));
        let row = report.markdown();
        let row = row.lines().find(|line| line.starts_with("| proposed | bbnn |")).unwrap().to_owned();
        assert!(row.contains(&format!("| {reason} | \u{2013} |")), "{row}");
    }
    // The same accuracies, by other tracks: McNemar's test can tell.
    let mut results = folds([[2, 3, 1], [2, 3, 1]]);
    results.cells.iter_mut().skip(3).for_each(|cell| {
        let count = cell.tested.len();
        let swapped = cell.tested[0].probabilities.clone();
        cell.tested[0].probabilities = cell.tested[count - 1].probabilities.clone();
        cell.tested[count - 1].probabilities = swapped;
    });
    let pair = parsed(&report(&results))["pairs"][0].clone();
    assert_eq!((&pair["alike"], &pair["p_corrected_t"]), (&json!("accuracies"), &Value::Null));
    assert_eq!((&pair["mcnemar"]["p"], &pair["p_holm"]), (&json!(1.0), &json!(1.0)));
}

#[test]
fn a_network_is_described_and_the_next_by_what_it_changes() {
    let markdown = report(&results(SMALL)).markdown();
    let line = |name: &str| {
        markdown.lines().find(|line| line.starts_with(&format!("- Network {name}: "))).unwrap().to_owned()
    };
    assert!(
        line("bbnn")
            .contains("3 blocks of 4 branches of convolutions (1x1; 1x1 and 3x3; 1x1 and 5x5; a pool")
    );
    assert!(line("bbnn").contains("190,826 parameters."));
    let proposed = line("proposed");
    for change in
        ["as bbnn, but with 4 blocks instead of 3", "no 3x3 convolution in the second", "186,026 parameters."]
    {
        assert!(proposed.contains(change), "{proposed}");
    }
}

#[test]
fn a_recipe_and_a_dataset_are_explained_where_the_grid_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("grid.toml");
    let text = "variants = [\"bbnn\", \"proposed\"]\nrecipes = [\"short\"]\n[recipe.short]\nbase = \"paper\"\n\
                epochs = 20\nlr = 0.02\n[[dataset]]\nkind = \"synthetic\"\nname = \"gtzan\"\nroot = \".\"";
    std::fs::write(&file, text).unwrap();
    let context = ReportContext { grid: Some(Grid::read(&file).unwrap()), ..Default::default() };
    let markdown = GridReport::new(&results(SMALL), &context).unwrap().markdown();
    for told in [
        "Recipe short: at most 20 epochs",
        "in batches of 8",
        "a learning rate of 0.02",
        "ten invented styles",
        "30.0 s of sound at 22,050 Hz",
        "The tracks of gtzan are invented",
        "The tracks are invented, not music.",
    ] {
        assert!(markdown.contains(told), "{told}: {markdown}");
    }
    let unknown = report(&results(SMALL)).markdown();
    assert!(unknown.contains("- Recipe short.") && !unknown.contains("invented"));
}

#[test]
fn the_cost_is_that_of_every_pass_over_every_example() {
    let made = Made { networks: &["proposed"], protocols: &["kfold"], ..SMALL };
    let report = report(&results(made));
    let line = parsed(&report)["lines"][0].clone();
    let answer = layer_table(&Variant::Proposed.config(3), (647, 128)).unwrap().macs();
    // Three runs: two epochs over 12 training tracks, three passes each, and 12 of validation; a test of 12.
    let passes = 3 * (2 * (3 * 12 + 12) + 12);
    assert_eq!(line["multiply_adds"].as_f64().unwrap(), (passes * answer) as f64);
    assert_eq!((&line["epochs"], &line["training_steps"]), (&json!(6), &json!(240)));
    for text in [report.html(), report.markdown()] {
        assert!(text.contains("3 experiments with 6 epochs in all, 240 training steps"));
        assert!(text.contains("of work for one core") && text.contains("calculated from"));
    }
}

#[test]
fn the_words_of_the_opening_are_the_same_in_every_form() {
    let report = report(&results(SMALL));
    let (html, markdown, json) = (report.html(), report.markdown(), parsed(&report));
    let plain = |text: &str| text.replace('\\', "").replace("&#39;", "'").replace("&quot;", "\"");
    let (html, markdown) = (plain(&html), plain(&markdown));
    let mut told = vec![json["summary"].as_str().unwrap().to_owned()];
    for answer in json["answers"].as_array().unwrap() {
        told.push(answer["question"].as_str().unwrap().to_owned());
        for part in ["paragraphs", "points"] {
            let texts = answer[part].as_array().unwrap();
            told.extend(texts.iter().map(|text| text.as_str().unwrap().to_owned()));
        }
    }
    assert!(told.len() > 20, "{told:?}");
    for text in told {
        assert!(html.contains(&text) && markdown.contains(&text), "{text}");
    }
}

#[test]
fn a_probability_that_is_no_number_costs_the_calibration_alone() {
    let mut results = single();
    results.cells[0].tested[0].probabilities = vec![f64::NAN; 3];
    let report = report(&results);
    assert!(report.html().contains("Some probabilities are not numbers"));
    assert!(parsed(&report)["details"][0]["calibration"].is_null());
}

#[test]
fn a_result_whose_genre_is_not_among_its_labels_is_refused() {
    let mut results = single();
    results.cells[0].tested[0].genre = 3;
    assert!(GridReport::new(&results, &ReportContext::default()).is_err());
}

#[test]
fn every_network_of_the_papers_table_is_told_from_the_first() {
    let networks = &[
        "bbnn_recoded",
        "remove3x3",
        "replace5x5",
        "global_max",
        "dropout",
        "blocks1",
        "blocks2",
        "blocks5",
        "selu",
        "group_norm",
        "label_smoothing",
        "squeeze_excitation",
        "lstm",
        "inception_resnet",
        "xception",
    ];
    let made = Made { networks, protocols: &["kfold"], runs: 1, ..SMALL };
    let networks = parsed(&report(&results(made)))["networks"].clone();
    let about = |network: &Value| network["about"].as_str().unwrap().to_owned();
    for network in networks.as_array().unwrap().iter().skip(1) {
        assert!(about(network).starts_with("as bbnn_recoded, but with "), "{network}");
    }
    assert_eq!(about(&networks[5]), "as bbnn_recoded, but with 1 block instead of 3. 186,026 parameters.");
    assert!(about(&networks[9]).contains("with group instead of batch normalisation"));
}
