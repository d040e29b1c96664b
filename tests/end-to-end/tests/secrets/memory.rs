//! What the core owned of a secret is nowhere in memory any more once it was dropped (R12).
use http::Response;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::time::Duration;
use trusted_profile_core::call::{Call, EntityTags, Options, Step};
use trusted_profile_core::operation::Target;
use trusted_profile_core::types::{Other, TypedOperation as _, iam_token};
use trusted_profile_core::wire::{BaseUrl, Json};
use trusted_profile_core::{Now, Secret, catalog};

/// A mark that stands nowhere in memory but in a secret: here its bits are turned round.
const TURNED: [u8; 24] = turned(*b"m4rk-0f-a-s3cret-in-here");

const fn turned<const N: usize>(mut mark: [u8; N]) -> [u8; N] {
    let mut index = 0;
    while index < N {
        mark[index] = !mark[index];
        index += 1;
    }
    mark
}

/// How often the mark stands in what this process may write to.
fn places() -> usize {
    let mut memory = File::open("/proc/self/mem").unwrap();
    let mut buffer = vec![0_u8; PART + TURNED.len() - 1];
    let own = buffer.as_ptr() as usize;
    let own = own..own + buffer.len();
    let mut found = 0;
    for region in regions() {
        for start in region.clone().step_by(PART) {
            let part = &mut buffer[..(region.end - start).min(PART + TURNED.len() - 1)];
            // Another thread may have given it back since; then nothing is there.
            let is_there = memory.seek(SeekFrom::Start(start as u64)).and_then(|_| memory.read_exact(part)).is_ok();
            let places = part.windows(TURNED.len()).enumerate().filter(|(_, window)| is_there && is_mark(window));
            found += places.filter(|(offset, _)| !own.contains(&(start + offset))).count();
            part.fill(0);
        }
    }
    found
}

/// What is looked at in one go, in bytes.
const PART: usize = 1 << 20;

fn is_mark(window: &[u8]) -> bool {
    window[0] == !TURNED[0] && window.iter().zip(TURNED).all(|(found, turned)| *found == !turned)
}

/// What this process may write to, by address.
fn regions() -> Vec<Range<usize>> {
    let address = |text: &str| usize::from_str_radix(text, 16).unwrap();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let writable = maps.lines().filter_map(|line| line.split_once(" rw")?.0.split_once('-'));
    writable.map(|(start, end)| address(start)..address(end)).collect()
}

/// A secret of a few thousand letters, in one allocation.
fn secret() -> String {
    let mut text = String::with_capacity(TURNED.len() * 200);
    (0..200).for_each(|_| TURNED.iter().for_each(|byte| text.push(char::from(!byte))));
    text
}

/// `arguments` with the secret in place of its `"_"`: `json!` would copy it.
fn with_secret(mut arguments: Value) -> Value {
    fn put(value: &mut Value) {
        match value {
            Value::String(text) if text == "_" => *text = secret(),
            Value::Object(members) => members.values_mut().for_each(put),
            _ => {}
        }
    }
    put(&mut arguments);
    arguments
}

/// An answer with the secret in it, in one allocation.
fn answer() -> Response<Vec<u8>> {
    let mut body = Vec::with_capacity(1 << 16);
    let mut secret = secret().into_bytes();
    [br#"{"access_token":""#.as_slice(), &secret, br#""}"#].iter().for_each(|part| body.extend_from_slice(part));
    secret.fill(0);
    Response::new(body)
}

fn target(operation: &str) -> Target {
    let base = if operation.starts_with("vpc") { "https://us-south.iaas.cloud.ibm.com/v1" } else { "https://iam.cloud.ibm.com" };
    Target::new(BaseUrl::parse("base", base).unwrap())
}

/// Plays a call to its end with each of `answers`; what the transport gets is its own, and overwritten here.
fn play(mut call: Call, answers: &[u16]) {
    let now = |millis| Now { monotonic: Duration::from_millis(millis), unix: Duration::from_secs(1_790_000_000) };
    let mut answers = answers.iter();
    for turn in 0_u64.. {
        match call.poll(now(turn * 10_000)) {
            Step::NeedToken { .. } => call.token(now(turn * 10_000), Secret::new("iam-token-1"), 1),
            Step::Send(mut exchange) => {
                assert!(places() > 0, "the mark is not found where it has to be");
                exchange.request.body_mut().fill(0);
                let body = json!({ "errors": [{ "code": "c", "message": "m" }] }).to_string().into_bytes();
                let response = Response::builder().status(*answers.next().unwrap()).body(body).unwrap();
                call.handle(now(turn * 10_000), exchange.id, Ok(response));
            }
            Step::Wait { .. } | Step::Rejected { .. } | Step::Page(_) => {}
            Step::Done(_) | Step::End | Step::Failed(_) => return,
        }
    }
}

#[test]
fn nothing_is_left_of_a_secret() {
    assert_eq!(places(), 0);
    let kept = Json::from(with_secret(json!("_")));
    assert!(places() >= 200, "the search finds nothing");
    drop(kept);
    let tags = EntityTags::default();
    let options = Options { entity_tags: Some(&tags), ..Options::default() };
    let begin = |operation: &str, arguments: Value| {
        Call::once(catalog::find(operation).unwrap(), &with_secret(arguments).into(), target(operation), &options, 1)
    };
    let cases: [(&str, &dyn Fn()); 9] = [
        ("a body of JSON", &|| play(begin("vpc.create_instance", json!({ "body": { "user_data": "_" } })).unwrap(), &[200])),
        ("more than one attempt", &|| play(begin("vpc.update_vpc", json!({ "id": "v", "body": { "name": "_" } })).unwrap(), &[503, 200])),
        ("a form", &|| play(begin("iam_token.get_token", json!({ "body": { "grant_type": "g", "apikey": "_" } })).unwrap(), &[200])),
        ("a refusal", &|| play(begin("vpc.create_instance", json!({ "body": { "user_data": "_" } })).unwrap(), &[400])),
        ("a change under If-Match", &|| {
            drop(begin("iam_identity.update_profile", json!({ "profile_id": "p", "body": { "description": "_" } })).err().unwrap());
            play(begin("vpc.update_volume", json!({ "id": "v", "body": { "name": "_" } })).unwrap(), &[200]);
        }),
        ("a mistake", &|| {
            begin("vpc.update_vpc", json!({ "id": "..", "body": { "name": "_" } })).err().unwrap();
            let arguments = with_secret(json!({ "id": "v", "body": { "name": "_" } })).into();
            catalog::find("vpc.update_vpc").unwrap().check(&arguments, &target("vpc")).unwrap();
        }),
        ("types", &|| {
            let grant = iam_token::TokenRequestApikey { apikey: Some(Secret::new(secret())), ..Default::default() };
            let body = iam_token::TokenRequestApikeyGrant::from(grant).into();
            let get = iam_token::GetToken { body, ..Default::default() };
            play(begin("iam_token.get_token", get.arguments().into_value()).unwrap(), &[200]);
            get.request(&target("iam_token")).unwrap().body_mut().fill(0);
            assert!(get == get.clone());
        }),
        ("what a type does not know", &|| {
            let mut other = Other::default();
            other.insert("a", with_secret(json!("_")));
            other = Other::default();
            drop(other);
        }),
        ("answers", &|| {
            drop(catalog::parse("iam_token.get_token", answer()).unwrap());
            drop(iam_token::GetToken::parse(answer()).unwrap());
        }),
    ];
    for (what, case) in cases {
        case();
        assert_eq!(places(), 0, "{what}");
    }
}
