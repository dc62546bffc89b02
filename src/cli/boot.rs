//! From a configuration to running parts: master key, store, outbound client, engine.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::actions::{Context, Services};
use crate::config::Config;
use crate::delivery::{Engine, EngineConfig, Limits};
use crate::domain::access::Caller;
use crate::domain::clock::SharedClock;
use crate::domain::random::{Random, SharedRandom};
use crate::domain::webhook::endpoint_url::EndpointPolicy;
use crate::outbound::{Client, ClientConfig, OutboundPolicy, Resolve, SystemResolver};
use crate::store::{Location, MasterKey, Store, settings};
use crate::web::state::AppState;

/// What the clock, chance and the resolver are: the system's, unless a demo or a test brings its own.
pub struct Surroundings {
    /// Now.
    pub clock: SharedClock,
    /// Chance.
    pub random: SharedRandom,
    /// Who looks names up.
    pub resolver: Arc<dyn Resolve>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            #[cfg(not(feature = "failpoints"))]
            clock: Arc::new(crate::domain::clock::SystemClock),
            #[cfg(feature = "failpoints")]
            clock: Arc::new(crate::failpoint::OffsetClock::from_environment()),
            random: Arc::new(crate::domain::random::SystemRandom),
            resolver: Arc::new(SystemResolver::new()),
        }
    }
}

/// The parts of a process, not running yet.
pub struct Booted {
    /// Store, clock, chance, engine.
    pub services: Services,
    /// What keys are derived from.
    pub master: MasterKey,
}

impl Booted {
    /// The state of the web application, reached at `public_url`.
    pub fn app_state(&self, config: &Config, public_url: Url) -> AppState {
        AppState {
            services: self.services.clone(),
            public_url,
            token_key: self.master.derive("access tokens"),
            cookie_key: self.master.derive("session cookies"),
            rate_limits: config.rate_limits,
            authtoken_404: config.authtoken_404,
            known_keys: Arc::default(),
            login_guard: Arc::default(),
            retention_us: config.retention_us,
        }
    }

    /// The surroundings of an action that a command runs.
    pub fn context(&self, command: &'static str) -> Context {
        Context { services: self.services.clone(), caller: Caller::system(command) }
    }
}

/// Opens everything that a command needs.
///
/// # Errors
/// One plain sentence.
pub async fn boot(config: &Config, around: Surroundings) -> Result<Booted, String> {
    create_private(&config.data_dir)?;
    let master = master_key(config, &*around.random)?;
    let location = Location::parse(&config.database_url)?;
    let (key, random) = (master.clone(), Arc::clone(&around.random));
    let store = tokio::task::spawn_blocking(move || Store::open(&location, &key, random))
        .await
        .map_err(|error| format!("cannot open the database: {error}"))??;
    check_master_key(&store, &master).await?;
    let client = client(config, around.resolver)?;
    let engine = Engine::new(
        &store,
        Arc::clone(&around.clock),
        Arc::clone(&around.random),
        Arc::new(client),
        EngineConfig {
            schedule: config.retry_schedule.clone(),
            retention_us: config.retention_us,
            auto_disable: config.auto_disable,
            limits: Limits::default(),
        },
    );
    let endpoint_policy = EndpointPolicy {
        allow_http: config.outbound_allow_http,
        allowed_networks: config.outbound_allow.clone(),
        own_host: own_host(config),
    };
    let services = Services {
        store,
        clock: around.clock,
        random: around.random,
        endpoint_policy: Arc::new(endpoint_policy),
        engine,
    };
    Ok(Booted { services, master })
}

/// Our own public name. An address or `localhost` is none: a laboratory delivers to its own machine, and the
/// outbound side compares the port as well.
fn own_host(config: &Config) -> Option<String> {
    match config.public_url.as_ref()?.host()? {
        url::Host::Domain(name) if name != "localhost" => Some(name.to_owned()),
        url::Host::Domain(_) | url::Host::Ipv4(_) | url::Host::Ipv6(_) => None,
    }
}

fn client(config: &Config, resolver: Arc<dyn Resolve>) -> Result<Client, String> {
    let extra_ca_pem = config
        .outbound_ca_file
        .as_ref()
        .map(|path| {
            fs::read(path).map_err(|error| format!("cannot read the CA file {}: {error}", path.display()))
        })
        .transpose()?;
    Client::new(ClientConfig {
        policy: OutboundPolicy {
            allowed_networks: config.outbound_allow.clone(),
            allow_http: config.outbound_allow_http,
            public_url: config.public_url.clone(),
            own_addresses: own_addresses(config.listen),
        },
        resolver,
        timeout: Duration::from_micros(u64::try_from(config.delivery_timeout_us).unwrap_or_default()),
        extra_ca_pem,
        user_agent: concat!("Belfry/", env!("CARGO_PKG_VERSION")).to_owned(),
    })
    .map_err(|error| error.to_string())
}

/// Port 0 is not an address yet, and nothing is ever delivered to it.
fn own_addresses(listen: SocketAddr) -> Vec<SocketAddr> {
    if listen.port() == 0 { Vec::new() } else { vec![listen] }
}

fn master_key(config: &Config, random: &dyn Random) -> Result<MasterKey, String> {
    if let Some(text) = &config.master_key {
        return MasterKey::parse(text)
            .ok_or_else(|| "BELFRY_MASTER_KEY has to be 64 hexadecimal digits".to_owned());
    }
    let path = config.data_dir.join("master.key");
    if path.exists() {
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("cannot read the master key {}: {error}", path.display()))?;
        return MasterKey::parse(&text)
            .ok_or_else(|| format!("{} does not hold 64 hexadecimal digits", path.display()));
    }
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    let master = MasterKey::new(bytes);
    write_new(&path, &master.to_hex())
        .map_err(|error| format!("cannot write the master key {}: {error}", path.display()))?;
    Ok(master)
}

/// A directory that we make is the owner's alone: payloads lie in it in plain text. One that exists stays as the
/// operator made it.
fn create_private(dir: &Path) -> Result<(), String> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.map_err(|error| format!("cannot create the data directory {}: {error}", dir.display()))
}

/// Only the owner may read it, from the first byte on; synced, since without it the database is lost.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// A database remembers which master key it belongs to, so that another key is one sentence at start and
/// not a thousand unreadable secrets later.
async fn check_master_key(store: &Store, master: &MasterKey) -> Result<(), String> {
    let mark = master.derive("mark").to_vec();
    let known =
        store.read(|db| settings::get(db, "master_key_mark")).await.map_err(|error| error.to_string())?;
    match known {
        Some(known) if known == mark => Ok(()),
        Some(_) => Err("the master key is not the one that this database was made with".to_owned()),
        None => store
            .write(move |db| settings::put(db, "master_key_mark", &mark))
            .await
            .map_err(|error| error.to_string()),
    }
}

/// Keeps a second serving process away from a SQLite file. Released when dropped, or by the kernel when the
/// process dies.
#[derive(Debug)]
pub struct ServingLock {
    _file: Option<File>,
}

/// Takes the serving lock of the configured database.
///
/// # Errors
/// One plain sentence when somebody else holds it.
pub fn lock_for_serving(config: &Config) -> Result<ServingLock, String> {
    let location = Location::parse(&config.database_url)?;
    let Some(path) = location.sqlite_path() else { return Ok(ServingLock { _file: None }) };
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        create_private(parent)?;
    }
    let lock_path = path.with_added_extension("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&lock_path)
        .map_err(|error| format!("cannot write to {}: {error}", lock_path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(ServingLock { _file: Some(file) }),
        Err(TryLockError::WouldBlock) => {
            Err(format!("another Belfry is already serving the database {}", path.display()))
        }
        Err(TryLockError::Error(error)) => Err(format!("cannot lock {}: {error}", lock_path.display())),
    }
}
