//! Who is in the story: companies, people of every role, a key for each company.

use super::dice::Dice;
use crate::actions::api_keys::NewApiKey;
use crate::actions::users::NewUser;
use crate::actions::{Context, Outcome, api_keys, companies, users};
use crate::domain::access::Role;
use crate::domain::company::Company;
use crate::domain::secret::Secret;
use crate::domain::user::User;

/// A company: its name, the one it is part of, its time zone.
type CompanyRow = (&'static str, Option<usize>, &'static str);

/// The companies. Everything else names them by their place in here.
pub(super) const COMPANIES: [CompanyRow; 5] = [
    ("Northline Logistics", None, "Europe/Berlin"),
    ("Northline Nordic", Some(NORTHLINE), "Europe/Stockholm"),
    ("Northline Cold Chain", Some(NORTHLINE), "Europe/Berlin"),
    ("Prairie Haul", None, "America/Chicago"),
    ("Harbour Freight Lines", None, "Australia/Sydney"),
];
pub(super) const NORTHLINE: usize = 0;
pub(super) const NORDIC: usize = 1;
pub(super) const COLD_CHAIN: usize = 2;
pub(super) const PRAIRIE: usize = 3;
pub(super) const HARBOUR: usize = 4;

/// A person: name, e-mail address, role, company.
type PersonRow = (&'static str, &'static str, Role, Option<usize>);

/// The people. Changes in the story are made by them.
const PEOPLE: [PersonRow; 9] = [
    ("Maya Reuter", "maya.reuter@northline.example", Role::Admin, Some(NORTHLINE)),
    ("Ola Kranz", "ola.kranz@northline.example", Role::Editor, Some(NORTHLINE)),
    ("Jonas Pauly", "jonas.pauly@northline.example", Role::Viewer, Some(NORTHLINE)),
    ("Dana Whitfield", "dana.whitfield@prairie-haul.example", Role::Admin, Some(PRAIRIE)),
    ("Luis Ortega", "luis.ortega@prairie-haul.example", Role::Editor, Some(PRAIRIE)),
    ("Amy Chen", "amy.chen@prairie-haul.example", Role::Viewer, Some(PRAIRIE)),
    ("Grace Tan", "grace.tan@harbour-freight.example", Role::Admin, Some(HARBOUR)),
    ("Sam Okafor", "sam.okafor@belfry.example", Role::Support, None),
    ("Nils Berg", "nils.berg@belfry.example", Role::Operator, None),
];
pub(super) const MAYA: usize = 0;
pub(super) const OLA: usize = 1;
pub(super) const DANA: usize = 3;
pub(super) const LUIS: usize = 4;
pub(super) const GRACE: usize = 6;
pub(super) const SAM: usize = 7;

/// A person who can sign in.
pub(super) struct Member {
    pub(super) user: User,
    pub(super) company: Option<&'static str>,
    pub(super) password: String,
}

/// Everybody and everything that was made for them.
pub(super) struct Cast {
    pub(super) companies: Vec<Company>,
    pub(super) people: Vec<Member>,
    /// One for each company, in their order.
    pub(super) keys: Vec<Secret>,
}

impl Cast {
    /// `services` in the hands of the person at that place.
    pub(super) fn context(&self, system: &Context, person: usize) -> Context {
        match self.people.get(person) {
            Some(member) => Context { services: system.services.clone(), caller: member.user.caller() },
            None => system.clone(),
        }
    }
}

/// Makes them all.
///
/// # Errors
/// Those of the actions.
pub(super) async fn add_all(system: &Context, seed: u64) -> Outcome<Cast> {
    let mut cast = Cast { companies: Vec::new(), people: Vec::new(), keys: Vec::new() };
    for (name, parent, timezone) in COMPANIES {
        let parent = parent.and_then(|at| cast.companies.get(at)).map(|company| company.id);
        let company = companies::add(system, name, parent, timezone).await?;
        let key = NewApiKey {
            company_id: company.id,
            name: "Fleet system".to_owned(),
            actions: None,
            vehicles: None,
            expires_at: None,
        };
        cast.keys.push(api_keys::add(system, key).await?.1);
        cast.companies.push(company);
    }
    let dice = Dice::new(seed, "passwords");
    for (name, email, role, company) in PEOPLE {
        let password = password(&dice);
        let new = NewUser {
            company_id: company.and_then(|at| cast.companies.get(at)).map(|company| company.id),
            email: email.to_owned(),
            name: name.to_owned(),
            role,
            password: Some(Secret::new(password.clone())),
        };
        cast.people.push(Member {
            user: users::add(system, new).await?.user,
            company: company.and_then(|at| COMPANIES.get(at)).map(|company| company.0),
            password,
        });
    }
    Ok(cast)
}

/// Easily typed, and no secret: it is printed at every start.
fn password(dice: &Dice) -> String {
    const FIRST: [&str; 8] = ["amber", "brisk", "cedar", "dusty", "early", "frost", "grand", "hazel"];
    const SECOND: [&str; 8] =
        ["anchor", "bridge", "compass", "depot", "engine", "ferry", "harbour", "lantern"];
    let word = |words: &[&'static str]| dice.pick(words).copied().unwrap_or_default();
    format!("{}-{}-{}", word(&FIRST), word(&SECOND), dice.between(10, 100))
}
