//! What can go wrong, by the names that clients compare (contract 1.2).

use actix_web::http::StatusCode;

/// The kinds of errors.
pub const KINDS: [&str; 6] =
    ["AUTHENTICATION", "AUTHORIZATION", "RESOURCE", "VALIDATION_ERROR", "RATE_LIMIT", "SERVER_ERROR"];

/// An error code. Its spelling, kind and usual status follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Code {
    InvalidCredentials,
    InvalidScope,
    WebhookNotFound,
    AlertNotFound,
    AlertRecordNotFound,
    CompanyNotFound,
    RouteNotFound,
    MethodNotAllowed,
    Conflict,
    UnsupportedAlertType,
    TooManyAlerts,
    AlertIdsRequired,
    InvalidUrl,
    InvalidBody,
    InvalidParameter,
    InvalidIdempotencyKey,
    IdempotencyKeyReused,
    BadRequest,
    RequestTimeout,
    PayloadTooLarge,
    UnsupportedMediaType,
    MisdirectedRequest,
    LoopDetected,
    RateLimitExceeded,
    InternalError,
    ServiceUnavailable,
}

impl Code {
    /// All codes.
    pub const ALL: [Self; 26] = [
        Self::InvalidCredentials,
        Self::InvalidScope,
        Self::WebhookNotFound,
        Self::AlertNotFound,
        Self::AlertRecordNotFound,
        Self::CompanyNotFound,
        Self::RouteNotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::UnsupportedAlertType,
        Self::TooManyAlerts,
        Self::AlertIdsRequired,
        Self::InvalidUrl,
        Self::InvalidBody,
        Self::InvalidParameter,
        Self::InvalidIdempotencyKey,
        Self::IdempotencyKeyReused,
        Self::BadRequest,
        Self::RequestTimeout,
        Self::PayloadTooLarge,
        Self::UnsupportedMediaType,
        Self::MisdirectedRequest,
        Self::LoopDetected,
        Self::RateLimitExceeded,
        Self::InternalError,
        Self::ServiceUnavailable,
    ];

    /// `WEBHOOK_NOT_FOUND`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidCredentials => "INVALID_CREDENTIALS",
            Self::InvalidScope => "INVALID_SCOPE",
            Self::WebhookNotFound => "WEBHOOK_NOT_FOUND",
            Self::AlertNotFound => "ALERT_NOT_FOUND",
            Self::AlertRecordNotFound => "ALERT_RECORD_NOT_FOUND",
            Self::CompanyNotFound => "COMPANY_NOT_FOUND",
            Self::RouteNotFound => "ROUTE_NOT_FOUND",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::Conflict => "CONFLICT",
            Self::UnsupportedAlertType => "UNSUPPORTED_ALERT_TYPE",
            Self::TooManyAlerts => "TOO_MANY_ALERTS",
            Self::AlertIdsRequired => "ALERT_IDS_REQUIRED",
            Self::InvalidUrl => "INVALID_URL",
            Self::InvalidBody => "INVALID_BODY",
            Self::InvalidParameter => "INVALID_PARAMETER",
            Self::InvalidIdempotencyKey => "INVALID_IDEMPOTENCY_KEY",
            Self::IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::BadRequest => "BAD_REQUEST",
            Self::RequestTimeout => "REQUEST_TIMEOUT",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::MisdirectedRequest => "MISDIRECTED_REQUEST",
            Self::LoopDetected => "LOOP_DETECTED",
            Self::RateLimitExceeded => "RATE_LIMIT_EXCEEDED",
            Self::InternalError => "INTERNAL_ERROR",
            Self::ServiceUnavailable => "SERVICE_UNAVAILABLE",
        }
    }

    /// `webhook-not-found`: the last part of the code's documentation address.
    pub fn slug(self) -> String {
        self.name().to_ascii_lowercase().replace('_', "-")
    }

    /// The status, unless an operation's page says another one.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::InvalidCredentials => StatusCode::UNAUTHORIZED,
            Self::InvalidScope => StatusCode::FORBIDDEN,
            Self::WebhookNotFound
            | Self::AlertNotFound
            | Self::AlertRecordNotFound
            | Self::CompanyNotFound
            | Self::RouteNotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict => StatusCode::CONFLICT,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::MisdirectedRequest => StatusCode::MISDIRECTED_REQUEST,
            Self::UnsupportedAlertType
            | Self::TooManyAlerts
            | Self::AlertIdsRequired
            | Self::InvalidUrl
            | Self::InvalidBody
            | Self::InvalidParameter
            | Self::InvalidIdempotencyKey
            | Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RateLimitExceeded => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::LoopDetected => StatusCode::LOOP_DETECTED,
        }
    }

    /// The kind that goes with `status`: one of the six of the contract.
    pub fn kind(self, status: StatusCode) -> &'static str {
        match (self, status.as_u16()) {
            (Self::RateLimitExceeded, _) => "RATE_LIMIT",
            (Self::InvalidCredentials, _) => "AUTHENTICATION",
            (Self::InvalidScope, _) => "AUTHORIZATION",
            (_, 404 | 405 | 409) => "RESOURCE",
            (_, 500..) => "SERVER_ERROR",
            _ => "VALIDATION_ERROR",
        }
    }

    /// What it means and what to do, for the code's page.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::InvalidCredentials => {
                "The key or token is missing, unknown, revoked or has run out. Exchange a valid API key for a new \
                 token and send it as “Authorization: Bearer …”, exactly once."
            }
            Self::InvalidScope => {
                "The key is valid but does not include what the request needs: an action such as webhooks:write, \
                 a vehicle, or the company that the object belongs to. Ask an administrator for a key that does."
            }
            Self::WebhookNotFound => {
                "There is no webhook with this id, it has been deleted, or the key's company cannot see it."
            }
            Self::AlertNotFound => {
                "There is no alert with this id within the key's company and its sub-companies. \
                 GET /api/v2/companies/{id}/alerts lists those that exist."
            }
            Self::AlertRecordNotFound => {
                "The alert has no record with this utcTime that the key may see, or it is not among the newest \
                 10,000 of its company. The time is that of GET /api/v2/companies/{id}/alert-records, to the second."
            }
            Self::CompanyNotFound => "There is no company with this id. GET /api/v2/companies lists yours.",
            Self::RouteNotFound => {
                "No operation has this path. Paths are case-sensitive and end without a slash."
            }
            Self::MethodNotAllowed => {
                "The path exists, but not for this method. The Allow header lists those it has."
            }
            Self::Conflict => {
                "Somebody else changed the same object at the same time. Read it again and repeat."
            }
            Self::UnsupportedAlertType => {
                "Only alerts of the types 1, 2, 5, 8, 9 and 10 can be linked to a webhook. A webhook with \
                 isGlobal true receives all types."
            }
            Self::TooManyAlerts => {
                "At most 50 alerts can be linked to one webhook. Use isGlobal, or several webhooks."
            }
            Self::AlertIdsRequired => "A webhook that is not global needs at least one alert in alertIds.",
            Self::InvalidUrl => {
                "The url cannot be delivered to. It has to be an https URL of at most 2,048 bytes with a public \
                 host, without user name or fragment. The description says which rule it breaks."
            }
            Self::InvalidBody => {
                "The body is not what the operation expects: not JSON, not an object, a key given twice, or a \
                 field of the wrong type. The description names every field that is wrong."
            }
            Self::InvalidParameter => {
                "A parameter in the query is missing, given twice or not what it should be: page, pageSize and \
                 num are whole numbers of 1 or more (num at most 10,000), from is a UTC time, isRead is true or \
                 false. The description names every one that is wrong."
            }
            Self::InvalidIdempotencyKey => {
                "An Idempotency-Key has 1 to 255 visible ASCII characters and is given once."
            }
            Self::IdempotencyKeyReused => {
                "The same Idempotency-Key came with another request within the last 24 hours. Use a new key for \
                 every request that is not a repetition."
            }
            Self::BadRequest => "The request is malformed.",
            Self::RequestTimeout => "The body did not arrive within 15 seconds. Send it again.",
            Self::PayloadTooLarge => "A body has 256 KiB at most, 1 MiB where events are reported.",
            Self::UnsupportedMediaType => {
                "The body has to be JSON in UTF-8 with “Content-Type: application/json”, and not compressed."
            }
            Self::MisdirectedRequest => "The host that the request names is not this service.",
            Self::LoopDetected => {
                "The request is a delivery of this service itself. A webhook must not point back at it."
            }
            Self::RateLimitExceeded => {
                "Too many requests within 60 seconds. Wait as many seconds as the Retry-After header says."
            }
            Self::InternalError => {
                "The mistake is ours. Repeat the request; if it fails again, quote its requestId."
            }
            Self::ServiceUnavailable => {
                "The service cannot take the request now; nothing was changed. Repeat it after the seconds of the \
                 Retry-After header."
            }
        }
    }
}
