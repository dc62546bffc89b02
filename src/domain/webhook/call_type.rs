//! SoftwareOne's eleven webhook types (contract 4.4). For Belfry they are a label: what arrives is decided by
//! criteria alone.

use std::str::FromStr;

use crate::domain::access::UnknownName;

/// A type as the SoftwareOne door knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(missing_docs)]
pub enum CallType {
    /// Also what a webhook has that was made without a type.
    #[default]
    ValidatePurchaseOrderDraft,
    ValidatePurchaseOrderQuerying,
    ValidateChangeOrderDraft,
    ValidateTerminateOrder,
    ValidateRequest,
    SelectOrderLines,
    ValidateEnrollmentDraft,
    ValidateEnrollmentQuerying,
    ValidateReEnrollment,
    ValidateConfigurationOrderDraft,
    ValidateAccount,
}

impl CallType {
    /// All types, in the order of the vendor's list.
    pub const ALL: [Self; 11] = [
        Self::ValidatePurchaseOrderDraft,
        Self::ValidatePurchaseOrderQuerying,
        Self::ValidateChangeOrderDraft,
        Self::ValidateTerminateOrder,
        Self::ValidateRequest,
        Self::SelectOrderLines,
        Self::ValidateEnrollmentDraft,
        Self::ValidateEnrollmentQuerying,
        Self::ValidateReEnrollment,
        Self::ValidateConfigurationOrderDraft,
        Self::ValidateAccount,
    ];

    /// The word on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ValidatePurchaseOrderDraft => "ValidatePurchaseOrderDraft",
            Self::ValidatePurchaseOrderQuerying => "ValidatePurchaseOrderQuerying",
            Self::ValidateChangeOrderDraft => "ValidateChangeOrderDraft",
            Self::ValidateTerminateOrder => "ValidateTerminateOrder",
            Self::ValidateRequest => "ValidateRequest",
            Self::SelectOrderLines => "SelectOrderLines",
            Self::ValidateEnrollmentDraft => "ValidateEnrollmentDraft",
            Self::ValidateEnrollmentQuerying => "ValidateEnrollmentQuerying",
            Self::ValidateReEnrollment => "ValidateReEnrollment",
            Self::ValidateConfigurationOrderDraft => "ValidateConfigurationOrderDraft",
            Self::ValidateAccount => "ValidateAccount",
        }
    }

    /// `Order`, `Request`, `Account` or `Enrollment`: the read-only `objectType`, which follows from the type.
    pub const fn object_type(self) -> &'static str {
        match self {
            Self::ValidatePurchaseOrderDraft
            | Self::ValidatePurchaseOrderQuerying
            | Self::ValidateChangeOrderDraft
            | Self::ValidateTerminateOrder
            | Self::SelectOrderLines
            | Self::ValidateConfigurationOrderDraft => "Order",
            Self::ValidateRequest => "Request",
            Self::ValidateAccount => "Account",
            Self::ValidateEnrollmentDraft | Self::ValidateEnrollmentQuerying | Self::ValidateReEnrollment => {
                "Enrollment"
            }
        }
    }
}

impl FromStr for CallType {
    type Err = UnknownName;

    /// Letter case does not matter.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(text)).ok_or(UnknownName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_case_is_read_and_pascal_case_is_written() {
        let kind: CallType = "validatereenrollment".parse().unwrap();
        assert_eq!((kind.name(), kind.object_type()), ("ValidateReEnrollment", "Enrollment"));
        assert!(CallType::ALL.into_iter().all(|kind| kind.name().parse() == Ok(kind)));
        assert_eq!("".parse::<CallType>(), Err(UnknownName));
        assert_eq!("Validate".parse::<CallType>(), Err(UnknownName));
    }
}
