//! `belfry listen`: a receiver on this machine for whoever integrates. Prints a line for each delivery, checks
//! its signature as a customer's code should, and answers what it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::setup::block_on;
use crate::domain::clock::{Clock, SystemClock};
use crate::domain::secret::Secret;
use crate::domain::webhook::format::Format;
use crate::domain::webhook::signing::verify;

/// Bytes of a body that are read at most; Belfry's own deliveries are far smaller.
const BODY_BYTES_MAX: usize = 1_024 * 1_024;

#[derive(Args, Debug)]
pub(super) struct ListenArgs {
    /// Port on 127.0.0.1; 0 picks a free one
    #[arg(long, default_value_t = 9000)]
    port: u16,
    /// The webhook's signing secret; without it signatures are not checked
    #[arg(long, value_name = "SECRET", env = "BELFRY_LISTEN_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// The webhook's format: telemax, aggregate, zstack or softwareone
    #[arg(long, default_value = "telemax", value_parser = parse_format)]
    format: Format,
    /// Statuses to answer with, in order; the last one stays
    #[arg(long, value_delimiter = ',', default_value = "200", value_parser = parse_status)]
    answer: Vec<StatusCode>,
}

fn parse_format(text: &str) -> Result<Format, String> {
    text.parse().map_err(|_| "use telemax, aggregate, zstack or softwareone".to_owned())
}

fn parse_status(text: &str) -> Result<StatusCode, String> {
    text.parse::<u16>()
        .ok()
        .filter(|code| (200..=599).contains(code))
        .and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or_else(|| "use statuses from 200 to 599, such as 500,500,200".to_owned())
}

/// What every connection shares.
struct Listener {
    secret: Option<Secret>,
    format: Format,
    answers: Vec<StatusCode>,
    count: AtomicUsize,
    json: bool,
}

pub(super) fn run(args: &ListenArgs, json: bool) -> Result<(), String> {
    let listener = Arc::new(Listener {
        secret: args.secret.clone().map(Secret::new),
        format: args.format,
        answers: args.answer.clone(),
        count: AtomicUsize::new(0),
        json,
    });
    let port = args.port;
    block_on(async move {
        let socket = TcpListener::bind(("127.0.0.1", port))
            .await
            .map_err(|error| format!("cannot listen on 127.0.0.1:{port}: {error}"))?;
        let at = socket.local_addr().map_err(|error| format!("cannot listen: {error}"))?;
        if json {
            println!("{}", json!({ "url": format!("http://{at}/") }));
        } else {
            println!("receiving on http://{at}/");
        }
        loop {
            let Ok((stream, _)) = socket.accept().await else { continue };
            let listener = Arc::clone(&listener);
            tokio::spawn(async move {
                let service = service_fn(|request| answer(Arc::clone(&listener), request));
                // A sender that breaks off is its own business.
                drop(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await,
                );
            });
        }
    })
}

async fn answer(
    listener: Arc<Listener>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::http::Error> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_BYTES_MAX).collect().await else {
        return Response::builder().status(StatusCode::PAYLOAD_TOO_LARGE).body(Full::default());
    };
    let body = body.to_bytes();
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let at = listener.count.fetch_add(1, Ordering::Relaxed);
    let last = listener.answers.len().saturating_sub(1);
    let status = listener.answers.get(at.min(last)).copied().unwrap_or(StatusCode::OK);
    let signature = match &listener.secret {
        None => "not checked".to_owned(),
        Some(secret) => match verify(listener.format, secret, &headers, &body, SystemClock.now()) {
            Ok(()) => "verified".to_owned(),
            Err(error) => format!("WRONG: {error}"),
        },
    };
    println!("{}", line(&listener, at + 1, &signature, status, &headers, &body));
    Response::builder().status(status).body(Full::default())
}

fn line(
    listener: &Listener,
    number: usize,
    signature: &str,
    status: StatusCode,
    headers: &[(String, String)],
    body: &[u8],
) -> String {
    let header = |name: &str| {
        headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    };
    let delivery = header("X-Telemax-Delivery").or_else(|| header("webhook-id"));
    let body_json: Option<Value> = serde_json::from_slice(body).ok();
    if listener.json {
        return json!({
            "number": number,
            "at": SystemClock.now().rfc3339_millis(),
            "signature": signature,
            "answered": status.as_u16(),
            "delivery": delivery,
            "body": body_json.unwrap_or_else(|| Value::from(String::from_utf8_lossy(body))),
        })
        .to_string();
    }
    // Foreign text goes to a terminal: no control characters.
    let shown: String = body_json
        .map_or_else(|| String::from_utf8_lossy(body).into_owned(), |json| json.to_string())
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .take(400)
        .collect();
    let delivery = delivery.map(|id| format!(" delivery {id}")).unwrap_or_default();
    format!("#{number} signature {signature}, answered {}{delivery} {shown}", status.as_u16())
}
