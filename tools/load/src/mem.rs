//! What a process costs: memory, processor time, disk writes, from `/proc`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

/// Clock ticks in a second, as `/proc` counts them: part of Linux' interface.
const TICKS_PER_S: f64 = 100.0;

#[derive(clap::Args)]
pub struct MemArgs {
    /// The process
    #[arg(long)]
    pid: u32,
}

/// Prints what the process has cost so far.
pub fn run(args: &MemArgs) -> Result<()> {
    let dir = Path::new("/proc").join(args.pid.to_string());
    let read = |name: &str| {
        fs::read_to_string(dir.join(name))
            .with_context(|| format!("cannot read {name} of process {}", args.pid))
    };
    let (status, rollup) = (read("status")?, read("smaps_rollup")?);
    println!(
        "{}",
        json!({
            "pid": args.pid,
            "rss_mib": number(&status, "VmRSS:") / 1_024.0,
            "peak_rss_mib": number(&status, "VmHWM:") / 1_024.0,
            "pss_mib": number(&rollup, "Pss:") / 1_024.0,
            "cpu_s": cpu_s(&read("stat")?),
            "written_mib": number(&read("io")?, "write_bytes:") / 1_024.0 / 1_024.0,
        })
    );
    Ok(())
}

/// The number behind `name`, in whatever unit the line has; 0 when there is none.
fn number(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
}

/// User and system time. The command's name, in brackets, may hold anything.
fn cpu_s(stat: &str) -> f64 {
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / TICKS_PER_S
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_proc() {
        let text = "VmHWM:\t   38492 kB\nVmRSS:\t   21044 kB\n";
        assert!((number(text, "VmRSS:") - 21_044.0).abs() < 0.1);
        assert!(number(text, "Pss:").abs() < 0.1);
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 12 34";
        assert!((cpu_s(stat) - 3.0).abs() < 1e-9);
    }
}
