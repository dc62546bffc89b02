//! How far a redelivery of many is.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::{named, words};
use crate::console::extract::CompanyPage;
use crate::console::failure::PageError;
use crate::console::parts::Link;
use crate::console::parts::facts::Fact;
use crate::console::replays::show::{Progress, ProgressPart, ShowPage};
use crate::console::shell::Nav;
use crate::domain::access::Permission;
use crate::domain::delivery::State;
use crate::domain::replay::{Replay, Status};
use crate::web::{page as answer, text};

/// `GET …/replays/{id}`: the page, or for htmx the part of it that moves.
pub async fn show(
    page: CompanyPage,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, PageError> {
    let (replay, webhooks) = named(&page, &path.1).await?;
    let progress = progress(&page, &replay);
    if request.headers().contains_key("hx-request") {
        // Without the frame: it would take the messages that wait for the next page.
        return Ok(answer::ok(&ProgressPart { progress, csrf: page.user().csrf() }));
    }
    let heading = format!("Redelivery {}", replay.id);
    let begun = Fact::new("Begun", format!("by {}", replay.created_by)).moment(page.long(replay.created_at));
    let mut facts = vec![
        Fact::new("Deliveries", words::filter(&replay.filter, &webhooks, page.times())),
        Fact::new("Matched", words::expected(replay.expected)),
        Fact::new("Rate", format!("{} per second", text::count(natural_rate(&replay)))),
        begun,
    ];
    facts.extend(replay.finished_at.map(|at| Fact::new("Ended", "").moment(page.long(at))));
    Ok(answer::ok(&ShowPage {
        shell: page.shell(format!("{heading}: {}", replay.status.word()), Nav::Deliveries),
        heading,
        progress,
        facts,
    }))
}

fn natural_rate(replay: &Replay) -> u64 {
    words::natural(i64::from(replay.rate.per_second()))
}

fn progress(page: &CompanyPage, replay: &Replay) -> Progress {
    let (may, status) = (page.may(Permission::Redeliver), replay.status);
    let made = page.urls().deliveries_of_replay(replay.id.0);
    let failed = format!("{made}&status={}", State::Failed.slug());
    let mut skipped = words::skips(&replay.skips);
    if replay.gone() > 0 {
        let count = text::count(words::natural(replay.gone()));
        skipped.push(format!("{count}: not kept any more, or changed meanwhile"));
    }
    Progress {
        urls: page.urls().replay(replay.id.0),
        badge: words::badge(status),
        is_running: status == Status::Running,
        per_mille: replay.per_mille(),
        words: words::progress(replay),
        rest: rest(replay),
        skipped,
        links: if replay.made > 0 {
            vec![Link::new("Deliveries made", made), Link::new("Those that failed again", failed)]
        } else {
            Vec::new()
        },
        may_pause: may && status == Status::Running,
        may_resume: may && status == Status::Paused,
        may_cancel: may && status.is_open(),
    }
}

/// How long it will take, or took.
fn rest(replay: &Replay) -> String {
    let left = replay.expected.count - replay.made - replay.skips.total();
    match (replay.status, replay.finished_at) {
        (Status::Running, _) if !replay.expected.or_more => {
            let millis = words::natural(left).saturating_mul(1_000) / natural_rate(replay).max(1);
            format!("About {} to go.", text::duration((millis / 1_000).max(1) * 1_000))
        }
        (Status::Finished, Some(at)) => {
            let millis = words::natural(at.since(replay.created_at) / 1_000);
            format!("It took {}.", text::duration(millis))
        }
        _ => String::new(),
    }
}
