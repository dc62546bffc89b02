//! Builds the HTTP server: the routes, and what surrounds them.

pub mod health;
pub mod middleware;
pub mod routes;

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer};

use crate::security::rate_limit::RateLimiter;
use crate::web::request_id::RequestIds;
use crate::web::state::AppState;
use middleware::body_deadline::{BodyDeadline, body_deadline};
use middleware::headers::headers;
use middleware::host::{AllowedHosts, host};
use middleware::refuse::refuse;
use middleware::request_id::request_id;
use middleware::shape::shape;
use middleware::trace::trace;

/// The head of a request arrives within this time.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// An idle connection is kept for this time.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Open connections for each worker at most; more wait in the listen queue.
const CONNECTIONS_MAX: usize = 8_192;
/// A stopping server waits this long for the requests under way.
const STOP_WITHIN_S: u64 = 10;

/// What differs between the service and a test.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads that serve; `None`: one for each core.
    pub workers: Option<usize>,
    /// How long a request's body may take.
    pub body_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { workers: None, body_timeout: Duration::from_secs(15) }
    }
}

/// Starts to serve on `listener`. The server runs until its handle stops it; it is a future to be awaited or
/// spawned, and leaves signals to whoever does.
///
/// # Errors
/// When the listener cannot be used.
pub fn start(state: AppState, listener: TcpListener) -> io::Result<Server> {
    start_with(state, listener, &Options::default())
}

/// [`start`] with other than the usual options.
///
/// # Errors
/// When the listener cannot be used.
pub fn start_with(state: AppState, listener: TcpListener, options: &Options) -> io::Result<Server> {
    let hosts = Data::new(AllowedHosts::new(&state.public_url, listener.local_addr()?));
    let ids = Data::new(RequestIds::new(&*state.services.random));
    let deadline = Data::new(BodyDeadline(options.body_timeout));
    let limiter = Data::new(RateLimiter::default());
    let state = Data::new(state);
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(hosts.clone())
            .app_data(ids.clone())
            .app_data(limiter.clone())
            .app_data(deadline.clone())
            .configure(|config| routes::configure(config, state.clone()))
            // The last is the outermost: read from below. Each file says why it stands where it stands.
            .wrap(from_fn(body_deadline))
            .wrap(from_fn(refuse))
            .wrap(from_fn(host))
            .wrap(from_fn(shape))
            .wrap(from_fn(headers))
            .wrap(from_fn(trace))
            .wrap(from_fn(request_id))
    })
    .client_request_timeout(HEAD_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    .max_connections(CONNECTIONS_MAX)
    .shutdown_timeout(STOP_WITHIN_S)
    .disable_signals();
    if let Some(workers) = options.workers {
        server = server.workers(workers);
    }
    Ok(server.listen(listener)?.run())
}
