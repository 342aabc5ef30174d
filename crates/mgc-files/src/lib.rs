#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod check;
mod printable;
mod replace;
mod target;

pub use check::{check_folder, check_writable, same_file};
pub use printable::{printable, printable_path};
pub use replace::{replace, replace_bytes};
