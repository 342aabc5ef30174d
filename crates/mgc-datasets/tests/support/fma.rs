//! A miniature of FMA's table: its 52 columns, its three rows of headers and its traps.

/// Groups of columns with their columns, in the order of the file.
const COLUMNS: [(&str, &str); 4] = [
    (
        "album",
        "comments date_created date_released engineer favorites id information listens producer tags title \
         tracks type",
    ),
    (
        "artist",
        "active_year_begin active_year_end associated_labels bio comments date_created favorites id latitude \
         location longitude members name related_projects tags website wikipedia_page",
    ),
    ("set", "split subset"),
    (
        "track",
        "bit_rate comments composer date_created date_recorded duration favorites genre_top genres \
         genres_all information interest language_code license listens lyricist number publisher tags title",
    ),
];

/// Id, artist, split, subset and genre of one row.
pub(crate) type Row<'a> = (u32, u32, &'a str, &'a str, &'a str);

/// The first five rows of the published table: ids, artists, sides and genres.
pub(crate) const FIRST: [Row; 5] = [
    (2, 1, "training", "small", "Hip-Hop"),
    (3, 1, "training", "medium", "Hip-Hop"),
    (5, 1, "training", "small", "Hip-Hop"),
    (10, 6, "validation", "small", "Pop"),
    (20, 4, "test", "large", ""),
];

pub(crate) fn table(rows: &[Row]) -> String {
    let columns: Vec<(&str, &str)> =
        COLUMNS.iter().flat_map(|(group, names)| names.split(' ').map(move |name| (*group, name))).collect();
    let line = |first: &str, field: &dyn Fn(&(&str, &str)) -> String| {
        let fields: Vec<String> = columns.iter().map(field).collect();
        format!("{first},{}\n", fields.join(","))
    };
    let mut table = line("", &|(group, _)| group.to_string());
    table += &line("", &|(_, name)| name.to_string());
    table += &line("track_id", &|_| String::new());
    for row in rows {
        table += &line(&row.0.to_string(), &|column| field(row, *column));
    }
    table
}

fn field(&(_, artist, split, subset, genre): &Row, column: (&str, &str)) -> String {
    match column {
        ("album", "id") => "77".to_string(),
        ("album", "tags") | ("track", "tags") => "[]".to_string(),
        ("artist", "id") => artist.to_string(),
        ("artist", "bio") => "\"<p>A \"\"quoted\"\", two-line\nbiography</p>\"".to_string(),
        ("artist", "members") => "\"Nicky Cook\n\"".to_string(),
        ("artist", "name") => "Ünïcode, 演歌".replace(',', " and"),
        ("set", "split") => split.to_string(),
        ("set", "subset") => subset.to_string(),
        ("track", "genre_top") => genre.to_string(),
        ("track", "genres") => "\"[76, 103]\"".to_string(),
        ("track", "title") => "A title".to_string(),
        _ => String::new(),
    }
}
