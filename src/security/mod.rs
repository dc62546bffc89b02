//! Passwords, sessions, tokens, rate limits. Whom to believe; what they may do is `domain::access`.

pub mod access_token;
pub mod api_auth;
pub mod csrf;
pub mod known_keys;
pub mod login_guard;
pub mod password;
pub mod rate_limit;
pub mod sessions;
