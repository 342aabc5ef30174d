//! A part of a dataset keeps the order, the sides and at most so many tracks of each genre.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc_datasets::{
    Dataset, Info, Split, Synthetic, SyntheticConfig, Track, official, with_tracks_per_genre,
};
use proptest::prelude::*;

struct Songs(Vec<String>, Vec<Track>);

impl Dataset for Songs {
    fn info(&self) -> &Info {
        &Synthetic::INFO
    }

    fn genres(&self) -> &[String] {
        &self.0
    }

    fn tracks(&self) -> &[Track] {
        &self.1
    }
}

fn songs(genres: &[Option<usize>]) -> Box<Songs> {
    let song = |(index, &genre)| Track {
        id: format!("{index}"),
        genre,
        group: None,
        split: None,
        source: mgc_datasets::Source::Row(index),
    };
    let names = (0..3).map(|genre| format!("genre {genre}")).collect();
    Box::new(Songs(names, genres.iter().enumerate().map(song).collect()))
}

proptest! {
    #[test]
    fn each_genre_keeps_the_smaller_number_in_order_and_without_gaps_twice_as_long(
        genres in prop::collection::vec(prop::option::of(0..3usize), 0..200), most in 1..30usize,
    ) {
        let whole = songs(&genres);
        let counts = whole.counts();
        let of_genre = |genre| -> Vec<usize> {
            (0..genres.len()).filter(|&index| genres[index] == Some(genre)).collect()
        };
        let places: Vec<_> = (0..3).map(of_genre).collect();
        let part = with_tracks_per_genre(whole, most.try_into().unwrap());
        let expected: Vec<_> = counts.iter().map(|count| most.min(*count)).collect();
        prop_assert_eq!(part.counts(), expected);
        let rows: Vec<usize> = part.tracks().iter().map(|track| track.id.parse().unwrap()).collect();
        prop_assert!(rows.is_sorted());
        for (own, count) in places.iter().zip(counts) {
            let kept: Vec<_> = own.iter().enumerate().filter(|(_, row)| rows.contains(row)).collect();
            for pair in kept.windows(2) {
                prop_assert!(pair[1].0 - pair[0].0 <= count.div_ceil(most));
            }
        }
    }
}

#[test]
fn the_sides_of_an_official_split_keep_their_shares() {
    let root = tempfile::tempdir().unwrap();
    let corpus = SyntheticConfig { seconds: 0.5, ..Default::default() };
    let corpus = Synthetic::write(root.path(), &corpus, |_, _| ()).unwrap();
    let part = with_tracks_per_genre(Box::new(corpus), 12.try_into().unwrap());
    let sides = official(part.tracks()).unwrap();
    assert_eq!(Split::ALL.map(|side| sides.side(side).len()), [80, 20, 20]); // of 280, 60 and 100
}
