//! A disk that can be full: a small file system of its own where we may mount one, otherwise a limit on the size of
//! the server's files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::server::Server;

const SIZE_MIB: u64 = 24;

pub enum Disk {
    /// Unmounted when dropped.
    Mounted(PathBuf, #[allow(dead_code, reason = "removed after the mount")] tempfile::TempDir),
    Limited(tempfile::TempDir),
}

fn run(words: &[&str]) -> bool {
    let output = Command::new(words[0]).args(&words[1..]).output();
    output.is_ok_and(|output| output.status.success())
}

impl Disk {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mount = dir.path().join("disk");
        fs::create_dir(&mount).unwrap();
        let size = format!("size={SIZE_MIB}m");
        if run(&["mount", "-t", "tmpfs", "-o", &size, "tmpfs", mount.to_str().unwrap()]) {
            Self::Mounted(mount, dir)
        } else {
            Self::Limited(dir)
        }
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Mounted(..) => "tmpfs",
            Self::Limited(_) => "file_size_limit",
        }
    }

    pub fn data_dir(&self) -> PathBuf {
        match self {
            Self::Mounted(mount, _) => mount.join("data"),
            Self::Limited(dir) => dir.path().join("data"),
        }
    }

    /// Leaves next to nothing for `server`.
    pub fn fill(&self, server: &Server) {
        match self {
            Self::Mounted(mount, _) => {
                // Writes until there is no room, and gives back a little: the beginning of a transaction fits.
                let ballast = mount.join("ballast");
                drop(fs::write(&ballast, vec![0; usize::try_from(SIZE_MIB << 20).unwrap()]));
                let length = fs::metadata(&ballast).unwrap().len();
                fs::File::options().write(true).open(&ballast).unwrap().set_len(length - 64 * 1024).unwrap();
            }
            Self::Limited(_) => limit(server, &(largest(&self.data_dir()) + 64 * 1024).to_string()),
        }
    }

    /// Makes room again.
    pub fn free(&self, server: &Server) {
        match self {
            Self::Mounted(mount, _) => fs::remove_file(mount.join("ballast")).unwrap(),
            Self::Limited(_) => limit(server, "unlimited"),
        }
    }
}

fn limit(server: &Server, bytes: &str) {
    let pid = server.pid().to_string();
    assert!(run(&["prlimit", "--pid", &pid, &format!("--fsize={bytes}:unlimited")]), "prlimit");
}

fn largest(dir: &Path) -> u64 {
    let sizes = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len());
    sizes.max().unwrap_or(0)
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Self::Mounted(mount, _) = self {
            // Lazily: a reader of this process may still be about to close its file.
            run(&["umount", "-l", mount.to_str().unwrap()]);
        }
    }
}
