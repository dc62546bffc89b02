//! Where a webhook sends to: a URL that was judged once and cannot hold nonsense afterwards.
//!
//! The raw text is judged before it is parsed, because the WHATWG parser repairs silently: it drops tabs and
//! empty user names, turns backslashes into slashes, decodes `%31` in hosts. Two programs that repair differently
//! talk to two hosts. Then the parsed host is judged, because `0x7f.1` and full-width digits become an address
//! only there. Names are not resolved: an answer now proves nothing about later. The cases are in
//! `tests/vectors/endpoint_urls.jsonl`.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Position, Url, form_urlencoded};

use super::endpoint_host::judge_name;
pub use super::endpoint_refusal::Refusal;
use crate::domain::address;
use crate::domain::text;

/// Bytes that a destination may have, as typed and as stored (contract 00.7).
pub const URL_BYTES_MAX: usize = 2_048;
/// What stands for a query value on pages and in logs.
const MASK: &str = "••••";

/// A destination in its canonical spelling: https (or http where allowed), a host, no user, no fragment.
/// `Debug` masks the query, which may hold secrets.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EndpointUrl(Url);

/// What the installation allows beyond https and public addresses.
#[derive(Debug, Clone, Default)]
pub struct EndpointPolicy {
    /// Plain http is fine (laboratories).
    pub allow_http: bool,
    /// Networks that are fine although they are not public. With 127.0.0.0/8 among them `localhost` is fine too.
    pub allowed_networks: Vec<ipnet::IpNet>,
    /// Our own public host name, without port: nothing is delivered to ourselves.
    pub own_host: Option<String>,
}

impl EndpointUrl {
    /// Judges `text` and gives back its canonical spelling.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn parse(text: &str, policy: &EndpointPolicy) -> Result<Self, Refusal> {
        let authority = judge_text(text, policy)?;
        let mut url = Url::parse(text).map_err(|_| Refusal::Unparseable)?;
        if url.fragment().is_some() {
            return Err(Refusal::Fragment);
        }
        match url.host().ok_or(Refusal::Unparseable)? {
            Host::Ipv4(ip) => {
                judge_address(IpAddr::V4(ip), policy)?;
                // Whoever writes 16843009 for 1.1.1.1 hides something, and others read 010.8.8.8 differently.
                if host_text(authority) != ip.to_string() {
                    return Err(Refusal::NoncanonicalAddress);
                }
            }
            Host::Ipv6(ip) => judge_address(IpAddr::V6(ip), policy)?,
            Host::Domain(name) => {
                let name = name.strip_suffix('.').unwrap_or(name).to_owned();
                judge_name(&name, policy)?;
                url.set_host(Some(&name)).map_err(|_| Refusal::BadHostName)?;
            }
        }
        if is_own_host(&url, policy) {
            return Err(Refusal::OwnHost);
        }
        if url.port().is_some_and(|port| BAD_PORTS.contains(&port)) {
            return Err(Refusal::BadPort);
        }
        if url.as_str().len() > URL_BYTES_MAX {
            return Err(Refusal::TooLong);
        }
        Ok(Self(url))
    }

    /// Rebuilds a stored destination without judging it again: the policy may have changed since. `None` when
    /// the text never was one.
    pub fn from_parts(base: &str, query: Option<&str>) -> Option<Self> {
        let mut url = Url::parse(base).ok()?;
        if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
            return None;
        }
        url.set_query(query);
        Some(Self(url))
    }

    /// The whole URL.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host: a name in ASCII (punycode), an IPv4 address, or an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The port, also when it is the scheme's own.
    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(443)
    }

    /// Host and port as they stand in the URL: without the port when it is the scheme's own.
    pub fn authority(&self) -> &str {
        &self.0[Position::BeforeHost..Position::AfterPort]
    }

    /// Whether the scheme is https.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The path, encoded, beginning with a slash.
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// The address, when the host is one.
    pub fn host_literal(&self) -> Option<IpAddr> {
        match self.0.host()? {
            Host::Ipv4(ip) => Some(IpAddr::V4(ip)),
            Host::Ipv6(ip) => Some(IpAddr::V6(ip)),
            Host::Domain(_) => None,
        }
    }

    /// The URL up to the query.
    pub fn without_query(&self) -> String {
        let mut url = self.0.clone();
        url.set_query(None);
        url.into()
    }

    /// The query without its question mark, encoded. May be empty.
    pub fn query(&self) -> Option<&str> {
        self.0.query()
    }

    /// The query's parameters, decoded as a receiver decodes them.
    pub fn query_pairs(&self) -> form_urlencoded::Parse<'_> {
        self.0.query_pairs()
    }

    /// The URL for pages, logs and exports: the values of query parameters are masked, and so are parameters
    /// without a name, which may be nothing but a key.
    pub fn display(&self) -> String {
        let Some(query) = self.query() else {
            return self.as_str().to_owned();
        };
        let masked: Vec<String> = query
            .split('&')
            .map(|pair| match pair.split_once('=') {
                Some((name, "")) => format!("{name}="),
                Some((name, _)) => format!("{name}={MASK}"),
                None if pair.is_empty() => String::new(),
                None => MASK.to_owned(),
            })
            .collect();
        format!("{}?{}", self.without_query(), masked.join("&"))
    }

    /// Whether scheme, host and port are the same.
    pub fn same_origin(&self, other: &Self) -> bool {
        self.is_https() == other.is_https() && self.host() == other.host() && self.port() == other.port()
    }
}

impl fmt::Debug for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EndpointUrl({})", self.display())
    }
}

/// Judges what only the raw text shows, and gives back its authority: what stands between `//` and the path.
fn judge_text<'t>(text: &'t str, policy: &EndpointPolicy) -> Result<&'t str, Refusal> {
    if text.len() > URL_BYTES_MAX {
        return Err(Refusal::TooLong);
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Refusal::ControlOrSpace);
    }
    if text.chars().any(text::is_invisible) {
        return Err(Refusal::InvisibleOrBidi);
    }
    let Some((scheme, rest)) = text.split_once(':') else {
        return Err(Refusal::NotHttps);
    };
    let is_allowed = match scheme.to_ascii_lowercase().as_str() {
        "https" => true,
        "http" => policy.allow_http,
        _ => false,
    };
    if !is_allowed {
        return Err(Refusal::NotHttps);
    }
    if rest.contains('\\') {
        return Err(Refusal::Backslash);
    }
    let rest = rest.strip_prefix("//").filter(|rest| !rest.starts_with('/')).ok_or(Refusal::BadPrefix)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(Refusal::UserInfo);
    }
    if authority.contains('%') {
        return Err(Refusal::PercentInHost);
    }
    Ok(authority)
}

/// The host of an authority without brackets: what stands before the port.
fn host_text(authority: &str) -> &str {
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}

fn judge_address(ip: IpAddr, policy: &EndpointPolicy) -> Result<(), Refusal> {
    address::judge(ip, &policy.allowed_networks).map_err(Refusal::ForbiddenAddress)
}

/// Whether `url` leads to our own public name. A laboratory runs its receivers beside us, on the same `localhost`.
fn is_own_host(url: &Url, policy: &EndpointPolicy) -> bool {
    let host = url.host_str().unwrap_or_default();
    let is_loopback = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    };
    let is_own = |own: &str| own.trim_end_matches('.').eq_ignore_ascii_case(host);
    !is_loopback && policy.own_host.as_deref().is_some_and(is_own)
}

/// Ports of other protocols, which could be talked into doing something by an HTTP request: the bad-port list of
/// the Fetch standard, and 0.
const BAD_PORTS: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103,
    104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514,
    515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723,
    2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn public() -> EndpointPolicy {
        EndpointPolicy::default()
    }

    fn laboratory() -> EndpointPolicy {
        EndpointPolicy {
            allow_http: true,
            allowed_networks: vec!["127.0.0.0/8".parse().unwrap(), "10.1.0.0/16".parse().unwrap()],
            own_host: Some("Belfry.Example.com".to_owned()),
        }
    }

    #[test]
    fn every_vector_comes_out_right() {
        let mut wrong = Vec::new();
        let table = include_str!("../../../tests/vectors/endpoint_urls.jsonl");
        for line in table.lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            let text = case["url"].as_str().unwrap();
            let expected = match case["reason"].as_str() {
                Some(reason) => Err(reason),
                None => Ok(case["canonical"].as_str().unwrap_or(text)),
            };
            assert_eq!(case["expect"], if expected.is_ok() { "accept" } else { "reject" });
            let result = EndpointUrl::parse(text, &public());
            let actual = result.as_ref().map(EndpointUrl::as_str).map_err(Refusal::slug);
            if actual != expected {
                wrong.push(format!("{}: {text:?} gave {actual:?}, not {expected:?}", case["id"]));
            }
            if let Ok(url) = result {
                let rebuilt = EndpointUrl::from_parts(&url.without_query(), url.query());
                assert_eq!(rebuilt, Some(url), "{text}");
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(table.lines().count(), 249);
    }

    #[test]
    fn classes_beyond_the_table() {
        for (text, slug) in [
            ("https://example.com/#x", "fragment"),
            ("https://example.com/#", "fragment"),
            ("https://example.com#@127.0.0.1/", "fragment"),
            ("https://example.com\\@127.0.0.1/", "backslash"),
            ("https://127.0.0.1../", "bad_hostname"),
            ("https://example.com../", "bad_hostname"),
            ("https://-a.example.com/", "bad_hostname"),
            ("https://a-.example.com/", "bad_hostname"),
            ("https://0x7f.1/", "forbidden_ip"),
            ("https://[::1]:25/", "forbidden_ip"),
            ("https://home.arpa/", "local_name"),
            ("https://printer.home.arpa./", "local_name"),
            ("https://1.1.1.1:6000/", "bad_port"),
            ("https://example.com:00/", "bad_port"),
            ("https://example.com:10080/", "bad_port"),
            ("https://exam\u{200d}ple.com/", "invisible_or_bidi"),
            ("https://example.com/\u{fe0f}", "invisible_or_bidi"),
            ("https://ex ample.com/", "control_or_space"),
            ("https://example.com/\u{3000}", "control_or_space"),
            ("", "not_https"),
            (":", "not_https"),
            ("file:///etc/passwd", "not_https"),
            ("javascript:alert(1)", "not_https"),
            ("https:", "bad_prefix"),
            ("https://:443/", "unparseable"),
        ] {
            let result = EndpointUrl::parse(text, &public());
            assert_eq!(result.as_ref().map_err(Refusal::slug).err(), Some(slug), "{text:?}");
        }
        let label = "a".repeat(49);
        let long_name = format!("https://{}/", [label.as_str(); 5].join(".") + ".example");
        assert_eq!(EndpointUrl::parse(&long_name, &public()), Err(Refusal::BadHostName));
        let growing = format!("https://example.com/{}", "ä".repeat(1000));
        assert_eq!(EndpointUrl::parse(&growing, &public()), Err(Refusal::TooLong));
    }

    #[test]
    fn a_laboratory_may_use_its_own_networks() {
        for good in [
            "http://127.0.0.1:8080/x",
            "https://127.0.0.1/",
            "http://localhost:9000/",
            "http://a.localhost/",
            "http://10.1.2.3/",
            "https://example.com/",
        ] {
            assert!(EndpointUrl::parse(good, &laboratory()).is_ok(), "{good}");
        }
        for (bad, slug) in [
            ("http://127.1/", "noncanonical_ip"),
            ("http://10.2.0.1/", "forbidden_ip"),
            ("http://[::1]/", "forbidden_ip"),
            ("http://127.0.0.1:22/", "bad_port"),
            ("http://receiver/", "single_label"),
            ("ftp://127.0.0.1/", "not_https"),
            ("https://belfry.example.COM./", "own_host"),
            ("http://belfry.example.com:8080/", "own_host"),
        ] {
            assert_eq!(
                EndpointUrl::parse(bad, &laboratory()).map_err(|r| r.slug()).err(),
                Some(slug),
                "{bad}"
            );
        }
        assert_eq!(EndpointUrl::parse("http://example.com/", &public()), Err(Refusal::NotHttps));
        assert_eq!(EndpointUrl::parse("https://localhost/", &public()), Err(Refusal::LocalName));
    }

    #[test]
    fn parts_and_masks() {
        let url = EndpointUrl::parse(
            "https://Example.com:8443/a?token=abc&x=&&bare#".trim_end_matches('#'),
            &public(),
        )
        .unwrap();
        assert_eq!(
            (url.host(), url.port(), url.is_https(), url.host_literal()),
            ("example.com", 8443, true, None)
        );
        assert_eq!(url.without_query(), "https://example.com:8443/a");
        assert_eq!(url.display(), "https://example.com:8443/a?token=••••&x=&&••••");
        assert!(!format!("{url:?}").contains("abc"));
        let plain = EndpointUrl::parse("https://example.com./", &public()).unwrap();
        assert_eq!(
            (plain.as_str(), plain.display().as_str()),
            ("https://example.com/", "https://example.com/")
        );
        assert_eq!((plain.port(), plain.same_origin(&url)), (443, false));
        assert!(url.same_origin(&EndpointUrl::from_parts("https://example.com:8443/b", None).unwrap()));
        let six = EndpointUrl::parse("https://[2606:4700:4700::1111]/", &public()).unwrap();
        assert_eq!(six.host(), "[2606:4700:4700::1111]");
        assert!(six.host_literal().unwrap().is_ipv6());
        assert_eq!(EndpointUrl::from_parts("data:x", None), None);
        assert!(EndpointUrl::from_parts("http://10.0.0.1/", Some("a=b")).is_some());
    }

    #[test]
    fn a_laboratory_that_is_called_localhost_delivers_beside_itself() {
        let policy = EndpointPolicy { own_host: Some("localhost".to_owned()), ..laboratory() };
        assert!(EndpointUrl::parse("http://localhost:9000/", &policy).is_ok());
    }

    /// `number` as one part of an IPv4 address, in one of three bases.
    fn part(number: u32, base: u8) -> String {
        match base {
            0 => number.to_string(),
            1 => format!("{number:#x}"),
            _ => format!("0{number:o}"),
        }
    }

    proptest::proptest! {
        /// Only four decimal numbers get through, and only where the address itself does.
        #[test]
        fn no_spelling_of_an_ipv4_address_slips_through(ip: u32, bases: [u8; 4], parts in 1_usize..=4) {
            let bytes = ip.to_be_bytes();
            let tail = bytes.iter().skip(parts - 1).fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
            let numbers = bytes.iter().take(parts - 1).map(|byte| u32::from(*byte)).chain([tail]);
            let spelled: Vec<String> = numbers.zip(bases).map(|(number, base)| part(number, base % 3)).collect();
            let spelled = spelled.join(".");
            let plain = std::net::Ipv4Addr::from(ip).to_string();
            let result = EndpointUrl::parse(&format!("https://{spelled}/"), &public());
            let is_public = address::judge(std::net::Ipv4Addr::from(ip).into(), &[]).is_ok();
            proptest::prop_assert_eq!(result.is_ok(), is_public && spelled == plain, "{}", spelled);
        }

        #[test]
        fn whatever_is_accepted_is_clean_and_stable(text in "https://[a-z]{1,6}[.][a-z]{2,3}[a-z0-9.:@/?#%\\\\\\[\\]é\u{ad} -]{0,12}") {
            if let Ok(url) = EndpointUrl::parse(&text, &public()) {
                proptest::prop_assert!(url.is_https() && url.as_str().is_ascii());
                proptest::prop_assert!(!url.as_str().contains(['@', '#', ' ']) || url.path().contains('@')
                    || url.query().is_some_and(|query| query.contains('@')));
                proptest::prop_assert_eq!(EndpointUrl::parse(url.as_str(), &public()), Ok(url));
            }
        }
    }
}
