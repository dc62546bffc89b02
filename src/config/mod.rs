//! One validated [`Config`]: compiled-in defaults, then the config file, then the environment, then flags.

mod duration;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use url::Url;

use crate::domain::auto_disable::AutoDisable;
use crate::domain::retry::Schedule;
use crate::domain::time::{DAY_US, HOUR_US};
pub use duration::parse_duration_us;

const DEFAULTS: &str = include_str!("defaults.toml");

/// A value that cannot be used, as one plain sentence that names the key and the rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For eyes.
    Human,
    /// One JSON object a line.
    Json,
}

/// Everything that an operator can choose, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Set when the operator gave one; otherwise it follows from the address that was bound.
    pub public_url: Option<Url>,
    /// `sqlite://PATH` or `postgres://…`.
    pub database_url: String,
    /// Where generated files go.
    pub data_dir: PathBuf,
    /// 64 hexadecimal digits, when given; otherwise a file in the data directory holds them.
    pub master_key: Option<String>,
    /// Networks that may be delivered to although they are not public.
    pub outbound_allow: Vec<IpNet>,
    /// Whether `http://` destinations are permitted.
    pub outbound_allow_http: bool,
    /// More certificate authorities.
    pub outbound_ca_file: Option<PathBuf>,
    /// Waits before each attempt.
    pub retry_schedule: Schedule,
    /// One attempt, whole; microseconds.
    pub delivery_timeout_us: i64,
    /// Whether doors limit requests.
    pub rate_limits: bool,
    /// Whether `/authtoken` tells with 404 that nobody has a user name.
    pub authtoken_404: bool,
    /// When a webhook whose every attempt fails is switched off.
    pub auto_disable: AutoDisable,
    /// How long history is kept; microseconds.
    pub retention_us: i64,
    /// Log filter.
    pub log: String,
    /// Log format.
    pub log_format: LogFormat,
}

/// Raw values by key, later sources over earlier ones.
type Values = BTreeMap<String, String>;

impl Config {
    /// Loads the configuration. `flags` holds the keys given on the command line, `environment` all
    /// variables of the process.
    ///
    /// # Errors
    /// One sentence that names the key, where it came from, and the rule.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        flags: &[(&str, Option<String>)],
    ) -> Result<Self, ConfigError> {
        let mut values = toml_values(DEFAULTS, "the defaults", None)?;
        let known: Vec<String> = values.keys().cloned().collect();
        if let Some(path) = file {
            let text = std::fs::read_to_string(path).map_err(|error| {
                ConfigError(format!("cannot read the config file {}: {error}", path.display()))
            })?;
            values.extend(toml_values(&text, &path.display().to_string(), Some(&known))?);
        }
        for (name, value) in environment {
            let Some(key) = name.strip_prefix("BELFRY_").map(str::to_lowercase) else {
                continue;
            };
            // Other BELFRY_ variables are not ours to refuse: scripts keep theirs under the same prefix.
            if known.contains(&key) {
                values.insert(key, value);
            }
        }
        for (key, value) in flags {
            if let Some(value) = value {
                values.insert((*key).to_owned(), value.clone());
            }
        }
        Self::from_values(&values)
    }

    fn from_values(values: &Values) -> Result<Self, ConfigError> {
        let text = |key: &str| values.get(key).map_or("", String::as_str).trim();
        let optional = |key: &str| Some(text(key)).filter(|text| !text.is_empty()).map(str::to_owned);
        let bad = |key: &str, rule: &str| {
            ConfigError(format!("BELFRY_{} is `{}`: {rule}", key.to_uppercase(), text(key)))
        };
        let data_dir = PathBuf::from(optional("data_dir").unwrap_or_else(|| "./data".to_owned()));
        let public_url = optional("public_url")
            .map(|url| {
                Url::parse(&url)
                    .ok()
                    .filter(|url| {
                        matches!(url.scheme(), "http" | "https") && url.has_host() && url.path() == "/"
                    })
                    .ok_or_else(|| bad("public_url", "use http://HOST or https://HOST, without a path"))
            })
            .transpose()?;
        let database_url = optional("database_url")
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("belfry.db").display()));
        let retention_us = parse_duration_us(text("retention"))
            .filter(|us| *us >= DAY_US)
            .ok_or_else(|| bad("retention", "use a duration of at least 1d, such as 90d"))?;
        let delivery_timeout_us = parse_duration_us(text("delivery_timeout"))
            .filter(|us| (100_000..=30_000_000).contains(us))
            .ok_or_else(|| bad("delivery_timeout", "use a duration from 100ms to 30s, such as 10s"))?;
        Ok(Self {
            listen: text("listen")
                .parse()
                .map_err(|_| bad("listen", "use ADDRESS:PORT, such as 127.0.0.1:8080"))?,
            public_url,
            database_url,
            data_dir,
            // The key itself is never repeated in a message.
            master_key: match optional("master_key") {
                Some(key) if key.len() == 64 && key.bytes().all(|b| b.is_ascii_hexdigit()) => Some(key),
                Some(_) => {
                    return Err(ConfigError("BELFRY_MASTER_KEY has to be 64 hexadecimal digits".to_owned()));
                }
                None => None,
            },
            outbound_allow: networks(text("outbound_allow"))
                .ok_or_else(|| bad("outbound_allow", "use networks such as 127.0.0.0/8,10.0.0.0/8"))?,
            outbound_allow_http: flag(text("outbound_allow_http"))
                .ok_or_else(|| bad("outbound_allow_http", "use true or false"))?,
            outbound_ca_file: optional("outbound_ca_file").map(PathBuf::from),
            retry_schedule: text("retry_schedule")
                .parse::<Schedule>()
                .map_err(|rule| bad("retry_schedule", &rule.to_string()))?,
            delivery_timeout_us,
            auto_disable: auto_disable(text("auto_disable_after")).ok_or_else(|| {
                bad("auto_disable_after", "use a duration from 1h to 365d, such as 5d, or off")
            })?,
            rate_limits: flag(text("rate_limits")).ok_or_else(|| bad("rate_limits", "use on or off"))?,
            authtoken_404: flag(text("authtoken_404"))
                .ok_or_else(|| bad("authtoken_404", "use true or false"))?,
            retention_us,
            log: text("log").to_owned(),
            log_format: match text("log_format") {
                "human" => LogFormat::Human,
                "json" => LogFormat::Json,
                _ => return Err(bad("log_format", "use human or json")),
            },
        })
    }
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "true" | "on" | "1" | "yes" => Some(true),
        "false" | "off" | "0" | "no" => Some(false),
        _ => None,
    }
}

fn auto_disable(text: &str) -> Option<AutoDisable> {
    if matches!(text, "off" | "never" | "0") {
        return Some(AutoDisable::NEVER);
    }
    let after_us = parse_duration_us(text)?;
    (HOUR_US..=365 * DAY_US).contains(&after_us).then(|| AutoDisable::after(after_us))
}

fn networks(text: &str) -> Option<Vec<IpNet>> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(|item| item.parse::<IpNet>().or_else(|_| item.parse::<std::net::IpAddr>().map(IpNet::from)).ok())
        .collect()
}

fn toml_values(text: &str, source: &str, known: Option<&[String]>) -> Result<Values, ConfigError> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        ConfigError(format!("{source} is not valid TOML: {}", error.message()))
    })?;
    let mut values = Values::new();
    for (key, value) in table {
        if known.is_some_and(|known| !known.contains(&key)) {
            return Err(ConfigError(format!("{source} has an unknown key `{key}`")));
        }
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Boolean(flag) => flag.to_string(),
            toml::Value::Integer(number) => number.to_string(),
            _ => {
                return Err(ConfigError(format!(
                    "{source}: `{key}` has to be a text, a number or true/false"
                )));
            }
        };
        values.insert(key, text);
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Config::load(None, environment, &[])
    }

    #[test]
    fn the_defaults_are_valid() {
        let config = load(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database_url, "sqlite://./data/belfry.db");
        assert_eq!(config.delivery_timeout_us, 10_000_000);
        assert!(config.rate_limits && !config.outbound_allow_http && !config.authtoken_404);
    }

    #[test]
    fn a_mistyped_value_names_the_variable_and_the_rule() {
        for (name, value) in [
            ("BELFRY_LISTEN", "8080"),
            ("BELFRY_DELIVERY_TIMEOUT", "10"),
            ("BELFRY_RETRY_SCHEDULE", "0s,soon"),
            ("BELFRY_OUTBOUND_ALLOW", "127.0.0.0/40"),
            ("BELFRY_OUTBOUND_ALLOW_HTTP", "maybe"),
            ("BELFRY_RATE_LIMITS", "sometimes"),
            ("BELFRY_AUTHTOKEN_404", "maybe"),
            ("BELFRY_RETENTION", "1h"),
            ("BELFRY_AUTO_DISABLE_AFTER", "59m"),
            ("BELFRY_AUTO_DISABLE_AFTER", "0d"),
            ("BELFRY_LOG_FORMAT", "xml"),
            ("BELFRY_PUBLIC_URL", "ftp://x"),
        ] {
            let error = load(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
    }

    #[test]
    fn failing_webhooks_are_switched_off_after_five_days_or_as_told() {
        let told = |value| load(&[("BELFRY_AUTO_DISABLE_AFTER", value)]).unwrap().auto_disable;
        assert_eq!(load(&[]).unwrap().auto_disable, AutoDisable::DEFAULT);
        assert_eq!(told("36h"), AutoDisable::after(36 * HOUR_US));
        assert_eq!([told("off"), told("never"), told("0")], [AutoDisable::NEVER; 3]);
    }

    #[test]
    fn a_bad_master_key_is_not_repeated() {
        let error = load(&[("BELFRY_MASTER_KEY", "hunter2")]).unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn flags_overrule_the_environment() {
        let environment = [("BELFRY_LISTEN".to_owned(), "127.0.0.1:1".to_owned())];
        let flags = [("listen", Some("127.0.0.1:2".to_owned()))];
        let config = Config::load(None, environment, &flags).unwrap();
        assert_eq!(config.listen.port(), 2);
    }
}
