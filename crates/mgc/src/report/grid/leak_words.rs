//! What the difference between two protocols says, in words.

use super::dataset::Dataset;
use super::facts::Facts;
use super::leak::Leak;
use super::text::{counted, points, share};

/// States the least and the greatest proven leak of a dataset.
pub(super) fn leak_range(facts: &Facts, dataset: &Dataset) -> Option<String> {
    let proven = facts.leaks.iter().filter(|leak| leak.names.dataset == dataset.name && is_leak(leak));
    let mut sizes: Vec<f64> = proven.map(|leak| leak.difference).collect();
    sizes.sort_by(f64::total_cmp);
    let (least, most) = (points(*sizes.first()?), points(*sizes.last()?));
    let range = if least == most { most } else { format!("{least} to {most}") };
    Some(format!(
        "That is worth {range} percentage points on {}, as the same tracks show under the protocol grouped: see \
         the comparisons between protocols.",
        dataset.name
    ))
}

/// Returns whether the whole interval is above 0.
fn is_leak(leak: &Leak) -> bool {
    leak.interval.is_some_and(|(low, _)| low > 0.0)
}

pub(super) fn leak_sentence(leak: &Leak) -> String {
    let names = &leak.names;
    let size = leak.interval.map_or_else(String::new, |(low, high)| {
        format!(" (95\u{a0}% interval {} to {})", points(low), points(high))
    });
    let what = if is_leak(leak) {
        "So much of the accuracy comes from artists or recordings that the network knew from training."
    } else {
        "The interval includes 0: these results do not show that known artists helped."
    };
    format!(
        "On {}, {} ({}) names {} right under {} and {} with groups kept apart, on the same {}: a difference \
         of {} percentage points{size}. {what}",
        names.dataset,
        names.network,
        names.recipe,
        share(leak.mixed),
        names.protocol,
        share(leak.apart),
        counted(leak.tracks, "track"),
        points(leak.difference),
    )
}
