//! The navigation beside every page: one table, in the order in which it is drawn.

use super::shell::{Nav, NavLink};
use crate::domain::access::Permission;
use crate::web::icon::Icon;
use crate::web::urls;

/// One entry: where it belongs, its words and picture, its address, what a person needs to see it, and the key that opens
/// it after `g`.
struct Entry {
    nav: Nav,
    label: &'static str,
    icon: Icon,
    url: fn(&urls::Company) -> String,
    needs: Permission,
    key: Option<char>,
}

const fn entry(
    nav: Nav,
    label: &'static str,
    icon: Icon,
    url: fn(&urls::Company) -> String,
    needs: Permission,
) -> Entry {
    Entry { nav, label, icon, url, needs, key: None }
}

impl Entry {
    const fn key(mut self, key: char) -> Self {
        self.key = Some(key);
        self
    }
}

/// Groups of entries; a gap stands between them.
static GROUPS: &[&[Entry]] = &[
    &[
        entry(Nav::Overview, "Overview", Icon::Home, urls::Company::overview, Permission::Read).key('o'),
        entry(Nav::Find, "Find an alert", Icon::Search, urls::Company::find, Permission::Read).key('f'),
        entry(Nav::Deliveries, "Deliveries", Icon::List, urls::Company::deliveries, Permission::Read)
            .key('d'),
        entry(Nav::Webhooks, "Webhooks", Icon::Plug, urls::Company::webhooks, Permission::Read).key('w'),
    ],
    &[
        entry(Nav::AlertLinks, "Alert links", Icon::Link, urls::Company::alert_links, Permission::Read)
            .key('a'),
        entry(Nav::AuthTypes, "Auth types", Icon::Key, urls::Company::auth_types, Permission::Read),
        entry(Nav::AlertTypes, "Alert types", Icon::Bell, urls::Company::alert_types, Permission::Read),
        entry(Nav::Statistics, "Statistics", Icon::Chart, urls::Company::statistics, Permission::Read)
            .key('s'),
    ],
    &[
        entry(Nav::Simulate, "Simulate", Icon::Play, urls::Company::simulate, Permission::Read),
        entry(
            Nav::SignatureLab,
            "Signature lab",
            Icon::Shield,
            urls::Company::signature_lab,
            Permission::Read,
        ),
    ],
    &[
        entry(Nav::Users, "Users", Icon::User, urls::Company::users, Permission::ManageUsers),
        entry(Nav::ApiKeys, "API keys", Icon::Key, urls::Company::api_keys, Permission::ManageUsers),
        entry(Nav::Audit, "Audit", Icon::Page, urls::Company::audit, Permission::Read),
    ],
];

/// The entries that somebody who `may` do so much sees below a company's address.
pub fn links(current: Nav, urls: &urls::Company, may: impl Fn(Permission) -> bool) -> Vec<NavLink> {
    let mut links: Vec<NavLink> = Vec::new();
    for group in GROUPS {
        let mut first = !links.is_empty();
        for entry in group.iter().filter(|entry| may(entry.needs)) {
            links.push(NavLink {
                label: entry.label,
                icon: entry.icon,
                url: (entry.url)(urls),
                current: entry.nav == current,
                first_of_group: std::mem::take(&mut first),
                key: entry.key,
            });
        }
    }
    links
}

/// What `g` and another key open: the key and the entry's words.
pub fn keys() -> impl Iterator<Item = (char, &'static str)> {
    GROUPS.iter().flat_map(|group| group.iter()).filter_map(|entry| Some((entry.key?, entry.label)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_see_what_they_may_open() {
        let urls = urls::Company::new(3);
        let all = links(Nav::Webhooks, &urls, |_| true);
        assert_eq!(all.iter().filter(|link| link.current).count(), 1);
        assert!(all.iter().all(|link| link.url.starts_with("/console/c/3/")));
        assert!(!all[0].first_of_group, "no gap above the first");
        assert!(links(Nav::Webhooks, &urls, |_| false).is_empty());
    }

    #[test]
    fn no_two_entries_have_one_key() {
        let mut keys: Vec<char> = keys().map(|(key, _)| key).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }
}
