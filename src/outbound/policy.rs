//! What may be dialled: public addresses and the operator's exceptions, and never ourselves.

use std::net::{SocketAddr, UdpSocket};

use ipnet::IpNet;
use url::{Host, Url};

use super::refusal::Refusal;
use super::target::Target;
use crate::domain::address;
use crate::domain::attempt::FailureClass;

/// The operator's rules for outgoing requests. The default is the strict one: https to public addresses.
#[derive(Debug, Clone, Default)]
pub struct OutboundPolicy {
    /// Networks that may be delivered to although they are not public (`BELFRY_OUTBOUND_ALLOW`).
    pub allowed_networks: Vec<IpNet>,
    /// Whether `http://` is permitted (`BELFRY_OUTBOUND_ALLOW_HTTP`).
    pub allow_http: bool,
    /// Where people reach this very service; nothing is delivered there.
    pub public_url: Option<Url>,
    /// The sockets that this service listens on; nothing is delivered there. The unspecified address stands
    /// for every address of this machine.
    pub own_addresses: Vec<SocketAddr>,
}

impl OutboundPolicy {
    /// Judges what can be judged before the lookup: the scheme, and whether the host is our own public one.
    ///
    /// # Errors
    /// The blocked address, in words.
    pub fn judge_target(&self, target: &Target) -> Result<(), Refusal> {
        if !target.is_https && !self.allow_http {
            return Err(blocked("The URL is not https, and the operator does not permit http."));
        }
        if self.public_url.as_ref().is_some_and(|own| is_own_host(own, target)) {
            return Err(blocked("The URL leads back to this service itself."));
        }
        Ok(())
    }

    /// Judges every answer of the lookup. One bad answer is enough to refuse all: the receiver's name server
    /// could make the others fail and so choose the bad one.
    ///
    /// # Errors
    /// The first blocked address, in words.
    pub fn judge_addresses(&self, addresses: &[SocketAddr]) -> Result<(), Refusal> {
        for at in addresses {
            address::judge(at.ip(), &self.allowed_networks)
                .map_err(|refusal| blocked(&format!("{}: {refusal}", at.ip())))?;
            if self.own_addresses.iter().any(|own| is_own_address(*own, *at)) {
                return Err(blocked(&format!("{at} is an address of this service itself.")));
            }
        }
        Ok(())
    }
}

fn blocked(detail: &str) -> Refusal {
    Refusal::new(FailureClass::BlockedAddress, detail)
}

/// A public name is ours on every port. An address, and `localhost` on a developer's machine, is ours on our
/// own port only: other services stand beside us there.
fn is_own_host(own: &Url, target: &Target) -> bool {
    let same_port = own.port_or_known_default() == Some(target.port);
    match (own.host(), &target.host) {
        (Some(Host::Domain(own)), Host::Domain(host)) => {
            let own = own.strip_suffix('.').unwrap_or(own);
            own == host && (same_port || own != "localhost")
        }
        (Some(Host::Ipv4(own)), Host::Ipv4(host)) => own == *host && same_port,
        (Some(Host::Ipv6(own)), Host::Ipv6(host)) => own == *host && same_port,
        _ => false,
    }
}

fn is_own_address(own: SocketAddr, at: SocketAddr) -> bool {
    own.port() == at.port() && (own.ip() == at.ip() || (own.ip().is_unspecified() && is_local(at)))
}

/// Whether the address belongs to this machine: only then can a socket be bound to it. Asked seldom, when a
/// destination has the very port that we listen on.
fn is_local(at: SocketAddr) -> bool {
    UdpSocket::bind((at.ip(), 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Target {
        Target::of(&url.parse().unwrap()).unwrap()
    }

    fn judges(policy: &OutboundPolicy, addresses: &[&str]) -> Result<(), Refusal> {
        let addresses: Vec<SocketAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
        policy.judge_addresses(&addresses)
    }

    #[test]
    fn one_forbidden_answer_refuses_all() {
        let policy = OutboundPolicy::default();
        assert_eq!(judges(&policy, &["93.184.215.14:443", "1.1.1.1:443"]), Ok(()));
        let refusal = judges(&policy, &["93.184.215.14:443", "10.0.0.5:443"]).unwrap_err();
        assert_eq!(refusal.class, FailureClass::BlockedAddress);
        assert!(refusal.detail.starts_with("10.0.0.5: The address is private"), "{}", refusal.detail);
    }

    #[test]
    fn http_needs_permission() {
        let plain = target("http://example.com/");
        assert!(OutboundPolicy::default().judge_target(&plain).is_err());
        assert!(OutboundPolicy { allow_http: true, ..Default::default() }.judge_target(&plain).is_ok());
    }

    #[test]
    fn our_own_name_is_refused() {
        let own = |url: &str| OutboundPolicy {
            allow_http: true,
            public_url: Some(url.parse().unwrap()),
            ..Default::default()
        };
        let public = own("https://alerts.example.com");
        assert!(public.judge_target(&target("https://ALERTS.example.com./hook")).is_err());
        assert!(public.judge_target(&target("https://alerts.example.com:8443/hook")).is_err());
        assert!(public.judge_target(&target("https://example.com/hook")).is_ok());
        for lab in ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"] {
            let port = |port: &str| target(&lab.replace("8080", port));
            assert!(own(lab).judge_target(&port("8080")).is_err(), "{lab}");
            assert!(own(lab).judge_target(&port("9000")).is_ok(), "{lab}");
        }
    }

    #[test]
    fn our_own_sockets_are_refused_even_in_allowed_networks() {
        let policy = |own: &str| OutboundPolicy {
            allowed_networks: vec!["127.0.0.0/8".parse().unwrap(), "203.0.113.0/24".parse().unwrap()],
            own_addresses: vec![own.parse().unwrap()],
            ..Default::default()
        };
        assert!(judges(&policy("127.0.0.1:8080"), &["127.0.0.1:8080"]).is_err());
        assert!(judges(&policy("127.0.0.1:8080"), &["127.0.0.1:9000"]).is_ok());
        assert!(judges(&policy("0.0.0.0:8080"), &["127.0.0.1:8080"]).is_err());
        assert!(judges(&policy("0.0.0.0:8080"), &["203.0.113.7:8080"]).is_ok());
    }
}
