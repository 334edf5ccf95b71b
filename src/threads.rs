//! Work shared among threads. What comes of it stands in the order of what was worked on.

use std::panic::resume_unwind;
use std::thread::{self, ScopedJoinHandle};

/// Works on parts of `items`, each by a thread of its own and of at least `least` items, where there are so many; `work`
/// is told where its part begins.
pub(crate) fn in_parts<I: Sync, O: Send>(items: &[I], least: usize, work: impl Fn(usize, &[I]) -> O + Sync) -> Vec<O> {
    let most = items.len() / least.max(1);
    let threads = thread::available_parallelism().map_or(1, usize::from).min(most);
    if threads <= 1 {
        return vec![work(0, items)];
    }
    let size = items.len().div_ceil(threads);
    let work = &work;
    thread::scope(|scope| {
        let parts = items.chunks(size).enumerate();
        let parts = parts.map(|(at, part)| scope.spawn(move || work(at * size, part)));
        let parts = parts.collect::<Vec<_>>();
        parts.into_iter().map(joined).collect()
    })
}

/// What the thread gives. Its panic goes on here.
pub(crate) fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_in_order() {
        for count in [0, 1, 7, 1_000] {
            let items = (0..count).collect::<Vec<usize>>();
            let parts = in_parts(&items, 3, |first, part| {
                assert_eq!(part.first(), items.get(first));
                part.to_vec()
            });
            assert_eq!(parts.concat(), items);
        }
    }
}
