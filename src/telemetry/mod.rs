//! Logging. Lines go to stderr, so that stdout stays for what a command answers.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::config::{Config, LogFormat};

/// Starts logging as the configuration says.
///
/// # Errors
/// One sentence when the filter cannot be read.
pub fn start(config: &Config) -> Result<(), String> {
    // actix reports each malformed request head as an error of its own. That is anybody's to cause and nothing
    // of ours to mend, so it is silent unless the operator's filter speaks of it.
    let quiet = if config.log.contains("actix_http") { "" } else { ",actix_http=off" };
    let filter = EnvFilter::try_new(format!("{}{quiet}", config.log))
        .map_err(|error| format!("BELFRY_LOG is `{}`: {error}", config.log))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_span_events(FmtSpan::NONE)
        .with_target(true);
    // A second start in one process (tests) keeps the first one's settings.
    let started = match config.log_format {
        LogFormat::Human => {
            builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init()
        }
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    drop(started);
    Ok(())
}
