//! Set-up commands. They work while the server runs: it sees their changes with its next query.

use std::io::Read;

use clap::Subcommand;
use serde_json::{Value, json};

use super::boot::{Booted, Surroundings, boot};
use crate::actions::alerts::NewAlert;
use crate::actions::api_keys::NewApiKey;
use crate::actions::users::NewUser;
use crate::actions::{ActionError, alerts, api_keys, companies, users};
use crate::config::Config;
use crate::domain::access::{Action, Role};
use crate::domain::ids::{AlertId, CompanyId};
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;

#[derive(Subcommand, Debug)]
pub(super) enum CompanyCommand {
    /// Add a company and print its id
    Add {
        /// How it is shown
        #[arg(long)]
        name: String,
        /// The company that it is part of
        #[arg(long, value_name = "ID")]
        parent: Option<i64>,
        /// IANA time zone in which its pages show times
        #[arg(long, default_value = "UTC", value_name = "ZONE")]
        timezone: String,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum UserCommand {
    /// Add a person; the password is read from standard input, and without one an invitation link is printed
    Add {
        /// Signs in with it
        #[arg(long)]
        email: String,
        /// admin, editor or viewer of a company; support or operator of the service
        #[arg(long, value_parser = parse_role)]
        role: Role,
        /// The company, unless the role is support or operator
        #[arg(long, value_name = "ID")]
        company: Option<i64>,
        /// How the person is shown; the e-mail address's first part when missing
        #[arg(long, default_value = "")]
        name: String,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum ApiKeyCommand {
    /// Add a key and print it: the only time that it is shown
    Add {
        /// The company whose tree it opens
        #[arg(long, value_name = "ID")]
        company: i64,
        /// How it is shown
        #[arg(long)]
        name: String,
        /// Limit it: webhooks:read, webhooks:write, alerts:read, alerts:write
        #[arg(long, value_delimiter = ',', value_parser = parse_action)]
        actions: Option<Vec<Action>>,
        /// Limit it to these vehicles
        #[arg(long, value_delimiter = ',', value_name = "IDS")]
        vehicles: Option<Vec<i64>>,
        /// When it stops to work, such as 2027-01-01T00:00:00Z
        #[arg(long, value_name = "RFC3339", value_parser = parse_time)]
        expires: Option<Timestamp>,
    },
}

#[derive(Subcommand, Debug)]
pub(super) enum AlertCommand {
    /// Add an alert and print its id
    Add {
        /// The owner
        #[arg(long, value_name = "ID")]
        company: i64,
        /// What it watches, 1 to 18: 5 is Geofence, 8 Ignition, 9 Low Battery, 10 Exceed Maximum Speed
        #[arg(long = "type", value_name = "TYPE")]
        type_id: i64,
        /// How it is shown
        #[arg(long)]
        name: String,
        /// Its number, when it has one elsewhere
        #[arg(long)]
        id: Option<i64>,
    },
}

fn parse_role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|_| "use admin, editor, viewer, support or operator".to_owned())
}

fn parse_action(text: &str) -> Result<Action, String> {
    text.parse().map_err(|_| "use webhooks:read, webhooks:write, alerts:read or alerts:write".to_owned())
}

pub(super) fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "use a time such as 2027-01-01T00:00:00Z".to_owned())
}

/// Runs one action on the configured database and prints its answer.
fn with_booted<F>(config: &Config, json: bool, work: F) -> Result<(), String>
where
    F: AsyncFnOnce(&Booted) -> Result<Value, ActionError>,
{
    block_on(async {
        let booted = boot(config, Surroundings::default()).await?;
        let answer = work(&booted).await.map_err(|error| sentence(&error))?;
        print(&answer, json);
        Ok(())
    })
}

pub(super) fn block_on<T>(work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?
        .block_on(work)
}

pub(super) fn sentence(error: &ActionError) -> String {
    match error {
        ActionError::Invalid(problems) => {
            let all = problems.0.iter().map(|problem| format!("--{}: {}", problem.field, problem.message));
            all.collect::<Vec<_>>().join(" ")
        }
        other => match std::error::Error::source(other) {
            Some(cause) => format!("{other}: {cause}"),
            None => other.to_string(),
        },
    }
}

/// People get `name: value` lines, scripts one JSON object.
fn print(answer: &Value, json: bool) {
    if json {
        println!("{answer}");
        return;
    }
    for (name, value) in answer.as_object().into_iter().flatten() {
        match value {
            Value::String(text) => println!("{name}: {text}"),
            other => println!("{name}: {other}"),
        }
    }
}

pub(super) fn company(config: &Config, command: CompanyCommand, json: bool) -> Result<(), String> {
    let CompanyCommand::Add { name, parent, timezone } = command;
    with_booted(config, json, async |booted| {
        let ctx = booted.context("belfry company add");
        let company = companies::add(&ctx, &name, parent.map(CompanyId), &timezone).await?;
        Ok(json!({ "id": company.id }))
    })
}

pub(super) fn user(config: &Config, command: UserCommand, json: bool) -> Result<(), String> {
    let UserCommand::Add { email, role, company, name } = command;
    let password = password_from_stdin()?;
    let base = config.public_url.as_ref().map_or_else(
        || format!("http://{}", config.listen),
        |url| url.as_str().trim_end_matches('/').to_owned(),
    );
    with_booted(config, json, async |booted| {
        let new = NewUser { company_id: company.map(CompanyId), email, name, role, password };
        let added = users::add(&booted.context("belfry user add"), new).await?;
        Ok(match added.invite_token {
            Some(token) => json!({
                "id": added.user.id,
                "invite_url": format!("{base}/console/invite/{}", token.reveal()),
            }),
            None => json!({ "id": added.user.id }),
        })
    })
}

/// Whoever types gets an invitation link; a password comes through a pipe, never as a flag.
fn password_from_stdin() -> Result<Option<Secret>, String> {
    let stdin = std::io::stdin();
    if std::io::IsTerminal::is_terminal(&stdin) {
        return Ok(None);
    }
    let mut text = String::new();
    stdin
        .take(4_096)
        .read_to_string(&mut text)
        .map_err(|error| format!("cannot read the password from standard input: {error}"))?;
    let password = text.trim_end_matches(['\r', '\n']);
    Ok((!password.is_empty()).then(|| Secret::new(password)))
}

pub(super) fn api_key(config: &Config, command: ApiKeyCommand, json: bool) -> Result<(), String> {
    let ApiKeyCommand::Add { company, name, actions, vehicles, expires } = command;
    with_booted(config, json, async |booted| {
        let new = NewApiKey { company_id: CompanyId(company), name, actions, vehicles, expires_at: expires };
        let (id, key) = api_keys::add(&booted.context("belfry api-key add"), new).await?;
        Ok(json!({ "id": id, "key": key.reveal() }))
    })
}

pub(super) fn alert(config: &Config, command: AlertCommand, json: bool) -> Result<(), String> {
    let AlertCommand::Add { company, type_id, name, id } = command;
    with_booted(config, json, async |booted| {
        let new = NewAlert {
            id: id.map(AlertId),
            company_id: CompanyId(company),
            type_id,
            name,
            description: String::new(),
            units: Vec::new(),
        };
        let id = alerts::add(&booted.context("belfry alert add"), new).await?;
        Ok(json!({ "id": id }))
    })
}

pub(super) fn migrate(config: &Config, json: bool) -> Result<(), String> {
    with_booted(config, json, async |_| Ok(json!({ "database": "up to date" })))
}

/// Values only where they are no secret: neither the master key nor the database's password.
pub(super) fn check_config(config: &Config, json: bool) -> Result<(), String> {
    let location = crate::store::Location::parse(&config.database_url)?;
    let report = json!({
        "listen": config.listen.to_string(),
        "public_url": config.public_url.as_ref().map(url::Url::as_str),
        "database": location.sqlite_path().map_or_else(|| "PostgreSQL".to_owned(), |path| path.display().to_string()),
        "data_dir": config.data_dir.display().to_string(),
        "master_key": if config.master_key.is_some() { "given" } else { "file in the data directory" },
        "outbound_allow": config.outbound_allow.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "outbound_allow_http": config.outbound_allow_http,
        "retry_attempts": config.retry_schedule.attempts_max(),
        "delivery_timeout_ms": config.delivery_timeout_us / 1_000,
        "rate_limits": config.rate_limits,
        "auto_disable_after_hours": config.auto_disable.after_us().map(|us| us / crate::domain::time::HOUR_US),
        "retention_days": config.retention_us / crate::domain::time::DAY_US,
    });
    print(&report, json);
    Ok(())
}
