//! The signing secret: replaced on demand, and shown once after it was made.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::named;
use crate::actions::webhooks;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::handlers::once;
use crate::console::once::OncePage;
use crate::console::parts::Link;
use crate::console::parts::code::Code;
use crate::console::parts::facts::Fact;
use crate::console::parts::flash::Flash;
use crate::console::shell::Nav;
use crate::domain::access::Permission;
use crate::domain::ids::WebhookId;
use crate::domain::secret::Secret;
use crate::domain::webhook::format::Format;
use crate::web::page as answer;

/// `POST …/webhooks/{id}/secret`: makes a new one; the old one stops at once.
pub async fn rotate(
    page: CompanyPage,
    path: Path<(String, String)>,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    let webhook = named(&page, &path.1).await?;
    let urls = page.urls().webhook(webhook.id.0);
    let saved = webhooks::rotate_secret(&page.context(), webhook.id)
        .await
        .map_err(|error| PageError::of_action(error, &format!("Webhook {}", webhook.id), urls.show()))?;
    let name = &saved.webhook.settings.name;
    page.say(
        &Flash::ok(format!("The signing secret of {name} was replaced."))
            .detail("The old one is not used any more."),
    );
    Ok(hand_over(&page, saved.webhook.id, saved.new_secret.as_ref()))
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
        created: format!("made {}", page.times().long(webhook.updated_at)),
        facts: facts(settings.format),
        example: Some(("Check it in your receiver", Code::plain("Python example", example(settings.format)))),
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

fn facts(format: Format) -> Vec<Fact> {
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

/// How a receiver checks a request.
const fn example(format: Format) -> &'static str {
    match format {
        Format::Telemax => {
            "import hashlib, hmac, os

SECRET = os.environ[\"BELFRY_SECRET\"].encode()

def is_genuine(raw_body: bytes, signature: str) -> bool:
    expected = \"sha256=\" + hmac.new(SECRET, raw_body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)"
        }
        Format::Aggregate => {
            "import base64, hashlib, hmac, os

KEY = base64.b64decode(os.environ[\"BELFRY_SECRET\"].removeprefix(\"whsec_\") + \"==\")

def is_genuine(raw_body: bytes, id: str, timestamp: str, signature: str) -> bool:
    signed = f\"{id}.{timestamp}.\".encode() + raw_body
    expected = \"v1,\" + base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(expected, signature)"
        }
        Format::Zstack => {
            "import hashlib, hmac, os

SECRET = os.environ[\"BELFRY_SECRET\"].encode()

def is_genuine(raw_body: bytes, timestamp: str, signature: str) -> bool:
    signed = timestamp.encode() + b\".\" + raw_body
    expected = \"v1=\" + hmac.new(SECRET, signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)"
        }
        Format::Softwareone => {
            "import jwt, os  # PyJWT

SECRET = os.environ[\"BELFRY_SECRET\"]

def is_genuine(authorization: str, own_host: str) -> bool:
    token = authorization.removeprefix(\"Bearer \")
    jwt.decode(token, SECRET, algorithms=[\"HS256\"], audience=own_host)  # raises when it is not
    return True"
        }
    }
}
