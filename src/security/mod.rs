//! Passwords, sessions, tokens, rate limits. Whom to believe; what they may do is `domain::access`.

pub mod login_guard;
pub mod password;
