//! Which addresses a customer may have requests sent to: public unicast ones, and what the operator allows.
//!
//! IPv4 is judged by a deny list, made of the IANA special-purpose registry and the addresses that clouds put
//! in public space. IPv6 is judged by an allow list, global unicast (`2000::/3`) less its special blocks: a
//! deny list there keeps missing one more way to wrap an IPv4 address. An IPv4 address inside an IPv6 one is
//! refused as such, even a public one, because whoever means it can write it plainly.
//!
//! Names are not resolved here: an answer now proves nothing about later. The outbound connector judges
//! every address again, right before it dials exactly that address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Why an address is refused: what kind of address it is. `Display` is a sentence for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum AddressRefusal {
    /// `0.0.0.0/8` and `::`; Linux connects them to the machine itself.
    #[error("The address stands for “no address” or “this network”, which leads back to our own machine.")]
    Unspecified,
    /// `127.0.0.0/8` and `::1`.
    #[error("The address is a loopback address: it leads back to our own machine.")]
    Loopback,
    /// RFC 1918, unique local and site-local.
    #[error("The address is private: it only exists inside a local network.")]
    Private,
    /// `169.254.0.0/16` and `fe80::/10`; most clouds serve instance metadata there.
    #[error("The address is link-local, where clouds serve the metadata of a machine.")]
    LinkLocal,
    /// A metadata or host service of a cloud outside the link-local blocks.
    #[error("The address belongs to the metadata or host service of a cloud provider.")]
    CloudService,
    /// `100.64.0.0/10`.
    #[error("The address is shared address space behind a provider's carrier-grade NAT.")]
    CarrierGradeNat,
    /// Blocks that exist to be printed in documents.
    #[error("The address is reserved for documentation.")]
    Documentation,
    /// Blocks for measuring network equipment.
    #[error("The address is reserved for benchmarks.")]
    Benchmarking,
    /// Multicast of either family.
    #[error("The address is a multicast address: it names a group, not a receiver.")]
    Multicast,
    /// Assigned to a protocol (anycast relays, AS112, ORCHID, …): nobody's receiver.
    #[error("The address is assigned to a network protocol, not to a receiver.")]
    ProtocolAssignment,
    /// An IPv6 address that wraps an IPv4 one: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP.
    #[error("The address hides an IPv4 address inside an IPv6 address. Use the IPv4 address itself.")]
    EmbeddedIpv4,
    /// Everything else that is not public unicast.
    #[error("The address is reserved: it is not part of the public internet.")]
    Reserved,
}

/// Says whether requests may be sent to `ip`.
///
/// `allowed` are the operator's exceptions (`BELFRY_OUTBOUND_ALLOW`); an address inside one of them passes
/// unseen. An exception covers the spelling it is written in and nothing else: `127.0.0.0/8` does not allow
/// `::ffff:127.0.0.1`.
///
/// # Errors
/// The kind of address, when it is neither public nor allowed.
pub fn judge(ip: IpAddr, allowed: &[IpNet]) -> Result<(), AddressRefusal> {
    if allowed.iter().any(|network| network.contains(&ip)) {
        return Ok(());
    }
    let refusal = match ip {
        IpAddr::V4(ip) => refusal_v4(ip),
        IpAddr::V6(ip) => refusal_v6(ip),
    };
    refusal.map_or(Ok(()), Err)
}

/// What IPv4 denies. The first block that contains the address gives the reason.
#[rustfmt::skip]
const DENIED_V4: [(Ipv4Net, AddressRefusal); 20] = [
    (v4([0, 0, 0, 0], 8), AddressRefusal::Unspecified),
    (v4([10, 0, 0, 0], 8), AddressRefusal::Private),
    (v4([100, 100, 100, 200], 32), AddressRefusal::CloudService),    // Alibaba metadata
    (v4([100, 64, 0, 0], 10), AddressRefusal::CarrierGradeNat),
    (v4([127, 0, 0, 0], 8), AddressRefusal::Loopback),
    (v4([168, 63, 129, 16], 32), AddressRefusal::CloudService),      // Azure WireServer, in public space
    (v4([169, 254, 0, 0], 16), AddressRefusal::LinkLocal),
    (v4([172, 16, 0, 0], 12), AddressRefusal::Private),
    (v4([192, 0, 0, 0], 24), AddressRefusal::ProtocolAssignment),    // Oracle metadata is in here too
    (v4([192, 0, 2, 0], 24), AddressRefusal::Documentation),
    (v4([192, 31, 196, 0], 24), AddressRefusal::ProtocolAssignment), // AS112
    (v4([192, 52, 193, 0], 24), AddressRefusal::ProtocolAssignment), // AMT
    (v4([192, 88, 99, 0], 24), AddressRefusal::ProtocolAssignment),  // 6to4 relays, deprecated
    (v4([192, 168, 0, 0], 16), AddressRefusal::Private),
    (v4([192, 175, 48, 0], 24), AddressRefusal::ProtocolAssignment), // AS112 direct delegation
    (v4([198, 18, 0, 0], 15), AddressRefusal::Benchmarking),
    (v4([198, 51, 100, 0], 24), AddressRefusal::Documentation),
    (v4([203, 0, 113, 0], 24), AddressRefusal::Documentation),
    (v4([224, 0, 0, 0], 4), AddressRefusal::Multicast),
    (v4([240, 0, 0, 0], 4), AddressRefusal::Reserved),               // includes the limited broadcast
];

/// The only part of IPv6 that is considered at all.
const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0, 0], 3);

/// What is taken out of [`GLOBAL_UNICAST`] again. The first block that contains the address gives the reason.
#[rustfmt::skip]
const DENIED_V6: [(Ipv6Net, AddressRefusal); 7] = [
    (v6([0x2001, 0, 0, 0], 32), AddressRefusal::EmbeddedIpv4),                 // Teredo
    (v6([0x2001, 2, 0, 0], 48), AddressRefusal::Benchmarking),
    (v6([0x2001, 0, 0, 0], 23), AddressRefusal::ProtocolAssignment),
    (v6([0x2001, 0xdb8, 0, 0], 32), AddressRefusal::Documentation),
    (v6([0x2002, 0, 0, 0], 16), AddressRefusal::EmbeddedIpv4),                 // 6to4
    (v6([0x2620, 0x4f, 0x8000, 0], 48), AddressRefusal::ProtocolAssignment),   // AS112 direct delegation
    (v6([0x3fff, 0, 0, 0], 20), AddressRefusal::Documentation),
];

/// Outside global unicast everything is refused; these blocks only give a better reason than "reserved".
#[rustfmt::skip]
const NAMED_V6: [(Ipv6Net, AddressRefusal); 9] = [
    (v6([0, 0, 0, 0], 16), AddressRefusal::EmbeddedIpv4),                      // mapped, compatible, translated
    (v6([0x64, 0xff9b, 0, 0], 32), AddressRefusal::EmbeddedIpv4),              // NAT64, both prefixes
    (v6([0x100, 0, 0, 0], 32), AddressRefusal::Reserved),                      // discard-only
    (v6([0x5f00, 0, 0, 0], 16), AddressRefusal::ProtocolAssignment),           // segment routing
    (v6([0xfd00, 0xec2, 0, 0], 32), AddressRefusal::CloudService),             // Amazon metadata
    (v6([0xfc00, 0, 0, 0], 7), AddressRefusal::Private),
    (v6([0xfe80, 0, 0, 0], 10), AddressRefusal::LinkLocal),
    (v6([0xfec0, 0, 0, 0], 10), AddressRefusal::Private),
    (v6([0xff00, 0, 0, 0], 8), AddressRefusal::Multicast),
];

fn refusal_v4(ip: Ipv4Addr) -> Option<AddressRefusal> {
    DENIED_V4.iter().find(|(block, _)| block.contains(&ip)).map(|(_, refusal)| *refusal)
}

fn refusal_v6(ip: Ipv6Addr) -> Option<AddressRefusal> {
    if ip.is_unspecified() {
        return Some(AddressRefusal::Unspecified);
    }
    if ip.is_loopback() {
        return Some(AddressRefusal::Loopback);
    }
    if is_isatap(ip) {
        return Some(AddressRefusal::EmbeddedIpv4);
    }
    if GLOBAL_UNICAST.contains(&ip) {
        return DENIED_V6.iter().find(|(block, _)| block.contains(&ip)).map(|(_, refusal)| *refusal);
    }
    let named = NAMED_V6.iter().find(|(block, _)| block.contains(&ip)).map(|(_, refusal)| *refusal);
    Some(named.unwrap_or(AddressRefusal::Reserved))
}

/// ISATAP marks the interface half of the address, under any prefix (RFC 5214: `[02]00:5efe:a.b.c.d`).
fn is_isatap(ip: Ipv6Addr) -> bool {
    let [.., high, low, _, _] = ip.segments();
    low == 0x5efe && (high & !0x0200) == 0
}

const fn v4(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    let [a, b, c, d] = octets;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(high: [u16; 4], prefix: u8) -> Ipv6Net {
    let [a, b, c, d] = high;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), prefix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Result<(), AddressRefusal> {
        judge(text.parse().unwrap(), &[])
    }

    #[test]
    fn names_the_kind() {
        use AddressRefusal as R;
        for (text, refusal) in [
            ("0.0.0.0", R::Unspecified),
            ("127.0.0.53", R::Loopback),
            ("10.0.0.1", R::Private),
            ("169.254.169.254", R::LinkLocal),
            ("168.63.129.16", R::CloudService),
            ("100.100.100.200", R::CloudService),
            ("100.64.0.1", R::CarrierGradeNat),
            ("203.0.113.9", R::Documentation),
            ("198.19.255.255", R::Benchmarking),
            ("239.255.255.250", R::Multicast),
            ("192.0.0.192", R::ProtocolAssignment),
            ("192.88.99.1", R::ProtocolAssignment),
            ("255.255.255.255", R::Reserved),
            ("::", R::Unspecified),
            ("::1", R::Loopback),
            ("fd12::1", R::Private),
            ("fd00:ec2::254", R::CloudService),
            ("fe80::1", R::LinkLocal),
            ("ff02::1", R::Multicast),
            ("2001:db8::1", R::Documentation),
            ("2001:2::1", R::Benchmarking),
            ("2001:30::1", R::ProtocolAssignment),
            ("::ffff:8.8.8.8", R::EmbeddedIpv4),
            ("2001:0:808:808::f7f7:f7f7", R::EmbeddedIpv4),
            ("2606:4700::5efe:10.0.0.1", R::EmbeddedIpv4),
            ("8000::1", R::Reserved),
        ] {
            assert_eq!(of(text), Err(refusal), "{text}");
        }
    }

    #[test]
    fn neighbours_of_denied_blocks_are_public() {
        for text in [
            "1.0.0.0",
            "9.255.255.255",
            "100.63.255.255",
            "100.128.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "172.32.0.0",
            "192.0.1.0",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:db7:ffff::1",
            "2003::1",
            "2606:4700:4700::6440:4844",
            "3ffe::1",
        ] {
            assert_eq!(of(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn every_line_of_the_table() {
        for line in include_str!("../../tests/vectors/addresses.jsonl").lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let address = line["address"].as_str().unwrap();
            assert_eq!(of(address).is_ok(), line["expect"] == "accept", "{line}");
        }
    }

    #[test]
    fn an_exception_covers_its_own_spelling_only() {
        let allowed = ["127.0.0.0/8".parse().unwrap()];
        assert_eq!(judge("127.0.0.1".parse().unwrap(), &allowed), Ok(()));
        assert_eq!(judge("::ffff:127.0.0.1".parse().unwrap(), &allowed), Err(AddressRefusal::EmbeddedIpv4));
        assert_eq!(judge("::1".parse().unwrap(), &allowed), Err(AddressRefusal::Loopback));
        assert_eq!(judge("10.0.0.1".parse().unwrap(), &allowed), Err(AddressRefusal::Private));
    }

    /// An address out of a denied block, together with the block's reason.
    fn denied_v4() -> impl Strategy<Value = Ipv4Addr> {
        (0..DENIED_V4.len(), any::<u32>()).prop_map(|(index, noise)| {
            let block = DENIED_V4[index].0;
            Ipv4Addr::from_bits(block.network().to_bits() | (noise & block.hostmask().to_bits()))
        })
    }

    /// Every way to carry `ip` in IPv6 that has a name. `noise` fills the bits that are free.
    fn embeddings(ip: Ipv4Addr, noise: u64) -> Vec<Ipv6Addr> {
        let v4 = u128::from(ip.to_bits());
        let noise = u128::from(noise);
        let global = 0x2600 << 112 | (noise & 0xffff_ffff_ffff) << 64;
        [
            v4,                                                          // compatible
            0xffff << 32 | v4,                                           // mapped
            0xffff << 48 | v4,                                           // translated (SIIT)
            0x64_ff9b << 96 | v4,                                        // NAT64, well-known prefix
            0x64_ff9b_0001 << 80 | v4,                                   // NAT64, local-use prefix
            0x2002 << 112 | v4 << 80 | noise,                            // 6to4
            0x2001_0000 << 96 | v4 << 64 | noise,                        // Teredo, as the server
            0x2001_0000 << 96 | 0x0808_0808 << 64 | (!v4 & 0xffff_ffff), // Teredo, as the client
            global | 0x5efe << 32 | v4,                                  // ISATAP, local
            global | 0x0200_5efe << 32 | v4,                             // ISATAP, global
            0xfe80 << 112 | 0x5efe << 32 | v4,                           // ISATAP, link-local
        ]
        .map(Ipv6Addr::from_bits)
        .to_vec()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn a_denied_ipv4_is_denied_in_every_embedding(ip in denied_v4(), noise: u64) {
            prop_assert!(judge(IpAddr::V4(ip), &[]).is_err());
            for wrapped in embeddings(ip, noise) {
                prop_assert!(judge(IpAddr::V6(wrapped), &[]).is_err(), "{wrapped}");
            }
        }

        #[test]
        fn a_public_ipv4_is_not_accepted_through_ipv6_either(bits: u32, noise: u64) {
            for wrapped in embeddings(Ipv4Addr::from_bits(bits), noise) {
                prop_assert!(judge(IpAddr::V6(wrapped), &[]).is_err(), "{wrapped}");
            }
        }

        #[test]
        fn nothing_outside_global_unicast_passes(bits: u128) {
            let ip = Ipv6Addr::from_bits(bits);
            prop_assert!(GLOBAL_UNICAST.contains(&ip) || judge(IpAddr::V6(ip), &[]).is_err());
        }
    }
}
