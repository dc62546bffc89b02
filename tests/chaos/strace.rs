//! System calls of the server, as strace wrote them down.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use super::server::Start;

/// One call. `begin` and `end` are line numbers: what ended before another began happened before it.
#[derive(Debug, Clone)]
pub struct Call {
    pub name: String,
    /// The descriptor with what it stands for, as `9<socket:[123]>`.
    pub fd: String,
    /// What the descriptor stands for.
    pub path: String,
    /// The whole line, both halves of it where another thread came between.
    text: String,
    pub begin: usize,
    pub end: usize,
}

impl Call {
    pub fn wrote(&self, words: &str) -> bool {
        ["write", "writev", "sendto", "sendmsg"].contains(&self.name.as_str()) && self.text.contains(words)
    }

    pub fn read(&self, words: &str) -> bool {
        ["read", "recvfrom", "recvmsg"].contains(&self.name.as_str()) && self.text.contains(words)
    }
}

/// Whether strace can be used on this machine.
pub fn is_here() -> bool {
    Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "true"])
        .status()
        .is_ok_and(|status| status.success())
}

/// A start under strace that writes into `file`. The tracer is a grandchild (`-D`), so signals reach the server.
pub fn start(file: &Path) -> Start {
    const CALLS: &str =
        "trace=read,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync";
    let file = file.to_str().unwrap();
    Start::under(&[
        "strace",
        "-D",
        "-f",
        "-y",
        "-qq",
        "-s",
        "64",
        "-e",
        CALLS,
        "-e",
        "signal=none",
        "-o",
        file,
    ])
}

/// Reads the lines: `PID name(FD<…>, …) = …`, or the same in two halves.
pub fn calls(text: &str) -> Vec<Call> {
    let mut done: Vec<Call> = Vec::new();
    let mut open: HashMap<&str, Call> = HashMap::new();
    for (number, line) in text.lines().enumerate() {
        let Some((pid, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        if rest.starts_with("<... ") {
            if let Some(mut call) = open.remove(pid) {
                call.text.push_str(rest);
                call.end = number;
                done.push(call);
            }
            continue;
        }
        let Some((name, arguments)) = rest.split_once('(') else { continue };
        let fd = arguments.split_once('>').map_or("", |(fd, _)| fd).to_owned();
        let path = fd.split_once('<').map_or("", |(_, path)| path).to_owned();
        let call =
            Call { name: name.to_owned(), fd, path, text: rest.to_owned(), begin: number, end: number };
        if rest.ends_with("<unfinished ...>") {
            open.insert(pid, call);
        } else {
            done.push(call);
        }
    }
    done.sort_by_key(|call| call.end);
    done
}

#[cfg(test)]
mod tests {
    use super::calls;

    #[test]
    fn halves_are_put_together() {
        let text = "7 recvfrom(9<socket:[5]>,  <unfinished ...>\n\
                    8 fdatasync(4</data/belfry.db-wal>) = 0\n\
                    7 <... recvfrom resumed>\"POST /api\", 4096, 0, NULL, NULL) = 9\n";
        let calls = calls(text);
        assert_eq!((calls[0].name.as_str(), calls[0].path.as_str()), ("fdatasync", "/data/belfry.db-wal"));
        assert_eq!((calls[1].begin, calls[1].end), (0, 2));
        assert!(calls[1].read("POST /api") && calls[1].fd.starts_with("9<socket"));
    }
}
