//! What is wrong in each set-up, and that the client's first guess is right; where it cannot tell two
//! causes apart, it names both. The doctor is asked over the same set-ups.

use crate::machine::Machine;
use crate::scene::Scene;
use crate::{apart, instances, pods};
use serde_json::Value;
use trusted_profile::ErrorCode;

/// One set-up and what is to be said about it.
struct Row {
    name: &'static str,
    set_up: fn(&Machine) -> Scene,
    expected: Expected,
    /// A piece of what the doctor says first, where it knows more than an error can.
    doctor: Option<&'static str>,
}

impl Row {
    /// The doctor looks at files and at the other protocol or endpoint as well.
    const fn doctor(mut self, first: &'static str) -> Self {
        self.doctor = Some(first);
        self
    }
}

/// What a program that is asked for a token, or for what is wrong, has to say.
enum Expected {
    /// No token. Each text is a piece of a cause or of its fix; the first is that of the first cause.
    Causes(ErrorCode, &'static [&'static str]),
    /// A token, though this machine's clock may be off by so many seconds.
    Token { skew: i64 },
}

const TOKEN: Expected = Expected::Token { skew: 0 };

const fn row(name: &'static str, set_up: fn(&Machine) -> Scene, expected: Expected) -> Row {
    Row { name, set_up, expected, doctor: None }
}

const fn causes(code: ErrorCode, named: &'static [&'static str]) -> Expected {
    Expected::Causes(code, named)
}

const SILENCE: ErrorCode = ErrorCode::MetadataUnreachable;
const NO_IAM: ErrorCode = ErrorCode::ServiceUnreachable;
const BAD_TLS: ErrorCode = ErrorCode::TlsFailed;

const OFF: &str = "--metadata-service true";
const HOPS: &str = "response_hop_limit of the instance to 2 or more";
const CLOCK: &str = "this machine's clock is wrong";
const CERTIFICATE_ENDED: &str = "the server's certificate is expired";

const ROWS: &[Row] = &[
    row("instance: the service is off", instances::switched_off, causes(SILENCE, &[OFF, "stop and start", HOPS])),
    row("container: the service is off", instances::switched_off_in_a_container, causes(SILENCE, &[HOPS, OFF])),
    row("container: hop limit 1", instances::hop_limit_1, causes(SILENCE, &[HOPS, OFF])),
    row("container: hop limit 2", instances::hop_limit_2, TOKEN),
    row("host of a container: hop limit 1", instances::hop_limit_1_on_the_host, TOKEN),
    row("pod: asks for its node's identity", instances::asked_by_a_pod, causes(SILENCE, &["use the container source"])),
    row("instance: nobody listens", instances::nobody_listens, causes(SILENCE, &["host firewall", "not an IBM Cloud VPC instance"])),
    row("instance: forbidden by a rule", instances::forbidden, causes(SILENCE, &["host firewall"])),
    row("instance: no route", instances::no_route, causes(SILENCE, &["no route to 169.254.169.254"])),
    row("instance: https only, asked over http", instances::https_only, causes(SILENCE, &["host firewall", "leave protocol at auto"]))
        .doctor("secure access is on"),
    row("instance: http only, asked over https", instances::http_only, causes(SILENCE, &["host firewall", "leave protocol at auto"]))
        .doctor("secure access is off"),
    row("instance: name unknown", instances::name_unknown, causes(SILENCE, &["does not resolve"])),
    row("instance: name server silent", instances::name_server_silent, causes(SILENCE, &["does not resolve"])),
    row("instance: name server silent, http", instances::name_server_silent_but_http, TOKEN),
    row("instance: unknown authority", instances::unknown_authority, causes(BAD_TLS, &["ca_bundle"])),
    row("instance: wrong name", instances::wrong_name, causes(BAD_TLS, &["as api.metadata.cloud.ibm.com"])),
    row("instance: certificate ended", instances::certificate_ended, causes(BAD_TLS, &[CLOCK, CERTIFICATE_ENDED])),
    row("instance: certificate not begun", instances::certificate_not_begun, causes(BAD_TLS, &[CLOCK, CERTIFICATE_ENDED])),
    row("instance: clock behind", instances::clock_behind, Expected::Token { skew: -7200 }),
    row("instance: not linked", instances::not_linked, causes(ErrorCode::ProfileNotLinked, &["neither a link", "a moment ago"])),
    row(
        "instance: no default profile",
        instances::no_default_profile,
        causes(ErrorCode::NoDefaultProfile, &["created without default_trusted_profile"]),
    ),
    row("pod: no token file", pods::no_token_file, causes(ErrorCode::CrTokenUnavailable, &["audience: iam", "cr_token_file"])),
    row(
        "Code Engine: no token file",
        pods::no_token_file_in_code_engine,
        causes(ErrorCode::CrTokenUnavailable, &["--trusted-profiles-enabled=true"]),
    ),
    row("pod: wrong audience", pods::wrong_audience, causes(ErrorCode::Unauthenticated, &["audience: iam", "expired"])),
    row("pod: token ended", pods::token_ended, causes(ErrorCode::Unauthenticated, &["expired"])).doctor("subPath"),
    row("pod: not linked", pods::not_linked, causes(ErrorCode::ProfileNotEligible, &["create the link shown in this error"])),
    row("pod: clock behind", pods::clock_behind, Expected::Token { skew: -7200 }),
    row("pod: clock ahead", pods::clock_ahead, Expected::Token { skew: 7200 }),
    row("pod: unknown authority", pods::unknown_authority, causes(BAD_TLS, &["ca_bundle"])),
    row("pod: wrong name", pods::wrong_name, causes(BAD_TLS, &["something else answers"])),
    row("pod: certificate ended", pods::certificate_ended, causes(BAD_TLS, &[CLOCK, CERTIFICATE_ENDED])),
    row("pod: private endpoint only", pods::private_only, causes(NO_IAM, &["use endpoint private", "outbound TCP 443"])),
    row("pod: private endpoint there, public asked", pods::private_there, causes(NO_IAM, &["use endpoint private"]))
        .doctor("set endpoint to private"),
    row("pod: public endpoint there, private asked", pods::public_there, causes(NO_IAM, &["endpoint gateway"]))
        .doctor("set endpoint to public"),
    row("pod: private endpoint only, and asked", pods::private_only_and_asked, TOKEN),
    row("pod: public endpoint only, private asked", pods::public_only, causes(NO_IAM, &["endpoint gateway", "outbound TCP 443"])),
    row("pod: nobody listens", pods::nobody_listens, causes(NO_IAM, &["nothing listens"])),
    row("pod: name unknown", pods::name_unknown, causes(NO_IAM, &["does not resolve", "private endpoint"])),
    row("pod: name server silent", pods::name_server_silent, causes(NO_IAM, &["does not resolve", "private endpoint"])),
    row("pod: a proxy in the way", pods::proxy_in_the_way, causes(NO_IAM, &["allow the host in the proxy"])),
];

/// Whether what the client said in one manner is what was expected.
fn judge(expected: &Expected, said: &Value) -> Result<(), String> {
    match expected {
        Expected::Token { skew } => {
            let seen = said["skew"].as_i64().ok_or("no token, or no clock was seen")?;
            // The clocks were read apart.
            if seen.abs_diff(*skew) <= 30 { Ok(()) } else { Err(format!("expected a clock {skew} s off")) }
        }
        Expected::Causes(code, named) => {
            if said["code"] != code.as_str() {
                return Err(format!("expected {}", code.as_str()));
            }
            let ranked: Vec<&str> = said["causes"].as_array().unwrap().iter().map(|cause| cause.as_str().unwrap()).collect();
            if let Some(piece) = named.first()
                && !ranked.first().is_some_and(|first| first.contains(piece))
            {
                return Err(format!("expected the first cause to say {piece:?}"));
            }
            match named.iter().find(|piece| !ranked.iter().any(|cause| cause.contains(**piece))) {
                Some(missing) => Err(format!("expected some cause to say {missing:?}")),
                None => Ok(()),
            }
        }
    }
}

/// Whether the doctor's first guess is right, and it names what an error names.
fn judge_doctor(row: &Row, said: &Value) -> Result<(), String> {
    match &row.expected {
        Expected::Token { skew } => {
            let failed = said["failed"].as_array().unwrap();
            let expected: &[Value] = if skew.unsigned_abs() > 60 { &["clock".into()] } else { &[] };
            if said["token"] == true && failed == expected { Ok(()) } else { Err(format!("expected {expected:?} to fail")) }
        }
        Expected::Causes(code, named) => match row.doctor {
            None => judge(&Expected::Causes(*code, named), said),
            Some(first) => judge(&Expected::Causes(*code, &[]), said).and_then(|()| match said["causes"][0].as_str() {
                Some(cause) if cause.contains(first) => Ok(()),
                _ => Err(format!("expected the first cause to say {first:?}")),
            }),
        },
    }
}

#[test]
fn the_first_cause_is_the_right_one() {
    let names: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
    apart::each("causes::the_first_cause_is_the_right_one", &names, |name, machine| {
        let row = ROWS.iter().find(|row| row.name == name).unwrap();
        let said = (row.set_up)(machine).ask();
        for manner in ["async", "blocking"] {
            let judged = judge(&row.expected, &said[manner]);
            assert_eq!(judged, Ok(()), "{manner}: {:#}", said[manner]);
        }
        assert_eq!(judge_doctor(row, &said["doctor"]), Ok(()), "doctor: {}", said["doctor"]["text"].as_str().unwrap());
    });
}
