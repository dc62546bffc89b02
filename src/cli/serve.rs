//! `belfry serve`: the web application and the delivery engine, until a signal says stop.

use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;

use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use url::Url;

use super::boot::{Booted, Surroundings, boot, lock_for_serving};
use crate::config::Config;
use crate::delivery::{Engine, SEND_LOOPS, stopping};
use crate::server;

pub(super) fn run(config: &Config, json: bool) -> Result<(), String> {
    let mut config = config.clone();
    let listener = bind(&mut config)?;
    let _lock = lock_for_serving(&config)?;
    on_web_runtime(async move {
        let booted = boot(&config, Surroundings::default()).await?;
        let url = public_url(&config)?;
        serve(&config, &booted, listener, &url, Some(&booted.services.engine), || {
            if json {
                println!("{}", json!({ "url": url.as_str() }));
            } else {
                println!("listening on {}", url.as_str().trim_end_matches('/'));
            }
        })
        .await
    })
}

/// Binds the configured address and puts the port that it got into `config`.
pub(super) fn bind(config: &mut Config) -> Result<TcpListener, String> {
    let listener = TcpListener::bind(config.listen)
        .map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
    config.listen = listener.local_addr().map_err(|error| format!("cannot listen: {error}"))?;
    Ok(listener)
}

/// The URL that people use: the configured one, or the address that was bound.
pub(super) fn public_url(config: &Config) -> Result<Url, String> {
    if let Some(url) = &config.public_url {
        return Ok(url.clone());
    }
    let at = match config.listen {
        SocketAddr::V4(at) if at.ip().is_unspecified() => format!("127.0.0.1:{}", at.port()),
        SocketAddr::V6(at) if at.ip().is_unspecified() => format!("[::1]:{}", at.port()),
        at => at.to_string(),
    };
    Url::parse(&format!("http://{at}/")).map_err(|error| format!("cannot name our own address: {error}"))
}

/// actix wants its own runtime on the main thread.
pub(super) fn on_web_runtime(work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    actix_web::rt::System::new().block_on(work)
}

/// Serves until SIGTERM or SIGINT: then no new requests, and what is on the wire finishes. `engine` runs on
/// threads of its own, so that slow pages delay no delivery, nor the reverse; `None` leaves it standing.
pub(super) async fn serve(
    config: &Config,
    booted: &Booted,
    listener: TcpListener,
    url: &Url,
    engine: Option<&Engine>,
    ready: impl FnOnce(),
) -> Result<(), String> {
    let state = booted.app_state(config, url.clone());
    let web = server::start(state, listener).map_err(|error| format!("cannot start the server: {error}"))?;
    let handle = web.handle();
    let (stop, stopped) = stopping();
    let engine = engine.map(|engine| engine_threads(engine, &stopped));
    let engine = engine.transpose().map_err(|error| format!("cannot start the delivery engine: {error}"))?;
    let serving = actix_web::rt::spawn(web);
    // Before anybody is told that we are there: whoever is told may stop us at once.
    let mut signals = Signals::listen()?;
    ready();
    signals.next().await;
    // A second signal does not wait.
    actix_web::rt::spawn(async move {
        signals.next().await;
        std::process::exit(130);
    });
    tracing::info!("stopping");
    handle.stop(true).await;
    stop.send_replace(true);
    for thread in engine.into_iter().flatten() {
        let joined = tokio::task::spawn_blocking(move || thread.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the delivery engine ended with a panic");
        }
    }
    serving.await.map_err(|error| error.to_string())?.map_err(|error| format!("the server failed: {error}"))
}

/// One thread for each send loop, each with a runtime and connections of its own, so that nothing is shared between
/// them but the lanes. The first also dispatches: that is little.
fn engine_threads(engine: &Engine, stop: &watch::Receiver<bool>) -> std::io::Result<Vec<JoinHandle<()>>> {
    let thread = |number: usize| {
        let (engine, stop) = (engine.clone(), stop.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new().name(format!("belfry-send-{number}")).spawn(move || {
            runtime.block_on(async {
                let sending = engine.send(number, stop.clone());
                match number {
                    0 => drop(tokio::join!(engine.dispatch(stop.clone()), engine.keep_house(stop), sending)),
                    _ => sending.await,
                }
            });
        })
    };
    (0..SEND_LOOPS).map(thread).collect()
}

/// SIGTERM and SIGINT, which from now on end nothing by themselves.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self, String> {
        let refused = |error| format!("cannot wait for signals: {error}");
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(refused)?,
            interrupt: signal(SignalKind::interrupt()).map_err(refused)?,
        })
    }

    /// The next one that came since the last.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Waits for SIGTERM or SIGINT.
pub(super) async fn wait_for_signal() -> Result<(), String> {
    Signals::listen()?.next().await;
    Ok(())
}
