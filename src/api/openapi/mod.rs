//! The OpenAPI document of all doors, made from the code: schemas from each door's wire types, operations from
//! the door's own `openapi.rs`. It is made once, when somebody first asks for it.

pub mod operation;
pub mod part;
pub mod shapes;

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, PathsBuilder, Server,
};

use super::DOORS;
use part::Part;

/// The name of the one security scheme.
pub const BEARER: &str = "bearer";

const ABOUT: &str = "Four doors to the same webhooks: each speaks one vendor's dialect. A webhook made \
    through one of them is seen and changed through all.";
const CREDENTIAL: &str = "An API key made in the console (bfy_…), the token that it was exchanged for, or \
    the token that a user name and a password were exchanged for. Each of them opens every door.";

/// The document, as text and as what the pages are made of.
pub struct Document {
    /// What each door says of itself, in the order of the table of doors.
    pub parts: Vec<Part>,
    /// The whole.
    pub api: OpenApi,
    /// The whole as JSON.
    pub json: String,
    /// Changes with the text.
    pub etag: String,
}

/// The document.
///
/// # Panics
/// Never: a document is always JSON.
pub fn document() -> &'static Document {
    static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
        let parts: Vec<Part> = DOORS.iter().map(|door| (door.describe)()).collect();
        let api = assemble(&parts);
        let json = api.to_json().expect("a document is always JSON");
        let etag = format!("\"{}\"", HEXLOWER.encode(&Sha256::digest(&json)[..16]));
        Document { parts, api, json, etag }
    });
    &DOCUMENT
}

fn assemble(parts: &[Part]) -> OpenApi {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(CREDENTIAL)).build();
    let mut components = ComponentsBuilder::new().security_scheme(BEARER, SecurityScheme::Http(bearer));
    let mut paths = PathsBuilder::new();
    for part in parts {
        components = components.schemas_from_iter(part.schemas.clone());
        components = components.responses_from_iter(part.responses());
        for operation in &part.operations {
            paths = paths.path(operation.path, operation.item(part));
        }
    }
    let info = InfoBuilder::new()
        .title("Belfry")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(License::new("MIT")));
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([Server::new("/")]))
        .tags(Some(parts.iter().map(Part::tag)))
        .paths(paths)
        .components(Some(components.build()))
        .build()
}
