//! The binary under test as a child process.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::lab::Lab;

/// How long a start may take before the run is given up.
const START_WITHIN: Duration = Duration::from_secs(60);

/// How the server is started.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// A command that runs the rest of its arguments: `prlimit --nofile=256`.
    pub wrapper: Vec<String>,
    /// More environment.
    pub environment: Vec<(String, String)>,
}

impl Start {
    pub fn with(environment: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self { wrapper: Vec::new(), environment: environment.iter().map(own).collect() }
    }

    pub fn under(wrapper: &[&str]) -> Self {
        Self { wrapper: wrapper.iter().map(|word| (*word).to_owned()).collect(), environment: Vec::new() }
    }
}

/// A running server, killed when dropped.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts it and waits until it says where it listens; what it logged when it ended before.
    pub fn try_start(lab: &Lab, start: &Start) -> Result<Self, Vec<String>> {
        let mut words = start.wrapper.clone();
        words.extend([env!("CARGO_BIN_EXE_belfry"), "serve", "--json"].map(str::to_owned));
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BELFRY_")) {
            command.env_remove(name);
        }
        command.envs(lab.environment()).envs(start.environment.iter().map(|(name, value)| (name, value)));
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let theirs = Arc::clone(&log);
        std::thread::spawn(move || {
            stderr.lines().map_while(Result::ok).for_each(|line| theirs.lock().unwrap().push(line));
        });
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                drop(tell.send(line));
            }
        });
        match told.recv_timeout(START_WITHIN) {
            Ok(line) => {
                let line: Value = serde_json::from_str(&line).unwrap();
                let url = line["url"].as_str().unwrap().trim_end_matches('/').to_owned();
                Ok(Self { child, url, log })
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                child.wait().unwrap();
                Err(log.lock().unwrap().clone())
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                drop(child.kill());
                child.wait().unwrap();
                panic!("the server did not start within {START_WITHIN:?}: {:?}", log.lock().unwrap());
            }
        }
    }

    /// [`Server::try_start`], where an end before is a failure.
    pub fn start(lab: &Lab, start: &Start) -> Self {
        Self::try_start(lab, start).expect("the server starts")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Lines of standard error so far.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn signal(&self, name: &str) {
        // The shell's own: the program of that name is not everywhere.
        let kill = format!("kill -{name} {}", self.pid());
        let sent = Command::new("sh").args(["-c", &kill]).status();
        assert!(sent.unwrap().success(), "SIG{name}");
    }

    /// SIGTERM; how it ended and how long that took.
    pub fn terminate(&mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        self.signal("TERM");
        (self.child.wait().unwrap(), began.elapsed())
    }

    /// Waits for its end.
    pub fn ended_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        let end = Instant::now() + limit;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        None
    }

    /// A line of `/proc/PID/status`.
    fn status(&self, name: &str) -> String {
        let text = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}:")));
        line.unwrap_or_default().trim().to_owned()
    }

    /// Resident memory, KiB.
    pub fn rss_kib(&self) -> u64 {
        self.status("VmRSS").trim_end_matches(" kB").trim().parse().unwrap()
    }

    /// Open file descriptors.
    pub fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid())).unwrap().count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
