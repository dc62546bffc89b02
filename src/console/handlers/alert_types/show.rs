//! One alert type, as each format sends it.

use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};

use super::{HOURS, counted, seen};
use crate::console::alert_types::show::ShowPage;
use crate::console::extract::CompanyPage;
use crate::console::extract::company::number;
use crate::console::failure::PageError;
use crate::console::parts::Link;
use crate::console::parts::code::Code;
use crate::console::parts::facts::Fact;
use crate::console::parts::list::Chip;
use crate::console::shell::Nav;
use crate::domain::access::Permission;
use crate::domain::alert_type::AlertType;
use crate::domain::event::{Event, Payload};
use crate::domain::ids::{AlertId, CompanyId, EventId};
use crate::domain::json_fields;
use crate::domain::tally::Kind;
use crate::domain::webhook::format::{Format, render};
use crate::store::{StoreError, tallies, webhooks};
use crate::web::page as answer;

/// Webhooks that a sample is offered for.
const TESTS_MAX: usize = 8;
/// One more is enough to know that there are more.
const TESTS_READ: i64 = 9;

/// `?format=zstack`
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Chosen {
    format: Option<String>,
}

/// `GET …/alert-types/{id}`
pub async fn show(
    page: CompanyPage,
    path: Path<(String, String)>,
    chosen: Option<Query<Chosen>>,
    _: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let missing = || PageError::NotFound("This alert type".to_owned());
    let kind = number(&path.1).and_then(AlertType::from_id).ok_or_else(missing)?;
    let chosen = chosen.and_then(|chosen| chosen.format.as_deref().and_then(|name| name.parse().ok()));
    let format: Format = chosen.unwrap_or_default();
    let (scope, hour) = (page.scope(), page.now().hour());
    let (fired, counted_to, mut hooks) = page
        .store()
        .read(move |db| {
            let fired = tallies::by_subject(db, &scope, Kind::Fired, &(hour - HOURS + 1..hour + 1))?;
            let hooks = webhooks::list(db, &scope, TESTS_READ)?;
            Ok::<_, StoreError>((fired, tallies::complete_to(db)?, hooks))
        })
        .await?;
    let count = fired.into_iter().filter(|fired| fired.1 == kind.id()).map(|fired| fired.2).sum();
    let more_tests = hooks.len() > TESTS_MAX;
    hooks.truncate(TESTS_MAX);
    let body = String::from_utf8_lossy(&render(format, &sample(&page, kind))).into_owned();
    let seen_in_words = format!("in the last 24 hours, {}", counted(&page, counted_to));
    let seen = match seen(&page, kind, count) {
        Some(link) => {
            Fact::new("Seen", seen_in_words).link(Link::new(format!("{} times", link.text), link.url))
        }
        None => Fact::new("Seen", format!("never {seen_in_words}")),
    };
    let mut about = vec![
        Fact::new("Id", kind.id().to_string()),
        Fact::new("In lists", kind.list_label()),
        Fact::new("On the wire", "").code(kind.wire_label()),
        Fact::new("Reaches", reaches(kind)),
        seen,
    ];
    if !kind.has_data() {
        about.push(Fact::new("Data", "Nothing of its own is documented: what comes in goes out as it is."));
    }
    Ok(answer::ok(&ShowPage {
        crumbs: vec![Link::new("Alert types", page.urls().alert_types())],
        label: kind.list_label(),
        about,
        formats: formats(&page, kind, format),
        fields: serde_json::from_str(&body).map(|value| json_fields::fields(&value)).unwrap_or_default(),
        body: Code::body(format!("Example body, {}", format.label()), &body),
        tests: tests(&page, kind, &hooks),
        more_tests: more_tests && page.may(Permission::TestSend),
        shell: page.shell(kind.list_label(), Nav::AlertTypes),
    }))
}

const fn reaches(kind: AlertType) -> &'static str {
    if kind.is_linkable() {
        "Webhooks that are linked to the alert, and webhooks that receive everything"
    } else {
        "Only webhooks that receive everything: alerts of this type cannot be linked"
    }
}

fn formats(page: &CompanyPage, kind: AlertType, chosen: Format) -> Vec<Chip> {
    let chip = |format: Format| Chip {
        word: format.label().to_owned(),
        count: String::new(),
        icon: None,
        url: if format == Format::default() {
            page.urls().alert_type(kind.id())
        } else {
            format!("{}?format={}", page.urls().alert_type(kind.id()), format.name())
        },
        current: format == chosen,
    };
    Format::ALL.map(chip).into()
}

fn tests(page: &CompanyPage, kind: AlertType, hooks: &[crate::domain::webhook::Webhook]) -> Vec<Link> {
    let one = |hook: &crate::domain::webhook::Webhook| {
        let url = format!("{}?alertType={}", page.urls().webhook(hook.id.0).test(), kind.id());
        Link::new(&hook.settings.name, url)
    };
    if page.may(Permission::TestSend) { hooks.iter().map(one).collect() } else { Vec::new() }
}

fn sample(page: &CompanyPage, kind: AlertType) -> Event {
    Event {
        id: EventId(0),
        public_id: "0198c3c2-7b1e-8f00-9a3c-5d6e7f809142".to_owned(),
        company_id: page.company().map_or(CompanyId(1), |company| company.id),
        alert_id: AlertId(103),
        alert_name: format!("Example: {}", kind.list_label()),
        alert_type: kind,
        payload: Payload::sample(kind, page.now()),
        received_at: page.now(),
        is_test: false,
    }
}
