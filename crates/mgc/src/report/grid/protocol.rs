//! Protocols in plain words.

/// From the one whose accuracies carry over to new music best to the one where they do so least.
const BY_STRICTNESS: [&str; 4] = ["grouped", "official", "kfold", "published"];

/// Returns how tracks are divided, in one sentence or two.
pub(super) fn sentence(protocol: &str) -> String {
    match protocol {
        "published" => {
            "In every run the tracks are divided anew at random, the same share of each genre for \
                        training, validation and test. A track can be tested in several runs or in none, and \
                        tracks of one artist can lie on both sides. The paper calls this 10-fold validation."
                .into()
        }
        "kfold" => {
            "The tracks are divided into as many parts as there are runs, and each part is tested once \
                    by a network trained on others. Tracks of one artist can lie on both sides."
                .into()
        }
        "grouped" => {
            "As kfold, but all tracks of one group (an artist, a recording, copies of a track) lie on \
                      the same side: a network is tested on artists that it has not heard."
                .into()
        }
        "official" => "The division that the dataset comes with; there is only this one.".into(),
        other => format!("The tracks are divided by the protocol {other}."),
    }
}

/// Returns how a network was tested, in a few words; `groups` says whether groups are known.
pub(super) fn circumstance(protocol: &str, groups: bool) -> &'static str {
    match protocol {
        "published" => "over repeated random splits",
        "grouped" if groups => "tested on artists that it had not heard",
        "kfold" | "grouped" => "with every track tested once",
        "official" => "on the dataset's own division",
        _ => "as described below",
    }
}

/// Returns the place of a protocol, the strictest first.
pub(super) fn rank(protocol: &str) -> usize {
    BY_STRICTNESS.iter().position(|name| *name == protocol).unwrap_or(BY_STRICTNESS.len())
}
