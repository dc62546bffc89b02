//! A whole Belfry on a free port, with a clock that stands still and an engine that is stepped.

use std::net::TcpListener;
use std::sync::Arc;

use belfry::actions::alerts::NewAlert;
use belfry::actions::api_keys::NewApiKey;
use belfry::actions::users::NewUser;
use belfry::actions::{Services, alerts, api_keys, companies, users};
use belfry::cli::boot::{Booted, Surroundings, boot};
use belfry::config::Config;
use belfry::domain::access::{Action, Caller, Role};
use belfry::domain::clock::ManualClock;
use belfry::domain::ids::{AlertId, CompanyId};
use belfry::domain::random::SeededRandom;
use belfry::domain::secret::Secret;
use belfry::domain::time::{SECOND_US, Timestamp};
use belfry::outbound::SystemResolver;
use belfry::server;

use super::database::TestDatabase;
use super::{ApiClient, Person};

/// What everybody's password is.
pub const PASSWORD: &str = "correct horse battery";
/// When every test begins.
pub const BEGIN: &str = "2026-09-22T12:00:00Z";

pub struct TestApp {
    pub clock: Arc<ManualClock>,
    pub services: Services,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    pub config: Config,
    pub database: TestDatabase,
    handle: actix_web::dev::ServerHandle,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // The future is not awaited: a test that ends does not wait for its server.
        drop(self.handle.stop(false));
    }
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With settings of its own, as `("rate_limits", "on")`.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        let database = TestDatabase::new();
        Self::start_on(database, settings).await
    }

    pub async fn start_on(database: TestDatabase, settings: &[(&str, &str)]) -> Self {
        let mut flags = vec![
            ("listen", Some("127.0.0.1:0".to_owned())),
            ("database_url", Some(database.url())),
            ("data_dir", Some(database.dir.path().display().to_string())),
            ("outbound_allow", Some("127.0.0.0/8".to_owned())),
            ("outbound_allow_http", Some("true".to_owned())),
            ("delivery_timeout", Some("2s".to_owned())),
            ("rate_limits", Some("off".to_owned())),
        ];
        flags.extend(settings.iter().map(|(key, value)| (*key, Some((*value).to_owned()))));
        let mut config = Config::load(None, [], &flags).expect("a valid configuration");
        let listener = TcpListener::bind(config.listen).expect("a free port");
        config.listen = listener.local_addr().expect("its address");
        let clock = Arc::new(ManualClock::at(Timestamp::parse(BEGIN).expect("a time")));
        let around = Surroundings {
            clock: clock.clone(),
            random: Arc::new(SeededRandom::new(7)),
            resolver: Arc::new(SystemResolver::new()),
        };
        let booted: Booted = boot(&config, around).await.expect("a working set-up");
        booted.services.engine.begin().await.expect("an engine that can be stepped");
        let url = format!("http://{}", config.listen);
        let public = config.public_url.clone().unwrap_or_else(|| format!("{url}/").parse().expect("a URL"));
        let server = server::start(booted.app_state(&config, public), listener).expect("a server");
        let handle = server.handle();
        tokio::spawn(server);
        Self { clock, services: booted.services, url, config, database, handle }
    }

    /// Two companies that know nothing of each other, each with an admin who is signed in.
    pub async fn two_companies() -> (Self, Person, Person) {
        let app = Self::start().await;
        let (northline, mallory_ltd) = (app.company("Northline").await, app.company("Mallory Ltd").await);
        let alice = app.person(Role::Admin, Some(northline)).await;
        let mallory = app.person(Role::Admin, Some(mallory_ltd)).await;
        (app, alice, mallory)
    }

    pub fn context(&self) -> belfry::actions::Context {
        belfry::actions::Context { services: self.services.clone(), caller: Caller::system("test") }
    }

    pub async fn company(&self, name: &str) -> CompanyId {
        companies::add(&self.context(), name, None, "Europe/Berlin").await.expect("a company").id
    }

    pub async fn sub_company(&self, name: &str, parent: CompanyId) -> CompanyId {
        companies::add(&self.context(), name, Some(parent), "UTC").await.expect("a company").id
    }

    pub async fn alert(&self, company: CompanyId, type_id: i64) -> AlertId {
        let new = NewAlert {
            id: None,
            company_id: company,
            type_id,
            name: format!("Alert of type {type_id}"),
            description: String::new(),
            units: Vec::new(),
        };
        alerts::add(&self.context(), new).await.expect("an alert")
    }

    /// A client with a fresh API key of `company` that may do everything.
    pub async fn api(&self, company: CompanyId) -> ApiClient {
        self.api_with(company, None, None).await
    }

    pub async fn api_with(
        &self,
        company: CompanyId,
        actions: Option<Vec<Action>>,
        vehicles: Option<Vec<i64>>,
    ) -> ApiClient {
        let new = NewApiKey {
            company_id: company,
            name: "test key".to_owned(),
            actions,
            vehicles,
            expires_at: None,
        };
        let (_, key) = api_keys::add(&self.context(), new).await.expect("a key");
        ApiClient::new(&self.url, key.reveal())
    }

    /// A person who exists and is not signed in.
    pub async fn stranger(&self, role: Role, company: Option<CompanyId>) -> Person {
        let email = format!("{}-{}@example.com", role.name(), company.map_or(0, |id| id.0));
        let new = NewUser {
            company_id: company,
            email: email.clone(),
            name: format!("{} {}", role.name(), company.map_or(0, |id| id.0)),
            role,
            password: Some(Secret::new(PASSWORD)),
        };
        users::add(&self.context(), new).await.expect("a person");
        Person::new(&self.url, &email, company)
    }

    /// A person who is signed in.
    pub async fn person(&self, role: Role, company: Option<CompanyId>) -> Person {
        let person = self.stranger(role, company).await;
        person.signs_in(PASSWORD).await;
        person
    }

    /// Makes everything that is due, retries that come due at once included.
    pub async fn settle(&self) {
        for _ in 0..1_000 {
            if self.services.engine.step().await.expect("a working store") == 0 {
                return;
            }
        }
        panic!("the engine does not come to rest");
    }

    /// Moves the clock forwards.
    pub fn wait_seconds(&self, seconds: i64) {
        self.clock.advance(seconds * SECOND_US);
    }
}
