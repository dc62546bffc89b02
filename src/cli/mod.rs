//! The command line. Every command is a file; what they share is [`boot`].

pub mod boot;
mod demo;
mod listen;
mod serve;
mod setup;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::Config;

/// Delivers a company's alerts to its customers' webhooks and shows every delivery.
///
/// Everything is in one process and one SQLite file. Try `belfry demo` first; `belfry serve` is the real
/// thing. Settings come from flags, then BELFRY_… variables, then --config FILE, then defaults.
#[derive(Parser, Debug)]
#[command(name = "belfry", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// One flag for each key of the configuration; without a value the environment, the file or the default counts.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "Settings (also BELFRY_… variables and keys of the config file)")]
struct Settings {
    /// Read settings from this TOML file
    #[arg(long, global = true, value_name = "FILE", env = "BELFRY_CONFIG")]
    config: Option<PathBuf>,
    /// Answer with one JSON object on one line
    #[arg(long, global = true)]
    json: bool,
    /// Address and port to listen on; port 0 picks a free one [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// How the service is reached from outside: links, secure cookies, token audiences
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
    /// `sqlite://PATH` or `postgres://…` [default: belfry.db in the data directory]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// Holds the database and the generated master key [default: ./data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// 64 hexadecimal digits; prefer the variable, flags are seen by every user of the machine
    #[arg(long, global = true, value_name = "HEX", hide = true)]
    master_key: Option<String>,
    /// Networks that may be delivered to although not public: labs and tests
    #[arg(long, global = true, value_name = "NETWORKS")]
    outbound_allow: Option<String>,
    /// Permit `http://` destinations: labs and tests [default: false]
    #[arg(long, global = true, value_name = "true|false")]
    outbound_allow_http: Option<String>,
    /// More certificate authorities to trust, PEM
    #[arg(long, global = true, value_name = "FILE")]
    outbound_ca_file: Option<String>,
    /// Waits before each attempt [default: 0s,10s,30s,2m,10m,30m,2h,6h]
    #[arg(long, global = true, value_name = "LIST")]
    retry_schedule: Option<String>,
    /// Longest time for one attempt [default: 10s]
    #[arg(long, global = true, value_name = "DURATION")]
    delivery_timeout: Option<String>,
    /// Limit requests to the API doors [default: on]
    #[arg(long, global = true, value_name = "on|off")]
    rate_limits: Option<String>,
    /// Let /authtoken answer 404 for unknown user names, as its vendor does: it tells who has an account [default: false]
    #[arg(long, global = true, value_name = "true|false")]
    authtoken_404: Option<String>,
    /// How long every attempt has to fail before a webhook is switched off [default: 5d]
    #[arg(long, global = true, value_name = "DURATION|off")]
    auto_disable_after: Option<String>,
    /// How long history is kept [default: 90d]
    #[arg(long, global = true, value_name = "DURATION")]
    retention: Option<String>,
    /// Log filter, such as info or `belfry::delivery=debug` [default: info]
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// human or json [default: human]
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
}

impl Settings {
    fn load(&self) -> Result<Config, String> {
        let flags = [
            ("listen", self.listen.clone()),
            ("public_url", self.public_url.clone()),
            ("database_url", self.database_url.clone()),
            ("data_dir", self.data_dir.clone()),
            ("master_key", self.master_key.clone()),
            ("outbound_allow", self.outbound_allow.clone()),
            ("outbound_allow_http", self.outbound_allow_http.clone()),
            ("outbound_ca_file", self.outbound_ca_file.clone()),
            ("retry_schedule", self.retry_schedule.clone()),
            ("delivery_timeout", self.delivery_timeout.clone()),
            ("rate_limits", self.rate_limits.clone()),
            ("authtoken_404", self.authtoken_404.clone()),
            ("auto_disable_after", self.auto_disable_after.clone()),
            ("retention", self.retention.clone()),
            ("log", self.log.clone()),
            ("log_format", self.log_format.clone()),
        ];
        Config::load(self.config.as_deref(), std::env::vars(), &flags).map_err(|error| error.to_string())
    }
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Try it: made-up companies, thirty days of history, receivers that answer, alerts that fire
    Demo(demo::DemoArgs),
    /// Run the service; brings its database up to date first
    Serve,
    /// Bring the database up to date and say what was done
    Migrate,
    /// Check all settings and say what they are
    CheckConfig,
    /// Companies
    #[command(subcommand)]
    Company(setup::CompanyCommand),
    /// People who sign in to the console
    #[command(subcommand)]
    User(setup::UserCommand),
    /// Keys for the API
    #[command(subcommand)]
    ApiKey(setup::ApiKeyCommand),
    /// Alerts: configurations that can fire
    #[command(subcommand)]
    Alert(setup::AlertCommand),
    /// Receive deliveries on this machine, verify their signatures and print them
    Listen(listen::ListenArgs),
}

/// Runs the command line and returns its exit status: 0 done, 1 failed, 2 wrong usage.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("belfry: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), String> {
    let Cli { settings, command } = cli;
    match &command {
        Command::Demo(args) => return demo::run(args, &settings),
        Command::Listen(args) => return listen::run(args, settings.json),
        _ => {}
    }
    let config = settings.load()?;
    crate::telemetry::start(&config)?;
    let json = settings.json;
    match command {
        Command::Serve => serve::run(&config, json),
        Command::Migrate => setup::migrate(&config, json),
        Command::CheckConfig => setup::check_config(&config, json),
        Command::Company(command) => setup::company(&config, command, json),
        Command::User(command) => setup::user(&config, command, json),
        Command::ApiKey(command) => setup::api_key(&config, command, json),
        Command::Alert(command) => setup::alert(&config, command, json),
        Command::Demo(_) | Command::Listen(_) => Ok(()),
    }
}
