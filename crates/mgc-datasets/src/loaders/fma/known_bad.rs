//! Clips that are broken in the published archives, from the wiki of FMA and its issue 8.

/// Track id and fault of each clip.
pub(super) const CLIPS: &[(&str, &str)] = &[
    // small
    ("098565", "published 1.6 s long"),
    ("098567", "published 0.5 s long"),
    ("098569", "published 1.5 s long"),
    ("099134", EMPTY),
    ("108925", EMPTY),
    ("133297", EMPTY),
    // also in medium
    ("001486", EMPTY),
    ("005574", EMPTY),
    ("065753", EMPTY),
    ("080391", EMPTY),
    ("098558", EMPTY),
    ("098559", EMPTY),
    ("098560", EMPTY),
    ("098566", "published 6.2 s long"),
    ("098568", "published 6.6 s long"),
    ("098571", EMPTY),
    ("105247", EMPTY),
    ("108924", "published 27.4 s long"),
    ("126981", EMPTY),
    ("127336", EMPTY),
    ("143992", EMPTY),
];

const EMPTY: &str = "published without sound";
