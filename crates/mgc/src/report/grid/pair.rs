//! Comparisons of two networks on the same splits.

use super::line::{Line, Names, SAME};
use crate::error::Result;
use crate::grid::{CellResult, GridResults};
use mgc_train::{CONFIDENCE_LEVEL, corrected_t_test, holm, mcnemar};
use serde::Serialize;
use std::collections::BTreeMap;

/// A network compared with the first of the same dataset, protocol and recipe.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Pair {
    #[serde(flatten)]
    pub(super) names: Names,
    /// The network that it is compared with.
    pub(super) first: String,
    /// The number of splits, or of seeds of the only split.
    pub(super) matched: usize,
    /// Mean accuracy less that of the first network.
    pub(super) difference: Option<f64>,
    /// Whether both networks came out too much alike for a test.
    pub(super) alike: Option<Alike>,
    /// Of the corrected resampled t-test; `None` for fewer than two splits, or for the same difference in all.
    pub(super) interval: Option<(f64, f64)>,
    pub(super) p_corrected_t: Option<f64>,
    /// `None` when a track was tested more than once.
    pub(super) mcnemar: Option<Discordant>,
    /// The p value of the t-test or, where there is none, of McNemar's, adjusted for all comparisons.
    pub(super) p_holm: Option<f64>,
}

/// How two networks are alike, so that a test has nothing to go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Alike {
    /// Both gave every track the same genre as the other.
    Answers,
    /// Both have the same accuracy in every split.
    Accuracies,
    /// Their accuracies differ by the same in every split.
    Differences,
}

impl Alike {
    /// Says what is the same, in a word.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Accuracies => "accuracy",
            Self::Differences => "difference",
        }
    }
}

/// McNemar's test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Discordant {
    pub(super) only_this: usize,
    pub(super) only_first: usize,
    /// `None` where no track was right for one network alone.
    pub(super) p: Option<f64>,
}

pub(super) fn pairs(results: &GridResults, lines: &[Line]) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for line in lines {
        let first = lines.iter().find(|other| other.names.beside(&line.names));
        if let Some(first) = first.filter(|first| first.names != line.names) {
            pairs.push(pair(results, line, first)?);
        }
    }
    adjust(&mut pairs)?;
    Ok(pairs)
}

fn adjust(pairs: &mut [Pair]) -> Result<()> {
    let p = |pair: &Pair| pair.p_corrected_t.or(pair.mcnemar.and_then(|test| test.p));
    let adjusted = holm(&pairs.iter().filter_map(p).collect::<Vec<_>>())?;
    let tested = pairs.iter_mut().filter(|pair| p(pair).is_some());
    tested.zip(adjusted).for_each(|(pair, p)| pair.p_holm = Some(p));
    Ok(())
}

fn pair(results: &GridResults, line: &Line, first: &Line) -> Result<Pair> {
    let (of_this, of_first) = (line.names.cells(results), first.names.cells(results));
    let matched: Vec<_> = of_this
        .into_iter()
        .filter_map(|this| Some((this, *of_first.iter().find(|that| same(this, that))?)))
        .collect();
    let (this, that) = by_split(&matched)?;
    let ratio = line.test_to_train.max(first.test_to_train);
    let alike = alike(&matched, &this, &that);
    let test = corrected_t_test(&this, &that, ratio).ok().filter(|_| alike.is_none());
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    Ok(Pair {
        names: line.names.clone(),
        first: first.names.network.clone(),
        matched: this.len(),
        difference: (!this.is_empty()).then(|| mean(&this) - mean(&that)),
        alike,
        interval: test.and_then(|test| test.interval(CONFIDENCE_LEVEL).ok()),
        p_corrected_t: test.map(|test| test.p_value),
        mcnemar: discordant(&matched)?,
        p_holm: None,
    })
}

/// Says how the networks are alike in all of several splits, or in the answer to every track.
fn alike(matched: &[(&CellResult, &CellResult)], this: &[f64], that: &[f64]) -> Option<Alike> {
    let answers = |cell: &CellResult| -> Vec<_> {
        cell.tested.iter().map(|track| (track.id.clone(), track.predicted())).collect()
    };
    if !matched.is_empty() && matched.iter().all(|(this, that)| answers(this) == answers(that)) {
        return Some(Alike::Answers);
    }
    let differences: Vec<f64> = this.iter().zip(that).map(|(this, that)| this - that).collect();
    let least = differences.iter().copied().reduce(f64::min)?;
    let most = differences.iter().copied().reduce(f64::max)?;
    match (differences.len(), most - least < SAME, most.abs().max(least.abs()) < SAME) {
        (1, ..) | (_, false, _) => None,
        (_, _, true) => Some(Alike::Accuracies),
        _ => Some(Alike::Differences),
    }
}

fn same(this: &CellResult, that: &CellResult) -> bool {
    this.cell.run == that.cell.run && this.cell.seed == that.cell.seed
}

/// Returns both networks' accuracies of each split. Seeds of one split are not independent and are averaged,
/// unless there is only one split.
fn by_split(matched: &[(&CellResult, &CellResult)]) -> Result<(Vec<f64>, Vec<f64>)> {
    let several = matched.iter().any(|(this, _)| this.cell.run != matched[0].0.cell.run);
    let mut splits = BTreeMap::<(usize, u64), (f64, f64, f64)>::new();
    for (this, that) in matched {
        let split = (this.cell.run, if several { 0 } else { this.cell.seed });
        let sums = splits.entry(split).or_default();
        sums.0 += this.confusion()?.accuracy();
        sums.1 += that.confusion()?.accuracy();
        sums.2 += 1.0;
    }
    Ok(splits.into_values().map(|(this, that, seeds)| (this / seeds, that / seeds)).unzip())
}

/// Compares the answers to each track, if none was tested twice and both networks were tested on the same.
fn discordant(matched: &[(&CellResult, &CellResult)]) -> Result<Option<Discordant>> {
    let mut answers = BTreeMap::new();
    for (this, that) in matched {
        if this.tested.len() != that.tested.len() {
            return Ok(None);
        }
        for (one, other) in this.tested.iter().zip(&that.tested) {
            let right = (one.predicted() == one.genre, other.predicted() == other.genre);
            if one.id != other.id || answers.insert(&one.id, right).is_some() {
                return Ok(None);
            }
        }
    }
    let (this, that): (Vec<bool>, Vec<bool>) = answers.into_values().unzip();
    if this.is_empty() {
        return Ok(None);
    }
    let test = mcnemar(&this, &that)?;
    let p = (test.only_first + test.only_second > 0).then_some(test.p_value);
    Ok(Some(Discordant { only_this: test.only_first, only_first: test.only_second, p }))
}
