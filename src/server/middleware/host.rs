//! Who the request thinks we are.

use std::net::{IpAddr, SocketAddr};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};
use url::Url;

/// The names under which the service may be asked. Ports are not compared: a name is what somebody else can
/// point at us, and behind a forwarding proxy the port is another one.
#[derive(Debug)]
pub struct AllowedHosts {
    public: String,
    listen: IpAddr,
}

impl AllowedHosts {
    /// The public URL's host, the address that is listened on, and this machine's own names.
    pub fn new(public_url: &Url, listen: SocketAddr) -> Self {
        let public = public_url.host_str().unwrap_or_default().to_ascii_lowercase();
        Self { public, listen: listen.ip() }
    }

    /// Whether `authority` (`name`, `name:port`, `[::1]:port`) is one of them.
    fn allows(&self, authority: &str) -> bool {
        let Some(host) = host_of(authority) else {
            return false;
        };
        let host = host.to_ascii_lowercase();
        let address: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        match address {
            // Listening everywhere, whatever address led here is ours; and nobody can make an address resolve.
            Some(address) => {
                self.listen.is_unspecified()
                    || address == self.listen
                    || address.is_loopback()
                    || host == self.public
            }
            None => host == self.public || host == "localhost",
        }
    }
}

/// The part before the port; `None` when what follows the last colon is no port.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.rfind(':') {
        Some(colon) if !authority.ends_with(']') => (authority.get(..colon)?, authority.get(colon + 1..)?),
        _ => (authority, ""),
    };
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    let is_plain = !host.contains([':', '[', ']', '@', '/']);
    let is_port = port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    (is_port && !host.is_empty() && (is_bracketed || is_plain)).then_some(host)
}

/// Before anything is done for the request: links, cookies and caches must not follow a name that an
/// attacker chose (DNS rebinding, poisoned caches). No or two names: 400; a foreign one: 421.
pub async fn host(
    allowed: Data<AllowedHosts>,
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let refusal = {
        let mut named = req.headers().get_all(header::HOST);
        let in_header = named.next().and_then(|value| value.to_str().ok());
        let in_target = req.uri().authority().map(actix_web::http::uri::Authority::as_str);
        match (in_header, named.next()) {
            (Some(name), None)
                if allowed.allows(name) && in_target.is_none_or(|name| allowed.allows(name)) =>
            {
                None
            }
            (Some(_), None) => Some(StatusCode::MISDIRECTED_REQUEST),
            _ => Some(StatusCode::BAD_REQUEST),
        }
    };
    match refusal {
        Some(status) => Ok(req.into_response(HttpResponse::new(status))),
        None => Ok(next.call(req).await?.map_into_boxed_body()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(public: &str, listen: &str) -> AllowedHosts {
        AllowedHosts::new(&Url::parse(public).unwrap(), listen.parse().unwrap())
    }

    #[test]
    fn our_names_with_or_without_port() {
        let hosts = hosts("https://Hooks.Example.com/", "10.0.0.7:8080");
        for ours in [
            "hooks.example.com",
            "HOOKS.example.com:443",
            "10.0.0.7:8080",
            "localhost",
            "localhost:8080",
            "127.0.0.1:1",
            "[::1]:8080",
        ] {
            assert!(hosts.allows(ours), "{ours}");
        }
        for foreign in [
            "",
            ":80",
            "evil.example",
            "hooks.example.com.evil.example",
            "hooks.example.com@evil.example",
            "hooks.example.com:80:80",
            "hooks.example.com:x",
            "10.0.0.8",
            "localhost.evil.example",
            "[::1",
        ] {
            assert!(!hosts.allows(foreign), "{foreign}");
        }
    }

    #[test]
    fn listening_everywhere_every_address_is_ours_but_no_name() {
        let hosts = hosts("http://localhost:8080/", "0.0.0.0:8080");
        assert!(hosts.allows("192.168.7.7:8080"));
        assert!(!hosts.allows("evil.example:8080"));
    }
}
