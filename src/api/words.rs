//! Sentences that doors without error vocabularies of their own share.

use actix_web::http::StatusCode;

use crate::domain::problem::Problems;
use crate::web::json::JsonError;

/// Problems that are spelled out in one answer.
const SPELLED_MAX: usize = 50;

/// What a status means that nobody has put into words.
pub fn of_status(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "The access token or API key is missing, invalid or has run out.",
        403 => "The credential does not include what this request needs.",
        404 => "There is nothing at this path.",
        405 => "This path exists, but not for this method; the Allow header names those that it has.",
        408 => "The request's body did not arrive within 15 seconds.",
        409 => "It was changed by somebody else meanwhile. Read it and try again.",
        413 => "The request's body is larger than the server takes.",
        415 => {
            "The body has to be JSON in UTF-8, declared as “Content-Type: application/json” and not encoded."
        }
        421 => "This server does not answer under that name.",
        429 => "Too many requests. Wait as long as Retry-After says.",
        503 => "The service cannot take it now. Nothing was changed; try again in a moment.",
        508 => "The request is a delivery of this server to itself.",
        500.. => "Something went wrong on our side. Tell us the X-Request-Id of this answer.",
        _ => "The request cannot be understood.",
    }
}

/// The status of a body that is not taken: 415, 413, and 400 for everything that is wrong inside.
pub const fn status_of(error: &JsonError) -> StatusCode {
    match error {
        JsonError::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        JsonError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// `endpoint: It must be given. token: It must not be given with authentication type “none”.`
pub fn of_problems(problems: &Problems) -> String {
    let spelled = problems.0.iter().take(SPELLED_MAX);
    let mut sentences: Vec<String> =
        spelled.map(|problem| format!("{}: {}", problem.field, problem.message)).collect();
    let more = problems.0.len().saturating_sub(SPELLED_MAX);
    if more > 0 {
        sentences.push(format!("And {more} more."));
    }
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::problem::Rule;

    #[test]
    fn every_problem_is_named_and_many_are_cut_short() {
        let mut problems = Problems::one("url", Rule::Required, "It must be given.");
        problems.add("token", Rule::NotAllowed, "It must not be given.");
        assert_eq!(of_problems(&problems), "url: It must be given. token: It must not be given.");
        for at in 0..60 {
            problems.add(format!("events[{at}]"), Rule::Invalid, "It must be a JSON object.");
        }
        assert!(of_problems(&problems).ends_with("And 12 more."));
    }
}
