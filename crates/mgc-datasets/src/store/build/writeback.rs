//! Writing a file to the disk behind the back of those who still add to it.

use std::fs::File;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// A thread that syncs a file whenever it is woken, so that little is left to sync in the end.
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

    /// Has the thread sync what is there by now. Never waits: at work, it notes one more round.
    pub(super) fn wake(&self) {
        let _ = self.wake.try_send(());
    }

    /// Waits for the round under way; tells whether one has failed, as the system reports that only once.
    pub(super) fn stop(self) -> io::Result<()> {
        drop(self.wake);
        self.thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread that syncs has panicked")))
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
