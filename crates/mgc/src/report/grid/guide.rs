//! How to read a report.

use super::facts::Facts;

/// Returns what a reader needs to know, each a term and its explanation.
pub(super) fn guide(facts: &Facts) -> Vec<(&'static str, String)> {
    let mut guide = vec![
        (
            "Mean, not best",
            "A network is judged by the mean of its runs. The best of n runs is a lucky one: of enough runs, \
             some look good by chance. It is printed only because papers often print it."
                .to_owned(),
        ),
        (
            "Interval",
            "The mean would come out differently with other splits and other initial weights. The 95\u{a0}% \
             interval is the range in which the true mean plausibly lies. Two intervals that overlap do not \
             prove that two networks are equal; the paired comparisons ask that question."
                .to_owned(),
        ),
        (
            "Leak",
            "Tracks of one artist, album or recording sound alike. When some of them are used for training and \
             others for the test, the network can recognise the artist in place of the genre, and the accuracy \
             may be too high for artists it has not heard. The protocol grouped prevents this where groups are known."
                .to_owned(),
        ),
        (
            "p value",
            "How often chance alone would make a difference at least as large if two networks were equally \
             good. A large p does not show that they are equal."
                .to_owned(),
        ),
        (
            "Calibration",
            "Of answers given with a probability of 80\u{a0}%, 80 in 100 should be right. The expected \
             calibration error is the mean distance from that; with few tracks it is above 0 even for an \
             honest network."
                .to_owned(),
        ),
    ];
    if facts.quick {
        let quick =
            "Training, data or both were cut down in every experiment of this report. All its figures show that the \
                     program works; none shows how good a network is."
                .to_owned();
        guide.insert(0, ("Quick run", quick));
    }
    guide
}
