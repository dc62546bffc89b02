//! The signing secret: replaced on demand, and shown once after it was made.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::{auth, input, named};
use crate::actions::webhooks::{self, Once};
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::handlers::once;
use crate::console::once::OncePage;
use crate::console::parts::Link;
use crate::console::parts::facts::Fact;
use crate::console::parts::flash::Flash;
use crate::console::shell::Nav;
use crate::console::webhooks::snippets::Snippet;
use crate::domain::access::Permission;
use crate::domain::ids::WebhookId;
use crate::domain::secret::Secret;
use crate::domain::time::MINUTE_US;
use crate::domain::webhook::Webhook;
use crate::domain::webhook::format::Format;
use crate::domain::webhook::rotation::Overlap;
use crate::web::page as answer;

/// `POST …/webhooks/{id}/secret`: makes a new one. The old one stops at once, or after the `overlap` that was chosen.
pub async fn rotate(
    page: CompanyPage,
    path: Path<(String, String)>,
    form: CsrfForm,
) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    let webhook = named(&page, &path.1).await?;
    let urls = page.urls().webhook(webhook.id.0);
    let Ok(overlap) = form.0.get("overlap").map_or(Ok(Overlap::None), str::parse) else {
        let problem = "Choose how long the old secret stays in force.";
        return Ok(answer::unprocessable(&auth::shown(&page, &webhook, Some(problem)).await?));
    };
    let version = form.0.get("version").map(|version| version.parse().unwrap_or_default());
    let form = input::token(&form.0);
    let once = webhooks::rotate_secret_once(&page.context(), webhook.id, overlap, version, form)
        .await
        .map_err(|error| PageError::of_action(error, &format!("Webhook {}", webhook.id), urls.show()))?;
    let saved = match once {
        Once::First(saved) => saved,
        Once::Before(_) => return Ok(hand_over_again(&page, &named(&page, &path.1).await?, true)),
    };
    let name = &saved.webhook.settings.name;
    let detail = match saved.webhook.overlapping(page.now()) {
        Some(old) => auth::overlap_words(&page, &saved.webhook, old),
        None => "The old one is not used any more.".to_owned(),
    };
    page.say(&Flash::ok(format!("The signing secret of {name} was replaced.")).detail(detail));
    Ok(hand_over(&page, saved.webhook.id, saved.new_secret.as_ref()))
}

/// `POST …/webhooks/{id}/secret/end-overlap`: from now on the new one signs alone.
pub async fn end_overlap(
    page: CompanyPage,
    path: Path<(String, String)>,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    let before = named(&page, &path.1).await?;
    let urls = page.urls().webhook(before.id.0);
    let webhook = webhooks::end_overlap(&page.context(), before.id)
        .await
        .map_err(|error| PageError::of_action(error, &format!("Webhook {}", before.id), urls.show()))?;
    let name = &webhook.settings.name;
    page.say(&if webhook.version == before.version {
        Flash::info(format!("Only one secret of {name} is in force."))
    } else {
        Flash::ok(format!("The old secret of {name} is not used any more."))
            .detail("The new one signs alone.")
    });
    Ok(answer::see_other(&urls.auth()))
}

/// `GET …/webhooks/{id}/secret`
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageWebhooks)?;
    let webhook = named(&page, &path.1).await?;
    let urls = page.urls().webhook(webhook.id.0);
    let Some(secret) = once::take(&page, "webhook", webhook.id.0) else {
        let words = "The secret was shown once and is not shown again.";
        page.say(&Flash::info(words).detail("If it got lost, replace it."));
        return Ok(answer::see_other(urls.show()));
    };
    let settings = &webhook.settings;
    let heading = format!("Signing secret of {}", settings.name);
    let old = webhook.overlapping(page.now());
    let overlap = old.map(|old| Fact::new("Use", auth::overlap_words(&page, &webhook, old)));
    let shown = OncePage {
        crumbs: vec![
            Link::new("Webhooks", page.urls().webhooks()),
            Link::new(settings.name.clone(), urls.show()),
        ],
        crumb: "secret",
        label: "Secret",
        advice: "Store this secret now. Belfry keeps it encrypted to sign deliveries, and shows it to nobody again. \
                 If it gets lost, replace it.",
        secret,
        created: format!("made {}", page.times().long(webhook.secret_since.unwrap_or(webhook.updated_at))),
        facts: overlap.into_iter().chain(facts(settings.format)).collect(),
        example: None,
        snippets: Snippet::of(settings.format),
        next: Link::new(format!("I stored it, continue to {}", settings.name), urls.show()),
        shell: page.shell(heading.clone(), Nav::Webhooks),
        heading,
    };
    Ok(answer::ok(&shown))
}

/// Leads to the page that shows `secret` once, or to the webhook when there is none to show.
pub fn hand_over(page: &CompanyPage, webhook: WebhookId, secret: Option<&Secret>) -> HttpResponse {
    let urls = page.urls().webhook(webhook.0);
    let Some(secret) = secret else {
        return answer::see_other(urls.show());
    };
    once::put(page, "webhook", webhook.0, secret);
    answer::see_other(&urls.secret())
}

/// Leads the second of two clicks to where the first one led: its answer, and with it the way to the secret, may never
/// have been shown. `was_made` says whether the form had a secret made; a minute later it is shown to nobody any more.
pub fn hand_over_again(page: &CompanyPage, webhook: &Webhook, was_made: bool) -> HttpResponse {
    let is_fresh = webhook.secret_since.is_some_and(|at| page.now().since(at) < MINUTE_US);
    hand_over(page, webhook.id, webhook.secret.as_ref().filter(|_| was_made && is_fresh))
}

/// Scheme and header names, for whoever writes a receiver.
pub fn facts(format: Format) -> Vec<Fact> {
    let scheme = Fact::new("Scheme", format.scheme());
    let same = "the same for every retry: use it to drop duplicates";
    match format {
        Format::Telemax => vec![
            scheme,
            Fact::new("Header", "over the raw body").code("X-Telemax-Signature: sha256=<hex>"),
            Fact::new("Delivery id", same).code("X-Telemax-Delivery"),
        ],
        Format::Aggregate => vec![
            scheme,
            Fact::new("Header", "over id.timestamp.body").code("webhook-signature: v1,<base64>"),
            Fact::new("Delivery id", same).code("webhook-id"),
        ],
        Format::Zstack => vec![
            scheme,
            Fact::new("Header", "over timestamp.body").code("X-Webhook-Signature: v1=<hex>"),
            Fact::new("Timestamp", "refuse old ones").code("X-Webhook-Timestamp"),
        ],
        Format::Softwareone => {
            vec![scheme, Fact::new("Header", "valid for 300 seconds").code("Authorization: Bearer <JWT>")]
        }
    }
}
