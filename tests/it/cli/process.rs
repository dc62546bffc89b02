//! A running `belfry`, killed when the test ends.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;

use serde_json::Value;

/// The binary with a data directory, permitted to deliver to this machine.
pub fn belfry(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_belfry"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BELFRY_")) {
        command.env_remove(name);
    }
    command
        .env("BELFRY_DATA_DIR", data_dir)
        .env("BELFRY_LISTEN", "127.0.0.1:0")
        .env("BELFRY_OUTBOUND_ALLOW", "127.0.0.0/8")
        .env("BELFRY_OUTBOUND_ALLOW_HTTP", "true")
        .env("BELFRY_DELIVERY_TIMEOUT", "2s")
        .env("BELFRY_LOG", "warn");
    command
}

/// Runs to its end.
pub fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().expect("the binary runs")
}

/// Runs a set-up command with `--json` and returns its answer.
pub fn answer(command: &mut Command) -> Value {
    let output = run(command.arg("--json"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

/// Feeds standard input.
pub fn answer_with_input(command: &mut Command, input: &str) -> Value {
    let mut child =
        command.arg("--json").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the binary runs");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

/// A process that keeps running, with its lines of standard output.
pub struct Running {
    child: Child,
    lines: mpsc::Receiver<String>,
    /// What it printed as `url`.
    pub url: String,
}

impl Running {
    /// Starts it and waits for its `{"url"}` line.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .arg("--json")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let first = lines.recv().expect("it says where it listens");
        let first: Value = serde_json::from_str(&first).expect("JSON");
        let url = first["url"].as_str().expect("a url").trim_end_matches('/').to_owned();
        Self { child, lines, url }
    }

    /// The next line that it prints; ends the test when it prints none for half a minute.
    pub fn line(&self) -> Value {
        let line = self.lines.recv_timeout(std::time::Duration::from_secs(30)).expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ends");
    }

    /// SIGTERM, and the exit status.
    pub fn terminate(&mut self) -> std::process::ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().expect("kill runs").success());
        self.child.wait().expect("it ends")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
