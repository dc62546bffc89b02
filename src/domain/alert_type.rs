//! The 18 kinds of alert and their two labels (contract 1.5).
//!
//! The vendor's pages use two words for some types: one in lists, one in deliveries ("Exceed Maximum Speed"
//! is delivered as "Speeding"). Both are kept; receivers compare the wire label.

/// A kind of alert. The number is the vendor's and is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum AlertType {
    DeviceDisconnected,
    DeviceReconnected,
    EngineCode,
    Fatigue,
    Geofence,
    GeofenceSpeed,
    Idle,
    Ignition,
    LowBattery,
    ExceedMaximumSpeed,
    Mileage,
    AboveSpeedLimit,
    DoorsUnlocked,
    TirePressure,
    Charging,
    ExceedRpm,
    ExceedEngineTemperature,
    Reminder,
}

impl AlertType {
    /// All types, by number.
    pub const ALL: [Self; 18] = [
        Self::DeviceDisconnected,
        Self::DeviceReconnected,
        Self::EngineCode,
        Self::Fatigue,
        Self::Geofence,
        Self::GeofenceSpeed,
        Self::Idle,
        Self::Ignition,
        Self::LowBattery,
        Self::ExceedMaximumSpeed,
        Self::Mileage,
        Self::AboveSpeedLimit,
        Self::DoorsUnlocked,
        Self::TirePressure,
        Self::Charging,
        Self::ExceedRpm,
        Self::ExceedEngineTemperature,
        Self::Reminder,
    ];

    /// The number, 1 to 18.
    pub const fn id(self) -> i64 {
        match self {
            Self::DeviceDisconnected => 1,
            Self::DeviceReconnected => 2,
            Self::EngineCode => 3,
            Self::Fatigue => 4,
            Self::Geofence => 5,
            Self::GeofenceSpeed => 6,
            Self::Idle => 7,
            Self::Ignition => 8,
            Self::LowBattery => 9,
            Self::ExceedMaximumSpeed => 10,
            Self::Mileage => 11,
            Self::AboveSpeedLimit => 12,
            Self::DoorsUnlocked => 13,
            Self::TirePressure => 14,
            Self::Charging => 15,
            Self::ExceedRpm => 16,
            Self::ExceedEngineTemperature => 17,
            Self::Reminder => 18,
        }
    }

    /// The type with the number `id`, if there is one.
    pub fn from_id(id: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// The word in lists and in the console (the vendor's glossary).
    pub const fn list_label(self) -> &'static str {
        match self {
            Self::DeviceDisconnected => "Device Disconnected",
            Self::DeviceReconnected => "Device Reconnected",
            Self::EngineCode => "Engine Code (DTC)",
            Self::Fatigue => "Fatigue",
            Self::Geofence => "Geofence",
            Self::GeofenceSpeed => "Geofence Speed",
            Self::Idle => "Idle",
            Self::Ignition => "Ignition",
            Self::LowBattery => "Low Battery",
            Self::ExceedMaximumSpeed => "Exceed Maximum Speed",
            Self::Mileage => "Mileage",
            Self::AboveSpeedLimit => "Above Speed Limit",
            Self::DoorsUnlocked => "Doors Unlocked",
            Self::TirePressure => "Tire Pressure",
            Self::Charging => "Charging",
            Self::ExceedRpm => "Exceed RPM",
            Self::ExceedEngineTemperature => "Exceed Engine Temperature",
            Self::Reminder => "Reminder",
        }
    }

    /// The word in deliveries: receivers compare it.
    pub const fn wire_label(self) -> &'static str {
        match self {
            Self::LowBattery => "Low battery",
            Self::ExceedMaximumSpeed => "Speeding",
            other => other.list_label(),
        }
    }

    /// Whether alerts of this type may be linked to a webhook. The others reach only webhooks that receive
    /// everything.
    pub const fn is_linkable(self) -> bool {
        matches!(
            self,
            Self::DeviceDisconnected
                | Self::DeviceReconnected
                | Self::Geofence
                | Self::Ignition
                | Self::LowBattery
                | Self::ExceedMaximumSpeed
        )
    }

    /// Whether the documented payload of this type has a `data` object.
    pub const fn has_data(self) -> bool {
        matches!(self, Self::Geofence | Self::Ignition | Self::LowBattery | Self::ExceedMaximumSpeed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_1_to_18_and_come_back() {
        let ids: Vec<i64> = AlertType::ALL.into_iter().map(AlertType::id).collect();
        assert_eq!(ids, (1..=18).collect::<Vec<_>>());
        assert!(AlertType::ALL.into_iter().all(|kind| AlertType::from_id(kind.id()) == Some(kind)));
        assert_eq!(AlertType::from_id(0), None);
        assert_eq!(AlertType::from_id(19), None);
    }

    #[test]
    fn six_are_linkable() {
        let linkable: Vec<i64> =
            AlertType::ALL.into_iter().filter(|kind| kind.is_linkable()).map(AlertType::id).collect();
        assert_eq!(linkable, [1, 2, 5, 8, 9, 10]);
    }

    #[test]
    fn two_types_change_their_word_on_the_wire() {
        let different: Vec<(&str, &str)> = AlertType::ALL
            .into_iter()
            .filter(|kind| kind.list_label() != kind.wire_label())
            .map(|kind| (kind.list_label(), kind.wire_label()))
            .collect();
        assert_eq!(different, [("Low Battery", "Low battery"), ("Exceed Maximum Speed", "Speeding")]);
    }
}
