//! Counting what statistics are read from: beside everything else, a bounded piece at a time. Where it stands is in the
//! database, so another process, or the next one, goes on.

use std::time::Duration;

use tokio::time::Instant;

use super::Engine;
use crate::store::tallies::{self, Horizon, ROWS_MAX, Source};
use crate::store::{Store, StoreError};

/// After each piece, others have the writer to themselves for as long as that one took, and a moment more.
const BREATH: Duration = Duration::from_millis(2);
/// Between two looks whether those have ended who may still commit a lower number …
const LOOK: Duration = Duration::from_millis(20);
/// … and how often is looked, before the rest is left to the next round.
const LOOKS_MAX: usize = 250;

impl Engine {
    /// Counts all events and attempts that are there, in steps.
    ///
    /// # Errors
    /// Those of the store; what was counted before stays counted.
    pub async fn count(&self) -> Result<(), StoreError> {
        let (store, now) = (&self.inner.store, self.inner.clock.now());
        let mut is_complete = true;
        for source in Source::ALL {
            let Some(upto) = decided(store, source).await? else {
                is_complete = false;
                continue;
            };
            loop {
                let began = Instant::now();
                if !step(store, source, upto, ROWS_MAX).await? {
                    break;
                }
                tokio::time::sleep(began.elapsed() + BREATH).await;
            }
        }
        if is_complete {
            store.write(move |db| tallies::complete(db, now)).await?;
        }
        Ok(())
    }

    /// Counts `rows` events and as many attempts at most, and says whether there may be more.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn count_some(&self, rows: i64) -> Result<bool, StoreError> {
        let mut may_be_more = false;
        for source in Source::ALL {
            if let Some(upto) = decided(&self.inner.store, source).await? {
                may_be_more |= step(&self.inner.store, source, upto, rows).await?;
            }
        }
        Ok(may_be_more)
    }
}

/// One piece: read beside the writer, then added in a short transaction. Says whether there was one.
async fn step(store: &Store, source: Source, upto: i64, rows: i64) -> Result<bool, StoreError> {
    let Some(piece) = store.read(move |db| tallies::gather(db, source, upto, rows)).await? else {
        return Ok(false);
    };
    // When somebody else has added it, there may be another.
    store.write(move |db| tallies::add(db, &piece)).await?;
    Ok(true)
}

/// Up to which number everything has been committed that ever will be; `None` when somebody holds a number for long.
async fn decided(store: &Store, source: Source) -> Result<Option<i64>, StoreError> {
    let Horizon { upto, mut holders } = store.read(move |db| tallies::horizon(db, source)).await?;
    for _ in 0..LOOKS_MAX {
        if holders.is_empty() {
            return Ok(Some(upto));
        }
        tokio::time::sleep(LOOK).await;
        let still = store.read(move |db| tallies::holders(db, source)).await?;
        holders.retain(|holder| still.contains(holder));
    }
    Ok(None)
}
