//! A pool of threads for work that needs the processor: parsing, cleaning, tagging.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// Parsers of hostile input recurse a bounded depth; this leaves them room. Only touched pages cost memory.
const STACK_BYTES: usize = 16 << 20;

/// As many threads as there are cores. They sleep while there is nothing to do, and end when the pool is dropped.
#[derive(Debug)]
pub(super) struct Pool {
    jobs: Sender<Job>,
}

impl Pool {
    pub(super) fn start() -> std::io::Result<Self> {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let threads = thread::available_parallelism().map_or(2, usize::from);
        for number in 0..threads {
            let queue = Arc::clone(&queue);
            thread::Builder::new()
                .name(format!("work {number}"))
                .stack_size(STACK_BYTES)
                .spawn(move || work(&queue))?;
        }
        Ok(Self { jobs })
    }

    /// Runs work on the pool and waits for what it returns; `None` where it panicked. Dropping the future leaves work
    /// that was begun to end unheard.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        let job = move || {
            // Nobody may be waiting any more; then the work is not begun.
            if !answer.is_closed() {
                let _ = answer.send(catch_unwind(AssertUnwindSafe(work)));
            }
        };
        self.jobs.send(Box::new(job)).ok()?;
        answered.await.ok()?.ok()
    }
}

fn work(queue: &Mutex<Receiver<Job>>) {
    step_back();
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

/// Lets the reader's own threads go first: a key is answered in the next frame, also while 500 feeds are cleaned. On
/// Linux niceness belongs to the thread (sched(7)); elsewhere it would slow the whole process.
fn step_back() {
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
}
