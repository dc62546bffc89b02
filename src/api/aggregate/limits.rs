//! How often somebody may ask at this door (contract 2.2; the vendor documents 429 without numbers).

use crate::security::rate_limit::Limit;

/// Everything that one credential asks for, together.
pub const CREDENTIAL: Limit = Limit { route: "aggregate", requests: 60 };

/// Tries to sign in from one address, as at the other token endpoint: whoever asks has not shown yet who they are.
pub const SIGN_IN: Limit = Limit { route: "authtoken", requests: 10 };
