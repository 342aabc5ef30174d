//! Syncs a file to the disk in the background while it is still being written.

use std::fs::File;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// A thread that syncs a file whenever it is woken, so that little is left to sync at the end.
pub(super) struct Writeback {
    wake: SyncSender<()>,
    thread: JoinHandle<io::Result<()>>,
}

impl Writeback {
    pub(super) fn start(file: &File) -> io::Result<Self> {
        let file = file.try_clone()?;
        let (wake, woken) = sync_channel(1);
        let work = move || woken.iter().try_for_each(|()| file.sync_data());
        Ok(Self { wake, thread: thread::Builder::new().name("mgc writeback".into()).spawn(work)? })
    }

    /// Makes the thread sync the data written so far. Never waits: if the thread is busy, one more sync
    /// follows.
    pub(super) fn wake(&self) {
        let _ = self.wake.try_send(());
    }

    /// Waits for the sync in progress. Returns the error of any sync so far, since the system reports each
    /// only once.
    pub(super) fn stop(self) -> io::Result<()> {
        drop(self.wake);
        self.thread.join().unwrap_or_else(|_| Err(io::Error::other("the sync thread has panicked")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_was_never_or_often_woken_stops() {
        let file = tempfile::tempfile().unwrap();
        Writeback::start(&file).unwrap().stop().unwrap();
        let writeback = Writeback::start(&file).unwrap();
        (0..100).for_each(|_| writeback.wake());
        writeback.stop().unwrap();
    }

    /// The reading end of a socket cannot be synced: stands for a disk that fails.
    #[test]
    #[cfg(unix)]
    fn a_failure_to_sync_is_told_in_the_end() {
        let (socket, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        let file = File::from(std::os::fd::OwnedFd::from(socket));
        let writeback = Writeback::start(&file).unwrap();
        writeback.wake();
        assert!(writeback.stop().is_err());
    }
}
