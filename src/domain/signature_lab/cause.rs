//! What can be wrong with a signature, and in which words it is said.

use super::super::webhook::format::Format;
use super::super::webhook::signing::WINDOW_SECONDS;

/// The steps of a check, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The headers are there under their names.
    Headers,
    /// Their values can be read.
    Spelling,
    /// The secret, and what key it stands for.
    Secret,
    /// The body.
    Body,
    /// The string that is put together and signed.
    Signed,
    /// What is claimed, and the clock.
    Clock,
}

impl Step {
    /// All steps.
    pub const ALL: [Self; 6] =
        [Self::Headers, Self::Spelling, Self::Secret, Self::Body, Self::Signed, Self::Clock];

    /// The word on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Headers => "Headers",
            Self::Spelling => "Spelling",
            Self::Secret => "Secret",
            Self::Body => "Body",
            Self::Signed => "Signed string",
            Self::Clock => "Clock",
        }
    }
}

/// The one thing that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// A header is not there.
    Missing(&'static str),
    /// It is there under another name.
    #[allow(missing_docs)]
    Renamed { found: String, wanted: &'static str },
    /// The headers are those of another format.
    OtherFormat(Format),
    /// History keeps only the end of the value; whether that end is right, where it can be told.
    Masked(Option<bool>),
    /// The time is in milliseconds.
    Milliseconds,
    /// The time is no number of seconds.
    NotUnixTime,
    /// The value spells no 32 bytes.
    NotASignature,
    /// The right bytes in another spelling.
    Spelled(Spelling),
    /// The secret is read as another key.
    Key(KeyFault),
    /// The body was changed on its way.
    Body(BodyFault),
    /// The body is another one: bytes as sent, bytes as received, and where the first difference is.
    #[allow(missing_docs)]
    BodyDiffers { sent: usize, received: usize, at: usize },
    /// Another string is signed.
    Signed(SignedFault),
    /// Something about the token.
    Jwt(JwtFault),
    /// The signature is right and was made so many seconds before.
    TooOld(i64),
    /// … after the receiver's now.
    TooNew(i64),
    /// Everything is as it was sent, so it must be the secret.
    WrongSecret,
    /// Another secret, or a body that was changed in a way of its own.
    Unexplained,
}

/// How the right bytes are spelled.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Spelling {
    HexNotBase64,
    Base64NotHex,
    Base64Url,
    Unpadded,
    UpperCase,
    Quoted,
    Prefix { found: String, wanted: &'static str },
}

/// What the secret is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum KeyFault {
    Space,
    LineBreak,
    NotDecoded,
    PrefixCut,
    PrefixMissing,
    Base64Decoded,
    HexDecoded,
    LetterCase,
}

/// What was done to the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BodyFault {
    Empty,
    LineBreakAdded,
    LineBreakLost,
    SpaceAdded,
    CrLf,
    Lf,
    ByteOrderMark,
    Latin1,
    EncodedTwice,
    Base64,
    JsonInString,
    Whitespace,
    Escapes,
    Numbers,
    KeyOrder,
}

/// What is signed instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SignedFault {
    BodyAlone,
    NoDot,
    NoId,
    NoTime,
    Order,
    IdChanged,
    EventId,
    TimeChanged,
}

/// What is wrong with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum JwtFault {
    NotBearer,
    NotAToken,
    Algorithm(String),
    ClaimsChanged,
    Issuer(String),
    Audience(String),
    Webhook(String),
    NotNow,
}

impl Cause {
    /// Where the check fails.
    pub const fn step(&self) -> Step {
        match self {
            Self::Missing(_) | Self::Renamed { .. } | Self::OtherFormat(_) => Step::Headers,
            Self::Masked(_)
            | Self::Milliseconds
            | Self::NotUnixTime
            | Self::NotASignature
            | Self::Spelled(_)
            | Self::Jwt(JwtFault::NotBearer | JwtFault::NotAToken | JwtFault::Algorithm(_)) => Step::Spelling,
            Self::Key(_) | Self::WrongSecret | Self::Unexplained => Step::Secret,
            Self::Body(_) | Self::BodyDiffers { .. } => Step::Body,
            Self::Signed(_) | Self::Jwt(JwtFault::ClaimsChanged) => Step::Signed,
            Self::TooOld(_) | Self::TooNew(_) | Self::Jwt(_) => Step::Clock,
        }
    }

    /// What is wrong, in a sentence.
    pub fn headline(&self) -> String {
        let fixed = match self {
            Self::Missing(name) => return format!("The header {name} is missing."),
            Self::Renamed { found, wanted } => {
                return format!("The header {wanted} arrives as {found}.");
            }
            Self::OtherFormat(format) => {
                return format!("These are the headers of the format {}.", format.label());
            }
            Self::BodyDiffers { sent, received, at } => {
                return format!(
                    "The body is not the one that was sent: {received} bytes instead of {sent}, different from byte {} on.",
                    at + 1
                );
            }
            Self::TooOld(seconds) => {
                return format!("The signature is right, but it was made {seconds} seconds before.");
            }
            Self::TooNew(seconds) => {
                return format!("The signature is right, but it is from {seconds} seconds in the future.");
            }
            Self::Spelled(Spelling::Prefix { found, wanted }) if found.is_empty() => {
                return format!("The signature is right, but “{wanted}” is missing before it.");
            }
            Self::Spelled(Spelling::Prefix { found, wanted }) => {
                return format!(
                    "The signature is right, but “{found}” stands before it instead of “{wanted}”."
                );
            }
            Self::Jwt(JwtFault::Algorithm(name)) => {
                return format!(
                    "The token's header is not the one that Belfry writes; it names the algorithm “{name}”."
                );
            }
            Self::Jwt(JwtFault::Issuer(name)) => {
                return format!("The token is issued by “{name}”, not by “mpt”.");
            }
            Self::Jwt(JwtFault::Audience(host)) => return format!("The token is for the host “{host}”."),
            Self::Jwt(JwtFault::Webhook(id)) => return format!("The token is of the webhook “{id}”."),
            Self::Masked(Some(true)) => "The end of the signature is right; history keeps no more of it.",
            Self::Masked(Some(false)) => "The end of the signature is another one than this secret makes.",
            Self::Masked(None) => "The signature is cut down, so it cannot be checked.",
            Self::Milliseconds => "The time is in milliseconds; it has to be in seconds.",
            Self::NotUnixTime => "The time is not a number of seconds since 1970.",
            Self::NotASignature => "The value is no HMAC-SHA256 signature.",
            Self::Spelled(spelling) => spelling.sentence(),
            Self::Key(fault) => fault.sentence(),
            Self::Body(fault) => fault.sentence(),
            Self::Signed(fault) => fault.sentence(),
            Self::Jwt(JwtFault::NotBearer) => "The Authorization header does not begin with “Bearer ”.",
            Self::Jwt(JwtFault::NotAToken) => "What stands behind “Bearer” is no token of three parts.",
            Self::Jwt(JwtFault::ClaimsChanged) => "The claims are not those that were signed.",
            Self::Jwt(JwtFault::NotNow) => "The token says no time at which it is valid.",
            Self::WrongSecret => "It is another secret: headers and body are as they were sent.",
            Self::Unexplained => "Either the secret is another one, or the body is not what was signed.",
        };
        fixed.to_owned()
    }

    /// What to do about it.
    pub fn advice(&self) -> String {
        let fixed = match self {
            Self::TooOld(_) | Self::TooNew(_) => {
                return format!(
                    "At most {WINDOW_SECONDS} seconds are taken, either way. Set the receiver's clock by NTP, check a request when it arrives and not when it is worked off, and do not replay old ones."
                );
            }
            Self::Missing(_) => {
                "Look whether signing is switched on, and whether a proxy drops headers that it does not know."
            }
            Self::Renamed { .. } => {
                "Look the header up under the name that your server or framework gives it."
            }
            Self::OtherFormat(_) => "Choose that format, or look which webhook sent the request.",
            Self::Masked(_) => "Paste the header as the receiver got it for a full answer.",
            Self::Milliseconds | Self::NotUnixTime => {
                "Sign and compare the header's value as it came, without converting it."
            }
            Self::NotASignature => "It should be 32 bytes: 64 hexadecimal digits or 44 characters of base64.",
            Self::Spelled(_) => {
                "Compare the whole value of the header with one that is spelled in the same way."
            }
            Self::Key(_) => "Use the secret exactly as this page says below.",
            Self::Body(_) | Self::BodyDiffers { .. } => {
                "Check the signature over the raw bytes of the request, before anything reads them as JSON or text."
            }
            Self::Signed(_) => "Sign exactly the string that is shown below.",
            Self::Jwt(_) => {
                "Take the token from the header as it came, and compare its claims after its signature."
            }
            Self::WrongSecret => {
                "Give the receiver the webhook's current secret. If it was replaced in between, this request was signed with the one before."
            }
            Self::Unexplained => {
                "Compare the secret first, then the length of the body. From a delivery's page, the body and the headers are filled in as they were sent."
            }
        };
        fixed.to_owned()
    }
}

impl Spelling {
    const fn sentence(&self) -> &'static str {
        match self {
            Self::HexNotBase64 => "The signature is right, but in hexadecimal instead of base64.",
            Self::Base64NotHex => "The signature is right, but in base64 instead of hexadecimal.",
            Self::Base64Url => {
                "The signature is right, but in the base64 of URLs (- and _) instead of the standard one (+ and /)."
            }
            Self::Unpadded => "The signature is right, but without the “=” at its end.",
            Self::UpperCase => "The signature is right, but in upper case.",
            Self::Quoted => "The signature is right, but in quotation marks.",
            Self::Prefix { .. } => "The signature is right, but something else stands before it.",
        }
    }
}

impl KeyFault {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Space => "The secret has a space or a line break at its ends.",
            Self::LineBreak => "The signature was made with a line break at the end of the secret.",
            Self::NotDecoded => {
                "The signature was made with the characters of the secret; in Standard Webhooks they have to be decoded from base64, without “whsec_”."
            }
            Self::PrefixCut => "The signature was made with “whsec_” cut off; it belongs to the secret.",
            Self::PrefixMissing => "The signature was made with a secret that begins with “whsec_”.",
            Self::Base64Decoded => {
                "The signature was made with the secret decoded from base64; its characters are the key."
            }
            Self::HexDecoded => {
                "The signature was made with the secret decoded from hexadecimal; its characters are the key."
            }
            Self::LetterCase => "The signature was made with the secret in another letter case.",
        }
    }
}

impl BodyFault {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Empty => "The body is empty: something had read it before.",
            Self::LineBreakAdded => "A line break or a space was added at the end of the body.",
            Self::LineBreakLost => "The line break at the end of the body was lost.",
            Self::SpaceAdded => "Space was added around the body.",
            Self::CrLf => "Line ends were changed: the body that was signed has LF, this one has CRLF.",
            Self::Lf => "Line ends were changed: the body that was signed has CRLF, this one has LF.",
            Self::ByteOrderMark => "A byte order mark was put before the body.",
            Self::Latin1 => "The body was changed from UTF-8 to Latin-1.",
            Self::EncodedTwice => {
                "The body was encoded twice: text in UTF-8 was read as Latin-1 and written as UTF-8 again."
            }
            Self::Base64 => "The body arrives in base64; what was signed is the decoded one.",
            Self::JsonInString => "The body arrives as a JSON string; what was signed is its content.",
            Self::Whitespace => "The JSON was read and written again with other white space.",
            Self::Escapes => "The JSON was read and written again with other escapes.",
            Self::Numbers => {
                "The JSON was read and written again, and numbers lost their decimals (110.0 became 110)."
            }
            Self::KeyOrder => "The JSON was read and written again with its keys in another order.",
        }
    }
}

impl SignedFault {
    const fn sentence(self) -> &'static str {
        match self {
            Self::BodyAlone => "The body alone was signed; the time belongs before it.",
            Self::NoDot => "The dots between the parts of the signed string are missing.",
            Self::NoId => "The id is missing in the signed string.",
            Self::NoTime => "The time is missing in the signed string.",
            Self::Order => "The id and the time are in the wrong order.",
            Self::IdChanged => "The id was changed: the signature is of the delivery's own id.",
            Self::EventId => {
                "The event's id was signed; it has to be the delivery's, from the header webhook-id."
            }
            Self::TimeChanged => "The time was changed: the signature is of the time at which it was sent.",
        }
    }
}
