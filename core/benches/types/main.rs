//! A page of 1,000 instances, 15 MB, to Rust: into the types of the core, into structs that were written by hand for
//! serde, and into JSON.
//!
//! `make bench`. The budgets are 200 MB/s, and 1.2 times what structs by hand take; `-- --check` fails when they are
//! missed.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark may")]

mod by_hand;
#[path = "../../tests/types/samples.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod samples;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use trusted_profile_core::types::{from_slice, vpc};

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--check") {
        return check();
    }
    divan::Divan::from_args().max_time(Duration::from_secs(5)).main();
    ExitCode::SUCCESS
}

/// Every property of an instance, with addresses and names as long as IBM's.
static PAGE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let documents = samples::documents();
    let vpc = &documents["vpc"];
    let mut instance = vpc.sample(vpc.schema("Instance"), 4);
    lengthen(&mut instance);
    let each = instance.to_string().len();
    // As many disks and attachments as it takes for 15 kB.
    let attachment = instance["volume_attachments"][0].clone();
    let more = (15_000_usize.saturating_sub(each)) / attachment.to_string().len();
    instance["volume_attachments"].as_array_mut().unwrap().extend(vec![attachment; more]);
    json!({ "first": { "href": "https://service.example/v1/instances?limit=1000" }, "instances": vec![instance; 1000], "limit": 1000, "total_count": 1000 })
        .to_string()
        .into_bytes()
});

fn lengthen(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(lengthen),
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), &member) {
                    ("crn", _) => {
                        *member = json!("crn:v1:bluemix:public:is:us-south-1:a/123456::instance:0717_1e09281b-f177-46fb-baf1-bc152b2e391a")
                    }
                    ("href", _) => {
                        *member = json!("https://us-south.iaas.cloud.ibm.com/v1/instances/0717_1e09281b-f177-46fb-baf1-bc152b2e391a")
                    }
                    ("id", Value::String(_)) => *member = json!("0717_1e09281b-f177-46fb-baf1-bc152b2e391a"),
                    _ => lengthen(member),
                }
            }
        }
        _ => {}
    }
}

fn typed() -> usize {
    from_slice::<vpc::InstanceCollection>(black_box(&PAGE)).unwrap().instances.unwrap().len()
}

fn serde_by_hand() -> usize {
    serde_json::from_slice::<by_hand::InstanceCollection>(black_box(&PAGE)).unwrap().instances.unwrap().len()
}

#[divan::bench]
fn into_types(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::of_slice(&*PAGE)).bench(typed);
}

#[divan::bench]
fn into_structs_by_hand(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::of_slice(&*PAGE)).bench(serde_by_hand);
}

#[divan::bench]
fn into_json(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::of_slice(&*PAGE)).bench(|| serde_json::from_slice::<Value>(black_box(&PAGE)).unwrap());
}

/// The budgets, by the fastest of some runs of each, which take turns.
fn check() -> ExitCode {
    let timed = |read: fn() -> usize| {
        let start = Instant::now();
        assert_eq!(read(), 1000);
        start.elapsed().as_secs_f64()
    };
    let (mut types, mut structs) = (f64::MAX, f64::MAX);
    for _ in 0..15 {
        types = types.min(timed(typed));
        structs = structs.min(timed(serde_by_hand));
    }
    #[expect(clippy::cast_precision_loss, reason = "15 MB")]
    let (speed, ratio) = (PAGE.len() as f64 / 1e6 / types, types / structs);
    let bytes = PAGE.len();
    println!("{bytes} bytes: {speed:.0} MB/s (at least 200), {ratio:.2} times structs by hand (at most 1.2)");
    if speed >= 200.0 && ratio <= 1.2 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
