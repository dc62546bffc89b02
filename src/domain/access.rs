//! Who is calling, what they may do, and whose data they may see.
//!
//! [`Scope`] has no public constructor but through [`Caller`] and the two named exceptions, so a query
//! that takes one cannot be asked without somebody having been identified.

use std::fmt;
use std::str::FromStr;

use super::ids::{ApiKeyId, CompanyId, UserId};

/// What a person is allowed to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything in the own company and its sub-companies.
    Admin,
    /// Webhooks and links, but neither users nor keys.
    Editor,
    /// Looks, changes nothing.
    Viewer,
    /// Looks at every company, redelivers and tests, changes no configuration. Sees no values of payloads, but for
    /// those that they reveal with a reason.
    Support,
    /// Runs the service: system pages, no tenant's payloads.
    Operator,
}

impl Role {
    /// All roles, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Admin, Self::Editor, Self::Viewer, Self::Support, Self::Operator];

    /// The word used in the command line, the database and on pages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Viewer => "viewer",
            Self::Support => "support",
            Self::Operator => "operator",
        }
    }

    /// Whether the role belongs to the people who run Belfry and not to a company.
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Support | Self::Operator)
    }

    /// Whether the role includes `permission`.
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Admin => true,
            Self::Editor => !matches!(permission, P::ManageUsers),
            Self::Viewer => matches!(permission, P::Read | P::SeePayloads),
            Self::Support => matches!(permission, P::Read | P::Redeliver | P::TestSend),
            Self::Operator => false,
        }
    }
}

impl FromStr for Role {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or(UnknownName)
    }
}

/// A name that is not in a closed list. Callers add which list it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown name")]
pub struct UnknownName;

/// One thing a caller may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See companies, webhooks, alerts, deliveries.
    Read,
    /// See the values that events carry and receivers answer, and not their names and types alone.
    SeePayloads,
    /// Create, change, enable, disable and delete webhooks, their links and secrets.
    ManageWebhooks,
    /// Report that an alert fired, and change alerts.
    ManageAlerts,
    /// Send a delivery again, stop its retries.
    Redeliver,
    /// Send a test event to a webhook.
    TestSend,
    /// Manage people and API keys.
    ManageUsers,
}

impl Permission {
    /// What a refused caller is told they lack.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Read => "see this company's data",
            Self::SeePayloads => "see the values of payloads",
            Self::ManageWebhooks => "change webhooks",
            Self::ManageAlerts => "change alerts or report events",
            Self::Redeliver => "send deliveries again",
            Self::TestSend => "send test events",
            Self::ManageUsers => "manage users and API keys",
        }
    }
}

/// What an API key may do (Telemax: the `Actions` claim).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// `webhooks:read`
    WebhooksRead,
    /// `webhooks:write`
    WebhooksWrite,
    /// `alerts:read`
    AlertsRead,
    /// `alerts:write`
    AlertsWrite,
}

impl Action {
    /// All actions; a key without a list has all of them.
    pub const ALL: [Self; 4] = [Self::WebhooksRead, Self::WebhooksWrite, Self::AlertsRead, Self::AlertsWrite];

    /// The word in claims and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WebhooksRead => "webhooks:read",
            Self::WebhooksWrite => "webhooks:write",
            Self::AlertsRead => "alerts:read",
            Self::AlertsWrite => "alerts:write",
        }
    }
}

impl FromStr for Action {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|action| action.name() == text).ok_or(UnknownName)
    }
}

/// Whose rows a query may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope(Reach);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Tree(CompanyId),
    Everything,
}

impl Scope {
    /// A company and every company below it.
    const fn tree(root: CompanyId) -> Self {
        Self(Reach::Tree(root))
    }

    /// For the service's own work (the engine, set-up commands): no caller is involved.
    pub const fn service() -> Self {
        Self(Reach::Everything)
    }

    /// The company whose tree this is, or `None` for everything.
    pub const fn root(&self) -> Option<CompanyId> {
        match self.0 {
            Reach::Tree(root) => Some(root),
            Reach::Everything => None,
        }
    }
}

/// Who asks. Every action and every page has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The person, key or process.
    pub actor: Actor,
    powers: Powers,
    reach: Reach,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Powers {
    Role(Role),
    Key { actions: Vec<Action>, vehicles: Option<Vec<i64>> },
    All,
}

/// The name that an audit entry carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person.
    User {
        /// Who.
        id: UserId,
        /// How they are shown.
        name: String,
    },
    /// An API key.
    ApiKey {
        /// Which.
        id: ApiKeyId,
        /// How it is shown.
        name: String,
    },
    /// Belfry itself: the engine, a set-up command.
    System(&'static str),
}

impl Actor {
    /// `user`, `api_key` or `system`: the audit trail's column.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } => "user",
            Self::ApiKey { .. } => "api_key",
            Self::System(_) => "system",
        }
    }

    /// The number, where there is one.
    pub const fn id(&self) -> Option<i64> {
        match self {
            Self::User { id, .. } => Some(id.0),
            Self::ApiKey { id, .. } => Some(id.0),
            Self::System(_) => None,
        }
    }

    /// How the actor is shown.
    pub fn name(&self) -> &str {
        match self {
            Self::User { name, .. } | Self::ApiKey { name, .. } => name,
            Self::System(name) => name,
        }
    }
}

impl Caller {
    /// A signed-in person. Staff see everything; everybody else their company's tree. A company user
    /// without a company (which the database forbids) would see nothing: there is no company 0.
    pub fn user(id: UserId, name: impl Into<String>, role: Role, company: Option<CompanyId>) -> Self {
        let reach = match company {
            None if role.is_staff() => Reach::Everything,
            company => Reach::Tree(company.unwrap_or(CompanyId(0))),
        };
        Self { actor: Actor::User { id, name: name.into() }, powers: Powers::Role(role), reach }
    }

    /// An API key of `company`. `None` for `actions` means all, `None` for `vehicles` any.
    pub fn api_key(
        id: ApiKeyId,
        name: impl Into<String>,
        company: CompanyId,
        actions: Option<Vec<Action>>,
        vehicles: Option<Vec<i64>>,
    ) -> Self {
        Self {
            actor: Actor::ApiKey { id, name: name.into() },
            powers: Powers::Key { actions: actions.unwrap_or_else(|| Action::ALL.to_vec()), vehicles },
            reach: Reach::Tree(company),
        }
    }

    /// Belfry itself; `what` is shown in the audit trail ("belfry api-key add").
    pub const fn system(what: &'static str) -> Self {
        Self { actor: Actor::System(what), powers: Powers::All, reach: Reach::Everything }
    }

    /// Whose data the caller may see.
    pub const fn scope(&self) -> Scope {
        Scope(self.reach)
    }

    /// The scope of one company's tree, as a page below `/console/c/{company}` needs it. It is the
    /// asker's business to have checked that `company` lies in [`Caller::scope`].
    pub const fn scope_of(&self, company: CompanyId) -> Scope {
        Scope::tree(company)
    }

    /// Whether the caller is this person.
    pub fn is_user(&self, user: UserId) -> bool {
        matches!(&self.actor, Actor::User { id, .. } if *id == user)
    }

    /// The role of a person; keys and the system have none.
    pub const fn role(&self) -> Option<Role> {
        match self.powers {
            Powers::Role(role) => Some(role),
            Powers::Key { .. } | Powers::All => None,
        }
    }

    /// The company at the root of what the caller sees; `None` for staff and the system.
    pub const fn company(&self) -> Option<CompanyId> {
        self.scope().root()
    }

    /// Vehicles that the caller is limited to, if limited.
    pub fn vehicles(&self) -> Option<&[i64]> {
        match &self.powers {
            Powers::Key { vehicles, .. } => vehicles.as_deref(),
            Powers::Role(_) | Powers::All => None,
        }
    }

    /// Whether the caller holds `permission`.
    pub fn holds(&self, permission: Permission) -> bool {
        match &self.powers {
            Powers::Role(role) => role.may(permission),
            Powers::All => true,
            Powers::Key { actions, .. } => match permission {
                Permission::Read | Permission::SeePayloads => {
                    actions.contains(&Action::WebhooksRead) || actions.contains(&Action::AlertsRead)
                }
                Permission::ManageWebhooks | Permission::TestSend => actions.contains(&Action::WebhooksWrite),
                Permission::ManageAlerts => actions.contains(&Action::AlertsWrite),
                Permission::Redeliver | Permission::ManageUsers => false,
            },
        }
    }

    /// Whether a key includes `action`; people are judged by role (read or manage).
    pub fn holds_action(&self, action: Action) -> bool {
        match &self.powers {
            Powers::Key { actions, .. } => actions.contains(&action),
            Powers::All => true,
            Powers::Role(role) => role.may(match action {
                Action::WebhooksRead | Action::AlertsRead => Permission::Read,
                Action::WebhooksWrite => Permission::ManageWebhooks,
                Action::AlertsWrite => Permission::ManageAlerts,
            }),
        }
    }

    /// `Ok` when the caller holds `permission`.
    ///
    /// # Errors
    /// [`Refused`] naming what is missing.
    pub fn may(&self, permission: Permission) -> Result<(), Refused> {
        if self.holds(permission) { Ok(()) } else { Err(Refused(permission)) }
    }
}

/// The caller is known and lacks a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub struct Refused(pub Permission);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "You may not {}.", self.0.phrase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_who_sees_deliveries_sees_their_payloads_but_support() {
        for role in Role::ALL {
            let sees = role.may(Permission::Read) && role != Role::Support;
            assert_eq!(role.may(Permission::SeePayloads), sees, "{role:?}");
        }
        let key = |actions| Caller::api_key(ApiKeyId(1), "key", CompanyId(1), Some(actions), None);
        assert!(key(vec![Action::AlertsRead]).holds(Permission::SeePayloads));
        assert!(!key(vec![Action::AlertsWrite]).holds(Permission::SeePayloads));
        assert!(Caller::system("test").holds(Permission::SeePayloads));
    }
}
