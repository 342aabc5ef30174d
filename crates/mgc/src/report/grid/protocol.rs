//! Protocols in plain words.

/// From the one whose accuracies carry over to new music best to the one where they do so least.
const BY_STRICTNESS: [&str; 4] = ["grouped", "official", "kfold", "published"];

/// Returns how tracks are divided, in a few sentences that need no other protocol.
pub(super) fn sentence(protocol: &str) -> String {
    match protocol {
        "published" => {
            "In every run the tracks are divided anew at random, 8 in 10 of each genre for training, 1 to \
             choose the best epoch (validation), 1 for the test. A track can be tested in several runs or in none, and tracks of one \
             artist can lie on both sides."
                .into()
        }
        "kfold" => {
            "The tracks are divided at random into as many parts as there are runs. Every run tests another part, \
             chooses the best epoch on the next one and trains on the others, so each track is tested once. Tracks \
             of one artist can lie on both sides."
                .into()
        }
        "grouped" => {
            "The tracks are divided into as many parts as there are runs. Every run tests another part, chooses the \
             best epoch on the next one and trains on the others, so each track is tested once. All tracks of one \
             group (an artist, a recording, copies of a track) lie in the same part: a network is tested on artists \
             that it has not heard."
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
