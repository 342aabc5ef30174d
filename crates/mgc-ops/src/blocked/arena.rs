//! Free buffers that wait for the next pass: new memory costs a page fault every 4 KiB, a tenth of a training
//! step.

use crate::kernels::allocator::prefer_huge_pages;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

/// Free buffers of the length that each thread asked for last.
///
/// So threads that work on maps of different sizes keep each other's buffers, and one thread keeps one size
/// at most.
pub(super) struct Arena<T>(Mutex<Shelf<T>>);

struct Shelf<T> {
    free: Vec<Vec<T>>,
    /// The length that each thread asked for last.
    wanted: Vec<(ThreadId, usize)>,
}

impl<T: Copy> Arena<T> {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Shelf { free: Vec::new(), wanted: Vec::new() }))
    }

    fn lock(&self) -> MutexGuard<'_, Shelf<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a buffer that still holds what its last user wrote, or a new one filled with `blank`.
    pub(super) fn take(&self, thread: ThreadId, len: usize, blank: T) -> Vec<T> {
        let mut shelf = self.lock();
        let unwanted = shelf.want(thread, len);
        let used =
            shelf.free.iter().position(|buffer| buffer.len() == len).map(|i| shelf.free.swap_remove(i));
        drop(shelf);
        drop(unwanted); // not under the lock
        used.unwrap_or_else(|| {
            let mut buffer = Vec::with_capacity(len);
            prefer_huge_pages(&mut buffer);
            buffer.resize(len, blank);
            buffer
        })
    }

    /// Takes a buffer back, or frees it when no thread asked for its length last.
    pub(super) fn put(&self, buffer: Vec<T>) {
        let mut shelf = self.lock();
        if shelf.is_wanted(buffer.len()) {
            shelf.free.push(buffer);
        } else {
            drop(shelf);
            drop(buffer); // not under the lock
        }
    }

    /// Frees what only this thread asked for.
    pub(super) fn forget(&self, thread: ThreadId) {
        let mut shelf = self.lock();
        shelf.wanted.retain(|(other, _)| *other != thread);
        let unwanted = shelf.unwanted();
        drop(shelf);
        drop(unwanted); // not under the lock
    }

    /// Frees all buffers that are not in use; those in use are freed when they are dropped.
    pub(super) fn release(&self) {
        let mut shelf = self.lock();
        shelf.wanted.clear();
        let free = std::mem::take(&mut shelf.free);
        drop(shelf);
        drop(free); // not under the lock
    }
}

impl<T> Shelf<T> {
    /// Notes what a thread asks for and returns the buffers that no thread wants any more.
    fn want(&mut self, thread: ThreadId, len: usize) -> Vec<Vec<T>> {
        match self.wanted.iter_mut().find(|(other, _)| *other == thread) {
            Some((_, last)) if *last == len => return vec![],
            Some((_, last)) => *last = len,
            None => self.wanted.push((thread, len)),
        }
        self.unwanted()
    }

    fn is_wanted(&self, len: usize) -> bool {
        self.wanted.iter().any(|(_, wanted)| *wanted == len)
    }

    fn unwanted(&mut self) -> Vec<Vec<T>> {
        let Self { free, wanted } = self;
        free.extract_if(.., |buffer| wanted.iter().all(|(_, len)| *len != buffer.len())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Arena;
    use std::sync::Barrier;
    use std::thread::{current, scope};

    /// The lengths of the free buffers.
    fn free(arena: &Arena<u8>) -> Vec<usize> {
        arena.lock().free.iter().map(Vec::len).collect()
    }

    #[test]
    fn two_threads_with_maps_of_two_sizes_keep_their_buffers() {
        let (arena, barrier) = (Arena::new(), Barrier::new(2));
        let work = |len: usize, mark: u8| {
            arena.put(arena.take(current().id(), len, mark));
            barrier.wait();
            // Whichever thread comes second here has seen the other one ask for its size.
            for _ in 0..100 {
                let buffer = arena.take(current().id(), len, 0);
                assert_eq!(buffer, vec![mark; len], "the buffer of this thread was freed");
                arena.put(buffer);
            }
            barrier.wait();
            arena.forget(current().id());
        };
        scope(|scope| {
            scope.spawn(|| work(3, 7));
            scope.spawn(|| work(5, 9));
        });
        assert!(free(&arena).is_empty(), "a thread that ends leaves nothing");
    }

    #[test]
    fn one_thread_keeps_the_buffers_of_one_size() {
        let (arena, thread) = (Arena::new(), current().id());
        let [small, other] = [3, 3].map(|len| arena.take(thread, len, 0u8));
        arena.put(small);
        let large = arena.take(thread, 5, 0);
        assert!(free(&arena).is_empty());
        arena.put(other); // of a size that is no longer asked for
        arena.put(large);
        assert_eq!(free(&arena), [5]);
    }

    #[test]
    fn a_released_arena_holds_nothing_and_takes_nothing_back() {
        let (arena, thread) = (Arena::new(), current().id());
        let [used, unused] = [4, 4].map(|len| arena.take(thread, len, 0u8));
        arena.put(unused);
        arena.release();
        assert!(free(&arena).is_empty());
        arena.put(used);
        assert!(free(&arena).is_empty());
        arena.put(arena.take(thread, 4, 0));
        assert_eq!(free(&arena), [4], "the next pass keeps its buffers again");
    }
}
