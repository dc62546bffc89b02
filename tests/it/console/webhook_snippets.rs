//! The examples for receivers, run against what is really sent, as far as their language is installed.

use std::io::Write;
use std::process::{Command, Stdio};

use belfry::domain::access::Role;
use belfry::domain::clock::Clock;

use super::{fires, makes_webhook};
use crate::support::receiver::Received;
use crate::support::{Receiver, TestApp};

/// The text that each language needs around the example: the time is the test's, and so are the headers.
fn program(language: &str, format: &str, example: &str) -> (&'static str, String) {
    match language {
        "Shell (openssl)" => ("sh", format!("date() {{ echo \"$NOW\"; }}\n{example}\n")),
        "Python" => {
            let headers = match format {
                "telemax" => "e['SIGNATURE']",
                "zstack" => "e['TIMESTAMP'], e['SIGNATURE']",
                _ => "e['ID'], e['TIMESTAMP'], e['SIGNATURES']",
            };
            let run = format!(
                "e = os.environ\nprint('genuine' if is_genuine(open('body.bin', 'rb').read(), {headers}) else 'no')"
            );
            let clock = "import time\ntime.time = lambda: int(os.environ['NOW'])";
            ("python3", format!("import os\n{clock}\n{example}\n{run}\n"))
        }
        other => panic!("nothing runs {other}"),
    }
}

/// What the program prints; `None` where its language is not installed.
fn run(
    program: &(&str, String),
    dir: &std::path::Path,
    request: &Received,
    secret: &str,
    now: i64,
) -> Option<String> {
    let header =
        |names: &[&str]| names.iter().find_map(|name| request.header(name)).unwrap_or_default().to_owned();
    std::fs::write(dir.join("body.bin"), &request.body).unwrap();
    let mut child = Command::new(program.0)
        .arg(if program.0 == "sh" { "-s" } else { "-" })
        .current_dir(dir)
        .env("BELFRY_SECRET", secret)
        .env("NOW", now.to_string())
        .env("ID", header(&["webhook-id"]))
        .env("TIMESTAMP", header(&["webhook-timestamp", "x-webhook-timestamp"]))
        .env("SIGNATURE", header(&["x-telemax-signature", "x-webhook-signature"]))
        .env("SIGNATURES", header(&["webhook-signature"]))
        .env("AUTHORIZATION", header(&["authorization"]))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(program.1.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{}: {}", program.1, String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[tokio::test]
async fn the_examples_take_what_is_sent_and_nothing_else() {
    let app = TestApp::start().await;
    let company = app.company("Northline").await;
    let (alice, receiver) = (app.person(Role::Admin, Some(company)).await, Receiver::start().await);
    let alert = app.alert(company, 8).await;
    let dir = tempfile::tempdir().unwrap();
    let mut ran = 0;
    for format in ["telemax", "zstack", "aggregate", "softwareone"] {
        let (id, made) = makes_webhook(&alice, &receiver, &[("format", format)]).await;
        let page = alice.get(made.location().unwrap()).await;
        let secret = page.texts("#secret").remove(0);
        assert!(page.answer.text.len() < 40_000, "{format}: {}", page.answer.text.len());
        let selector = scraper::Selector::parse("[data-testid=snippets] pre").unwrap();
        let html = page.html();
        let examples: Vec<String> = html.select(&selector).map(|pre| pre.text().collect()).collect();
        let titles = page.texts("[data-testid=snippets] summary");
        assert_eq!((titles.len(), examples.len()), (8, 8), "{format}");
        fires(&app, company, alert).await;
        let request = receiver.received().pop().unwrap();
        let mut forged = request.clone();
        forged.body.push(b' ');
        let now = app.clock.now().seconds();
        for (title, example) in titles.iter().zip(&examples).take(2) {
            // PyJWT is no part of Python.
            if (format, title.as_str()) == ("softwareone", "Python") {
                continue;
            }
            let program = program(title, format, example);
            let Some(said) = run(&program, dir.path(), &request, &secret, now) else { continue };
            assert_eq!(said, "genuine", "{format} {title}");
            ran += 1;
            if format != "softwareone" {
                let said = run(&program, dir.path(), &forged, &secret, now).unwrap();
                assert_ne!(said, "genuine", "{format} {title}: another body");
            }
            let said = run(&program, dir.path(), &request, "whsec_AQIDBAUGBwgJCgsMDQ4PEA==", now).unwrap();
            assert_ne!(said, "genuine", "{format} {title}: another secret");
            if format == "zstack" || format == "aggregate" {
                let said = run(&program, dir.path(), &request, &secret, now + 301).unwrap();
                assert_ne!(said, "genuine", "{format} {title}: too late");
            }
        }
        alice.post(&alice.path(&format!("/webhooks/{id}/disable")), &[]).await;
    }
    assert!(ran >= 4, "openssl and a shell are everywhere");
}
