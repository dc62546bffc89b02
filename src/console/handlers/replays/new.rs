//! Asks before many deliveries are sent again, and begins.

use actix_web::{HttpRequest, HttpResponse};
use url::form_urlencoded;

use super::query::{Asked, CHOSEN};
use super::{WEBHOOKS_MAX, words};
use crate::actions::{ActionError, replays as acts};
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::handlers::choices;
use crate::console::handlers::deliveries::fields;
use crate::console::parts::Link;
use crate::console::parts::facts::Fact;
use crate::console::parts::field::{Choice, Field, FormError};
use crate::console::parts::flash::Flash;
use crate::console::replays::new::{Begin, Found, NewPage, Target};
use crate::console::shell::Nav;
use crate::domain::access::Permission;
use crate::domain::alert_type::AlertType;
use crate::domain::delivery::State;
use crate::domain::ids::CompanyId;
use crate::domain::problem::Problems;
use crate::domain::replay::Rate;
use crate::domain::webhook::label::Label;
use crate::store::replays::{self, Concerned, Survey};
use crate::store::{StoreError, webhooks};
use crate::web::{page as answer, text};

/// Webhooks that are named; the others are counted.
const TARGETS_MAX: usize = 20;
/// `GET …/replays/new?status=failed&webhook=41…`
pub async fn show(page: CompanyPage, request: HttpRequest) -> Result<HttpResponse, PageError> {
    page.require(Permission::Redeliver)?;
    let company = company(&page)?;
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect();
    let asked = Asked::of(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())), page.times());
    let rate = Rate::DEFAULT.per_second().to_string();
    let shown = self::page(&page, company, &asked, &rate, &Problems::default()).await?;
    Ok(if asked.problems.is_empty() { answer::ok(&shown) } else { answer::unprocessable(&shown) })
}

/// `POST …/replays/new`
pub async fn send(page: CompanyPage, form: CsrfForm) -> Result<HttpResponse, PageError> {
    page.require(Permission::Redeliver)?;
    let company = company(&page)?;
    let names = fields::LABELS.iter().map(|(name, _)| *name).chain([CHOSEN]);
    let typed: Vec<(&str, String)> = names.map(|name| (name, form.0.text(name))).collect();
    let asked = Asked::of(typed.iter().map(|(name, value)| (*name, value.as_str())), page.times());
    let typed_rate = form.0.text("rate");
    let rate = match Rate::parse(&typed_rate) {
        Ok(rate) if asked.problems.is_empty() => rate,
        judged => {
            let problems = judged.err().unwrap_or_default();
            let again = self::page(&page, company, &asked, &typed_rate, &problems).await?;
            return Ok(answer::unprocessable(&again));
        }
    };
    let list = list_url(&page, &asked);
    let id =
        acts::begin(&page.context(), company, asked.filter, rate).await.map_err(|error| match error {
            ActionError::Conflict(words) => {
                PageError::Conflict(words, Link::new("To the redeliveries", page.urls().replays()))
            }
            other => PageError::of_action(other, "This company", &list),
        })?;
    page.say(&Flash::ok(format!("Redelivery {id} has begun.")));
    Ok(answer::see_other(page.urls().replay(id.0).show()))
}

/// One company, with those below it: what is begun belongs to it.
fn company(page: &CompanyPage) -> Result<CompanyId, PageError> {
    page.company().map(|company| company.id).ok_or_else(|| {
        let words = "Choose a company first: deliveries of all companies together cannot be sent again.";
        PageError::Conflict(words.to_owned(), Link::new("To the deliveries", page.urls().deliveries()))
    })
}

async fn page(
    page: &CompanyPage,
    company: CompanyId,
    asked: &Asked,
    rate: &str,
    rate_problems: &Problems,
) -> Result<NewPage, PageError> {
    let (scope, filter) = (page.scope(), asked.filter.clone());
    let is_readable = asked.problems.is_empty();
    let (webhooks, survey): (Vec<Label>, Option<Survey>) = page
        .store()
        .read(move |db| {
            let survey = if is_readable { Some(replays::survey(db, company, &filter)?) } else { None };
            Ok::<_, StoreError>((webhooks::labels(db, &scope, WEBHOOKS_MAX)?, survey))
        })
        .await?;
    let line = |field: &str, message: &str| {
        let label = match field {
            "from" => "Made from",
            "to" => "Until before",
            "rate" => "Deliveries per second",
            field => fields::label_of_problem(field),
        };
        FormError::new(field, format!("{label}: {message}"))
    };
    let problems = asked.problems.0.iter().chain(&rate_problems.0);
    Ok(NewPage {
        list_url: list_url(page, asked),
        states: states(asked),
        webhooks: choices::webhooks("Any webhook", asked.filter.webhook, &webhooks),
        types: type_choices(asked),
        also: also(page, asked, &webhooks),
        kept: asked.kept(),
        from: Field::new("from", "Made from").value(&asked.from).judged(&asked.problems, "from"),
        to: Field::new("to", "Until before").value(&asked.to).judged(&asked.problems, "to"),
        errors: problems.map(|problem| line(&problem.field, &problem.message)).collect(),
        found: survey.map(|survey| found(page, asked, &survey, rate, rate_problems)),
        shell: page.shell("Redeliver deliveries", Nav::Deliveries),
    })
}

/// The list with the same filter.
fn list_url(page: &CompanyPage, asked: &Asked) -> String {
    fields::address(&page.urls().deliveries(), &fields::pairs(&asked.filter))
}

/// What else has to hold: "Vehicle TRK-118 · Result 5xx".
fn also(page: &CompanyPage, asked: &Asked, webhooks: &[Label]) -> String {
    let kept = asked.kept();
    let words = fields::words(&asked.filter, webhooks, page.times()).into_iter();
    let words = words.filter(|(name, _)| *name != "delivery" && kept.iter().any(|(known, _)| known == name));
    asked.choice().into_iter().chain(words.map(fields::phrase)).collect::<Vec<_>>().join(" · ")
}

/// Those that can have ended; the others only when somebody came with them, to see that they are left out.
fn states(asked: &Asked) -> Vec<Choice> {
    let chosen = &asked.filter.states;
    let ended = [State::Failed, State::Cancelled, State::NotSent, State::Delivered];
    let others = State::ALL.into_iter().filter(|state| !state.is_final() && chosen.contains(state));
    let choice = |state: State| Choice::new(state.slug(), state.word(), chosen.contains(&state));
    ended.into_iter().chain(others).map(choice).collect()
}

fn type_choices(asked: &Asked) -> Vec<Choice> {
    let chosen = asked.filter.alert_type;
    let any = Choice::new("", "Any type", chosen.is_none());
    let one = |kind: AlertType| Choice::new(kind.id().to_string(), kind.list_label(), chosen == Some(kind));
    std::iter::once(any).chain(AlertType::ALL.map(one)).collect()
}

fn found(page: &CompanyPage, asked: &Asked, survey: &Survey, rate: &str, problems: &Problems) -> Found {
    let repeated = survey.expected.count - survey.skips.total();
    let events = text::counted(words::natural(repeated), "event", "events");
    let events = if survey.expected.or_more { format!("{events} or more") } else { events };
    let mut facts = vec![Fact::new("They match", words::expected(survey.expected))];
    if let Some((first, last)) = survey.span {
        let (first, last) = (page.times().sentence(first), page.times().sentence(last));
        facts.push(Fact::new("Made", if first == last { first } else { format!("{first} to {last}") }));
    }
    facts.push(Fact::new("Sent again", if repeated > 0 { events.clone() } else { "nothing".to_owned() }));
    facts.extend(words::skips(&survey.skips).into_iter().map(|line| Fact::new("Left out", line)));
    let more = survey.webhooks.len().saturating_sub(TARGETS_MAX);
    let may_begin = repeated > 0 || survey.expected.or_more;
    Found {
        facts,
        targets: survey.webhooks.iter().take(TARGETS_MAX).map(|one| target(page, one)).collect(),
        more: match u64::try_from(more) {
            Ok(more @ 1..) => format!("and {}", text::counted(more, "more webhook", "more webhooks")),
            _ => String::new(),
        },
        begin: may_begin.then(|| Begin {
            hidden: asked.fields(),
            rate: Field::new("rate", "Deliveries per second")
                .value(rate)
                .judged(problems, "rate")
                .hint("1 to 1,000. A receiver that has just recovered may not take more."),
            verb: if repeated > 0 { format!("Redeliver {events}") } else { "Redeliver".to_owned() },
        }),
    }
}

fn target(page: &CompanyPage, concerned: &Concerned) -> Target {
    let mut note = vec![text::count(words::natural(concerned.repeated))];
    if concerned.skipped > 0 {
        note.push(format!("{} left out", text::count(words::natural(concerned.skipped))));
    }
    if concerned.is_paused && concerned.is_live {
        note.push("paused: they wait until it is resumed".to_owned());
    }
    Target {
        name: concerned.name.clone(),
        url: (!concerned.is_deleted).then(|| page.urls().webhook(concerned.id.0).show().to_owned()),
        note: note.join(" · "),
    }
}
