//! Something secret on its way from the form that made it to the page that shows it once.
//!
//! Between the two it waits in the session, which is sealed at rest. The page takes it out, so a reload, the back
//! button or somebody who comes later gets nothing.

use crate::console::extract::CompanyPage;
use crate::domain::secret::Secret;

const KEY: &str = "secret";

/// A secret and what it belongs to.
#[derive(serde::Serialize, serde::Deserialize)]
struct Waiting {
    of: (String, i64),
    secret: String,
}

/// Lets `secret` of the object (`kind`, `id`) wait for its page.
pub fn put(page: &CompanyPage, kind: &str, id: i64, secret: &Secret) {
    let waiting = Waiting { of: (kind.to_owned(), id), secret: secret.reveal().to_owned() };
    if page.user().session.insert(KEY, &waiting).is_err() {
        tracing::error!("a secret could not be put into a session");
    }
}

/// Takes what waits for the object, if anything does.
pub fn take(page: &CompanyPage, kind: &str, id: i64) -> Option<String> {
    let session = &page.user().session;
    let waiting = session.get::<Waiting>(KEY).ok().flatten()?;
    (waiting.of.0 == kind && waiting.of.1 == id).then(|| {
        session.remove(KEY);
        waiting.secret
    })
}
