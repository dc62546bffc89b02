//! A name server that plays tricks, and a start of the binary that asks it. Needs root.

use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::server::Start;

/// An address of its own, so that no other name server is in the way.
const AT: &str = "127.9.9.53";
/// Question types.
const A: u16 = 1;
const AAAA: u16 = 28;

/// Was here when the name was saved; 10.0.0.1 ever after the first delivery.
pub const MOVED: &str = "moved.example.com";
/// Both an address that is fine and one that is not.
pub const MIXED: &str = "mixed.example.com";
/// Never answered.
pub const SILENT: &str = "silent.example.com";

/// The server, until the process ends: a thread that waits for questions needs no end.
pub struct NameServer {
    /// Questions for [`MOVED`] until it moves: from then on another address is told.
    pub moved: Arc<AtomicUsize>,
    _settings: tempfile::TempDir,
    start: Start,
}

/// One port for the whole process.
static TAKEN: Mutex<()> = Mutex::new(());

impl NameServer {
    /// `None` where we may not take the port or give a process a resolver of its own.
    pub fn start() -> Option<Self> {
        let _alone = TAKEN.lock().unwrap();
        let socket = UdpSocket::bind((AT, 53)).ok()?;
        let settings = tempfile::tempdir().unwrap();
        let file = settings.path().join("resolv.conf");
        fs::write(&file, format!("nameserver {AT}\noptions timeout:1 attempts:1\n")).unwrap();
        let start = start_with(&file);
        let tried =
            std::process::Command::new(&start.wrapper[0]).args(&start.wrapper[1..]).arg("true").output();
        if !tried.is_ok_and(|tried| tried.status.success()) {
            return None;
        }
        let moved = Arc::new(AtomicUsize::new(0));
        let theirs = Arc::clone(&moved);
        std::thread::spawn(move || serve(&socket, &theirs));
        Some(Self { moved, _settings: settings, start })
    }

    /// Starts the server so that it asks here.
    pub fn start_of_server(&self) -> Start {
        self.start.clone()
    }
}

/// In a mount namespace of its own, where another file stands in for the resolver's settings.
fn start_with(file: &Path) -> Start {
    let mount = "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"";
    Start::under(&["unshare", "-m", "sh", "-c", mount, file.to_str().unwrap()])
}

fn serve(socket: &UdpSocket, moved: &AtomicUsize) {
    let mut question = [0; 512];
    while let Ok((length, from)) = socket.recv_from(&mut question) {
        if let Some(answer) = answer(&question[..length], moved.load(Ordering::SeqCst) > 0) {
            drop(socket.send_to(&answer, from));
        }
    }
}

/// The question again with its answers, as RFC 1035 has it; `None`: silence.
fn answer(question: &[u8], has_moved: bool) -> Option<Vec<u8>> {
    let (mut labels, mut at) = (Vec::new(), 12);
    while let Some(length) = question.get(at).map(|length| usize::from(*length)).filter(|length| *length > 0)
    {
        labels.push(String::from_utf8_lossy(question.get(at + 1..=at + length)?).to_lowercase());
        at += length + 1;
    }
    let kind = u16::from_be_bytes([*question.get(at + 1)?, *question.get(at + 2)?]);
    let name = labels.join(".");
    let addresses: Vec<Vec<u8>> = match (name.as_str(), kind) {
        (SILENT, _) => return None,
        (MOVED, A) if has_moved => vec![vec![10, 0, 0, 1]],
        (MOVED | MIXED, A) => vec![vec![127, 0, 0, 1]],
        (MIXED, AAAA) => vec![vec![0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
        _ => Vec::new(),
    };
    let mut answer = question[..2].to_vec();
    // A response without error, recursion desired and available; one question, some answers.
    answer.extend([0x81, 0x80, 0, 1, 0, u8::try_from(addresses.len()).ok()?, 0, 0, 0, 0]);
    answer.extend(question.get(12..at + 5)?);
    for address in addresses {
        // The name of the question, its type, class IN, valid for no time.
        answer.extend([0xc0, 12]);
        answer.extend(kind.to_be_bytes());
        answer.extend([0, 1, 0, 0, 0, 0, 0, u8::try_from(address.len()).ok()?]);
        answer.extend(address);
    }
    Some(answer)
}
