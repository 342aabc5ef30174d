//! The progress of a build, with the time that remains.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The progress of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Progress {
    /// Number of finished tracks.
    pub done: usize,
    /// Number of all tracks.
    pub total: usize,
    /// Number of finished tracks that were decoded and transformed.
    pub computed: usize,
    /// Number of finished tracks whose row already existed.
    pub reused: usize,
    /// Number of finished tracks that could not be used.
    pub skipped: usize,
    /// Time since the build began.
    pub elapsed: Duration,
    /// Time that remains at the pace of the last tracks; `None` before the second track.
    pub remaining: Option<Duration>,
}

/// The way in which one track was finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Computed,
    /// Found in the cache, or given by the dataset as a finished row.
    Reused,
    /// Found in the published file.
    Published,
    Skipped,
}

/// Counts the tracks of all threads and reports to the caller, one at a time.
pub(super) struct Counter<F>(Mutex<State<F>>);

struct State<F> {
    progress: Progress,
    start: Instant,
    /// The times at which the last tracks were finished. A resumed build is fast at first, on existing rows,
    /// and then slows down.
    last: VecDeque<Instant>,
    tell: F,
}

/// Number of last tracks that determine the pace.
const PACE: usize = 64;

impl<F: FnMut(&Progress)> Counter<F> {
    pub(super) fn new(total: usize, tell: F) -> Self {
        let start = Instant::now();
        let progress = Progress { total, ..Progress::default() };
        Self(Mutex::new(State { progress, start, last: VecDeque::from([start]), tell }))
    }

    pub(super) fn count(&self, how: How) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.count(how, Instant::now());
        let State { progress, tell, .. } = &mut *state;
        tell(progress);
    }
}

impl<F> State<F> {
    fn count(&mut self, how: How, now: Instant) {
        let progress = &mut self.progress;
        progress.done += 1;
        *match how {
            How::Computed => &mut progress.computed,
            How::Reused | How::Published => &mut progress.reused,
            How::Skipped => &mut progress.skipped,
        } += 1;
        progress.elapsed = now - self.start;
        self.last.push_back(now);
        if self.last.len() > PACE + 1 {
            self.last.pop_front();
        }
        progress.remaining = self.last.front().filter(|_| progress.done > 1).map(|&first| {
            let each = (now - first).as_secs_f64() / (self.last.len() - 1) as f64;
            Duration::from_secs_f64(each * progress.total.saturating_sub(progress.done) as f64)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(times_ms: impl IntoIterator<Item = u64>, total: usize) -> Progress {
        let counter = Counter::new(total, |_: &Progress| ());
        let mut state = counter.0.into_inner().unwrap();
        for ms in times_ms {
            state.count(How::Computed, state.start + Duration::from_millis(ms));
        }
        state.progress
    }

    #[test]
    fn an_even_pace_goes_on() {
        let progress = after((1..=10).map(|track| track * 100), 40);
        assert_eq!((progress.done, progress.elapsed), (10, Duration::from_secs(1)));
        assert_eq!(progress.remaining.unwrap().as_millis(), 3000);
    }

    #[test]
    fn a_resumed_build_is_judged_by_its_last_tracks() {
        let fast_then_slow = (1..=500).map(|_| 1).chain((1..=64).map(|track| 1 + track * 100));
        assert_eq!(after(fast_then_slow, 1000).remaining.unwrap().as_millis(), 43_600);
    }

    #[test]
    fn the_first_track_promises_nothing_and_the_last_leaves_nothing() {
        assert_eq!(after([100], 2).remaining, None);
        assert_eq!(after([100, 200], 2).remaining, Some(Duration::ZERO));
    }
}
