//! A pool of threads for work that needs the processor: parsing, cleaning, tagging.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// Parsers of hostile input recurse a bounded depth; this leaves them room. Only touched pages cost memory.
pub(super) const STACK_BYTES: usize = 16 << 20;

/// Threads, as many as there are cores. They sleep while there is nothing to do, and end when the pool is dropped.
#[derive(Debug)]
pub(super) struct Pool {
    queue: Arc<Queue>,
}

/// The jobs that wait.
#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let waiting = self.lock().jobs.len();
        f.debug_struct("Queue").field("waiting", &waiting).finish()
    }
}

impl Queue {
    /// A panic while the lock was held cannot leave the queue half changed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a job; `None` once the pool is dropped.
    fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Pool {
    pub(super) fn start() -> std::io::Result<Self> {
        let threads = thread::available_parallelism().map_or(2, usize::from);
        Self::of(threads, "work")
    }

    /// One thread, for what takes much memory: the allocator keeps for each thread what it once took.
    pub(super) fn start_alone() -> std::io::Result<Self> {
        Self::of(1, "large")
    }

    fn of(threads: usize, name: &str) -> std::io::Result<Self> {
        let pool = Self {
            queue: Arc::default(),
        };
        for number in 0..threads {
            let queue = Arc::clone(&pool.queue);
            thread::Builder::new()
                .name(format!("{name} {number}"))
                .stack_size(STACK_BYTES)
                .spawn(move || work(&queue))?;
        }
        Ok(pool)
    }

    /// Runs work on the pool after what waits, and waits for what it returns; `None` where it panicked. Dropping the
    /// future leaves work that was begun to end unheard.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        self.put(work, VecDeque::push_back).await
    }

    /// The same before what waits: for the last step of something begun, so that the first of two hundred feeds is
    /// stored while the others are read, and not after them.
    pub(super) async fn finish<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        self.put(work, VecDeque::push_front).await
    }

    async fn put<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
        put: impl FnOnce(&mut VecDeque<Job>, Job),
    ) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        let job = move || {
            // Nobody may be waiting any more; then the work is not begun.
            if !answer.is_closed() {
                let _ = answer.send(catch_unwind(AssertUnwindSafe(work)));
            }
        };
        put(&mut self.queue.lock().jobs, Box::new(job));
        self.queue.changed.notify_one();
        answered.await.ok()?.ok()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.closed = true;
        // Who waits for one of these hears that it will not come.
        state.jobs.clear();
        drop(state);
        self.queue.changed.notify_all();
    }
}

fn work(queue: &Queue) {
    step_back();
    while let Some(job) = queue.next() {
        job();
    }
}

/// Waits for the end of a thread that was told to end. A panic there was already told.
pub(super) fn join(thread: &Mutex<Option<thread::JoinHandle<()>>>) {
    let thread = thread.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(thread) = thread {
        let _ = thread.join();
    }
}

/// Lets the reader's own threads go first: a key is answered in the next frame, also while 500 feeds are cleaned. On
/// Linux niceness belongs to the thread (sched(7)); elsewhere it would slow the whole process.
pub(super) fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(5) {
        tracing::debug!("niceness: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_panics_costs_only_itself() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let pool = Pool::start().unwrap();
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let results: Vec<Option<u32>> = (0..40)
            .map(|n| {
                runtime.block_on(pool.run(move || if n % 2 == 0 { n } else { panic!("broken") }))
            })
            .collect();
        std::panic::set_hook(hook);
        let expected: Vec<Option<u32>> = (0..40).map(|n| (n % 2 == 0).then_some(n)).collect();
        assert_eq!(results, expected);
    }

    #[test]
    fn what_was_begun_is_finished_before_more_is_begun() {
        let queue = Queue::default();
        let said = Arc::new(Mutex::new(Vec::new()));
        let job = |word: &'static str| -> Job {
            let said = Arc::clone(&said);
            Box::new(move || said.lock().unwrap().push(word))
        };
        queue.lock().jobs.push_back(job("read one"));
        queue.lock().jobs.push_back(job("read two"));
        queue.next().unwrap()();
        queue.lock().jobs.push_front(job("store one"));
        queue.next().unwrap()();
        queue.next().unwrap()();
        assert_eq!(*said.lock().unwrap(), ["read one", "store one", "read two"]);
        queue.lock().closed = true;
        assert!(queue.next().is_none());
    }
}
