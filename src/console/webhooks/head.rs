//! What stands at the top of every page of one webhook: crumbs, name, how it is, what can be done, tabs.

use crate::console::parts::badge::Badge;
use crate::web::urls;

/// The head of a webhook's pages.
#[derive(Debug, Clone)]
pub struct Head {
    /// Its name.
    pub name: String,
    /// All spellings of its number: "41 · wh-041 · WBH-0000-0041".
    pub numbers: String,
    /// The line below the name: "hooks.acme-dispatch.example/v1 · Telemax · Bearer · signed · 18 alerts".
    pub summary: String,
    /// How it is.
    pub health: Badge,
    /// Its addresses.
    pub urls: urls::Webhook,
    /// Which page it is.
    pub tab: Tab,
    /// Whether its links are chosen one by one; otherwise the tab is left out.
    pub has_links: bool,
    /// Whether the person may send tests.
    pub may_test: bool,
    /// Whether the person may change it.
    pub may_manage: bool,
    /// Whether it is switched on; decides between *Pause* and *Enable*.
    pub is_live: bool,
    /// Whether it is paused; decides between *Pause* and *Resume*.
    pub is_paused: bool,
}

/// The pages of one webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// How it is.
    Overview,
    /// Which alerts it receives.
    Links,
    /// How requests are proven to be ours.
    Auth,
    /// Try it.
    Test,
    /// Who changed what.
    History,
    /// What can be done with the whole of it.
    Settings,
    /// A page without a tab.
    Other,
}

/// One tab as a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TabLink {
    /// The word.
    pub label: &'static str,
    /// The page.
    pub url: String,
    /// Whether it is the page that is shown.
    pub current: bool,
}

impl Head {
    /// The tabs, in their order. Its deliveries are the list of all of them, narrowed.
    pub fn tabs(&self) -> Vec<TabLink> {
        let urls = &self.urls;
        let tab = |tab: Tab, label, url| TabLink { label, url, current: self.tab == tab };
        let mut tabs = vec![
            tab(Tab::Overview, "Overview", urls.show().to_owned()),
            TabLink { label: "Deliveries", url: urls.deliveries().to_owned(), current: false },
        ];
        if self.has_links {
            tabs.push(tab(Tab::Links, "Alert links", urls.links()));
        }
        tabs.push(tab(Tab::Auth, "Auth and signing", urls.auth()));
        if self.may_test {
            tabs.push(tab(Tab::Test, "Test", urls.test()));
        }
        tabs.push(tab(Tab::History, "History", urls.history()));
        tabs.push(tab(Tab::Settings, "Settings", urls.settings()));
        tabs
    }
}

#[cfg(any(test, debug_assertions))]
impl Head {
    /// Dispatch hub.
    pub fn example(tab: Tab) -> Self {
        use crate::domain::health::Health;

        Self {
            name: "Dispatch hub".into(),
            numbers: "41 · wh-041 · WBH-0000-0041".into(),
            summary: "hooks.acme-dispatch.example/v1/fleet/alerts · Telemax · Bearer · signed · 18 alerts"
                .into(),
            health: Badge::health(Health::Failing),
            urls: urls::Company::new(12).webhook(41),
            tab,
            has_links: true,
            may_test: true,
            may_manage: true,
            is_live: true,
            is_paused: false,
        }
    }

    /// The same for somebody who may only look.
    #[must_use]
    pub fn only_looked_at(self) -> Self {
        Self { may_test: false, may_manage: false, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tab_has_an_address_of_its_own_and_one_is_current() {
        for tab in [Tab::Overview, Tab::Links, Tab::Auth, Tab::Test, Tab::History, Tab::Settings] {
            let tabs = Head::example(tab).tabs();
            assert_eq!(tabs.len(), 7);
            assert_eq!(tabs.iter().filter(|link| link.current).count(), 1, "{tab:?}");
            let mut urls: Vec<_> = tabs.into_iter().map(|link| link.url).collect();
            urls.sort_unstable();
            urls.dedup();
            assert_eq!(urls.len(), 7);
        }
        let mut head = Head::example(Tab::Overview).only_looked_at();
        head.has_links = false;
        let labels: Vec<_> = head.tabs().into_iter().map(|link| link.label).collect();
        assert_eq!(labels, ["Overview", "Deliveries", "Auth and signing", "History", "Settings"]);
    }
}
