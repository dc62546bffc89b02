//! The page between the matrix and a change. The address carries the changes, and so does *Undo*.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded;

use super::matrix::{anchored, may_change};
use super::query::{MatrixQuery, changes};
use crate::actions::ActionError;
use crate::actions::webhooks::{self, Review};
use crate::console::alert_links::review::{AlertChange, ReviewPage, WebhookChange};
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::handlers::numbered::Numbered;
use crate::console::parts::Link;
use crate::console::parts::field::FormError;
use crate::console::parts::flash::Flash;
use crate::console::shell::Nav;
use crate::domain::alert::Alert;
use crate::domain::ids::{AlertId, WebhookId};
use crate::domain::link_changes::{LinkChanges, pair_text};
use crate::domain::webhook::{LINKS_MAX, Webhook};
use crate::store::{StoreError, alerts, webhooks as stored};
use crate::web::{page as answer, text};

/// Changes on one page; whichever is shown, all of them are saved.
const PAGE_SIZE: usize = 50;
/// Problems in the summary.
const ERRORS_MAX: usize = 20;

/// `GET …/alert-links/review`
pub async fn show(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    may_change(&page)?;
    let (query, asked) = (MatrixQuery::parse(request.query_string()), changes(request.query_string()));
    let review = judged(&page, asked.clone()).await?;
    Ok(answer::ok(&reviewed(&page, &query, &asked, &review, part(request.query_string())).await?))
}

/// Pages before the one that is asked for; `page` is the matrix's.
fn part(query: &str) -> usize {
    let part = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "part");
    part.and_then(|(_, value)| value.parse().ok()).unwrap_or(1_usize).saturating_sub(1)
}

/// `POST …/alert-links/review`
pub async fn send(page: CompanyPage, request: HttpRequest, _: CsrfForm) -> Result<HttpResponse, PageError> {
    may_change(&page)?;
    let (query, asked) = (MatrixQuery::parse(request.query_string()), changes(request.query_string()));
    is_here(&page, &asked).await?;
    match webhooks::change_links(&page.context(), asked.clone()).await {
        Ok(done) => {
            page.say(&told(&page, &query, done));
            Ok(answer::see_other(&query.url(page.urls())))
        }
        Err(ActionError::Invalid(_)) => {
            let review = judged(&page, asked.clone()).await?;
            Ok(answer::unprocessable(&reviewed(&page, &query, &asked, &review, 0).await?))
        }
        Err(error) => Err(PageError::of_action(error, "A webhook of this change", &query.url(page.urls()))),
    }
}

/// What changes come to; webhooks that the page does not show are not found.
pub async fn judged(page: &CompanyPage, changes: LinkChanges) -> Result<Review, PageError> {
    is_here(page, &changes).await?;
    webhooks::review_links(&page.context(), changes)
        .await
        .map_err(|error| PageError::of_action(error, "A webhook of this change", &page.urls().alert_links()))
}

/// An action looks in all that the person sees; the address names a company.
async fn is_here(page: &CompanyPage, changes: &LinkChanges) -> Result<(), PageError> {
    let (scope, named) = (page.scope(), changes.by_webhook());
    let here = move |db: &mut crate::store::Db<'_>| {
        for id in named.keys() {
            stored::get(db, &scope, *id)?;
        }
        Ok::<_, StoreError>(())
    };
    page.store().read(here).await.map_err(|error| match error {
        StoreError::NotFound => PageError::NotFound("A webhook of this change".to_owned()),
        other => other.into(),
    })
}

fn told(page: &CompanyPage, query: &MatrixQuery, done: LinkChanges) -> Flash {
    if done.is_empty() {
        return Flash::info("No link was changed.").detail("Somebody else did the same before.");
    }
    let words = in_words(&done);
    Flash::ok(format!("{words}.")).undo(query.review_url(page.urls(), &done.reversed()))
}

/// "2 links were made and 1 was ended".
fn in_words(changes: &LinkChanges) -> String {
    let links = |count: usize| text::counted(count as u64, "link was", "links were");
    match (changes.add.len(), changes.remove.len()) {
        (made, 0) => format!("{} made", links(made)),
        (0, ended) => format!("{} ended", links(ended)),
        (made, ended) => format!("{} made and {} ended", links(made), links(ended)),
    }
}

async fn reviewed(
    page: &CompanyPage,
    query: &MatrixQuery,
    asked: &LinkChanges,
    review: &Review,
    part: usize,
) -> Result<ReviewPage, PageError> {
    let (scope, named) = (page.scope(), asked.by_webhook());
    let ids: Vec<AlertId> = asked.add.iter().chain(&asked.remove).map(|(_, alert)| *alert).collect();
    let (known, hooks) = page
        .store()
        .read(move |db| {
            let known: HashMap<AlertId, Alert> =
                alerts::find(db, &scope, &ids)?.into_iter().map(|alert| (alert.id, alert)).collect();
            let hooks: Result<Vec<Webhook>, StoreError> =
                named.keys().map(|id| stored::get(db, &scope, *id)).collect();
            Ok::<_, StoreError>((known, hooks?))
        })
        .await?;
    let changes = review.changes();
    let count = changes.add.len() + changes.remove.len();
    let is_good = review.problems.is_empty() && count > 0;
    let at = Numbered::new(part, PAGE_SIZE, count);
    let url = query.review_url(page.urls(), asked);
    let mut before = 0;
    let one = |webhook: &Webhook| {
        let judged = review.webhooks.iter().find(|judged| judged.webhook.id == webhook.id);
        let error = review.problems.at(&webhook.id.to_string()).map(|problem| problem.message.clone());
        // Nothing to say of a webhook at which others have done the same.
        let judged = judged?;
        Some(WebhookChange {
            id: webhook.id.0,
            name: Link::new(&webhook.settings.name, page.urls().webhook(webhook.id.0).show()),
            tally: format!(
                "{} now, {} then, of at most {LINKS_MAX}",
                text::counted(judged.before.len() as u64, "alert", "alerts"),
                judged.after.len()
            ),
            error,
            alerts: {
                let all = alerts_of(webhook.id, &changes, &known, review);
                let skipped = at.first().saturating_sub(before);
                let room = (at.first() + PAGE_SIZE).saturating_sub(before.max(at.first()));
                before += all.len();
                all.into_iter().skip(skipped).take(room).collect()
            },
        })
    };
    let mut errors: Vec<FormError> =
        review.problems.0.iter().map(|problem| anchored(&problem.field, &problem.message)).collect();
    if errors.len() > ERRORS_MAX {
        let left = text::counted((errors.len() - ERRORS_MAX) as u64, "more problem", "more problems");
        errors.truncate(ERRORS_MAX);
        errors.push(FormError::new("changes", left));
    }
    Ok(ReviewPage {
        summary: match count {
            0 => "Nothing is left to change: somebody else did the same before.".to_owned(),
            _ => format!(
                "{} at {}.",
                in_words(&changes).replace("were", "are").replace("was", "is"),
                text::counted(review.webhooks.len() as u64, "webhook", "webhooks")
            ),
        },
        errors,
        pager: at.pager(|at| if at == 0 { url.clone() } else { format!("{url}&part={}", at + 1) }),
        webhooks: hooks.iter().filter_map(one).collect(),
        action: is_good.then(|| url.clone()),
        save: format!("Save {}", text::counted(count as u64, "change", "changes")),
        back: Link::new("Alert links", query.url(page.urls())),
        shell: page.shell("Change alert links?", Nav::AlertLinks),
    })
}

fn alerts_of(
    webhook: WebhookId,
    changes: &LinkChanges,
    known: &HashMap<AlertId, Alert>,
    review: &Review,
) -> Vec<AlertChange> {
    let one = |alert: AlertId, is_added: bool| {
        let found = known.get(&alert);
        AlertChange {
            id: alert.0,
            name: found.map_or_else(|| "Alert".to_owned(), |alert| alert.name.clone()),
            kind: found.map(|alert| alert.alert_type.list_label().to_owned()).unwrap_or_default(),
            is_added,
            error: review.problems.at(&pair_text((webhook, alert))).map(|problem| problem.message.clone()),
        }
    };
    let made = changes.add.iter().filter(|pair| pair.0 == webhook).map(|pair| one(pair.1, true));
    let ended = changes.remove.iter().filter(|pair| pair.0 == webhook).map(|pair| one(pair.1, false));
    made.chain(ended).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::link_changes::parse_pairs;

    #[test]
    fn changes_in_words() {
        let words = |add: &str, remove: &str| {
            in_words(&LinkChanges { add: parse_pairs(add), remove: parse_pairs(remove) })
        };
        assert_eq!(words("1.2,1.3", ""), "2\u{a0}links were made");
        assert_eq!(words("", "1.3"), "1\u{a0}link was ended");
        assert_eq!(words("1.2", "1.3,2.4"), "1\u{a0}link was made and 2\u{a0}links were ended");
    }
}
