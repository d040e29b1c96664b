//! Unions, merge patches and texts with known values.

use trusted_profile_core::types::vpc::{
    InstancePatch, InstanceStatus, UpdateInstance, VolumeIdentity, VolumeIdentityByCRN, VolumeIdentityById,
};
use trusted_profile_core::types::{DateTime, Patch, from_slice, to_json};

#[test]
fn a_union_is_the_first_of_which_everything_is_there() {
    let by_id: VolumeIdentity = from_slice(br#"{"id": "r006-1", "new": 1}"#).unwrap();
    let VolumeIdentity::ById(volume) = &by_id else { panic!("{by_id:?}") };
    assert_eq!(volume.id.as_deref(), Some("r006-1"));
    let by_crn = VolumeIdentity::from(VolumeIdentityByCRN { crn: Some("crn:v1".to_owned()), ..Default::default() });
    assert_eq!(to_json(&by_crn).text("crn"), Some("crn:v1"));
    assert_eq!(from_slice(br#"{"crn": "crn:v1"}"#), Ok(by_crn));
    let unknown: VolumeIdentity = from_slice(br#"{"name": "a"}"#).unwrap();
    assert!(matches!(&unknown, VolumeIdentity::Other(json) if json.text("name") == Some("a")));
    assert_ne!(unknown, VolumeIdentityById::default().into());
}

#[test]
fn a_merge_patch_tells_absent_from_null() {
    let write = |name: Patch<String>| {
        let update = UpdateInstance { id: "1".to_owned(), body: InstancePatch { name, ..Default::default() }, ..Default::default() };
        to_json(&update.body).as_value().to_string()
    };
    assert_eq!(write(Patch::Keep), "{}");
    assert_eq!(write(Patch::Remove), r#"{"name":null}"#);
    assert_eq!(write(Patch::Set("a".to_owned())), r#"{"name":"a"}"#);
    let read: InstancePatch = from_slice(br#"{"name": null}"#).unwrap();
    assert_eq!((read.name, read.other.is_empty()), (Patch::Remove, true));
}

#[test]
fn every_text_is_a_status() {
    assert_eq!(InstanceStatus::from("running"), InstanceStatus::RUNNING);
    assert_eq!(InstanceStatus::from("dreaming").as_str(), "dreaming");
}

#[test]
fn dates_keep_every_digit() {
    let date: DateTime = from_slice(br#""2026-11-28T12:00:00.123456789+01:00""#).unwrap();
    assert_eq!((date.as_str(), date.unix_seconds()), ("2026-11-28T12:00:00.123456789+01:00", Some(1_795_863_600)));
    let odd: DateTime = from_slice(br#""yesterday""#).unwrap();
    assert_eq!((odd.to_string(), odd.unix_seconds()), ("yesterday".to_owned(), None));
}
