//! The rules of the house that a reviewer would repeat. Each failure says the rule, the place and the reason.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected ends")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Modules from the lowest layer to the highest; those in one entry are peers and never import each other.
/// `ARCHITECTURE.md` draws the same picture.
const LAYERS: [&[&str]; 10] = [
    &["domain"],
    &["config"],
    &["telemetry", "failpoint"],
    &["store", "outbound"],
    &["delivery", "security"],
    &["actions"],
    &["web"],
    &["api", "console"],
    &["server"],
    &["cli"],
];

/// Crates that a module must not mention, with the reason.
const FORBIDDEN: [(&str, &[&str], &str); 9] = [
    ("domain", &["tokio", "diesel", "actix", "askama", "hyper", "reqwest"], "rules are pure"),
    ("config", &["actix", "diesel"], "settings are plain values"),
    ("store", &["actix", "askama", "hyper"], "rows know nothing of HTTP"),
    ("outbound", &["diesel", "actix", "askama"], "it only opens sockets"),
    ("delivery", &["actix", "askama", "diesel"], "the engine asks the store"),
    ("actions", &["actix", "askama", "diesel"], "a verb knows neither HTTP nor SQL"),
    ("web", &["diesel"], "pages ask the store"),
    ("api", &["diesel"], "doors ask the store"),
    ("console", &["diesel"], "pages ask the store"),
];

/// Pairs that cross a layer on purpose: (from, to, why).
const EXCEPTIONS: [(&str, &str, &str); 0] = [];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(below: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(below) else { return found };
    for entry in entries.map(|entry| entry.expect("a readable folder").path()) {
        if entry.is_dir() {
            found.extend(files(&entry, ending));
        } else if entry.to_string_lossy().ends_with(ending) {
            found.push(entry);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The module below `src` that a file belongs to.
fn module(path: &Path) -> String {
    let inner = path.strip_prefix(root().join("src")).expect("a source file");
    let first = inner.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn rank(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Code without comments and without unit tests, which may reach wherever they like.
fn code(text: &str) -> String {
    let without_tests = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = without_tests.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn imports_point_only_to_lower_layers() {
    let mut wrong = Vec::new();
    for path in files(&root().join("src"), ".rs") {
        let from = module(&path);
        let Some(own) = rank(&from) else { continue };
        for part in code(&read(&path)).split("crate::").skip(1) {
            let to: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let Some(other) = rank(&to) else { continue };
            let excused = EXCEPTIONS.iter().any(|(a, b, _)| *a == from && *b == to);
            if to != from && other >= own && !excused {
                wrong.push(format!("{}: {from} uses {to}", shown(&path)));
            }
        }
    }
    assert!(wrong.is_empty(), "a layer uses only those below it:\n{}", wrong.join("\n"));
}

#[test]
fn modules_mention_no_crate_that_is_not_theirs() {
    let mut wrong = Vec::new();
    for path in files(&root().join("src"), ".rs") {
        let module = module(&path);
        for (_, crates, why) in FORBIDDEN.iter().filter(|(name, _, _)| *name == module) {
            for line in code(&read(&path)).lines() {
                for name in *crates {
                    let mentioned = line.contains(&format!("{name}::")) || line.contains(&format!("{name}_"));
                    if mentioned && line.trim_start().starts_with("use ")
                        || line.contains(&format!(" {name}::"))
                    {
                        wrong.push(format!("{}: `{}` ({why})", shown(&path), line.trim()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "crates where they do not belong:\n{}", wrong.join("\n"));
}

#[test]
fn one_door_never_uses_another() {
    let doors = ["telemax", "aggregate", "zstack", "softwareone"];
    for path in files(&root().join("src/api"), ".rs") {
        let Some(own) = doors.iter().find(|door| shown(&path).contains(&format!("api/{door}"))) else {
            continue;
        };
        for other in doors.iter().filter(|door| *door != own) {
            let needle = format!("api::{other}");
            assert!(!code(&read(&path)).contains(&needle), "{} uses the door {other}", shown(&path));
        }
    }
}

#[test]
fn pages_and_templates_come_in_pairs() {
    let templates: BTreeSet<String> = files(&root().join("templates/console"), ".html")
        .iter()
        .filter(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('_')))
        .map(|path| shown(path).replace("templates/", "").replace(".html", ""))
        .collect();
    let mut used = String::new();
    for path in files(&root().join("src/console"), ".rs") {
        used.push_str(&read(&path));
    }
    for template in templates {
        assert!(used.contains(&format!("{template}.html")), "templates/{template}.html is used by no page");
    }
}

#[test]
fn both_migration_trees_are_in_step() {
    let names = |tree: &str| -> Vec<String> {
        let below = root().join("migrations").join(tree);
        files(&below, "up.sql").iter().map(|path| shown(path).replace(tree, "…")).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    let tables = |tree: &str| -> Vec<String> {
        let below = root().join("migrations").join(tree);
        let all: String = files(&below, "up.sql").iter().map(|path| read(path)).collect();
        all.lines().filter_map(|line| line.strip_prefix("CREATE TABLE ")).map(str::to_owned).collect()
    };
    assert_eq!(tables("sqlite"), tables("postgres"));
}

#[test]
fn templates_escape_everything_and_carry_no_script_or_style() {
    for path in files(&root().join("templates"), ".html") {
        let text = read(&path);
        for (needle, why) in [
            ("|safe", "askama escapes everything"),
            ("| safe", "askama escapes everything"),
            ("style=\"", "the content security policy forbids inline style"),
            (" onclick", "the content security policy forbids inline script"),
            (" onload", "the content security policy forbids inline script"),
            ("javascript:", "the content security policy forbids inline script"),
            ("src=\"http", "nothing is loaded from elsewhere"),
            ("href=\"http", "nothing is loaded from elsewhere"),
            ("=\"/console", "addresses come from web::urls"),
            ("={{", "attribute values are quoted"),
        ] {
            assert!(!text.contains(needle), "{} has `{needle}`: {why}", shown(&path));
        }
    }
}

#[test]
fn files_stay_small_enough_to_read() {
    for path in files(&root().join("src"), ".rs") {
        let lines = read(&path).lines().count();
        assert!(lines <= 500, "{} has {lines} lines: look for the noun that is missing", shown(&path));
    }
}

#[test]
fn only_two_functions_cross_to_blocking_code() {
    for path in files(&root().join("src"), ".rs") {
        let allowed =
            ["src/store/handle.rs", "src/security/password.rs", "src/cli/boot.rs", "src/cli/serve.rs"];
        if allowed.contains(&shown(&path).as_str()) || shown(&path).starts_with("src/cli/demo") {
            continue;
        }
        assert!(
            !code(&read(&path)).contains("spawn_blocking"),
            "{} blocks: use Store::read or Store::write",
            shown(&path)
        );
    }
}

/// `script/test` runs this twice: as usual, and without debug assertions, as in a release.
#[test]
fn a_release_has_no_style_guide() {
    let binary = fs::read(env!("CARGO_BIN_EXE_belfry")).expect("the binary");
    let has = |text: &str| binary.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(has("/webhooks/{id}/alert-links"), "addresses can be found");
    for text in ["/style-guide/{name}", "Only in builds for development"] {
        assert_eq!(has(text), cfg!(debug_assertions), "`{text}`");
    }
}
