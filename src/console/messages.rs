//! Messages for the next page: kept in the session, shown once, three at most.

use actix_session::Session;

use super::parts::flash::Flash;

/// Messages that wait at most.
const MESSAGES_MAX: usize = 3;

const KEY: &str = "flash";

/// Leaves a message; the newest comes first, the fourth drops out.
pub fn push(session: &Session, flash: &Flash) {
    let mut waiting = waiting(session);
    waiting.insert(0, flash.clone());
    waiting.truncate(MESSAGES_MAX);
    if session.insert(KEY, &waiting).is_err() {
        tracing::error!("a message could not be put into a session");
    }
}

/// The messages that wait; afterwards none do.
pub fn take(session: &Session) -> Vec<Flash> {
    let waiting = waiting(session);
    if !waiting.is_empty() {
        session.remove(KEY);
    }
    waiting
}

fn waiting(session: &Session) -> Vec<Flash> {
    session.get(KEY).ok().flatten().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use actix_session::SessionExt;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn three_are_kept_and_shown_once() {
        let session = TestRequest::default().to_http_request().get_session();
        for number in 1..=5 {
            push(&session, &Flash::ok(number.to_string()));
        }
        let texts: Vec<String> = take(&session).into_iter().map(|flash| flash.text).collect();
        assert_eq!(texts, ["5", "4", "3"]);
        assert!(take(&session).is_empty());
    }
}
