//! Loads a Belfry and measures it. `script/bench` puts the commands together; each prints one JSON object on
//! standard output.

mod boot;
mod client;
mod clock;
mod disk;
mod fire;
mod history;
mod latency;
mod mem;
mod pages;
mod payload;
mod raw;
mod report;
mod seed;
mod sink;
mod webhooks;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Loads a Belfry and measures it.
#[derive(Parser)]
#[command(name = "belfry-load", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Receive deliveries, count them, measure how long they were under way
    Sink(sink::SinkArgs),
    /// Report events to a Belfry and wait for what the receiver gets
    Fire(fire::FireArgs),
    /// POST signed bodies straight to a receiver: the upper limit
    Raw(raw::RawArgs),
    /// Memory, processor time and disk writes of a process
    Mem(mem::MemArgs),
    /// Start a server and time it until it is ready
    Boot(boot::BootArgs),
    /// Make many webhooks
    Webhooks(webhooks::WebhooksArgs),
    /// Fill a database with deliveries that are still to be made
    Seed(seed::SeedArgs),
    /// Fill a database with history
    History(history::HistoryArgs),
    /// Ask for the console's pages
    Pages(pages::PagesArgs),
    /// The size of a database for each of its deliveries
    Disk(disk::DiskArgs),
    /// How fast a disk confirms
    Sync(disk::SyncArgs),
    /// Judge results; the exit status is 0 when every minimum is met
    Report(report::ReportArgs),
}

fn main() -> Result<ExitCode> {
    match Cli::parse().command {
        Command::Sink(args) => sink::run(&args)?,
        Command::Fire(args) => fire::run(args)?,
        Command::Raw(args) => raw::run(args)?,
        Command::Mem(args) => mem::run(&args)?,
        Command::Boot(args) => boot::run(&args)?,
        Command::Webhooks(args) => webhooks::run(args)?,
        Command::Seed(args) => seed::run(&args)?,
        Command::History(args) => history::run(&args)?,
        Command::Pages(args) => pages::run(&args)?,
        Command::Disk(args) => disk::run(&args)?,
        Command::Sync(args) => disk::sync(&args)?,
        Command::Report(args) => return report::run(&args),
    }
    Ok(ExitCode::SUCCESS)
}
