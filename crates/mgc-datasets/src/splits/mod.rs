//! Training, validation and test sets over whole tracks, and reports of their leaks.

mod folds;
mod group_list;
mod indices;
mod list_columns;
mod list_match;
mod list_names;
mod list_row;
mod protocol;
mod register;
mod report;
mod split;
mod stratify;
mod tag_leaks;

pub use folds::{FoldConfig, k_fold};
pub use group_list::GroupList;
pub use indices::SplitIndices;
pub use protocol::Protocol;
pub use report::SplitReport;
pub use split::{SplitConfig, official, repeated, split};
pub use tag_leaks::crossing_tags;
