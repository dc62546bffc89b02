//! TLS to receivers: who is trusted, what is offered, and what a failed handshake means.
//!
//! Not configurable per webhook: a receiver with a broken certificate gets nothing. Sessions are not resumed,
//! so no ticket of one receiver can be replayed to another (TLS Poison). Only `http/1.1` is offered.

use std::io;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{AlertDescription, CertificateError, ClientConfig, PeerIncompatible, RootCertStore};
use tokio_rustls::client::TlsStream;
use url::Host;

use super::certificate;
use super::refusal::Refusal;
use crate::domain::attempt::FailureClass;
use crate::domain::time::Timestamp;

/// What was agreed with the receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSession {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: &'static str,
    /// When the receiver's own certificate ends, where that could be read.
    pub cert_not_after: Option<Timestamp>,
}

impl TlsSession {
    /// Reads the facts off an established connection.
    pub(super) fn of<S>(stream: &TlsStream<S>) -> Self {
        let (_, connection) = stream.get_ref();
        let version = match connection.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2",
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLSv1.3",
            _ => "unknown",
        };
        let own = connection.peer_certificates().and_then(<[_]>::first);
        Self { version, cert_not_after: own.and_then(|own| certificate::not_after(own)) }
    }
}

/// Why the TLS set-up cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsSetupError {
    /// The file with extra authorities is not PEM, holds none, or holds one that nobody can use.
    #[error("the extra CA file cannot be used: {0}")]
    ExtraCa(String),
    /// rustls refuses our choices; a bug.
    #[error("the TLS configuration is not possible")]
    Rustls(#[from] rustls::Error),
}

/// The one client configuration: ring, TLS 1.2 and 1.3, the web's authorities plus those in `extra_ca_pem`.
///
/// # Errors
/// When `extra_ca_pem` is given and not a PEM file with at least one certificate.
pub fn config(extra_ca_pem: Option<&[u8]>) -> Result<ClientConfig, TlsSetupError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = extra_ca_pem {
        add_authorities(&mut roots, pem).map_err(TlsSetupError::ExtraCa)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn add_authorities(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), String> {
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    if roots.len() == before { Err("it holds no certificate".to_owned()) } else { Ok(()) }
}

/// The name that the certificate must carry; a name is also sent as SNI, an address is not.
///
/// # Errors
/// Internal, when the host is no name that a certificate can carry (an underscore, a label of 64).
pub fn server_name(host: &Host<String>) -> Result<ServerName<'static>, Refusal> {
    match host {
        Host::Domain(name) => ServerName::try_from(name.clone()).map_err(|_| {
            Refusal::new(FailureClass::TlsName, "No certificate can be made for this host name.")
        }),
        Host::Ipv4(ip) => Ok(ServerName::from(std::net::IpAddr::from(*ip))),
        Host::Ipv6(ip) => Ok(ServerName::from(std::net::IpAddr::from(*ip))),
    }
}

/// What a failed handshake means, or a TLS failure later on the connection.
pub(super) fn refusal(error: &io::Error) -> Refusal {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(inner) => {
            let refusal = Refusal::new(class(inner), format!("TLS: {inner}."));
            match ended_at(inner) {
                Some(at) => refusal.cert_ended(at),
                None => refusal,
            }
        }
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            Refusal::new(FailureClass::Reset, "The receiver closed the connection during the TLS handshake.")
        }
        None => Refusal::from_io(error),
    }
}

/// When the certificate ended, if that is what is wrong with it.
fn ended_at(error: &rustls::Error) -> Option<Timestamp> {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. }) => {
            i64::try_from(not_after.as_secs()).ok().map(Timestamp::from_seconds)
        }
        _ => None,
    }
}

fn class(error: &rustls::Error) -> FailureClass {
    use rustls::Error as E;
    match error {
        E::InvalidCertificate(problem) => certificate_class(problem),
        E::NoCertificatesPresented => FailureClass::TlsUntrusted,
        E::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::NoCipherSuitesInCommon
            | PeerIncompatible::NoKxGroupsInCommon,
        )
        | E::AlertReceived(
            AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity
            | AlertDescription::HandshakeFailure,
        ) => FailureClass::TlsVersion,
        E::AlertReceived(AlertDescription::UnrecognisedName) => FailureClass::TlsName,
        E::FailedToGetCurrentTime | E::FailedToGetRandomBytes => FailureClass::Internal,
        _ => FailureClass::TlsOther,
    }
}

fn certificate_class(problem: &CertificateError) -> FailureClass {
    use CertificateError as C;
    match problem {
        C::Expired | C::ExpiredContext { .. } | C::NotValidYet | C::NotValidYetContext { .. } => {
            FailureClass::TlsExpired
        }
        C::NotValidForName | C::NotValidForNameContext { .. } => FailureClass::TlsName,
        _ => FailureClass::TlsUntrusted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_http_1_only_and_resumes_nothing() {
        let config = config(None).unwrap();
        assert_eq!(config.alpn_protocols, [b"http/1.1"]);
        assert!(config.enable_sni);
        assert!(format!("{:?}", config.resumption).contains("NoClientSessionStorage"), "{config:?}");
    }

    #[test]
    fn an_extra_ca_file_must_hold_certificates() {
        assert!(config(Some(b"")).is_err());
        assert!(config(Some(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")).is_err());
        let key = rcgen::KeyPair::generate().unwrap();
        let ca = rcgen::CertificateParams::new(vec![]).unwrap().self_signed(&key).unwrap();
        assert!(config(Some(ca.pem().as_bytes())).is_ok());
    }

    #[test]
    fn a_version_refused_by_alert_or_by_hello() {
        use rustls::Error as E;
        for error in [
            E::AlertReceived(AlertDescription::ProtocolVersion),
            E::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13),
        ] {
            assert_eq!(class(&error), FailureClass::TlsVersion);
        }
    }
}
