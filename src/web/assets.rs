//! Style sheet, scripts, fonts and pictures, embedded in the binary.
//!
//! The list below is closed: a request is answered from it or with 404, so there is no directory to list and
//! no path to climb. Every address carries one hash over the whole set, `/static/<hash>/css/console.css`, and
//! is immutable; one hash for all, so that a relative `url(../fonts/…)` inside the style sheet needs no
//! rewriting. A request with another hash is 404 rather than the current file: an answer under a wrong
//! address would stay in caches for a year.

mod css;

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::web::{Path, ServiceConfig, get, head, resource};
use actix_web::{HttpResponse, http::StatusCode};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Files served as they are: path, content type, content.
const FILES: &[(&str, &str, &[u8])] = &[
    ("js/htmx.min.js", JAVASCRIPT, include_bytes!("../../static/js/htmx.min.js")),
    ("js/console.js", JAVASCRIPT, include_bytes!("../../static/js/console.js")),
    ("js/keys.js", JAVASCRIPT, include_bytes!("../../static/js/keys.js")),
    ("fonts/inter-latin.woff2", WOFF2, include_bytes!("../../static/fonts/inter-latin.woff2")),
    ("fonts/plex-mono-latin.woff2", WOFF2, include_bytes!("../../static/fonts/plex-mono-latin.woff2")),
    ("icons/favicon.svg", SVG, include_bytes!("../../static/icons/favicon.svg")),
    ("icons/select.svg", SVG, include_bytes!("../../static/icons/select.svg")),
];

/// The style sheets in the order of their layers; served as one file.
const STYLES: &[&str] = &[
    include_str!("../../static/css/tokens.css"),
    include_str!("../../static/css/base.css"),
    include_str!("../../static/css/layout.css"),
    include_str!("../../static/css/components.css"),
    include_str!("../../static/css/pages.css"),
];

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const WOFF2: &str = "font/woff2";
const SVG: &str = "image/svg+xml";

/// One embedded file.
#[derive(Debug)]
pub struct Asset {
    /// Where it is served: `/static/<hash>/<path>`.
    pub url: String,
    /// Its media type.
    pub content_type: &'static str,
    /// Its content.
    pub body: Bytes,
}

/// The closed set of assets and the hash in their addresses.
struct Assets {
    hash: String,
    by_path: HashMap<&'static str, Asset>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let styles = Bytes::from(css::minified(&STYLES.concat()));
    let mut files: Vec<(&'static str, &'static str, Bytes)> = vec![("css/console.css", CSS, styles)];
    files.extend(
        FILES.iter().map(|&(path, content_type, body)| (path, content_type, Bytes::from_static(body))),
    );

    let mut digest = Sha256::new();
    for (path, _, body) in &files {
        digest.update(path.as_bytes());
        digest.update((body.len() as u64).to_be_bytes());
        digest.update(body);
    }
    let hash = HEXLOWER.encode(&digest.finalize()[..6]);
    let by_path = files
        .into_iter()
        .map(|(path, content_type, body)| {
            (path, Asset { url: format!("/static/{hash}/{path}"), content_type, body })
        })
        .collect();
    Assets { hash, by_path }
});

/// The address of the asset at `path`, as templates write it: `url("css/console.css")`.
///
/// A path that is not in the list is a mistake in a template; tests fail on it, and in production the address
/// leads to a 404.
pub fn url(path: &str) -> &'static str {
    let asset = ASSETS.by_path.get(path);
    debug_assert!(asset.is_some(), "no embedded asset is called `{path}`");
    asset.map_or("/static/missing", |asset| asset.url.as_str())
}

/// Every asset, in no particular order.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Asset)> {
    ASSETS.by_path.iter().map(|(path, asset)| (*path, asset))
}

/// Registers `/static/{hash}/{path}`.
pub fn routes(config: &mut ServiceConfig) {
    config.service(resource("/static/{hash}/{path:.*}").route(get().to(serve)).route(head().to(serve)));
}

async fn serve(path: Path<(String, String)>) -> HttpResponse {
    let (hash, path) = path.into_inner();
    let asset = ASSETS.by_path.get(path.as_str()).filter(|_| hash == ASSETS.hash);
    let Some(asset) = asset else {
        return HttpResponse::build(StatusCode::NOT_FOUND)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .content_type("text/plain; charset=utf-8")
            .body("There is no such file.");
    };
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type(asset.content_type)
        .body(asset.body.clone())
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, http::Method};

    use super::*;

    async fn answer(method: Method, uri: &str) -> (StatusCode, String, String, usize) {
        let app = init_service(App::new().configure(routes)).await;
        let response = call_service(&app, TestRequest::with_uri(uri).method(method).to_request()).await;
        let of = |name| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let (status, cache, kind) = (response.status(), of(header::CACHE_CONTROL), of(header::CONTENT_TYPE));
        assert_eq!(of(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        let length = to_bytes(response.into_body()).await.unwrap().len();
        (status, cache, kind, length)
    }

    #[actix_web::test]
    async fn everything_in_the_list_is_served_for_ever() {
        for (path, asset) in all() {
            let (status, cache, kind, length) = answer(Method::GET, url(path)).await;
            assert_eq!((status, length), (StatusCode::OK, asset.body.len()), "{path}");
            assert_eq!(cache, "public, max-age=31536000, immutable");
            assert_eq!(kind, asset.content_type);
        }
        assert_eq!(answer(Method::HEAD, url("js/console.js")).await.0, StatusCode::OK);
    }

    #[actix_web::test]
    async fn nothing_else_is_served() {
        let hash = &ASSETS.hash;
        for path in [
            String::new(),
            hash.clone(),
            format!("{hash}/"),
            format!("{hash}/css"),
            format!("{hash}/css/"),
            format!("{hash}/css/tokens.css"),
            format!("{hash}/VENDORED.md"),
            format!("{hash}/js/../js/console.js"),
            format!("{hash}/..%2f..%2fCargo.toml"),
            format!("{hash}/../../Cargo.toml"),
            format!("{hash}/js%2fconsole.js%00"),
            "000000000000/js/console.js".into(),
            "js/console.js".into(),
        ] {
            let app = init_service(App::new().configure(routes)).await;
            let request = TestRequest::with_uri(&format!("/static/{path}")).to_request();
            let response = call_service(&app, request).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn the_style_sheet_names_only_files_that_exist() {
        let asset = &ASSETS.by_path["css/console.css"];
        let text = std::str::from_utf8(&asset.body).unwrap();
        let urls: Vec<_> = text.split("url(").skip(1).map(|rest| rest.split(')').next().unwrap()).collect();
        assert!(!urls.is_empty());
        for url in urls {
            let path = url.strip_prefix("../").expect("relative to css/");
            assert!(ASSETS.by_path.contains_key(path), "{path}");
        }
    }

    #[test]
    fn colours_live_in_tokens_only() {
        for sheet in &STYLES[1..] {
            for (at, _) in sheet.match_indices('#') {
                let word: String = sheet[at + 1..].chars().take_while(char::is_ascii_hexdigit).collect();
                assert!(word.len() < 3, "#{word} belongs into tokens.css");
            }
        }
    }

    #[test]
    fn budgets() {
        let size = |path: &str| ASSETS.by_path[path].body.len();
        // Uncompressed; about 3.8 times what travels compressed.
        assert!(size("css/console.css") < 26_800, "style sheet: {}", size("css/console.css"));
        assert!(size("js/console.js") <= 4_608, "console.js: {}", size("js/console.js"));
        let fonts: usize =
            all().filter(|(path, _)| path.starts_with("fonts/")).map(|(path, _)| size(path)).sum();
        assert!(fonts <= 100_000, "fonts: {fonts}");
    }
}
