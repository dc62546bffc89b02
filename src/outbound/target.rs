//! Where one request goes, taken apart once.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

use super::refusal::Refusal;

/// The parts of a destination that sending needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// `https`, otherwise `http`.
    pub is_https: bool,
    /// The host as typed, in its ASCII form, without a trailing dot.
    pub host: Host<String>,
    /// The port, the scheme's own where none was typed.
    pub port: u16,
    /// What the `Host` header says: the host, and the port unless it is the scheme's own.
    pub authority: String,
    /// Path and query, percent-encoded as the parser left them. The fragment stays at home.
    pub path_and_query: String,
}

impl Target {
    /// Takes `url` apart.
    ///
    /// # Errors
    /// Internal, when the URL is not one that a webhook can have: another scheme, no host, user information.
    /// Webhooks are checked when they are saved, so this is not the receiver's fault.
    pub fn of(url: &Url) -> Result<Self, Refusal> {
        let is_https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(Refusal::internal("The URL is neither https nor http.")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::internal("The URL contains user information."));
        }
        let host = match url.host() {
            Some(Host::Domain(name)) => Host::Domain(name.strip_suffix('.').unwrap_or(name).to_owned()),
            Some(Host::Ipv4(ip)) => Host::Ipv4(ip),
            Some(Host::Ipv6(ip)) => Host::Ipv6(ip),
            None => return Err(Refusal::internal("The URL has no host.")),
        };
        let port = url.port_or_known_default().unwrap_or(if is_https { 443 } else { 80 });
        let authority = url.port().map_or_else(|| host.to_string(), |port| format!("{host}:{port}"));
        let path_and_query =
            url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        Ok(Self { is_https, host, port, authority, path_and_query })
    }

    /// The address, when the host is one instead of a name.
    pub fn literal(&self) -> Option<SocketAddr> {
        let ip = match self.host {
            Host::Ipv4(ip) => IpAddr::V4(ip),
            Host::Ipv6(ip) => IpAddr::V6(ip),
            Host::Domain(_) => return None,
        };
        Some(SocketAddr::new(ip, self.port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Result<Target, Refusal> {
        Target::of(&url.parse().unwrap())
    }

    #[test]
    fn takes_urls_apart() {
        let target = of("https://Hooks.Example.com.:443/a b?x={y}#z").unwrap();
        assert_eq!(target.host, Host::Domain("hooks.example.com".to_owned()));
        assert_eq!((target.is_https, target.port), (true, 443));
        assert_eq!(target.authority, "hooks.example.com");
        assert_eq!(target.path_and_query, "/a%20b?x={y}");
        assert_eq!(target.literal(), None);

        let target = of("http://[2606:4700::1]:8443").unwrap();
        assert_eq!(target.authority, "[2606:4700::1]:8443");
        assert_eq!(target.path_and_query, "/");
        assert_eq!(target.literal(), Some("[2606:4700::1]:8443".parse().unwrap()));
    }

    #[test]
    fn refuses_what_no_webhook_can_have() {
        assert!(of("ftp://example.com/").is_err());
        assert!(of("https://user@example.com/").is_err());
        assert!(of("data:text/plain,x").is_err());
    }
}
