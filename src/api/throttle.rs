//! How often somebody may ask. Whatever the answer is, it carries the standing (see [`super::door`]).

use std::net::SocketAddr;

use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};

use crate::security::rate_limit::{Limit, RateLimiter, Who};
use crate::web::state::AppState;

/// More requests than the limit allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("At most {requests} such requests in 60 seconds. Retry after {retry_after_s} s.")]
pub struct TooOften {
    /// Requests in one window at most.
    pub requests: usize,
    /// Seconds to wait, 1 or more.
    pub retry_after_s: i64,
}

/// Counts the request.
///
/// # Errors
/// [`TooOften`]; a refused request is not counted.
pub fn take(req: &HttpRequest, state: &AppState, who: Who, limit: Limit) -> Result<(), TooOften> {
    let limiter = req.app_data::<Data<RateLimiter>>().filter(|_| state.rate_limits);
    let Some(limiter) = limiter else {
        return Ok(());
    };
    let standing = limiter.take(who, limit, state.services.clock.now());
    req.extensions_mut().insert(standing);
    match standing.retry_after_s {
        None => Ok(()),
        Some(retry_after_s) => Err(TooOften { requests: standing.limit, retry_after_s }),
    }
}

/// Whoever is at the other end of the connection: for routes that are asked before anybody is known. What a
/// proxy writes into headers is not believed.
pub fn peer(req: &HttpRequest) -> Who {
    Who::connects_from(req.peer_addr().map(|peer: SocketAddr| peer.ip()))
}
