//! Extended Ballroom of Marchand and Peeters (2016): 13 dances of 30 s excerpts.

mod links;
mod xml;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use links::LinkKinds;

use crate::catalog::{Checksum, Dataset, Info, Inventory, Source, Track};
use crate::error::Result;
use crate::loaders::files::{folder_and_those_in_it, is_file, is_open_folder, only, wrong_layout};
use xml::Song;

const LIST: &str = "extendedballroom_v1.1.xml";

/// Extended Ballroom: the list `extendedballroom_v1.1.xml` and the clips `<Class>/<id>.mp3`, each at the
/// root or one folder below it.
///
/// The tracks are the listed songs that have a file, in the order of the list. Songs that the list links
/// (the same recording, another tempo, karaoke, another version) form one group, however many links apart
/// and whether or not the songs between have a file. The group is named by its smallest id. A part of the
/// classes opens as well; they keep their 13 indices, alphabetical as in the published checkpoints.
///
/// ```
/// # fn main() -> Result<(), mgc_datasets::Error> {
/// use mgc_datasets::{Dataset, ExtendedBallroom};
///
/// let root = tempfile::tempdir().unwrap();
/// let list = r#"<ballroom><Waltz>
///     <song id="100601" title="Morning Song"/>
///     <song id="102902" title="Hers &amp; his"><version id="100601"/></song>
/// </Waltz></ballroom>"#;
/// std::fs::write(root.path().join("extendedballroom_v1.1.xml"), list).unwrap();
/// std::fs::create_dir(root.path().join("Waltz")).unwrap();
/// std::fs::write(root.path().join("Waltz/102902.mp3"), "").unwrap();
///
/// let ballroom = ExtendedBallroom::open(root.path())?;
/// assert_eq!(ballroom.tracks().len(), 1);
/// assert_eq!(ballroom.tracks()[0].group.as_deref(), Some("100601"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ExtendedBallroom {
    folder: PathBuf,
    genres: Vec<String>,
    tracks: Vec<Track>,
    absent: Vec<(usize, String)>,
    checksums: BTreeMap<String, Checksum>,
}

impl ExtendedBallroom {
    /// The description of Extended Ballroom.
    pub const INFO: Info = Info {
        name: "extended-ballroom",
        about: "13 ballroom dances, 4,180 excerpts of 30 s, mp3",
        layout: "extendedballroom_v1.1.xml and files <Class>/<id>.mp3 such as Waltz/100601.mp3, each at \
                 the root or one folder below it",
        genres: &[
            ("Chacha", 455),
            ("Foxtrot", 507),
            ("Jive", 350),
            ("Pasodoble", 53),
            ("Quickstep", 497),
            ("Rumba", 470),
            ("Salsa", 47),
            ("Samba", 468),
            ("Slowwaltz", 65),
            ("Tango", 464),
            ("Viennesewaltz", 252),
            ("Waltz", 529),
            ("Wcswing", 23),
        ],
        clip_seconds: Some(30),
        citation: "U. Marchand, G. Peeters: The Extended Ballroom dataset. ISMIR 2016, late-breaking demos",
        licence: "see the homepage",
        homepage: "http://anasynth.ircam.fr/home/media/ExtendedBallroom",
        notes: "the archive holds the list and a script that downloads the audio; no official split; groups \
                are linked duplicates and versions (3,727); classes are uneven (23 to 529): report macro F1",
    };

    /// Reads the list and finds the clips; [all kinds of links](LinkKinds::All) make groups.
    ///
    /// ```
    /// use mgc_datasets::ExtendedBallroom;
    ///
    /// let root = tempfile::tempdir().unwrap();
    /// let error = ExtendedBallroom::open(root.path()).unwrap_err();
    /// assert!(error.to_string().contains("no extendedballroom_v1.1.xml"));
    /// ```
    ///
    /// # Errors
    /// [`Error::Layout`](crate::Error::Layout) when the list or every clip is absent,
    /// [`Error::Table`](crate::Error::Table) when the list is not XML, has an unknown class, a song without
    /// an id or a song twice, [`Error::Io`](crate::Error::Io) when a file cannot be read.
    pub fn open(root: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(root, LinkKinds::All)
    }

    /// Reads the list and finds the clips; links of these kinds make groups.
    ///
    /// ```
    /// # fn main() -> Result<(), mgc_datasets::Error> {
    /// use mgc_datasets::{Dataset, ExtendedBallroom, LinkKinds};
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let root = folder.path();
    /// # let list = r#"<ballroom><Waltz><song id="2"><version id="1"/></song></Waltz></ballroom>"#;
    /// # std::fs::write(root.join("extendedballroom_v1.1.xml"), list).unwrap();
    /// # std::fs::create_dir(root.join("Waltz")).unwrap();
    /// # std::fs::write(root.join("Waltz/2.mp3"), "").unwrap();
    /// let all = ExtendedBallroom::open_with(root, LinkKinds::All)?;
    /// assert_eq!(all.tracks()[0].group.as_deref(), Some("1")); // song 2 is a version of song 1
    /// let exact = ExtendedBallroom::open_with(root, LinkKinds::Exact)?;
    /// assert_eq!(exact.tracks()[0].group.as_deref(), Some("2"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The same as [`open`](Self::open).
    pub fn open_with(root: impl AsRef<Path>, links: LinkKinds) -> Result<Self> {
        let root = root.as_ref();
        let folders = folder_and_those_in_it(root)?;
        let lists = only(folders.iter().map(|folder| folder.join(LIST)).collect(), is_file)?;
        let Some(list) = lists.into_iter().next() else {
            return Err(wrong_layout(&Self::INFO, root, "no extendedballroom_v1.1.xml"));
        };
        let songs = xml::read(&list, Self::INFO.genres)?;
        let classes = |folder: &Path| Self::INFO.genres.iter().map(|(class, _)| folder.join(class)).collect();
        let has_class = |folder: &Path| Ok(!only(classes(folder), is_open_folder)?.is_empty());
        let has_clip = |folder: &Path| songs.iter().any(|song| clip(folder, song).is_file());
        match only(folders, has_class)?.iter().find(|folder| has_clip(folder)) {
            Some(folder) => Ok(Self::describe(folder, &songs, links)),
            None => Err(wrong_layout(&Self::INFO, root, "the list, but none of its clips")),
        }
    }

    fn describe(folder: &Path, songs: &[Song], links: LinkKinds) -> Self {
        let groups = links::groups(songs, links);
        let (present, absent): (Vec<&Song>, Vec<&Song>) =
            songs.iter().partition(|song| clip(folder, song).is_file());
        let track = |song: &&Song| Track {
            id: song.id.clone(),
            genre: Some(song.genre),
            group: groups.get(song.id.as_str()).map(|group| group.to_string()),
            split: None,
            source: Source::Audio(clip(folder, song)),
        };
        let checksum = |song: &&Song| Some((song.id.clone(), Checksum::Md5(song.md5.clone()?)));
        Self {
            folder: folder.to_path_buf(),
            genres: Self::INFO.genre_names(),
            tracks: present.iter().map(track).collect(),
            absent: absent.iter().map(|song| (song.genre, song.id.clone())).collect(),
            checksums: present.iter().filter_map(checksum).collect(),
        }
    }
}

impl Dataset for ExtendedBallroom {
    fn info(&self) -> &Info {
        &Self::INFO
    }

    fn genres(&self) -> &[String] {
        &self.genres
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// A class without any clip is listed once, as missing.
    fn inventory(&self) -> Result<Inventory> {
        let counts = self.counts();
        let empty: BTreeSet<usize> =
            self.absent.iter().map(|(genre, _)| *genre).filter(|&genre| counts[genre] == 0).collect();
        let whole =
            empty.iter().map(|&genre| (self.genres[genre].clone(), "no clip of this class".to_string()));
        let single = self.absent.iter().filter(|(genre, _)| counts[*genre] > 0);
        let single = single.map(|(genre, id)| (id.clone(), format!("no {}/{id}.mp3", self.genres[*genre])));
        Ok(Inventory {
            folder: Some(self.folder.clone()),
            missing: whole.chain(single).collect(),
            checksums: self.checksums.clone(),
            ..Inventory::default()
        })
    }
}

fn clip(folder: &Path, song: &Song) -> PathBuf {
    let (class, _) = ExtendedBallroom::INFO.genres[song.genre];
    folder.join(class).join(format!("{}.mp3", song.id))
}
