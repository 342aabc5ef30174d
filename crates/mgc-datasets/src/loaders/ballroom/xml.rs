//! The list of songs, `extendedballroom_v1.1.xml`.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use roxmltree::{Document, Node};

use crate::error::{Error, Result};

/// One song of the list.
#[derive(Debug)]
pub(super) struct Song {
    pub(super) id: String,
    pub(super) genre: usize,
    pub(super) md5: Option<String>,
    /// The kind of each link and the id of the linked song.
    pub(super) links: Vec<(String, String)>,
}

/// Reads the songs, in the order of the file.
pub(super) fn read(path: &Path, genres: &[(&str, usize)]) -> Result<Vec<Song>> {
    let bytes = fs::read(path).map_err(Error::io(path))?;
    let problem = |line, found: String, expected: &str| Error::Table {
        path: path.to_path_buf(),
        line,
        found,
        expected: expected.to_string(),
        rows: 0,
        last: None,
    };
    let text = str::from_utf8(&bytes).map_err(|error| problem(1, error.to_string(), "UTF-8"))?;
    let document = Document::parse(text).map_err(|error| {
        let line = match error {
            roxmltree::Error::UnclosedRootNode => text.lines().count() as u64, // roxmltree says line 1
            _ => error.pos().row.into(),
        };
        problem(line, error.to_string(), "well-formed XML; is the file cut off? Download it again")
    })?;
    let line = |node: Node| document.text_pos_at(node.range().start).row.into();
    let mut songs = Vec::new();
    let mut seen = HashSet::new();
    for class in elements(document.root_element()) {
        let name = class.tag_name().name();
        let genre = genres.iter().position(|(genre, _)| *genre == name);
        let genre =
            genre.ok_or_else(|| problem(line(class), format!("<{name}>"), "one of the 13 classes"))?;
        for node in elements(class).filter(|node| node.has_tag_name("song")) {
            let song = song(node, genre).ok_or_else(|| {
                problem(line(node), "a song without one".to_string(), "an id of letters and digits")
            })?;
            if !seen.insert(song.id.clone()) {
                return Err(problem(line(node), format!("song {} again", song.id), "every id once"));
            }
            songs.push(song);
        }
    }
    Ok(songs)
}

/// Returns a song, or `None` when its id is not alphanumeric, since the id becomes part of a path.
fn song(node: Node, genre: usize) -> Option<Song> {
    let id =
        node.attribute("id").filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric()));
    let link = |link: Node| Some((link.tag_name().name().to_string(), link.attribute("id")?.to_string()));
    Some(Song {
        id: id?.to_string(),
        genre,
        md5: node.attribute("hash").map(str::to_string),
        links: elements(node).filter_map(link).collect(),
    })
}

fn elements<'a, 'input>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(Node::is_element)
}
