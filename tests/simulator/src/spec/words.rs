//! Texts for examples: by the name and the format of a property, so that they look like the service's own.

/// A small generator (SplitMix64): examples depend on nothing but their seed.
#[derive(Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// FNV-1a of the text.
    pub(crate) fn of(text: &str) -> Self {
        Self(text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn uuid(&mut self) -> String {
        let (one, two) = (self.next(), self.next());
        let part = |value: u64, shift: u32, mask: u64| (value >> shift) & mask;
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            part(one, 32, 0xffff_ffff),
            part(one, 16, 0xffff),
            part(one, 0, 0xfff),
            part(two, 48, 0xfff),
            part(two, 0, 0xffff_ffff_ffff)
        )
    }
}

/// A text for a property of this name and format.
pub(super) fn text(name: &str, format: Option<&str>, dice: &mut Dice) -> String {
    match format {
        Some("date-time") => return "2026-07-01T10:00:00.000Z".to_owned(),
        Some("date") => return "2026-07-01".to_owned(),
        Some("uuid") => return dice.uuid(),
        Some("ipv4") => return "192.0.2.4".to_owned(),
        Some("byte") => return "ZXhhbXBsZQ==".to_owned(),
        _ => {}
    }
    let known = match name {
        "id" => return format!("r006-{}", dice.uuid()),
        "crn" => return format!("crn:v1:bluemix:public:is:us-south:a/{}::example:r006-{}", "0".repeat(32), dice.uuid()),
        "href" | "url" | "more_info" => "https://simulated.invalid/example",
        "address" => "192.0.2.4",
        "cidr" | "cidr_block" | "destination" | "ipv4_cidr_block" | "client_ip_pool" => "10.240.0.0/24",
        "mac_address" => "02:00:04:00:C4:6A",
        "fingerprint" => "SHA256:yxavE4CIOL2NlsqcurRO3xGjkP6m/0mp8ugojH5yxlY",
        "public_key" => "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE1hZGVGb3JUaGVTaW11bGF0b3JPbmx5MDEy",
        "iam_id" | "created_by" | "created_by_id" | "last_modified_by_id" | "email" => "IBMid-0000000000",
        "region" => "us-south",
        "zone" | "zone_name" => "us-south-1",
        "createdDate" | "modifiedDate" | "masterStatusModifiedDate" => "2026-07-01T10:00:00+0000",
        "masterStatus" => "Ready",
        "provider" => "vpc-gen2",
        _ if name.ends_with("URL") => "https://simulated.invalid/example",
        "hostname" | "fqdn" => "example.simulated.invalid",
        "version" => "1",
        "timestamp" | "last_authn" | "first_permit_at" | "last_permit_at" => "2026-07-01T10:00:00.000Z",
        _ if name.ends_with("_at") => "2026-07-01T10:00:00.000Z",
        _ if name.ends_with("_id") => return dice.uuid(),
        _ => "example",
    };
    known.to_owned()
}
