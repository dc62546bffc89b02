//! How people and roles are shown.

use crate::console::extract::CompanyPage;
use crate::console::extract::company::role_word;
use crate::console::parts::Tone;
use crate::console::parts::badge::Badge;
use crate::console::parts::field::Radio;
use crate::domain::access::Role;
use crate::store::users::Listed;
use crate::web::icon::Icon;

/// The roles that a company gives.
pub const ROLES: [Role; 3] = [Role::Admin, Role::Editor, Role::Viewer];

/// What a role may do.
pub const fn may(role: Role) -> &'static str {
    match role {
        Role::Admin => "everything in the company and those below it, users and API keys included",
        Role::Editor => "webhooks, alert links, tests and redeliveries, but neither users nor API keys",
        Role::Viewer => "looks, changes nothing",
        Role::Support => {
            "looks at every company, redelivers and tests, changes no configuration; sees values only with a reason"
        }
        Role::Operator => "runs the service, sees no company's data",
    }
}

/// The roles to choose from.
pub fn radios(chosen: &str) -> Vec<Radio> {
    ROLES.map(|role| Radio::new(role.name(), role_word(role), may(role), role.name() == chosen)).to_vec()
}

/// How somebody stands.
pub fn badge(page: &CompanyPage, listed: &Listed) -> Badge {
    if listed.user.disabled_at.is_some() {
        Badge::new(Tone::Mute, Icon::Ban, "Locked out")
    } else if listed.has_password {
        Badge::new(Tone::Ok, Icon::Check, "Active")
    } else if listed.invited_until.is_some_and(|end| end > page.now()) {
        Badge::new(Tone::Info, Icon::Clock, "Invited")
    } else {
        Badge::new(Tone::Warn, Icon::Warning, "Invitation ended")
    }
}
