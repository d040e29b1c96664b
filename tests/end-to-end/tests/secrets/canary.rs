//! The search finds what it searches for.

use end_to_end::spellings::{leaks, spell};
use std::collections::BTreeSet;

const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJpYW0tUHJvZmlsZS0xIn0.c2lnbmF0dXJlIHRoYXQgaXMgbG9uZyBlbm91Z2g_-w";
const KEY: &str = "sim-k3y/with+odd=characters~0123456789";

fn secrets() -> BTreeSet<String> {
    [JWT, KEY].map(str::to_owned).into()
}

#[test]
fn every_spelling_of_every_part_is_found() {
    let mut spelled = 0;
    for secret in [JWT, KEY] {
        let parts = secret.split('.').skip(usize::from(secret == JWT)).chain([secret]);
        for part in parts {
            for (spelling, text) in spell(part) {
                spelled += 1;
                let log = format!("2026-01-01 INFO something went on: value={text}, and more");
                let found = leaks(&log, &secrets());
                assert!(found.iter().any(|leak| leak.spelling == spelling), "{spelling} of {part}: {found:?}");
            }
        }
    }
    assert!(spelled >= 60, "{spelled}");
}

#[test]
fn base64_of_a_larger_whole_is_found() {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    for before in ["", "a", "ab", "abc", "user:"] {
        let whole = format!("{before}{KEY}&more=1");
        for encoded in [STANDARD.encode(&whole), URL_SAFE.encode(&whole)] {
            assert!(!leaks(&encoded, &secrets()).is_empty(), "{before}");
        }
    }
}

#[test]
fn a_secret_that_was_cut_short_is_found() {
    let signature = JWT.rsplit('.').next().unwrap();
    assert!(!leaks(&format!("token={}...", &signature[..30]), &secrets()).is_empty());
    assert!(!leaks(&format!("key {}", &KEY[..24]), &secrets()).is_empty());
    assert!(!leaks(&format!("bytes {:?}", KEY.as_bytes()), &secrets()).is_empty());
    assert!(!leaks(&format!("bytes {:#?}", KEY.as_bytes()), &secrets()).is_empty());
}

#[test]
fn what_holds_no_secret_is_clean() {
    let log = "eyJhbGciOiJSUzI1NiJ9 is the header of every token; sim-k3y is eight characters; [redacted]";
    assert_eq!(leaks(log, &secrets()), []);
}
