//! Sends a test and shows what became of it.

use actix_web::HttpResponse;
use actix_web::web::{Path, Query};

use super::super::deliveries::rows;
use super::{head, named};
use crate::actions::deliveries as delivery_actions;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::parts::Tone;
use crate::console::parts::code::Code;
use crate::console::parts::field::{Choice, Field, FormError};
use crate::console::parts::list::{Chip, Notice};
use crate::console::shell::Nav;
use crate::console::webhooks::head::Tab;
use crate::console::webhooks::test_send::TestPage;
use crate::domain::access::Permission;
use crate::domain::alert_type::AlertType;
use crate::domain::delivery::Trigger;
use crate::domain::event::{Event, Payload};
use crate::domain::history::Delivery;
use crate::domain::ids::{AlertId, EventId};
use crate::domain::page::Cursor;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::format::render;
use crate::domain::webhook::label::Label;
use crate::store::deliveries::Filter;
use crate::store::{StoreError, deliveries, links};
use crate::web::icon::Icon;
use crate::web::page as answer;

/// Deliveries among which tests are looked for, and tests that are shown.
const LOOKED_AT: i64 = 100;
const SHOWN: usize = 10;

/// `?alertType=8`
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Chosen {
    alert_type: Option<String>,
}

/// `GET …/webhooks/{id}/test`
pub async fn show(
    page: CompanyPage,
    path: Path<(String, String)>,
    chosen: Option<Query<Chosen>>,
) -> Result<HttpResponse, PageError> {
    page.require(Permission::TestSend)?;
    let webhook = named(&page, &path.1).await?;
    let chosen = chosen.and_then(|chosen| alert_type(chosen.alert_type.as_deref()));
    Ok(answer::ok(&offered(&page, &webhook, chosen, None).await?))
}

/// `POST …/webhooks/{id}/test`: answers when the attempt has been recorded.
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String)>,
    form: CsrfForm,
) -> Result<HttpResponse, PageError> {
    page.require(Permission::TestSend)?;
    let webhook = named(&page, &path.1).await?;
    let Some(chosen) = alert_type(form.0.get("alertType")) else {
        let shown = offered(&page, &webhook, None, Some("Choose one of the alert types.")).await?;
        return Ok(answer::unprocessable(&shown));
    };
    let urls = page.urls().webhook(webhook.id.0);
    let delivery = delivery_actions::test_send(&page.context(), webhook.id, chosen)
        .await
        .map_err(|error| PageError::of_action(error, &format!("Webhook {}", webhook.id), urls.show()))?;
    Ok(answer::see_other(page.urls().delivery(delivery.0).show()))
}

fn alert_type(text: Option<&str>) -> Option<AlertType> {
    text?.parse().ok().and_then(AlertType::from_id)
}

async fn offered(
    page: &CompanyPage,
    webhook: &Webhook,
    chosen: Option<AlertType>,
    problem: Option<&str>,
) -> Result<TestPage, PageError> {
    let (id, scope) = (webhook.id, page.scope());
    let found: Result<(Vec<i64>, Vec<Delivery>), StoreError> = page
        .store()
        .read(move |db| {
            let types = links::types_of(db, &[id])?.remove(&id).unwrap_or_default();
            let filter = Filter { webhook: Some(id), ..Filter::default() };
            let recent = deliveries::page(db, &scope, &filter, Cursor::Newest, LOOKED_AT)?;
            Ok((types, recent.items))
        })
        .await;
    let (types, recent) = found?;
    // What the webhook is made for is what somebody wants to test.
    let usual = types.first().copied().and_then(AlertType::from_id).unwrap_or(AlertType::Geofence);
    let chosen = chosen.unwrap_or(usual);
    let tests: Vec<Delivery> =
        recent.into_iter().filter(|delivery| delivery.trigger == Trigger::Test).take(SHOWN).collect();
    let name = &webhook.settings.name;
    let field = Field::new("alertType", "Alert type");
    Ok(TestPage {
        head: head::read(page, webhook, Tab::Test).await?,
        errors: problem
            .map(|problem| FormError::new("alertType", format!("Alert type: {problem}")))
            .into_iter()
            .collect(),
        alert_type: match problem {
            Some(problem) => field.error(problem),
            None => field,
        },
        alert_types: AlertType::ALL
            .map(|kind| Choice::new(kind.id().to_string(), kind.list_label(), kind == chosen))
            .into(),
        sample: Some(Code::body("Sample body", &sample(page, webhook, chosen))),
        sample_types: AlertType::ALL
            .map(|kind| Chip {
                word: kind.list_label().to_owned(),
                count: String::new(),
                icon: None,
                url: format!("{}?alertType={}", page.urls().webhook(webhook.id.0).test(), kind.id()),
                current: kind == chosen,
            })
            .into(),
        notice: (!webhook.is_live() || webhook.paused.is_some()).then(|| Notice {
            tone: Tone::Info,
            icon: Icon::Info,
            text: format!("The webhook is {}. A test is sent nevertheless.", {
                if webhook.is_live() { "paused" } else { "switched off" }
            }),
        }),
        recent: rows::rows(page, &tests, &rows::destinations(&[Label::of(webhook)])),
        shell: page.shell(format!("Test {name}"), Nav::Webhooks),
    })
}

/// The body that would be sent now.
fn sample(page: &CompanyPage, webhook: &Webhook, alert_type: AlertType) -> String {
    let event = Event {
        id: EventId(0),
        public_id: "00000000-0000-8000-8000-000000000000".to_owned(),
        company_id: webhook.company_id,
        alert_id: AlertId(0),
        alert_name: format!("Test: {}", alert_type.list_label()),
        alert_type,
        payload: Payload::sample(alert_type, page.now()),
        received_at: page.now(),
        is_test: true,
    };
    String::from_utf8_lossy(&render(webhook.settings.format, &event)).into_owned()
}
