//! The properties of a webhook as the SoftwareOne door shows it: what may be asked of each.

/// A property that can be compared or ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Field {
    Text(TextField),
    Number(NumberField),
    Time(TimeField),
    /// `lastCall.success`
    LastCallSuccess,
    Status,
    Type,
    ObjectType,
}

/// A property that is a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TextField {
    Id,
    /// Without its query, which is sealed.
    Url,
    Description,
    AccountId,
    AccountName,
}

/// A property that is a whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum NumberField {
    Total,
    Successes,
    Failures,
    FailuresSinceLastSuccess,
}

/// A property that is a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TimeField {
    Created,
    Updated,
    LastCall,
}

/// A property of a pair of criteria; always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PairField {
    Key,
    Value,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One value.
    Field(Field),
    /// The criteria: for `any` and `all`.
    Pairs,
    /// Something that is shown and nothing else.
    Opaque,
}

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Property {
    /// Its dotted path.
    pub path: &'static str,
    /// What stands there.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether filters may name it.
    pub filterable: bool,
    /// Whether `order` may name it.
    pub sortable: bool,
}

/// The table. Paths below an opaque one are opaque, too.
pub const PROPERTIES: [Property; 33] = [
    property("id", Field::Text(TextField::Id), false),
    property("url", Field::Text(TextField::Url), false),
    property("description", Field::Text(TextField::Description), true),
    property("status", Field::Status, false),
    property("type", Field::Type, false),
    property("objectType", Field::ObjectType, false),
    property("account.id", Field::Text(TextField::AccountId), false),
    property("account.name", Field::Text(TextField::AccountName), false),
    property("statistics.total", Field::Number(NumberField::Total), false),
    property("statistics.successes", Field::Number(NumberField::Successes), false),
    property("statistics.failures", Field::Number(NumberField::Failures), false),
    property(
        "statistics.failuresSinceLastSuccess",
        Field::Number(NumberField::FailuresSinceLastSuccess),
        false,
    ),
    property("audit.created.at", Field::Time(TimeField::Created), false),
    property("audit.updated.at", Field::Time(TimeField::Updated), false),
    property("lastCall.success", Field::LastCallSuccess, true),
    property("lastCall.callTime", Field::Time(TimeField::LastCall), true),
    Property { path: "criteria", kind: Kind::Pairs, nullable: false, filterable: true, sortable: false },
    opaque("criteria.key"),
    opaque("criteria.value"),
    opaque("secret"),
    opaque("account"),
    opaque("account.icon"),
    opaque("account.type"),
    opaque("account.status"),
    opaque("statistics"),
    opaque("audit"),
    opaque("audit.created.by"),
    opaque("audit.updated.by"),
    opaque("object"),
    opaque("lastCall"),
    opaque("lastSuccess"),
    opaque("lastFailure"),
    opaque("$meta"),
];

const fn property(path: &'static str, field: Field, nullable: bool) -> Property {
    Property { path, kind: Kind::Field(field), nullable, filterable: true, sortable: true }
}

const fn opaque(path: &'static str) -> Property {
    Property { path, kind: Kind::Opaque, nullable: true, filterable: false, sortable: false }
}

/// Names below `object` and the three calls that are shown.
const SHOWN_BELOW: [(&str, &[&str]); 6] = [
    ("audit", &["created", "updated"]),
    ("audit.created.by", &["id", "name", "icon"]),
    ("audit.updated.by", &["id", "name", "icon"]),
    ("object", &["id", "name", "icon"]),
    ("lastSuccess", CALL),
    ("lastFailure", CALL),
];
const CALL: &[&str] = &[
    "success",
    "callTime",
    "responseTime",
    "headers",
    "error",
    "response",
    "reasonPhrase",
    "httpStatusCode",
];

/// What stands at `path`; `None` when nothing does.
pub fn find(path: &str) -> Option<Property> {
    if let Some(found) = PROPERTIES.into_iter().find(|property| property.path == path) {
        return Some(found);
    }
    let (parent, name) = path.rsplit_once('.')?;
    let below = |(known, names): &(&str, &[&str])| *known == parent && names.contains(&name);
    let is_shown = SHOWN_BELOW.iter().any(below) || parent == "lastCall" && CALL.contains(&name);
    is_shown.then(|| opaque("(shown only)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_known() {
        for path in
            ["secret", "audit.created", "audit.created.by.name", "lastFailure.headers", "lastCall.error"]
        {
            assert!(!find(path).unwrap().filterable, "{path}");
        }
        for path in ["", "passwordHash", "url.x", "Status", "criteria.x", "lastCall.x", "audit.created.at.x"]
        {
            assert_eq!(find(path), None, "{path}");
        }
    }
}
