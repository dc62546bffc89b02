//! Two attempts side by side.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::attempt::shown_number;
use super::place::Place;
use super::{body, named, rows};
use crate::console::deliveries::compare::{Cell, ComparePage, Line};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::parts::Link;
use crate::console::payloads::Payloads;
use crate::console::shell::Nav;
use crate::domain::attempt_diff::{self, Part, Value};
use crate::domain::history::{Attempt, Delivery};
use crate::store::{StoreError, attempts};
use crate::web::{page as answer, text};

/// Other pairs that are offered.
const PAIRS_MAX: usize = 6;

/// `GET …/deliveries/{id}/attempts/{number}/compare/{other}`
pub async fn show(
    page: CompanyPage,
    path: Path<(String, String, String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let place = Place::parse(request.query_string(), page.times());
    compared(&page, &path.1, Some(&path.2), &path.3, &place).await
}

/// `GET …/deliveries/{id}?compare=3`: the last attempt, or `attempt=…`, beside that one.
pub(super) async fn latest(
    page: &CompanyPage,
    id: &str,
    other: &str,
    place: &Place,
) -> Result<HttpResponse, PageError> {
    compared(page, id, place.attempt.as_deref(), other, place).await
}

async fn compared(
    page: &CompanyPage,
    id: &str,
    one: Option<&str>,
    other: &str,
    place: &Place,
) -> Result<HttpResponse, PageError> {
    let delivery = named(page, id).await?;
    let id = delivery.id;
    let all: Result<Vec<Attempt>, StoreError> =
        page.store().read(move |db| attempts::of_delivery(db, id)).await;
    let all = all?;
    let of = |text: &str| {
        let number = text.parse::<i32>().unwrap_or_default();
        let found = all.iter().find(|attempt| attempt.number == number);
        found.ok_or_else(|| PageError::NotFound(format!("Attempt {}", shown_number(text))))
    };
    let one = match one {
        Some(number) => of(number)?,
        None => all.last().ok_or_else(|| PageError::NotFound("An attempt".to_owned()))?,
    };
    let other = of(other)?;
    if other.id == one.id {
        let urls = page.urls().delivery(delivery.id.0);
        return Ok(answer::see_other(&place.at(&urls.attempt(rows::count(one.number)))));
    }
    let payloads = Payloads::of(page).await?;
    Ok(answer::ok(&filled(page, &delivery, &all, [one, other], place, &payloads)))
}

fn filled(
    page: &CompanyPage,
    delivery: &Delivery,
    all: &[Attempt],
    both: [&Attempt; 2],
    place: &Place,
    payloads: &Payloads,
) -> ComparePage {
    let urls = page.urls().delivery(delivery.id.0);
    let number = |attempt: &Attempt| rows::count(attempt.number);
    let [one, other] = both;
    let title = format!("Attempts {} and {}", one.number, other.number);
    let seen = both.map(|attempt| payloads.attempt(delivery.event_id, attempt));
    let found = attempt_diff::seen(attempt_diff::lines(one, other), &seen[0], &seen[1]);
    let differences = found.iter().filter(|line| line.differs).count();
    let mut part: Option<Part> = None;
    let lines = found.into_iter().map(|line| {
        let is_first = part.replace(line.part) != Some(line.part);
        Line {
            part: if is_first { line.part.word() } else { "" },
            what: text::visible(&line.what).into_owned(),
            values: [
                cell(page, line.one, &format!("Body of attempt {}", one.number), place),
                cell(page, line.other, &format!("Body of attempt {}", other.number), place),
            ],
            differs: line.differs,
        }
    });
    let pairs = all.iter().filter(|third| third.id != one.id && third.id != other.id);
    ComparePage {
        crumbs: vec![
            Link::new("Deliveries", place.list_url(page.urls())),
            Link::new(delivery.id.to_string(), place.at(urls.show())),
        ],
        tally: match differences {
            0 => "No difference but in time".to_owned(),
            count => text::counted(u64::try_from(count).unwrap_or(u64::MAX), "difference", "differences"),
        },
        attempts: both.map(|attempt| {
            let url = place.at(&urls.attempt(number(attempt)));
            (Link::new(format!("Attempt {}", attempt.number), url), page.millis(attempt.started_at))
        }),
        lines: lines.collect(),
        pairs: pairs
            .take(PAIRS_MAX)
            .map(|third| {
                let url = place.at(&urls.compare(number(one), number(third)));
                Link::new(format!("{} and {}", one.number, third.number), url)
            })
            .collect(),
        shell: page.shell(format!("{title} of delivery {}", delivery.id), Nav::Deliveries),
        title,
    }
}

fn cell(page: &CompanyPage, value: Value, label: &str, place: &Place) -> Cell {
    match value {
        Value::Nothing => Cell::Nothing,
        Value::Text(text) => Cell::Text(text::visible(&text).into_owned()),
        Value::Micros(micros) => Cell::Text(rows::duration(micros)),
        Value::Time(at) => Cell::Text(page.times().long(at)),
        Value::Bytes(bytes, size) => {
            let size = text::bytes(u64::try_from(size).unwrap_or(u64::MAX));
            Cell::Body(body::shown(label, &bytes, place.view, body::DOWNLOAD), size)
        }
    }
}
