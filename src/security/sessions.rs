//! Console sessions on the server: the browser holds a random id, the database its SHA-256 and a sealed state.
//!
//! A session ends after 30 minutes without a request and after 12 hours in any case; both are checked here and
//! not left to the cookie. An id that the database does not know is never adopted: whoever brings one is a
//! stranger and gets a new one when there is something to remember. The state is sealed with a key that is made
//! from the id, so a copy of the database neither signs anybody in nor shows what sessions hold.

use std::collections::HashMap;

use actix_session::SessionMiddleware;
use actix_session::config::{BrowserSession, CookieContentSecurity, TtlExtensionPolicy};
use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Key, SameSite};
use anyhow::anyhow;
use chacha20poly1305::aead::{Aead, KeyInit as _};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::domain::clock::SharedClock;
use crate::domain::ids::UserId;
use crate::domain::random::SharedRandom;
use crate::domain::time::{HOUR_US, MINUTE_US, Timestamp};
use crate::store::{Store, StoreError, sessions};

/// Without a request for this long, a session ends.
pub const IDLE_US: i64 = 30 * MINUTE_US;
/// A session ends this long after it began, whatever happens.
pub const ABSOLUTE_US: i64 = 12 * HOUR_US;
/// The end moves only when it would move by this much: not every page costs a write.
const EXTEND_US: i64 = MINUTE_US;

/// Where in a session's state the person's number stands.
pub const USER: &str = "user";

const ID_BYTES: usize = 32;
/// Characters of an id.
const ID_CHARS: usize = 43;
const NONCE_BYTES: usize = 24;

/// What a session remembers, by name; values are JSON.
type State = HashMap<String, String>;

/// Sessions in the store.
pub struct Sessions {
    store: Store,
    clock: SharedClock,
    random: SharedRandom,
    key: [u8; 32],
}

impl Sessions {
    /// Sessions in `store`; `key` seals their states.
    pub fn new(store: Store, clock: SharedClock, random: SharedRandom, key: [u8; 32]) -> Self {
        Self { store, clock, random, key }
    }

    /// The middleware that reads and writes the cookie. `is_https` decides about `Secure` and the `__Host-`
    /// prefix, which browsers refuse without it.
    pub fn middleware(self, is_https: bool) -> SessionMiddleware<Self> {
        let key = Key::derive_from(&self.key);
        let name = if is_https { "__Host-belfry" } else { "belfry" };
        // The cookie goes when the browser closes; how long the session lives is decided here.
        let lifecycle = BrowserSession::default()
            .state_ttl(Duration::microseconds(IDLE_US))
            .state_ttl_extension_policy(TtlExtensionPolicy::OnEveryRequest);
        SessionMiddleware::builder(self, key)
            .cookie_name(name.to_owned())
            .cookie_secure(is_https)
            .cookie_http_only(true)
            .cookie_same_site(SameSite::Lax)
            .cookie_path("/".to_owned())
            .cookie_content_security(CookieContentSecurity::Signed)
            .session_lifecycle(lifecycle)
            .build()
    }

    fn new_id(&self) -> String {
        let mut bytes = [0; ID_BYTES];
        self.random.fill(&mut bytes);
        BASE64URL_NOPAD.encode(&bytes)
    }

    fn seal(&self, id: &str, state: &State) -> anyhow::Result<String> {
        let mut sealed = vec![0; NONCE_BYTES];
        self.random.fill(&mut sealed);
        let plain = serde_json::to_vec(state)?;
        let nonce = XNonce::try_from(sealed.as_slice())?;
        let text = self.cipher(id).encrypt(&nonce, plain.as_slice()).map_err(|_| anyhow!("cannot seal"))?;
        sealed.extend(text);
        Ok(BASE64.encode(&sealed))
    }

    /// `None` for what was sealed with another key: as good as no session.
    fn open(&self, id: &str, text: &str) -> Option<State> {
        let sealed = BASE64.decode(text.as_bytes()).ok()?;
        let (nonce, text) = sealed.split_at_checked(NONCE_BYTES)?;
        let nonce = XNonce::try_from(nonce).ok()?;
        let plain = self.cipher(id).decrypt(&nonce, text).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    fn cipher(&self, id: &str) -> XChaCha20Poly1305 {
        let mut mac =
            <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.key).expect("any length is a key");
        mac.update(b"session state/");
        mac.update(id.as_bytes());
        XChaCha20Poly1305::new(&mac.finalize().into_bytes())
    }

    async fn find(&self, id: &str) -> Result<Option<(String, Timestamp)>, StoreError> {
        let (hash, now) = (hash(id), self.clock.now());
        self.store.read(move |db| sessions::get(db, &hash, now.plus_micros(-ABSOLUTE_US), now)).await
    }
}

impl SessionStore for Sessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let id = key.as_ref();
        if id.len() != ID_CHARS {
            return Ok(None);
        }
        let found = self.find(id).await.map_err(|error| LoadError::Other(error.into()))?;
        Ok(found.and_then(|(sealed, _)| self.open(id, &sealed)))
    }

    async fn save(&self, state: State, _: &Duration) -> Result<SessionKey, SaveError> {
        let id = self.new_id();
        let sealed = self.seal(&id, &state).map_err(SaveError::Serialization)?;
        let (hash, user, now) = (hash(&id), user_of(&state), self.clock.now());
        self.store
            .write(move |db| sessions::insert(db, &hash, user, &sealed, now, now.plus_micros(IDLE_US)))
            .await
            .map_err(|error: StoreError| SaveError::Other(error.into()))?;
        id.try_into().map_err(|error| SaveError::Other(anyhow::Error::new(error)))
    }

    /// A session that was ended meanwhile, by signing out in another window or because its person was
    /// disabled, stays ended.
    async fn update(&self, key: SessionKey, state: State, _: &Duration) -> Result<SessionKey, UpdateError> {
        let id = key.as_ref();
        let sealed = self.seal(id, &state).map_err(UpdateError::Serialization)?;
        let (hash, user, end) = (hash(id), user_of(&state), self.clock.now().plus_micros(IDLE_US));
        self.store
            .write(move |db| sessions::update(db, &hash, user, &sealed, end))
            .await
            .map_err(|error: StoreError| UpdateError::Other(error.into()))?;
        Ok(key)
    }

    async fn update_ttl(&self, key: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        let id = key.as_ref();
        let end = self.clock.now().plus_micros(IDLE_US);
        if let Some((_, known)) = self.find(id).await?
            && end.since(known) >= EXTEND_US
        {
            let hash = hash(id);
            self.store.write(move |db| sessions::extend(db, &hash, end)).await?;
        }
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let hash = hash(key.as_ref());
        Ok(self.store.write(move |db| sessions::delete(db, &hash)).await?)
    }
}

fn hash(id: &str) -> Vec<u8> {
    Sha256::digest(id.as_bytes()).to_vec()
}

/// Whose session it is, so that all of a person's sessions can be ended.
fn user_of(state: &State) -> Option<UserId> {
    state.get(USER)?.parse().ok().map(UserId)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::clock::ManualClock;
    use crate::domain::random::SeededRandom;
    use crate::store::{Location, MasterKey};

    const TTL: Duration = Duration::ZERO;

    fn sessions() -> (Sessions, Arc<ManualClock>, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let random = Arc::new(SeededRandom::new(1));
        let location = Location::Sqlite(folder.path().join("belfry.db"));
        let store = Store::open(&location, &MasterKey::new([7; 32]), random.clone()).unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_seconds(1_777_000_000)));
        (Sessions::new(store, clock.clone(), random, [9; 32]), clock, folder)
    }

    fn state() -> State {
        State::from([("secret".to_owned(), "\"canary-3f9a\"".to_owned())])
    }

    #[tokio::test]
    async fn what_is_stored_tells_neither_the_id_nor_the_state() {
        let (sessions, _, folder) = sessions();
        let key = sessions.save(state(), &TTL).await.unwrap();
        assert_eq!(key.as_ref().len(), ID_CHARS);
        assert_eq!(sessions.load(&key).await.unwrap(), Some(state()));
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!holds("canary-3f9a") && !holds(key.as_ref()));
        }
    }

    #[tokio::test]
    async fn a_session_ends_when_idle_and_after_twelve_hours_in_any_case() {
        let (sessions, clock, _folder) = sessions();
        let idle = sessions.save(state(), &TTL).await.unwrap();
        clock.advance(IDLE_US);
        assert_eq!(sessions.load(&idle).await.unwrap(), None);

        let busy = sessions.save(state(), &TTL).await.unwrap();
        for _ in 0..35 {
            clock.advance(20 * MINUTE_US);
            assert!(sessions.load(&busy).await.unwrap().is_some());
            sessions.update_ttl(&busy, &TTL).await.unwrap();
        }
        clock.advance(20 * MINUTE_US);
        assert_eq!(sessions.load(&busy).await.unwrap(), None);
    }

    #[tokio::test]
    async fn an_unknown_id_is_not_adopted_and_an_ended_session_not_revived() {
        let (sessions, _, _folder) = sessions();
        let key = || SessionKey::try_from("A".repeat(ID_CHARS)).unwrap();
        assert_eq!(sessions.load(&key()).await.unwrap(), None);
        sessions.update(key(), state(), &TTL).await.unwrap();
        assert_eq!(sessions.load(&key()).await.unwrap(), None);

        let ended = sessions.save(state(), &TTL).await.unwrap();
        sessions.delete(&ended).await.unwrap();
        let ended = sessions.update(ended, state(), &TTL).await.unwrap();
        assert_eq!(sessions.load(&ended).await.unwrap(), None);
    }
}
