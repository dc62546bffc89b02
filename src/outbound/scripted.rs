//! Resolvers that answer what they were told: for tests, and for `demo`, whose receivers exist on one local
//! socket under many names.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::future::{BoxFuture, FutureExt as _, pending, ready};

use super::resolver::{Resolve, ResolveError};

/// Sends every name to one socket, whatever port was asked for.
#[derive(Debug)]
pub struct FixedResolver {
    at: SocketAddr,
    lookups: AtomicUsize,
}

impl FixedResolver {
    /// Every name is `at`.
    pub const fn new(at: SocketAddr) -> Self {
        Self { at, lookups: AtomicUsize::new(0) }
    }

    /// Look-ups so far.
    pub fn lookups(&self) -> usize {
        self.lookups.load(Ordering::SeqCst)
    }
}

impl Resolve for FixedResolver {
    fn resolve<'a>(&'a self, _: &'a str, _: u16) -> BoxFuture<'a, Result<Vec<SocketAddr>, ResolveError>> {
        self.lookups.fetch_add(1, Ordering::SeqCst);
        ready(Ok(vec![self.at])).boxed()
    }
}

/// One answer of a script.
#[derive(Debug, Clone)]
pub enum Answer {
    /// These addresses.
    Addresses(Vec<IpAddr>),
    /// This failure.
    Error(ResolveError),
    /// Never answers.
    Silence,
}

/// Plays a script per name: the first look-up gets the first answer, and the last answer is repeated for ever.
/// Names without a script do not exist.
#[derive(Debug, Default)]
pub struct ScriptedResolver {
    scripts: HashMap<String, Vec<Answer>>,
    asked: Mutex<Vec<String>>,
}

impl ScriptedResolver {
    /// No name exists.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the answers for `host`, in the order of the look-ups.
    #[must_use]
    pub fn with(mut self, host: &str, answers: impl IntoIterator<Item = Answer>) -> Self {
        self.scripts.insert(host.to_owned(), answers.into_iter().collect());
        self
    }

    /// The names that were looked up, in order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes the question and says how often the name was asked before.
    fn note(&self, host: &str) -> usize {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let before = asked.iter().filter(|name| *name == host).count();
        asked.push(host.to_owned());
        before
    }
}

impl Resolve for ScriptedResolver {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Vec<SocketAddr>, ResolveError>> {
        let before = self.note(host);
        let script = self.scripts.get(host).map_or(&[][..], Vec::as_slice);
        match script.get(before).or(script.last()) {
            Some(Answer::Addresses(ips)) => {
                ready(Ok(ips.iter().map(|ip| SocketAddr::new(*ip, port)).collect())).boxed()
            }
            Some(Answer::Error(error)) => ready(Err(error.clone())).boxed(),
            Some(Answer::Silence) => pending().boxed(),
            None => ready(Err(ResolveError::NoSuchName)).boxed(),
        }
    }
}
