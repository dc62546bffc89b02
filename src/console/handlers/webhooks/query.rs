//! What the address of the list says: `?auth=bearer&format=telemax&health=failing&page=2&q=hub`. Keys are sorted, defaults
//! left out, unknown ones ignored.

use url::form_urlencoded;

use crate::domain::health::Health;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::auth::AuthType;
use crate::domain::webhook::format::Format;
use crate::domain::webhook::number::parse_any;
use crate::web::urls;

/// The slug of everything that needs somebody.
const ATTENTION: &str = "attention";

/// Which healths are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Chosen {
    /// All of them.
    #[default]
    All,
    /// Those that need somebody.
    Attention,
    /// One.
    One(Health),
}

impl Chosen {
    /// The word in the address; empty for all.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Attention => ATTENTION,
            Self::One(health) => health.slug(),
        }
    }

    /// Whether a webhook with this health is shown.
    pub fn takes(self, health: Health) -> bool {
        match self {
            Self::All => true,
            Self::Attention => needs_attention(health),
            Self::One(one) => one == health,
        }
    }
}

/// Whether somebody has to look.
pub const fn needs_attention(health: Health) -> bool {
    matches!(health, Health::Failing | Health::Degraded | Health::AutoDisabled)
}

/// The filter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListQuery {
    /// By auth type.
    pub auth: Option<AuthType>,
    /// By format.
    pub format: Option<Format>,
    /// By health.
    pub health: Chosen,
    /// Part of a name, of a destination or of the description, or a number in any spelling.
    pub text: String,
    /// Pages before this one.
    pub pages_before: usize,
}

impl ListQuery {
    /// Reads an address's query.
    pub fn parse(query: &str) -> Self {
        let mut parsed = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "auth" => parsed.auth = value.parse().ok(),
                "format" => parsed.format = value.parse().ok(),
                "health" if value == ATTENTION => parsed.health = Chosen::Attention,
                "health" => parsed.health = Health::from_slug(&value).map(Chosen::One).unwrap_or_default(),
                "page" => parsed.pages_before = value.parse().unwrap_or(1_usize).saturating_sub(1),
                "q" => parsed.text = value.trim().chars().take(200).collect(),
                _ => {}
            }
        }
        parsed
    }

    /// Whether text and format fit.
    pub fn fits(&self, webhook: &Webhook) -> bool {
        let settings = &webhook.settings;
        let wanted = self.text.to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&wanted);
        let is_found = has(&settings.name)
            || has(&settings.endpoint.without_query())
            || settings.description.as_deref().is_some_and(has)
            || parse_any(&self.text) == Some(webhook.id);
        is_found
            && self.format.is_none_or(|format| format == settings.format)
            && self.auth.is_none_or(|auth| auth == settings.auth.auth_type())
    }

    /// Whether anything is left out.
    pub fn is_narrow(&self) -> bool {
        self.page(0) != Self::default()
    }

    /// The same filter after so many pages.
    #[must_use]
    pub fn page(&self, pages_before: usize) -> Self {
        Self { pages_before, ..self.clone() }
    }

    /// The address of the list with this filter.
    pub fn url(&self, urls: &urls::Company) -> String {
        let format = self.format.map(Format::name).unwrap_or_default();
        let auth = self.auth.map(AuthType::name).unwrap_or_default();
        let page = if self.pages_before == 0 { String::new() } else { (self.pages_before + 1).to_string() };
        let pairs = [
            ("auth", auth),
            ("format", format),
            ("health", self.health.slug()),
            ("page", page.as_str()),
            ("q", self.text.as_str()),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
        let query = query.finish();
        if query.is_empty() { urls.webhooks() } else { format!("{}?{query}", urls.webhooks()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_the_same_when_it_is_written_again() {
        let urls = urls::Company::new(12);
        for (query, again) in [
            ("", ""),
            ("q=hub+%26+co&health=failing", "?health=failing&q=hub+%26+co"),
            ("health=attention&format=ZSTACK", "?format=zstack&health=attention"),
            ("page=3&auth=bearer&q=hub", "?auth=bearer&page=3&q=hub"),
            ("page=1&health=nonsense&format=x&color=red&auth=none%20at%20all&page=-7", ""),
        ] {
            let url = ListQuery::parse(query).url(&urls);
            assert_eq!(url, format!("/console/c/12/webhooks{again}"));
        }
    }
}
