//! How long a server takes from its start to its first good answer.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::clock::now_ns;

/// How often is asked.
const ASK_EVERY: Duration = Duration::from_micros(200);
/// Stands for a free port, in the command.
const PORT: &str = "{port}";

#[derive(clap::Args)]
pub struct BootArgs {
    /// The path that answers 2xx when the server can be given work
    #[arg(long, default_value = "/readyz")]
    path: String,
    /// Give up after this long, seconds
    #[arg(long, default_value_t = 60)]
    timeout_s: u64,
    /// Leave the server running
    #[arg(long)]
    keep: bool,
    /// The server's output goes here
    #[arg(long, value_name = "FILE")]
    log: PathBuf,
    /// The server's process id goes here, before anything is waited for
    #[arg(long, value_name = "FILE")]
    pid_file: PathBuf,
    /// The command; {port} in it becomes a free port
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

/// Starts the command and prints how long it took, its process and its URL.
pub fn run(args: &BootArgs) -> Result<()> {
    let at = free_address()?;
    let port = at.port().to_string();
    let mut words = args.command.iter().map(|word| word.replace(PORT, &port));
    let program = words.next().context("no command")?;
    let log = File::create(&args.log).with_context(|| format!("cannot write {}", args.log.display()))?;
    let (started, started_ns) = (Instant::now(), now_ns());
    let mut server = Command::new(&program)
        .args(words)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    fs::write(&args.pid_file, server.id().to_string())?;
    let ready = wait_until_ready(&mut server, at, args, started);
    if ready.is_err() || !args.keep {
        server.kill()?;
        server.wait()?;
    }
    let ready_ms = ready?.as_secs_f64() * 1_000.0;
    println!(
        "{}",
        json!({
            "ready_ms": ready_ms,
            "started_ns": started_ns,
            "pid": server.id(),
            "url": format!("http://{at}"),
        })
    );
    Ok(())
}

fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

fn wait_until_ready(server: &mut Child, at: SocketAddr, args: &BootArgs, since: Instant) -> Result<Duration> {
    let limit = Duration::from_secs(args.timeout_s);
    loop {
        let left = limit.saturating_sub(since.elapsed());
        if left.is_zero() {
            bail!("not ready after {} s", args.timeout_s);
        }
        if is_ready(at, &args.path, left).unwrap_or(false) {
            return Ok(since.elapsed());
        }
        if let Some(status) = server.try_wait()? {
            bail!("the server ended: {status}; see {}", args.log.display());
        }
        thread::sleep(ASK_EVERY);
    }
}

/// Plain sockets: a client that takes longer to set up than the server to start would measure itself.
fn is_ready(at: SocketAddr, path: &str, patience: Duration) -> io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&at, patience)?;
    stream.set_read_timeout(Some(patience))?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n\r\n")?;
    let mut answer = [0; 10];
    stream.read_exact(&mut answer)?;
    Ok(answer == *b"HTTP/1.1 2")
}
