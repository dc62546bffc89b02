//! Typed ids: a `WebhookId` where a `DeliveryId` belongs does not compile.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// A company, or a sub-company of one.
    CompanyId,
    /// A person who signs in to the console.
    UserId,
    /// A key that opens the four API doors.
    ApiKeyId,
    /// A configuration that can fire.
    AlertId,
    /// One firing of an alert.
    EventId,
    /// A destination with its choices. Each door spells the number its own way.
    WebhookId,
    /// One event for one webhook.
    DeliveryId,
    /// One HTTP request of a delivery.
    AttemptId,
    /// Many deliveries sent again, slowly.
    ReplayId,
    /// A named filter of the list of deliveries.
    SavedViewId,
    /// One line of the audit trail.
    AuditId,
}
