//! The laboratory of one run: a data directory, a company with its alerts, webhooks of every kind, receivers.

use std::path::{Path, PathBuf};

use belfry::actions::alerts::NewAlert;
use belfry::actions::api_keys::NewApiKey;
use belfry::actions::users::NewUser;
use belfry::actions::webhooks::{NewWebhook, SecretChoice};
use belfry::actions::{Context, alerts, api_keys, companies, users, webhooks};
use belfry::cli::boot::{Surroundings, boot};
use belfry::config::Config;
use belfry::domain::access::Role;
use belfry::domain::ids::{AlertId, CompanyId};
use belfry::domain::secret::Secret;
use belfry::domain::webhook::auth::AuthInput;
use belfry::domain::webhook::settings::Change;

use super::hook::{Hook, Proof};
use super::plan::{Dice, Plan};
use super::producer::{ask, client};
use super::receiver::{Known, Receiver};
use super::temper::Temper;
use super::wire;

pub const EMAIL: &str = "admin@example.com";
pub const PASSWORD: &str = "correct horse battery";

/// A deadline of one request, as configured and in milliseconds.
pub const TIMEOUT_MS: u64 = 1_000;
/// The first wait after a failure, milliseconds.
pub const FIRST_RETRY_MS: u64 = 200;
const SCHEDULE: &str = "0s,200ms,500ms,1s,2s";

/// What the laboratory is made from.
pub struct Wish {
    /// The tempers of the webhooks, in their order.
    pub tempers: Vec<Temper>,
    pub alerts: usize,
    /// Over the usual settings, as `("BELFRY_RETRY_SCHEDULE", "0s")`.
    pub settings: Vec<(&'static str, String)>,
    /// Where the data lie, when a temporary directory will not do.
    pub data_dir: Option<PathBuf>,
}

impl Wish {
    pub fn new(tempers: Vec<Temper>, alerts: usize) -> Self {
        Self { tempers, alerts, settings: Vec::new(), data_dir: None }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.push((name, value.to_owned()));
        self
    }
}

pub struct Lab {
    pub receiver: Receiver,
    pub hooks: Vec<Hook>,
    pub alerts: Vec<i64>,
    pub company: i64,
    /// An API key that may do everything.
    pub key: String,
    settings: Vec<(&'static str, String)>,
    data_dir: PathBuf,
    _temporary: tempfile::TempDir,
}

impl Lab {
    /// Sets everything up in this process and leaves the database closed and the receivers open.
    pub fn new(plan: &Plan, wish: Wish) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let data_dir = wish.data_dir.unwrap_or_else(|| temporary.path().join("data"));
        let mut dice = plan.dice(1);
        let hooks = wish.tempers.iter().enumerate();
        let hooks: Vec<Hook> =
            hooks.map(|(index, temper)| Hook::new(index, wish.alerts, *temper, &mut dice)).collect();
        let mut lab = Self {
            receiver: Receiver::new(),
            hooks,
            alerts: Vec::new(),
            company: 0,
            key: String::new(),
            settings: wish.settings,
            data_dir,
            _temporary: temporary,
        };
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(lab.furnish(wish.alerts));
        let known = Known { hooks: lab.hooks.clone(), alerts: lab.alerts.clone(), company: lab.company };
        lab.receiver.learn(known);
        lab.receiver.open();
        lab
    }

    async fn furnish(&mut self, alert_count: usize) {
        let config = self.config();
        let booted = boot(&config, Surroundings::default()).await.unwrap();
        let ctx = booted.context("chaos");
        let company = companies::add(&ctx, "Northline", None, "UTC").await.unwrap().id;
        self.company = company.0;
        for _ in 0..alert_count {
            self.alerts.push(add_alert(&ctx, company).await);
        }
        let key = NewApiKey {
            company_id: company,
            name: "chaos".to_owned(),
            actions: None,
            vehicles: None,
            expires_at: None,
        };
        api_keys::add(&ctx, key).await.unwrap().1.reveal().clone_into(&mut self.key);
        let admin = NewUser {
            company_id: Some(company),
            email: EMAIL.to_owned(),
            name: "Admin".to_owned(),
            role: Role::Admin,
            password: Some(Secret::new(PASSWORD)),
        };
        users::add(&ctx, admin).await.unwrap();
        for hook in &mut self.hooks {
            let new = new_webhook(hook, self.receiver.url(hook.index), &self.alerts);
            hook.id = webhooks::create(&ctx, company, new).await.unwrap().webhook.id.0;
        }
    }

    /// Changes the tempers, here and at the receivers.
    pub fn retune(&mut self, change: impl Fn(&mut Hook)) {
        self.hooks.iter_mut().for_each(&change);
        self.receiver.retune(&change);
    }

    /// Switches a webhook off through the API of the server at `url`.
    pub fn switch_off(&self, url: &str, index: usize) {
        let hook = &self.hooks[index];
        let alerts: Vec<i64> = hook.takes.iter().map(|place| self.alerts[*place]).collect();
        let body =
            serde_json::json!({ "url": self.receiver.url(index), "alertIds": alerts, "isActive": false });
        let request = client().put(format!("{url}/api/v2/webhooks/{}", hook.id)).json(&body);
        self.expect_success(request);
    }

    /// Deletes a webhook through the API of the server at `url`.
    pub fn delete(&self, url: &str, index: usize) {
        self.expect_success(client().delete(format!("{url}/api/v2/webhooks/{}", self.hooks[index].id)));
    }

    fn expect_success(&self, request: reqwest::RequestBuilder) {
        let status = ask(request.bearer_auth(&self.key));
        assert!(matches!(status, Some(200..300)), "{status:?}");
    }

    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    pub fn database(&self) -> PathBuf {
        self.data_dir.join("belfry.db")
    }

    /// The configuration as the server gets it.
    pub fn config(&self) -> Config {
        Config::load(None, self.environment(), &[]).unwrap()
    }

    pub fn environment(&self) -> Vec<(String, String)> {
        let mut all = vec![
            ("BELFRY_DATA_DIR", self.data_dir.display().to_string()),
            ("BELFRY_LISTEN", "127.0.0.1:0".to_owned()),
            ("BELFRY_OUTBOUND_ALLOW", "127.0.0.0/8".to_owned()),
            ("BELFRY_OUTBOUND_ALLOW_HTTP", "true".to_owned()),
            ("BELFRY_DELIVERY_TIMEOUT", format!("{TIMEOUT_MS}ms")),
            ("BELFRY_RETRY_SCHEDULE", SCHEDULE.to_owned()),
            ("BELFRY_RATE_LIMITS", "off".to_owned()),
            ("BELFRY_LOG", "warn".to_owned()),
            ("BELFRY_LOG_FORMAT", "json".to_owned()),
        ];
        all.extend(self.settings.iter().cloned());
        all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

async fn add_alert(ctx: &Context, company: CompanyId) -> i64 {
    let new = NewAlert {
        id: None,
        company_id: company,
        type_id: wire::ALERT_TYPE,
        name: wire::ALERT_NAME.to_owned(),
        description: String::new(),
        units: Vec::new(),
    };
    alerts::add(ctx, new).await.unwrap().0
}

fn new_webhook(hook: &Hook, url: String, alerts: &[i64]) -> NewWebhook {
    let token = Some(hook.token.clone());
    let auth = match hook.proof {
        Proof::None => AuthInput::default(),
        Proof::Basic => {
            AuthInput { user_name: Some("chaos".to_owned()), password: token, ..AuthInput::default() }
        }
        _ => AuthInput { token, ..AuthInput::default() },
    };
    let auth = AuthInput { auth_type: Some(hook.proof.name().to_owned()), ..auth };
    NewWebhook {
        change: Change {
            url: Some(url),
            name: Some(format!("hook {}", hook.index)),
            format: Some(hook.shape.name().to_owned()),
            auth: Some(auth),
            signing: Some(true),
            ..Change::default()
        },
        alert_ids: hook.takes.iter().map(|place| AlertId(alerts[*place])).collect(),
        secret: SecretChoice::Given(hook.secret.clone()),
    }
}

/// `count` webhooks: of ten, one always fails, one is slow, one flaps, the others are good.
pub fn mixture(count: usize, seed: u64, dice: &mut Dice) -> Vec<Temper> {
    let slow = |dice: &mut Dice| Temper::Slow(dice.millis(100, TIMEOUT_MS - 400));
    (0..count)
        .map(|index| match index % 10 {
            3 => Temper::Status(500),
            6 => slow(dice),
            9 => Temper::Flaps { seed: seed ^ (index as u64) << 40, bad_percent: 40 },
            _ => Temper::Good,
        })
        .collect()
}
