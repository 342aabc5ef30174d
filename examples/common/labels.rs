//! Datasets with the labels and groups that the user gives them.

use super::cli::Outcome;
use super::say::tell;
use mgc::datasets::{Dataset, GroupList, with_label_map};
use mgc_files::printable_path;
use std::path::Path;

/// Renames labels by pairs like `hip-hop=hiphop`.
pub(crate) fn relabelled(dataset: Box<dyn Dataset>, map: &[String]) -> Outcome<Box<dyn Dataset>> {
    if map.is_empty() {
        return Ok(dataset);
    }
    let pair = |text: &String| match text.rsplit_once('=') {
        Some((from, to)) if !from.trim().is_empty() && !to.trim().is_empty() => {
            Ok((from.to_owned(), to.to_owned()))
        }
        _ => Err(format!("--label-map {text}: expected LABEL=NAME, such as hip-hop=hiphop")),
    };
    let pairs: Vec<(String, String)> = map.iter().map(pair).collect::<Result<_, _>>()?;
    Ok(with_label_map(dataset, &pairs)?)
}

/// Reads a list of groups and tells which of its columns are used, where it has named columns.
pub(crate) fn read_groups(file: &Path) -> Outcome<GroupList> {
    let list = GroupList::read(file)?;
    if let Some((id, group)) = list.columns() {
        tell!("groups of {} tracks: column `{group}` by `{id}` of {}", list.len(), printable_path(file));
    }
    Ok(list)
}
