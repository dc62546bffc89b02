//! Invitations: made again, and shown once.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::named;
use crate::actions::users;
use crate::console::extract::{CompanyPage, CsrfForm};
use crate::console::failure::PageError;
use crate::console::handlers::once;
use crate::console::once::OncePage;
use crate::console::parts::Link;
use crate::console::parts::facts::Fact;
use crate::console::parts::flash::Flash;
use crate::console::shell::Nav;
use crate::domain::access::Permission;
use crate::domain::ids::UserId;
use crate::domain::secret::Secret;
use crate::web::{page as answer, urls};

/// `POST …/users/{id}/invite`
pub async fn send(
    page: CompanyPage,
    path: Path<(String, String)>,
    _: CsrfForm,
) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageUsers)?;
    let user = named(&page, &path.1).await?.user;
    let show = page.urls().user(user.id.0);
    let (user, token) = users::invite_again(&page.context(), user.id)
        .await
        .map_err(|error| PageError::of_action(error, &format!("User {}", user.id), show.show()))?;
    Ok(hand_over(&page, user.id, Some(&token)))
}

/// `GET …/users/{id}/invite`
pub async fn show(page: CompanyPage, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    page.require(Permission::ManageUsers)?;
    let listed = named(&page, &path.1).await?;
    let (user, urls) = (&listed.user, page.urls().user(listed.user.id.0));
    let Some(token) = once::take(&page, "user", user.id.0) else {
        let words = "The link was shown once and is not shown again.";
        page.say(&Flash::info(words).detail("If it got lost, invite them again."));
        return Ok(answer::see_other(urls.show()));
    };
    let heading = format!("Invitation of {}", user.name);
    let mut facts = vec![Fact::new("For", user.email.clone())];
    if let Some(end) = listed.invited_until {
        facts.push(Fact::new("Works", "once, until").moment(page.long(end)));
    }
    let base = page.state().public_url.as_str().trim_end_matches('/').to_owned();
    Ok(answer::ok(&OncePage {
        crumbs: vec![Link::new("Users", page.urls().users()), Link::new(user.name.clone(), urls.show())],
        crumb: "invitation",
        label: "Link",
        advice: "Give this link to the person now, by a way that only they read. Whoever opens it first chooses the \
                 password. Belfry sends no mail.",
        secret: format!("{base}{}", urls::invite(&token)),
        created: format!("made {}", page.times().long(page.now())),
        facts,
        example: None,
        snippets: Vec::new(),
        next: Link::new("I passed it on, continue to the users", page.urls().users()),
        shell: page.shell(heading.clone(), Nav::Users),
        heading,
    }))
}

/// Leads to the page that shows the link once.
pub fn hand_over(page: &CompanyPage, user: UserId, token: Option<&Secret>) -> HttpResponse {
    let urls = page.urls().user(user.0);
    match token {
        Some(token) => {
            once::put(page, "user", user.0, token);
            answer::see_other(&urls.invite())
        }
        None => answer::see_other(urls.show()),
    }
}
