//! When a receiver's certificate ends: read from its DER, so that a page can warn before it does.
//!
//! rustls has verified the certificate by the time that this is asked, but keeps its dates to itself. Only the
//! way down to `notAfter` is walked (RFC 5280, 4.1): `Certificate { tbs { [0] version, serial, algorithm,
//! issuer, validity { notBefore, notAfter } … } … }`. Anything unexpected is `None`.

use crate::domain::time::Timestamp;

const SEQUENCE: u8 = 0x30;
const EXPLICIT_0: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The last second in which the certificate is valid.
pub(super) fn not_after(der: &[u8]) -> Option<Timestamp> {
    let (certificate, _) = inside(der, SEQUENCE)?;
    let (mut tbs, _) = inside(certificate, SEQUENCE)?;
    if tbs.first() == Some(&EXPLICIT_0) {
        tbs = skip(tbs)?;
    }
    let from_validity = skip(skip(skip(tbs)?)?)?;
    let (validity, _) = inside(from_validity, SEQUENCE)?;
    let (tag, text, _) = element(skip(validity)?)?;
    let text = std::str::from_utf8(text).ok()?;
    match tag {
        UTC_TIME => {
            // Two digits of the year: 50 to 99 are in the 20th century.
            let century = if text.get(..2)? < "50" { "20" } else { "19" };
            parse(&format!("{century}{text}"))
        }
        GENERALIZED_TIME => parse(text),
        _ => None,
    }
}

/// `YYYYMMDDHHMMSSZ`, the only form that certificates may use.
fn parse(text: &str) -> Option<Timestamp> {
    if text.len() != 15 || !text.is_ascii() {
        return None;
    }
    let (date, time) = text.split_at(8);
    let (year, month, day) = (&date[..4], &date[4..6], &date[6..]);
    let (hour, minute, second) = (&time[..2], &time[2..4], &time[4..]);
    Timestamp::parse(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}"))
}

/// The content of the first element, which must have this tag, and what follows it.
fn inside(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = element(der)?;
    (found == tag).then_some((content, rest))
}

/// What follows the first element.
fn skip(der: &[u8]) -> Option<&[u8]> {
    element(der).map(|(_, _, rest)| rest)
}

/// Tag, content and rest of the first element. Lengths of up to three bytes: certificates are not larger.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn certificate(year: i32) -> Vec<u8> {
        let mut params = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(year, 2, 28);
        let key = rcgen::KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn reads_both_kinds_of_time() {
        for year in [2031, 2077] {
            let expected = Timestamp::parse(&format!("{year}-02-28T00:00:00Z"));
            assert_eq!(not_after(&certificate(year)), expected, "{year}");
        }
    }

    #[test]
    fn a_cut_certificate_has_no_end() {
        let whole = certificate(2031);
        assert!((0..whole.len()).all(|end| not_after(&whole[..end]).is_none()));
    }

    proptest! {
        #[test]
        fn nothing_panics(noise: Vec<u8>, at: usize, byte: u8) {
            not_after(&noise);
            parse(&String::from_utf8_lossy(&noise));
            let mut bent = certificate(2031);
            let at = at % bent.len();
            bent[at] = byte;
            not_after(&bent);
        }
    }
}
