//! The only code that opens sockets to customers.
//!
//! One attempt is one call of [`Client::post`]. It takes a destination that somebody typed, so it trusts
//! nothing about it, at no time:
//!
//! - The name is looked up once ([`resolver`]). *Every* answer is judged ([`policy`]); one forbidden answer
//!   refuses the attempt, because whoever answers the lookup also decides which answer fails first. The
//!   socket goes to a judged address and to nothing else ([`connector`]): there is no second lookup, so
//!   there is nothing to rebind.
//! - TLS is for the typed name, from version 1.2, without resumption ([`tls`]).
//! - A connection that has served may wait for the next request of the same webhook ([`pool`]), at the same
//!   version of its settings and to the same origin, and for nobody else's. It was judged when it was dialled
//!   and ends a minute later.
//! - HTTP/1.1 only, by hyper on a connection of ours ([`channel`]). A redirect is an answer like any other.
//!   There are no proxy variables, no cookies, no decompression: hyper's connection layer has none of them,
//!   which is why no ready-made client is used here.
//! - One deadline covers everything from the lookup to the last kept byte of the answer ([`client`]); the
//!   lookup, the dialling and the handshake share a smaller budget in it. Reading is capped ([`response`]).
//!
//! What happened comes back as an [`Exchange`], never as a panic: the response as far as it was read, the
//! [`Refusal`] when there is one, the address and the phase times.
//!
//! Deliberately missing: a second try. A request goes to another connection only while not a byte of it was
//! written; whoever has been told something may have acted on it, and what to do then is the engine's to decide.

mod broken;
mod certificate;
pub mod channel;
pub mod client;
pub mod connector;
pub mod destination;
pub mod exchange;
pub mod keep_alive;
mod played;
pub mod policy;
pub mod pool;
pub mod refusal;
pub mod request;
pub mod resolver;
pub mod response;
pub mod scripted;
mod stream;
pub mod target;
pub mod tls;

pub use client::{Client, ClientConfig, ClientError};
pub use destination::Destination;
pub use exchange::Exchange;
pub use played::Played;
pub use policy::OutboundPolicy;
pub use pool::PoolKey;
pub use refusal::Refusal;
pub use request::{HOP_HEADER, OutboundRequest};
pub use resolver::{Resolve, ResolveError, SystemResolver};
pub use response::Response;
pub use scripted::{FixedResolver, ScriptedResolver};
