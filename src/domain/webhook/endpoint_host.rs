//! Which host names a destination may have: full names of the public DNS.

use std::net::{IpAddr, Ipv4Addr};

use super::endpoint_refusal::Refusal;
use super::endpoint_url::EndpointPolicy;
use crate::domain::address;

/// Judges a host name in ASCII, already without one trailing dot.
pub(super) fn judge_name(name: &str, policy: &EndpointPolicy) -> Result<(), Refusal> {
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    if is_below(name, "localhost") && address::judge(loopback, &policy.allowed_networks).is_ok() {
        return Ok(());
    }
    if LOCAL_SUFFIXES.into_iter().any(|suffix| is_below(name, suffix)) {
        return Err(Refusal::LocalName);
    }
    // RFC 1123, and the underscore, which lives in the names of real receivers.
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if name.len() > 253 || !name.split('.').all(is_label) {
        return Err(Refusal::BadHostName);
    }
    if !name.contains('.') {
        return Err(Refusal::SingleLabel);
    }
    Ok(())
}

/// Whether `name` is `suffix` or ends with it at the border of a label.
fn is_below(name: &str, suffix: &str) -> bool {
    name.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Names that the public DNS does not have, or that networks use for themselves: RFC 6761, 6762 (appendix G),
/// 7686, 8375, 9476, ICANN's name collisions, hosts files, container and cluster networks.
const LOCAL_SUFFIXES: [&str; 37] = [
    "localhost",
    "localhost4",
    "localhost6",
    "localdomain",
    "localdomain4",
    "localdomain6",
    "ip6-localhost",
    "ip6-loopback",
    "ip6-allnodes",
    "ip6-allrouters",
    "broadcasthost",
    "local",
    "internal",
    "intranet",
    "intra",
    "lan",
    "localnet",
    "home",
    "homenet",
    "corp",
    "mail",
    "private",
    "priv",
    "workgroup",
    "domain",
    "router",
    "dhcp",
    "arpa",
    "test",
    "invalid",
    "onion",
    "alt",
    "svc",
    "consul",
    "docker",
    "kube",
    "cluster",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_end_at_the_border_of_a_label() {
        assert!(is_below("localhost", "localhost") && is_below("a.localhost", "localhost"));
        assert!(!is_below("mylocalhost", "localhost") && !is_below("localhost.example", "localhost"));
    }

    #[test]
    fn names() {
        let policy = EndpointPolicy::default();
        let label = "a".repeat(63);
        for good in
            ["example.com", "a_b.example.com", "xn--r8jz45g.xn--zckzah.com", "1and1.example", "a--b.example"]
        {
            assert_eq!(judge_name(good, &policy), Ok(()), "{good}");
        }
        assert_eq!(judge_name(&format!("{label}.example"), &policy), Ok(()));
        for (bad, refusal) in [
            (format!("{label}a.example"), Refusal::BadHostName),
            (String::new(), Refusal::BadHostName),
            (".example.com".to_owned(), Refusal::BadHostName),
            ("a-.example".to_owned(), Refusal::BadHostName),
            ("a~b.example".to_owned(), Refusal::BadHostName),
            ("com".to_owned(), Refusal::SingleLabel),
            ("printer.local".to_owned(), Refusal::LocalName),
            ("kubernetes.default.svc".to_owned(), Refusal::LocalName),
            ("x.home.arpa".to_owned(), Refusal::LocalName),
        ] {
            assert_eq!(judge_name(&bad, &policy), Err(refusal), "{bad}");
        }
    }
}
