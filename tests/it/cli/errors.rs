use std::net::TcpListener;

use super::process::{Running, belfry, run};

fn sentence(output: &std::process::Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(text.trim_end().lines().count(), 1, "one plain sentence: {text}");
    assert!(!text.contains("panicked"), "{text}");
    text
}

#[test]
fn what_an_operator_gets_wrong_is_one_plain_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let said = sentence(&run(belfry(dir.path()).arg("serve").env("BELFRY_LISTEN", &at)));
    assert!(said.contains(&at), "{said}");

    let said = sentence(&run(belfry(dir.path()).args(["serve", "--data-dir", "/proc/belfry"])));
    assert!(said.contains("/proc/belfry"), "{said}");

    let said = sentence(&run(belfry(dir.path()).args(["serve", "--database-url", "mysql://x"])));
    assert!(said.contains("`mysql`"), "{said}");

    let said = sentence(&run(belfry(dir.path()).arg("serve").env("BELFRY_DELIVERY_TIMEOUT", "soon")));
    assert!(said.contains("BELFRY_DELIVERY_TIMEOUT") && said.contains("soon"), "{said}");

    let said = sentence(&run(belfry(dir.path()).args([
        "alert",
        "add",
        "--company",
        "9",
        "--type",
        "5",
        "--name",
        "x",
    ])));
    assert!(said.contains("company"), "{said}");
}

#[test]
fn wrong_usage_is_exit_two() {
    let dir = tempfile::tempdir().unwrap();
    for args in
        [&["nonsense"][..], &["user", "add", "--email", "a@b.c", "--role", "king"], &["company", "add"]]
    {
        assert_eq!(run(belfry(dir.path()).args(args)).status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn a_second_server_on_one_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let _first = Running::start(belfry(dir.path()).arg("serve"));
    let said = sentence(&run(belfry(dir.path()).arg("serve")));
    assert!(said.contains("already serving"), "{said}");
}

#[test]
fn what_the_service_writes_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    assert!(run(belfry(&data).arg("migrate")).status.success());
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("master.key")), 0o600);
}
