//! `belfry serve`: the web application and the delivery engine, until a signal says stop.

use std::net::{SocketAddr, TcpListener};

use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

use super::boot::{Booted, Surroundings, boot, lock_for_serving};
use crate::config::Config;
use crate::delivery::{Engine, stopping};
use crate::server;

/// Threads that send. Two: the work is waiting.
const SEND_THREADS: usize = 2;

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
    let sending = engine.cloned().map(|engine| {
        std::thread::Builder::new().name("belfry-engine".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(SEND_THREADS)
                .thread_name("belfry-send")
                .enable_all()
                .build();
            match runtime {
                Ok(runtime) => runtime.block_on(engine.run(stopped)),
                Err(error) => tracing::error!(%error, "cannot start the delivery engine"),
            }
        })
    });
    let serving = actix_web::rt::spawn(web);
    ready();
    wait_for_signal().await?;
    // A second signal does not wait.
    actix_web::rt::spawn(async {
        if wait_for_signal().await.is_ok() {
            std::process::exit(130);
        }
    });
    tracing::info!("stopping");
    handle.stop(true).await;
    stop.send_replace(true);
    if let Some(Ok(thread)) = sending {
        let joined = tokio::task::spawn_blocking(move || thread.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the delivery engine ended with a panic");
        }
    }
    serving.await.map_err(|error| error.to_string())?.map_err(|error| format!("the server failed: {error}"))
}

/// Waits for SIGTERM or SIGINT.
pub(super) async fn wait_for_signal() -> Result<(), String> {
    let refused = |error| format!("cannot wait for signals: {error}");
    let mut terminate = signal(SignalKind::terminate()).map_err(refused)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(refused)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
