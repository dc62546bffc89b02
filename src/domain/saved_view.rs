//! A filter of the list of deliveries that somebody gave a name.

use super::ids::{CompanyId, SavedViewId, UserId};

/// Views that one person may keep of one company, shared ones included.
pub const VIEWS_MAX: i64 = 30;
/// Bytes of a query at most.
pub const QUERY_BYTES_MAX: usize = 2_000;

/// A view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// The identity.
    pub id: SavedViewId,
    /// Whose list it opens.
    pub company: CompanyId,
    /// Who made it.
    pub owner: UserId,
    /// Its name.
    pub name: String,
    /// The query of the list's address.
    pub query: String,
    /// Whether everybody who sees the company has it, or its owner alone.
    pub is_shared: bool,
}

impl SavedView {
    /// Whether this person may take it away: one's own always, a shared one who may change the company's webhooks.
    pub fn may_be_deleted_by(&self, user: UserId, may_configure: bool) -> bool {
        if self.is_shared { may_configure } else { self.owner == user }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_views_are_ones_own_and_shared_ones_everybodys_who_configures() {
        let view = |is_shared| SavedView {
            id: SavedViewId(1),
            company: CompanyId(1),
            owner: UserId(3),
            name: String::new(),
            query: String::new(),
            is_shared,
        };
        assert!(view(false).may_be_deleted_by(UserId(3), false));
        assert!(!view(false).may_be_deleted_by(UserId(4), true));
        assert!(view(true).may_be_deleted_by(UserId(4), true));
        assert!(!view(true).may_be_deleted_by(UserId(3), false));
    }
}
