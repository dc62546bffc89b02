//! `select=+a,-b.c`: which parts of an object are shown.
//!
//! A sign-less name is added. Naming a part of something (`+statistics.total`) shows only the named parts of it;
//! removing one (`-statistics.total`) shows the others. `-*` removes everything and `+*` adds it; `a(b,c)` is short
//! for `a.b,a.c`. Names that do not exist are passed over, and `id` is always there.

use std::collections::BTreeSet;

use super::fault::Fault;

/// The parts of an object that are not shown unless asked for, in lists (contract 4.7).
const LIST_OMITS: [&str; 4] = ["audit", "lastSuccess", "lastFailure", "lastCall"];
/// What an object has, in its order.
const NAMES: [&str; 15] = [
    "id",
    "audit",
    "url",
    "description",
    "status",
    "type",
    "secret",
    "statistics",
    "objectType",
    "account",
    "object",
    "criteria",
    "lastSuccess",
    "lastFailure",
    "lastCall",
];
/// Items of one select at most.
const ITEMS_MAX: usize = 100;

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    parts: Vec<(&'static str, Part)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Out,
    /// All but these paths below it.
    But(BTreeSet<String>),
    /// Only these paths below it.
    Only(BTreeSet<String>),
}

impl Part {
    fn whole() -> Self {
        Self::But(BTreeSet::new())
    }
}

impl Selection {
    /// What a single answer shows unless asked otherwise: everything.
    pub fn of_one() -> Self {
        Self { parts: NAMES.into_iter().map(|name| (name, Part::whole())).collect() }
    }

    /// What a list shows unless asked otherwise: neither the audit nor the calls.
    pub fn of_list() -> Self {
        let mut selection = Self::of_one();
        for (name, part) in &mut selection.parts {
            if LIST_OMITS.contains(name) {
                *part = Part::Out;
            }
        }
        selection
    }

    /// This selection changed as `text` says.
    pub(super) fn changed(mut self, text: &str) -> Result<Self, Vec<Fault>> {
        let mut named = BTreeSet::new();
        for (adds, path) in items(text)? {
            let (name, below) = path.split_once('.').unwrap_or((&path, ""));
            for (known, part) in &mut self.parts {
                if name == "*" {
                    *part = if adds { Part::whole() } else { Part::Out };
                } else if *known == name {
                    change(part, adds, below, named.contains(name));
                }
            }
            if adds && below.is_empty() {
                named.insert(name.to_owned());
            }
        }
        if let Some((_, id)) = self.parts.iter_mut().find(|(name, _)| *name == "id") {
            *id = Part::whole();
        }
        Ok(self)
    }

    /// Whether anything of `name` is shown.
    pub fn has(&self, name: &str) -> bool {
        self.parts.iter().any(|(known, part)| *known == name && *part != Part::Out)
    }

    /// What is left out as a whole, in the object's order.
    pub fn omitted(&self) -> Vec<&'static str> {
        self.parts.iter().filter(|(_, part)| *part == Part::Out).map(|(name, _)| *name).collect()
    }

    /// Whether the value at `path` is shown, or something below it.
    pub fn shows(&self, path: &str) -> bool {
        let (name, below) = path.split_once('.').unwrap_or((path, ""));
        let Some((_, part)) = self.parts.iter().find(|(known, _)| *known == name) else {
            return true;
        };
        match part {
            Part::Out => false,
            _ if below.is_empty() => true,
            Part::But(paths) => !paths.iter().any(|path| is_within(below, path)),
            Part::Only(paths) => paths.iter().any(|path| is_within(below, path) || is_within(path, below)),
        }
    }
}

/// Whether `path` is `above` or lies below it.
fn is_within(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn change(part: &mut Part, adds: bool, below: &str, was_named: bool) {
    let one = || BTreeSet::from([below.to_owned()]);
    match (adds, below.is_empty()) {
        (true, true) => *part = Part::whole(),
        (false, true) => *part = Part::Out,
        (true, false) => match part {
            Part::Only(paths) => {
                paths.insert(below.to_owned());
            }
            Part::But(paths) if was_named || !paths.is_empty() => {
                paths.retain(|path| !is_within(path, below) && !is_within(below, path));
            }
            Part::But(_) | Part::Out => *part = Part::Only(one()),
        },
        (false, false) => match part {
            Part::But(paths) => {
                paths.insert(below.to_owned());
            }
            Part::Only(paths) => paths.retain(|path| !is_within(path, below)),
            Part::Out => {}
        },
    }
}

/// Signs and dotted paths, with group forms spelled out.
fn items(text: &str) -> Result<Vec<(bool, String)>, Vec<Fault>> {
    let wrong = || vec![Fault::new("select", "Invalid property path.", 0..text.len())];
    let (mut found, mut groups, mut word) = (Vec::new(), Vec::<(bool, String)>::new(), String::new());
    let mut take = |word: &mut String, groups: &[(bool, String)]| {
        let item = std::mem::take(word);
        let (adds, name) = signed(item.trim());
        if !name.is_empty() {
            let inside = groups.last().map_or(String::new(), |(_, prefix)| format!("{prefix}."));
            // A group's sign holds for what stands in it, unless that has its own.
            let adds = if item.trim().starts_with(['+', '-']) {
                adds
            } else {
                groups.last().is_none_or(|(adds, _)| *adds)
            };
            found.push((adds, format!("{inside}{name}")));
        }
        found.len() <= ITEMS_MAX
    };
    for c in text.chars() {
        let is_fine = match c {
            '(' => {
                let item = std::mem::take(&mut word);
                let (adds, name) = signed(item.trim());
                let prefix = groups.last().map_or(String::new(), |(_, prefix)| format!("{prefix}."));
                let is_fine = !name.is_empty() && groups.len() < super::DEPTH_MAX;
                groups.push((adds, format!("{prefix}{name}")));
                is_fine
            }
            ')' => take(&mut word, &groups) && groups.pop().is_some(),
            ',' => take(&mut word, &groups),
            c => {
                word.push(c);
                true
            }
        };
        if !is_fine {
            return Err(wrong());
        }
    }
    let is_fine = take(&mut word, &groups) && groups.is_empty();
    if is_fine { Ok(found) } else { Err(wrong()) }
}

fn signed(item: &str) -> (bool, &str) {
    match (item.strip_prefix('-'), item.strip_prefix('+')) {
        (Some(name), _) => (false, name),
        (None, name) => (true, name.unwrap_or(item)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Selection {
        Selection::of_list().changed(text).unwrap()
    }

    #[test]
    fn adds_and_removes() {
        assert_eq!(list("").omitted(), LIST_OMITS);
        assert_eq!(list("audit,-url").omitted(), ["url", "lastSuccess", "lastFailure", "lastCall"]);
        assert_eq!(list("+*").omitted(), [""; 0]);
        assert_eq!(list("-*").omitted().len(), 14);
        assert!(list("-*,-id").has("id"));
        assert_eq!(list("nothing,-$meta,+secret.x.y").omitted(), LIST_OMITS);
        assert_eq!(Selection::of_one().changed("-audit").unwrap().omitted(), ["audit"]);
    }

    #[test]
    fn parts_of_a_part() {
        for (select, shown, hidden) in [
            ("+statistics.total", "statistics.total", "statistics.failures"),
            ("-statistics.total", "statistics.failures", "statistics.total"),
            ("statistics(total,failures)", "statistics.failures", "statistics.successes"),
            ("-statistics(total)", "statistics.failures", "statistics.total"),
            ("audit(created(at))", "audit.created.at", "audit.created.by"),
            ("audit.created", "audit.created.by.name", "audit.updated.at"),
            ("+audit,-audit.created.by", "audit.created.at", "audit.created.by.name"),
            ("-*,+criteria(key)", "criteria.key", "criteria.value"),
            ("-*,+statistics,+statistics.total", "statistics.failures", "url"),
        ] {
            let selection = list(select);
            assert!(selection.shows(shown), "{select}");
            assert!(!selection.shows(hidden), "{select}");
        }
    }

    #[test]
    fn brackets_have_to_fit() {
        for bad in ["(", ")", "a(", "a)", "a(b", "(a)", "a(b))", &"a(".repeat(20), &"a,".repeat(200)] {
            assert!(Selection::of_list().changed(bad).is_err(), "{bad}");
        }
    }
}
