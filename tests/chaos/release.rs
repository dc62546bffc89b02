//! What a release must not contain: places where a test ends the process.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The variables that arm them.
const VARIABLES: [&str; 2] = ["BELFRY_FAILPOINT", "BELFRY_CLOCK_OFFSET_FILE"];

/// Every name that the code gives to a fail point.
pub fn fail_points() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let text = fs::read_to_string(entry.path()).unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            for line in code {
                let after = line.split_once("fail_point!(\"").and_then(|(_, rest)| rest.split_once('"'));
                names.extend(after.map(|(name, _)| name.to_owned()));
            }
        }
    }
    names
}

#[test]
fn only_a_build_with_the_feature_has_fail_points() {
    let binary = fs::read(env!("CARGO_BIN_EXE_belfry")).unwrap();
    let binary = String::from_utf8_lossy(&binary);
    let names = fail_points();
    assert!(names.len() > 5, "the code has fail points: {names:?}");
    for name in names.into_iter().chain(VARIABLES.map(str::to_owned)) {
        assert_eq!(binary.contains(&name), cfg!(feature = "failpoints"), "`{name}`");
    }
}
