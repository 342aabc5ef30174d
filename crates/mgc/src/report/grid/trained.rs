//! What was trained, and on what, in words.

use super::dataset::Dataset;
use super::facts::Facts;
use super::text::{count, counted, list};

/// Says what the networks learnt, and whose they are.
pub(super) fn trained(facts: &Facts) -> Vec<String> {
    let networks = facts.different(|line| &line.names.network);
    let trained = format!(
        "{} learnt to name the genre of a track from its spectrogram, a picture of how loud each pitch is over \
         time, and from the genres that people gave to other tracks.",
        counted(networks.len(), "network"),
    );
    let paper = facts.has_paper().then(|| {
        "The networks are those of a paper: Heakl et al. (2022), A Study on Broadcast Networks for Music \
         Genre Classification. Where this report says the paper, it means that one."
            .to_owned()
    });
    std::iter::once(trained).chain(paper).collect()
}

/// Describes datasets, networks and recipes.
pub(super) fn parts(facts: &Facts) -> Vec<String> {
    let described = |kind: &str, name: &str, about: &Option<String>| match about {
        Some(about) => format!("{kind} {name}: {}", sentence_end(about)),
        None => format!("{kind} {name}."),
    };
    let networks = facts.networks.iter().map(|network| described("Network", &network.name, &network.about));
    let recipes = facts.recipes.iter().map(|recipe| described("Recipe", &recipe.name, &recipe.about));
    facts.datasets.iter().map(dataset).chain(networks).chain(recipes).collect()
}

fn sentence_end(text: &str) -> String {
    if text.ends_with('.') { text.into() } else { format!("{text}.") }
}

fn dataset(dataset: &Dataset) -> String {
    let about = dataset.about.as_ref().map_or_else(String::new, |about| format!("{about}. Here: "));
    let groups = match dataset.groups {
        0 => "whose artists or recordings are not noted".into(),
        groups => format!("with {} (artists, recordings or copies) noted", counted(groups, "group")),
    };
    let left = match dataset.left_out {
        0 => String::new(),
        left => format!(" {} left out.", counted(left, "track")),
    };
    let (frames, bands) = dataset.shape;
    let sound = dataset.sound.map_or_else(String::new, |(seconds, rate)| {
        format!(", {seconds:.1} s of sound at {} Hz", count(u64::from(rate)))
    });
    format!(
        "Dataset {}: {about}{} of {} ({}), {groups}.{left} A network hears {frames} moments of {bands} pitch bands at \
         a time{sound}.",
        dataset.name,
        counted(dataset.tracks, "track"),
        counted(dataset.labels.len(), "genre"),
        list(&dataset.labels),
    )
}
