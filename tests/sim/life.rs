//! Which process lives, and the fuse that ends it between two effects.
//!
//! An effect is whatever somebody outside could notice: a commit, the begin and the end of a request, an answer that
//! was heard. Each burns a little of the fuse. When it has burned down the process is dead at once: none of its tasks
//! is polled again ([`mortal`]).

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::task::Poll;

use tokio::sync::Notify;

use super::world::World;

#[derive(Default)]
pub struct Life {
    process: AtomicU32,
    dead: AtomicBool,
    /// Effects that are left; 0: no fuse burns.
    fuse: AtomicI64,
    /// Told of the death.
    died: Notify,
}

impl Life {
    /// The number of the process, from 1.
    pub fn process(&self) -> u32 {
        self.process.load(Ordering::Relaxed)
    }

    /// The next process lives.
    pub fn begin(&self) -> u32 {
        self.dead.store(false, Ordering::Relaxed);
        self.process.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub fn is_alive(&self, process: u32) -> bool {
        process == self.process() && !self.dead.load(Ordering::Relaxed)
    }

    pub fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Relaxed)
    }

    /// Lights a fuse of so many effects.
    pub fn light(&self, effects: u64) {
        self.fuse.store(i64::try_from(effects).unwrap().max(1), Ordering::Relaxed);
    }

    /// Puts the fuse out.
    pub fn spare(&self) {
        self.fuse.store(0, Ordering::Relaxed);
    }

    /// The process dies now.
    pub fn end(&self) {
        self.spare();
        self.dead.store(true, Ordering::Relaxed);
        self.died.notify_one();
    }

    /// The process has ended in an orderly way.
    pub fn retire(&self) {
        self.spare();
        self.dead.store(true, Ordering::Relaxed);
    }

    /// Waits until the process dies.
    pub async fn death(&self) {
        while !self.is_dead() {
            self.died.notified().await;
        }
    }

    /// An effect has happened; says whether the process lives on.
    pub fn effect(&self, process: u32) -> bool {
        if self.is_alive(process) && self.fuse.load(Ordering::Relaxed) > 0 {
            let left = self.fuse.fetch_sub(1, Ordering::Relaxed) - 1;
            if left == 0 {
                self.end();
            }
        }
        self.is_alive(process)
    }
}

/// `future` as a part of `process`: it stops for ever when that dies.
pub async fn mortal<F: Future>(world: Arc<World>, process: u32, future: F) -> F::Output {
    let mut future = pin!(future);
    std::future::poll_fn(|cx| {
        if !world.life.is_alive(process) {
            return Poll::Pending;
        }
        future.as_mut().poll(cx)
    })
    .await
}
