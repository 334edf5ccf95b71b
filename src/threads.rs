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
    let mut done: Vec<Option<O>> = items.chunks(size).map(|_| None).collect();
    let mut jobs: Vec<Job<'_>> = Vec::new();
    for (at, (part, done)) in items.chunks(size).zip(&mut done).enumerate() {
        jobs.push(Box::new(move || *done = Some(work(at * size, part))));
    }
    run(jobs);
    done.into_iter().flatten().collect()
}

/// What a thread does. One type for all work, because compiling the start of a thread for each kind takes long.
pub(crate) type Job<'a> = Box<dyn FnOnce() + Send + 'a>;

/// Does each job by a thread of its own.
pub(crate) fn run(jobs: Vec<Job<'_>>) {
    thread::scope(|scope| {
        let threads = jobs.into_iter().map(|job| scope.spawn(job)).collect::<Vec<_>>();
        threads.into_iter().for_each(joined);
    });
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
