//! What every handler can reach: shared by all workers as `web::Data<AppState>`.

use std::sync::Arc;

use url::Url;

use crate::actions::{Context, Services};
use crate::domain::access::Caller;
use crate::security::known_keys::KnownKeys;
use crate::security::login_guard::LoginGuard;

/// The application's state.
#[derive(Clone)]
pub struct AppState {
    /// Store, clock, chance, engine.
    pub services: Services,
    /// How the service is reached from outside; absolute links are made from this, never from `Host`.
    pub public_url: Url,
    /// Signs the access tokens of the doors. Derived from the master key.
    pub token_key: [u8; 32],
    /// Signs the session cookie. Derived from the master key.
    pub cookie_key: [u8; 32],
    /// Whether doors limit requests.
    pub rate_limits: bool,
    /// Whether `/authtoken` tells with 404 that nobody has a user name.
    pub authtoken_404: bool,
    /// Keys that were looked up lately.
    pub known_keys: Arc<KnownKeys>,
    /// Slows guessing of passwords down.
    pub login_guard: Arc<LoginGuard>,
    /// How long history is kept; microseconds. Pages say so.
    pub retention_us: i64,
}

impl AppState {
    /// The surroundings of an action that `caller` asks for.
    pub fn context(&self, caller: Caller) -> Context {
        Context { services: self.services.clone(), caller }
    }

    /// Whether cookies carry `Secure` and the `__Host-` prefix.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}
