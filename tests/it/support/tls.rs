//! Certificates for a receiver on this machine, and the authority that Belfry is told to believe.

use std::io::Write as _;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tempfile::NamedTempFile;

/// Gives out certificates for 127.0.0.1 and localhost.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: NamedTempFile,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("an authority");
        let mut file = NamedTempFile::new().expect("a file");
        file.write_all(issuer.pem().as_bytes()).expect("room for a certificate");
        Self { issuer, file }
    }

    /// The setting that has it believed, while it lives.
    pub fn setting(&self) -> (&'static str, &str) {
        ("outbound_ca_file", self.file.path().to_str().expect("a plain path"))
    }

    /// A server whose certificate is valid until 1 January of `year`. What is valid is decided by this machine's clock.
    pub fn until(&self, year: i32) -> Arc<ServerConfig> {
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let mut params = CertificateParams::new(names).expect("names");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into());
        Arc::new(config.expect("a server"))
    }
}
