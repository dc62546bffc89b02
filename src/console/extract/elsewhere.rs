//! The page that the switcher of companies leads to.

use url::form_urlencoded;

/// Filters that name something of the one company; the others mean the same in every company.
const OF_ONE_COMPANY: [&str; 9] =
    ["after", "alert", "before", "delivery", "event", "object", "person", "replay", "webhook"];

/// Bytes of a query that goes along: it stands once for each company.
const QUERY_BYTES_MAX: usize = 120;

/// What follows `/console/c/{company}` for another company, from the `path` and `query` of a page below `prefix`: the same
/// page with the same filters. What belongs to one object becomes the list of its kind.
pub fn below_another(path: &str, prefix: &str, query: &str) -> String {
    let below = path.strip_prefix(prefix).unwrap_or("/");
    let is_number = |step: &str| step.starts_with(|first: char| first.is_ascii_digit());
    let steps: Vec<&str> =
        below.split('/').filter(|step| !step.is_empty()).take_while(|step| !is_number(step)).collect();
    let mut url = format!("/{}", steps.join("/"));
    let kept: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(
            form_urlencoded::parse(query.as_bytes())
                .filter(|(name, _)| !OF_ONE_COMPANY.contains(&name.as_ref())),
        )
        .finish();
    let is_a_list = below.trim_end_matches('/') == url.trim_end_matches('/');
    if is_a_list && !kept.is_empty() && kept.len() <= QUERY_BYTES_MAX {
        url.push('?');
        url.push_str(&kept);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_page_or_the_list_it_belongs_to() {
        for (path, query, expected) in [
            ("/console/c/1", "", "/"),
            ("/console/c/1/", "", "/"),
            ("/console/c/1/deliveries", "status=failed&webhook=41", "/deliveries?status=failed"),
            ("/console/c/1/deliveries", "before=90", "/deliveries"),
            ("/console/c/1/deliveries/9061/attempts/2", "view=raw", "/deliveries"),
            ("/console/c/1/webhooks/41/edit", "", "/webhooks"),
            ("/console/c/1/webhooks/new", "", "/webhooks/new"),
            ("/console/c/1/find", "q=a+%26+b&tz=UTC", "/find?q=a+%26+b&tz=UTC"),
            ("/console/c/1/find", &format!("q={}", "a".repeat(QUERY_BYTES_MAX)), "/find"),
        ] {
            assert_eq!(below_another(path, "/console/c/1", query), expected, "{path}?{query}");
        }
    }
}
