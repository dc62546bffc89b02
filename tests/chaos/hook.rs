//! A webhook of the laboratory: what the product was told, so that the receiver can judge what comes.

use super::plan::Dice;
use super::temper::Temper;
use super::wire::{Headers, Shape, header};

/// How its requests are authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    None,
    Basic,
    Query,
    AuthHeader,
    ApiKey,
    Bearer,
}

const PROOFS: [Proof; 6] =
    [Proof::None, Proof::Basic, Proof::Query, Proof::AuthHeader, Proof::ApiKey, Proof::Bearer];

/// One webhook.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Its place in the laboratory, and in its path `/h/{index}`.
    pub index: usize,
    /// Its number in the database.
    pub id: i64,
    pub shape: Shape,
    pub proof: Proof,
    pub secret: String,
    /// The password or the token.
    pub token: String,
    pub temper: Temper,
    /// Places of the alerts that it is linked to.
    pub takes: Vec<usize>,
}

impl Hook {
    /// The webhook at `index`, with a mixture of shapes and proofs, linked to one or two of `alerts` alerts.
    pub fn new(index: usize, alerts: usize, temper: Temper, dice: &mut Dice) -> Self {
        let shape = Shape::ALL[index % 4];
        let proofs: Vec<Proof> = PROOFS.into_iter().filter(|proof| proof.suits(shape)).collect();
        let mut takes = vec![index % alerts];
        let second = usize::try_from(dice.between(0, 1_000)).unwrap() % alerts;
        if index.is_multiple_of(2) && !takes.contains(&second) {
            takes.push(second);
        }
        Self {
            index,
            id: 0,
            shape,
            proof: proofs[index / 4 % proofs.len()],
            secret: format!("secret-of-hook-{index}-{}", dice.between(0, u64::from(u32::MAX))),
            token: format!("token/of hook+{index}&{}", dice.between(0, u64::from(u32::MAX)))
                .replace(' ', "_"),
            temper,
            takes,
        }
    }

    /// Whether an event of the alert at this place has to come here.
    pub fn wants(&self, alert: usize) -> bool {
        self.takes.contains(&alert)
    }

    /// Whether the request carries exactly the credential of this webhook.
    pub fn check_proof(&self, target: &str, headers: &Headers) -> Result<(), String> {
        let token = &self.token;
        let path = format!("/h/{}", self.index);
        let wanted_target = match self.proof {
            Proof::Query => format!("{path}?token={}", percent_encoded(token)),
            _ => path,
        };
        if target != wanted_target {
            return Err(format!("sent to {target}, not to {wanted_target}"));
        }
        let (name, wanted) = match self.proof {
            Proof::None | Proof::Query => return Ok(()),
            Proof::Basic => {
                let pair = data_encoding::BASE64.encode(format!("chaos:{token}").as_bytes());
                ("authorization", format!("Basic {pair}"))
            }
            Proof::AuthHeader => ("authorization", token.clone()),
            Proof::ApiKey => ("x-api-key", token.clone()),
            Proof::Bearer => ("authorization", format!("Bearer {token}")),
        };
        match header(headers, name) {
            Some(given) if given == wanted => Ok(()),
            given => Err(format!("{name} is {given:?}, not {wanted}")),
        }
    }
}

impl Proof {
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic => "basic",
            Self::Query => "querystring",
            Self::AuthHeader => "authheader",
            Self::ApiKey => "header",
            Self::Bearer => "bearer",
        }
    }

    /// `SoftwareOne` signs in the header that three of them need.
    fn suits(self, shape: Shape) -> bool {
        shape != Shape::Softwareone || matches!(self, Self::None | Self::Query | Self::ApiKey)
    }
}

fn percent_encoded(text: &str) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if unreserved(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
