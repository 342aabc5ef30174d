//! Lines to the user. A reader that goes away (`| head`) ends the printing, not the work, and nothing here
//! panics.

use super::text::printable_lines;
use std::fmt::Arguments;
use std::io::{ErrorKind, Write, stderr, stdout};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Standard output carries a product (`--csv -`), so lines for people go to the error stream.
static ASIDE: AtomicBool = AtomicBool::new(false);
/// Nobody reads standard output any more, or it cannot be written.
static OVER: AtomicBool = AtomicBool::new(false);
/// Some of it was lost, and no reader had gone away.
static LOST: AtomicBool = AtomicBool::new(false);

/// `println!` that never panics.
macro_rules! say {
    ($($text:tt)*) => { $crate::common::say::line(format_args!($($text)*)) };
}
/// `eprintln!` that never panics.
macro_rules! tell {
    ($($text:tt)*) => { $crate::common::say::aside(format_args!($($text)*)) };
}
pub(crate) use {say, tell};

pub(crate) fn line(text: Arguments<'_>) {
    match ASIDE.load(Relaxed) {
        true => aside(text),
        false => product(format!("{}\n", printable_lines(&text.to_string())).as_bytes()),
    }
}

pub(crate) fn aside(text: Arguments<'_>) {
    // In one piece, and where even this cannot be said there is nobody to tell.
    let _ = stderr().write_all(format!("{}\n", printable_lines(&text.to_string())).as_bytes());
}

/// Writes to standard output what other programs read, as it is.
pub(crate) fn product(bytes: &[u8]) {
    if OVER.load(Relaxed) {
        return;
    }
    let mut out = stdout().lock();
    if let Err(error) = out.write_all(bytes).and_then(|()| out.flush()) {
        OVER.store(true, Relaxed);
        if error.kind() != ErrorKind::BrokenPipe {
            LOST.store(true, Relaxed);
            tell!("error: standard output: {error}");
        }
    }
}

/// From now on only [`product`] writes to standard output.
pub(crate) fn keep_for_product() {
    ASIDE.store(true, Relaxed);
}

/// Whether some output was lost, to a full disk for instance; a reader that went away had enough.
pub(crate) fn lost() -> bool {
    LOST.load(Relaxed)
}
