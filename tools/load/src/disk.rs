//! How much disk history takes, and how fast the disk confirms.

use std::fs::{self, File};
use std::io::{Seek, Write};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use diesel::connection::SimpleConnection;
use serde_json::json;

use crate::latency::Latency;
use crate::seed::{number, open};

/// Syncs that are timed.
const SYNCS: usize = 200;

#[derive(clap::Args)]
pub struct DiskArgs {
    /// A database of a Belfry that does not run
    #[arg(long)]
    database: PathBuf,
}

#[derive(clap::Args)]
pub struct SyncArgs {
    /// A directory on the disk in question
    #[arg(long)]
    dir: PathBuf,
    /// Time between two syncs, milliseconds: a disk that dozes in between takes longer
    #[arg(long, default_value_t = 0)]
    every_ms: u64,
}

/// Prints the database's size after a checkpoint, in all and for each delivery.
pub fn run(args: &DiskArgs) -> Result<()> {
    let mut conn = open(&args.database)?;
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);")?;
    let deliveries = number(&mut conn, "SELECT count(*) AS n FROM deliveries")?;
    let attempts = number(&mut conn, "SELECT count(*) AS n FROM attempts WHERE outcome IS NOT NULL")?;
    let bytes = fs::metadata(&args.database)?.len();
    println!(
        "{}",
        json!({
            "bytes": bytes,
            "deliveries": deliveries,
            "attempts": attempts,
            "bytes_per_delivery": bytes as f64 / deliveries.max(1) as f64,
        })
    );
    Ok(())
}

/// Prints how long it takes until 4 KiB are on the disk, written over older ones as SQLite does in its log.
pub fn sync(args: &SyncArgs) -> Result<()> {
    const PAGE: [u8; 4_096] = [7; 4_096];
    let path = args.dir.join("sync.tmp");
    let mut file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    file.write_all(&PAGE.repeat(SYNCS))?;
    file.sync_all()?;
    file.rewind()?;
    let mut latency = Latency::default();
    for _ in 0..SYNCS {
        thread::sleep(Duration::from_millis(args.every_ms));
        file.write_all(&PAGE)?;
        let began = Instant::now();
        file.sync_data()?;
        latency.record(u64::try_from(began.elapsed().as_nanos())?);
    }
    fs::remove_file(&path)?;
    println!("{}", latency.summary());
    Ok(())
}
