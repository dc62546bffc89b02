//! The query parameters of delete, which other resources of the vendor act on and this one does not (contract 3.2).

use url::form_urlencoded;

use crate::domain::problem::{Problems, Rule};

/// Judges the types of those that are given.
///
/// # Errors
/// Every one that is of a wrong type or given twice.
pub fn check(query: &str) -> Result<(), Problems> {
    const FLAG: &str = "It must be true or false, given once.";
    const SECONDS: &str = "It must be a whole number of 0 or more, given once.";
    let is_flag = |text: &str| matches!(text, "true" | "false");
    let is_count =
        |text: &str| text.parse::<i64>().is_ok_and(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let mut problems = Problems::default();
    let mut judge = |name: &'static str, is_good: &dyn Fn(&str) -> bool, rule: &str| {
        let given = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
        let given: Vec<_> = given.map(|(_, value)| value).collect();
        if given.len() > 1 || !given.iter().all(|value| is_good(value)) {
            problems.add(name, Rule::Invalid, rule);
        }
    };
    judge("options.propagationPolicy", &|_| true, "It must be given once.");
    judge("options.force", &is_flag, FLAG);
    judge("options.gracePeriodSeconds", &is_count, SECONDS);
    judge("options.revokeRemoteCredentials", &is_flag, FLAG);
    problems.or(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_judged_and_nothing_else() {
        for good in [
            "",
            "x=y",
            "options.propagationPolicy=Foreground&options.force=true&options.gracePeriodSeconds=0",
            "options.revokeRemoteCredentials=false&options.gracePeriodSeconds=9223372036854775807",
            "options.propagationPolicy=",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, named) in [
            ("options.force=1", "options.force"),
            ("options.force=", "options.force"),
            ("options.force=true&options.force=true", "options.force"),
            ("options.gracePeriodSeconds=-1", "options.gracePeriodSeconds"),
            ("options.gracePeriodSeconds=1.5", "options.gracePeriodSeconds"),
            ("options.gracePeriodSeconds=9223372036854775808", "options.gracePeriodSeconds"),
            ("options.gracePeriodSeconds=%2B1", "options.gracePeriodSeconds"),
            ("options.revokeRemoteCredentials=TRUE", "options.revokeRemoteCredentials"),
            ("options.propagationPolicy=a&options.propagationPolicy=b", "options.propagationPolicy"),
        ] {
            assert_eq!(
                check(bad).unwrap_err().0.iter().map(|p| &*p.field).collect::<Vec<_>>(),
                [named],
                "{bad}"
            );
        }
    }
}
