//! What happens in the story: vehicles, alerts, and what is reported when one fires.

use serde_json::{Map, Number, Value, json};

use super::dice::Dice;
use super::people::{COLD_CHAIN, Cast, HARBOUR, NORDIC, NORTHLINE, PRAIRIE};
use crate::actions::alerts::NewAlert;
use crate::actions::{Context, Outcome, alerts};
use crate::domain::alert::Unit;
use crate::domain::event::{Address, Payload, Position};
use crate::domain::ids::AlertId;
use crate::domain::time::Timestamp;

/// What an alert's payload adds.
#[derive(Clone, Copy)]
pub(super) enum Data {
    Nothing,
    Enters(&'static str),
    Leaves(&'static str),
    Ignition(bool),
    Voltage(f64),
    Speed(f64),
}

/// An alert of the story.
pub(super) struct AlertRow {
    pub(super) id: i64,
    pub(super) company: usize,
    type_id: i64,
    name: &'static str,
    /// How often it fires, compared to the company's other alerts.
    pub(super) weight: i64,
    /// Only vehicles whose name begins so; empty: all.
    vehicles: &'static str,
    data: Data,
}

macro_rules! alerts {
    ($($id:literal $company:ident $type:literal $name:literal $weight:literal $vehicles:literal $data:expr;)*) => {
        &[$(AlertRow {
            id: $id, company: $company, type_id: $type, name: $name, weight: $weight, vehicles: $vehicles, data: $data,
        }),*]
    };
}

/// The alerts: number, company, type, name, weight, vehicles, data. Two are set up and never fire.
#[rustfmt::skip]
pub(super) const ALERTS: &[AlertRow] = alerts! {
    101 NORTHLINE 5 "Port 3 arrival" 9 "TRK" Data::Enters("Port 3");
    102 NORTHLINE 5 "Gate 2 arrival" 5 "TRK" Data::Enters("Gate 2");
    103 NORTHLINE 5 "Depot Nord exit" 6 "" Data::Leaves("Depot Nord");
    104 NORTHLINE 8 "Ignition on" 6 "TRK" Data::Ignition(true);
    105 NORTHLINE 8 "Ignition off" 6 "TRK" Data::Ignition(false);
    106 NORTHLINE 10 "Faster than 80" 4 "" Data::Speed(80.0);
    107 NORTHLINE 1 "Tracker silent" 1 "" Data::Nothing;
    108 NORTHLINE 2 "Tracker back" 1 "" Data::Nothing;
    109 NORTHLINE 9 "Truck battery low" 1 "TRK" Data::Voltage(12.0);
    117 NORTHLINE 9 "Reefer battery" 2 "RFR" Data::Voltage(12.0);
    118 NORTHLINE 13 "Reefer doors open" 1 "RFR" Data::Nothing;
    119 NORTHLINE 4 "Driver fatigue" 1 "TRK" Data::Nothing;
    121 NORTHLINE 8 "Ignition of a stolen vehicle" 0 "" Data::Ignition(true);
    122 NORTHLINE 5 "Yard exit at night" 0 "" Data::Leaves("Depot Nord");
    201 NORDIC 5 "Terminal Göteborg arrival" 4 "" Data::Enters("Terminal Göteborg");
    202 NORDIC 8 "Workshop ignition" 2 "" Data::Ignition(true);
    203 NORDIC 10 "Faster than 90" 2 "" Data::Speed(90.0);
    204 NORDIC 5 "Customs yard exit" 3 "" Data::Leaves("Tullgården");
    301 COLD_CHAIN 5 "Cold store exit" 4 "" Data::Leaves("Kühlhaus West");
    302 COLD_CHAIN 9 "Compressor battery" 2 "" Data::Voltage(24.0);
    303 COLD_CHAIN 1 "Thermometer silent" 2 "" Data::Nothing;
    304 COLD_CHAIN 2 "Thermometer back" 2 "" Data::Nothing;
    401 PRAIRIE 5 "Joliet yard arrival" 4 "" Data::Enters("Joliet yard");
    402 PRAIRIE 8 "Engine on" 4 "" Data::Ignition(true);
    403 PRAIRIE 10 "Over 105 km/h" 3 "" Data::Speed(105.0);
    404 PRAIRIE 9 "Low battery" 1 "" Data::Voltage(12.2);
    405 PRAIRIE 1 "Device disconnected" 1 "" Data::Nothing;
    406 PRAIRIE 2 "Device reconnected" 1 "" Data::Nothing;
    407 PRAIRIE 18 "Service due" 1 "" Data::Nothing;
    408 PRAIRIE 7 "Idling" 2 "" Data::Nothing;
    501 HARBOUR 5 "Port Botany arrival" 4 "" Data::Enters("Port Botany");
    502 HARBOUR 5 "Port Botany exit" 4 "" Data::Leaves("Port Botany");
    503 HARBOUR 10 "Speeding" 3 "" Data::Speed(110.0);
    504 HARBOUR 8 "Ignition" 3 "" Data::Ignition(true);
    505 HARBOUR 3 "Engine code" 1 "" Data::Nothing;
};

/// A vehicle: number, name, company.
type Vehicle = (i64, &'static str, usize);

#[rustfmt::skip]
const VEHICLES: &[Vehicle] = &[
    (31, "TRK-031", NORTHLINE), (77, "TRK-077", NORTHLINE), (90, "TRK-090", NORTHLINE),
    (118, "TRK-118", NORTHLINE), (142, "TRK-142", NORTHLINE), (204, "TRK-204", NORTHLINE),
    (266, "TRK-266", NORTHLINE), (311, "TRK-311", NORTHLINE),
    (439, "RFR-439", NORTHLINE), (440, "RFR-440", NORTHLINE), (442, "RFR-442", NORTHLINE),
    (601, "NOR-601", NORDIC), (602, "NOR-602", NORDIC), (617, "NOR-617", NORDIC),
    (701, "CCH-701", COLD_CHAIN), (704, "CCH-704", COLD_CHAIN), (709, "CCH-709", COLD_CHAIN),
    (2_011, "Unit 11", PRAIRIE), (2_014, "Unit 14", PRAIRIE), (2_027, "Unit 27", PRAIRIE),
    (2_040, "Unit 40", PRAIRIE), (3_101, "HFL 101", HARBOUR), (3_107, "HFL 107", HARBOUR),
    (3_122, "HFL 122", HARBOUR),
];

/// Where a company's vehicles are: a place, and streets around it.
struct Region {
    lat: f64,
    lng: f64,
    streets: [&'static str; 3],
    suburb: &'static str,
    state: Option<&'static str>,
    postcode: &'static str,
    country: &'static str,
}

#[rustfmt::skip]
const REGIONS: [Region; 5] = [
    Region { lat: 53.54, lng: 9.97, streets: ["Am Sandtorkai 12", "Veddeler Damm 40", "Köhlbrandstraße 3"],
        suburb: "Hamburg", state: None, postcode: "20457", country: "Germany" },
    Region { lat: 57.69, lng: 11.87, streets: ["Oljevägen 8", "Karlavagnsgatan 21", "Indiska Oceanen 5"],
        suburb: "Göteborg", state: None, postcode: "418 78", country: "Sweden" },
    Region { lat: 53.07, lng: 8.80, streets: ["Ludwig-Erhard-Straße 15", "Senator-Blase-Straße 2", "Hempenweg 9"],
        suburb: "Bremen", state: None, postcode: "28197", country: "Germany" },
    Region { lat: 41.51, lng: -88.08, streets: ["2450 Millsdale Rd", "901 E Laraway Rd", "17 Patterson Rd"],
        suburb: "Joliet", state: Some("IL"), postcode: "60436", country: "United States" },
    Region { lat: -33.97, lng: 151.20, streets: ["1 Penrhyn Rd", "88 Foreshore Rd", "42 Bumborah Point Rd"],
        suburb: "Port Botany", state: Some("NSW"), postcode: "2036", country: "Australia" },
];

/// Sets the alerts up.
///
/// # Errors
/// Those of the actions.
pub(super) async fn add_all(system: &Context, cast: &Cast) -> Outcome<()> {
    let new = ALERTS.iter().filter_map(|row| {
        Some(NewAlert {
            id: Some(AlertId(row.id)),
            company_id: cast.companies.get(row.company)?.id,
            type_id: row.type_id,
            name: row.name.to_owned(),
            description: String::new(),
            units: units(row),
        })
    });
    for new in new {
        alerts::add(system, new).await?;
    }
    Ok(())
}

/// An alert that watches some vehicles names them; one that watches all names none.
fn units(row: &AlertRow) -> Vec<Unit> {
    let watched = watched(row).filter(|_| !row.vehicles.is_empty());
    watched
        .map(|(id, name, _)| Unit {
            vehicle_id: *id,
            name: (*name).to_owned(),
            imei: format!("35693803{:07}", id * 7_919 % 10_000_000),
            vin: format!("WDB9634{:010}", id * 104_729),
        })
        .collect()
}

fn watched(row: &AlertRow) -> impl Iterator<Item = &'static Vehicle> {
    VEHICLES
        .iter()
        .filter(move |(_, name, company)| *company == row.company && name.starts_with(row.vehicles))
}

/// What is reported when `row` fires: for `vehicle`, or any that it watches. Devices speak in whole seconds and
/// are heard a moment later.
pub(super) fn payload(row: &AlertRow, vehicle: Option<&str>, at: Timestamp, dice: &Dice) -> Option<Payload> {
    let named = |(_, name, _): &&&Vehicle| vehicle.is_none_or(|vehicle| vehicle == *name);
    let vehicles: Vec<&Vehicle> = watched(row).collect();
    let vehicles: Vec<&Vehicle> = vehicles.iter().filter(named).copied().collect();
    let (vehicle_id, name, _) = dice.pick(&vehicles)?;
    let region = REGIONS.get(row.company)?;
    Some(Payload {
        vehicle_id: *vehicle_id,
        vehicle_name: (*name).to_owned(),
        position: Position {
            lat: number(region.lat + dice.unit() * 0.08 - 0.04, 4)?,
            lng: number(region.lng + dice.unit() * 0.08 - 0.04, 4)?,
        },
        direction: u16::try_from(dice.between(0, 360)).unwrap_or_default(),
        timestamp: Timestamp::from_seconds(at.plus_micros(-dice.duration_us(900_000, 0.9)).seconds()),
        address: dice.chance(0.6).then(|| address(region, dice)),
        data: data(row.data, dice),
    })
}

fn address(region: &Region, dice: &Dice) -> Address {
    let part = |text: &str| Some(text.to_owned());
    Address {
        street: dice.pick(&region.streets).map(|street| (*street).to_owned()),
        suburb: part(region.suburb),
        state: region.state.map(str::to_owned),
        postcode: part(region.postcode),
        country: part(region.country),
    }
}

fn data(kind: Data, dice: &Dice) -> Option<Map<String, Value>> {
    let fence = |name: &str, is_exit: bool| json!({ "geofenceName": name, "isExit": is_exit });
    let value = match kind {
        Data::Nothing => return None,
        Data::Enters(name) => fence(name, false),
        Data::Leaves(name) => fence(name, true),
        Data::Ignition(is_started) => json!({ "isStarted": is_started }),
        Data::Voltage(threshold) => {
            let voltage = number(threshold - 0.1 - dice.unit() * 0.6, 1)?;
            json!({ "voltage": voltage, "threshold": threshold })
        }
        Data::Speed(limit) => {
            json!({ "speed": number(limit + 2.0 + dice.unit() * 25.0, 1)?, "maxSpeed": limit })
        }
    };
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

/// `value` with so many decimals.
fn number(value: f64, decimals: i32) -> Option<Number> {
    let scale = 10_f64.powi(decimals);
    Number::from_f64((value * scale).round() / scale)
}
