//! `belfry demo`: three made-up companies with thirty days of history, in a temporary database, on this machine.
//!
//! Who takes part: a story in tables ([`people`], [`fleet`], [`webhooks`], [`story`]), which is played through the
//! engine's own steps ([`history`]) at a clock turned by hand ([`clock`]); receivers whose behaviour stands in one
//! place ([`temper`]), asked by the made-up past and by the built-in receiver ([`receiver`]) alike; and, when the
//! clock runs, new alerts ([`traffic`]). Everything follows from the seed and the present ([`dice`]).

mod clock;
mod dice;
mod fleet;
mod history;
mod people;
mod played;
mod receiver;
mod story;
mod temper;
mod traffic;
mod webhooks;
mod welcome;

#[cfg(test)]
mod tests;

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use clap::Args;

use self::clock::DemoClock;
use self::dice::digest;
use self::receiver::{DemoResolver, Receiver};
use super::Settings;
use super::boot::{Booted, Surroundings, boot};
use super::serve::{bind, on_web_runtime, public_url, serve, wait_for_signal};
use super::setup::{parse_time, sentence};
use crate::config::Config;
use crate::domain::clock::{Clock as _, SharedClock, SystemClock};
use crate::domain::random::SeededRandom;
use crate::domain::time::Timestamp;
use crate::store::MasterKey;

#[derive(Args, Debug)]
pub(super) struct DemoArgs {
    /// Freeze the clock at this time: nothing fires, nothing is sent, every page stays the same
    #[arg(long, value_name = "RFC3339", value_parser = parse_time)]
    at: Option<Timestamp>,
    /// Another seed, another story
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) fn run(args: &DemoArgs, settings: &Settings) -> Result<(), String> {
    let dir = tempfile::Builder::new()
        .prefix("belfry-demo-")
        .tempdir()
        .map_err(|error| format!("cannot make a temporary directory: {error}"))?;
    let mut config = config(settings, dir.path(), args.seed)?;
    crate::telemetry::start(&config)?;
    let listener = listen(&mut config, settings.listen.is_some())?;
    let now = args.at.unwrap_or_else(|| SystemClock.now());
    on_web_runtime(async move {
        let stage = set_up(&config, now, args.seed).await?;
        let system = stage.booted.context("belfry demo");
        let is_frozen = args.at.is_some();
        let telling = story::tell(&system, &stage.clock, now, args.seed, is_frozen);
        // Whoever loses patience here must not leave a database behind.
        let told = tokio::select! {
            told = telling => told.map_err(|error| sentence(&error))?,
            stopped = wait_for_signal() => return stopped,
        };
        let traffic = (!is_frozen).then(|| {
            stage.clock.run();
            traffic::run(system, args.seed)
        });
        beside(stage.receiver, stage.socket, traffic)?;
        let url = public_url(&config)?;
        let engine = (!is_frozen).then_some(&stage.booted.services.engine);
        serve(&config, &stage.booted, listener, &url, engine, || {
            if settings.json {
                println!("{}", welcome::json(&url, &told.cast));
            } else {
                print!("{}", welcome::text(&url, &told.cast, is_frozen));
            }
        })
        .await
    })
}

/// The demo's own configuration: neither the environment nor a file changes a story.
fn config(settings: &Settings, dir: &Path, seed: u64) -> Result<Config, String> {
    let given = |text: &str| Some(text.to_owned());
    let flags = [
        ("listen", settings.listen.clone()),
        ("public_url", settings.public_url.clone()),
        ("data_dir", Some(dir.display().to_string())),
        ("master_key", Some(MasterKey::new(digest(seed, "master key")).to_hex())),
        ("outbound_allow", given("127.0.0.0/8")),
        ("outbound_allow_http", given("true")),
        ("log", settings.log.clone().or_else(|| given("warn"))),
        ("log_format", settings.log_format.clone()),
    ];
    Config::load(None, [], &flags).map_err(|error| error.to_string())
}

/// A port that was asked for must be free; the usual one need not be.
fn listen(config: &mut Config, was_asked_for: bool) -> Result<TcpListener, String> {
    match bind(config) {
        Err(_) if !was_asked_for => {
            config.listen.set_port(0);
            bind(config)
        }
        bound => bound,
    }
}

/// Everything that a story needs, and nothing of it running yet.
struct Set {
    booted: Booted,
    clock: Arc<DemoClock>,
    receiver: Arc<Receiver>,
    socket: TcpListener,
}

async fn set_up(config: &Config, now: Timestamp, seed: u64) -> Result<Set, String> {
    let refused = |error: std::io::Error| format!("cannot start the built-in receiver: {error}");
    let socket = TcpListener::bind(("127.0.0.1", 0)).map_err(refused)?;
    socket.set_nonblocking(true).map_err(refused)?;
    let at = socket.local_addr().map_err(refused)?;
    let clock = Arc::new(DemoClock::at(now));
    let shared: SharedClock = clock.clone();
    let around = Surroundings {
        clock: Arc::clone(&shared),
        random: Arc::new(SeededRandom::new(seed)),
        resolver: Arc::new(DemoResolver::new(at, seed)),
    };
    Ok(Set { booted: boot(config, around).await?, clock, receiver: Receiver::new(shared, now, seed), socket })
}

/// Runs the receiver and the traffic on a thread of their own until the process ends.
fn beside(
    receiver: Arc<Receiver>,
    socket: TcpListener,
    traffic: Option<impl Future<Output = ()> + Send + 'static>,
) -> Result<(), String> {
    let refused = |error: std::io::Error| format!("cannot start the built-in receiver: {error}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(refused)?;
    let work = async move {
        let Ok(socket) = tokio::net::TcpListener::from_std(socket) else {
            return;
        };
        match traffic {
            Some(traffic) => {
                tokio::join!(receiver.run(socket), traffic);
            }
            None => receiver.run(socket).await,
        }
    };
    std::thread::Builder::new()
        .name("belfry-demo".to_owned())
        .spawn(move || runtime.block_on(work))
        .map(drop)
        .map_err(refused)
}
