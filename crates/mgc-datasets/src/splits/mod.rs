//! Training, validation and test sets over whole tracks, and reports of their leaks.

mod folds;
mod group_list;
mod groups;
mod indices;
mod list_columns;
mod list_names;
mod report;
mod split;
mod stratify;
mod tag_leaks;

pub use folds::{FoldConfig, k_fold};
pub use group_list::GroupList;
pub use groups::{apply_groups, with_groups};
pub use indices::SplitIndices;
pub use report::SplitReport;
pub use split::{SplitConfig, official, repeated, split};
pub use tag_leaks::crossing_tags;
