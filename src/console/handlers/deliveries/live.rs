//! What is new since the list was opened. Rows never move by themselves: a line above them says how many there are, and a
//! click shows them.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::{list, query::ListQuery};
use crate::console::deliveries::list::{Newer, NewerPart};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::domain::page::Cursor;
use crate::store::deliveries::browse;
use crate::web::page as answer;

/// New deliveries are counted up to here.
const COUNT_MAX: i64 = 99;

/// `GET …/deliveries/newer?after=9071&live=1…`: for htmx the line; for everybody else the list.
pub async fn newer(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    if !request.headers().contains_key("hx-request") {
        return list::show(page, request).await;
    }
    let query = ListQuery::parse(request.query_string(), page.times());
    let Cursor::After(after) = query.cursor else { return list::show(page, request).await };
    let (scope, filter) = (page.scope(), query.filter.clone());
    let found = page.store().read(move |db| browse(db, &scope, &filter, query.cursor, COUNT_MAX)).await?;
    let (count, or_more) = (found.page.items.len(), found.page.has_newer);
    let tag = format!("\"{after}-{count}-{or_more}\"");
    let is_same = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str());
    let mut answer = if is_same {
        HttpResponse::NotModified().finish()
    } else {
        let query = ListQuery::parse(request.query_string(), page.times());
        answer::ok(&NewerPart { newer: line(&page, &query, after, count, or_more) })
    };
    let headers = answer.headers_mut();
    // Asked again each time, and sent again when it is another one: there is nothing about anybody in it.
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("private, no-cache"));
    if let Ok(tag) = header::HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(answer)
}

/// The line above rows of which the newest has the number `after`.
pub fn line(page: &CompanyPage, query: &ListQuery, after: i64, count: usize, or_more: bool) -> Newer {
    let live = query.at(Cursor::Newest).live(true);
    Newer {
        words: match (count, or_more) {
            (0, _) => "Nothing new.".to_owned(),
            (count, false) => format!("{count} new"),
            (count, true) => format!("{count}+ new"),
        },
        show: (count > 0).then(|| live.url(page.urls())),
        poll: live.at(Cursor::After(after)).url_at(&page.urls().newer_deliveries()),
    }
}
