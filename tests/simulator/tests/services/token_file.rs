//! The CR-token file rotates as the kubelet does it.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use simulator::{Config, ServiceAccountToken, Simulator};

fn start(directory: &std::path::Path, every: Option<Duration>) -> (Simulator, Arc<simulator::CrTokenFile>) {
    let simulator = Simulator::start_blocking(Config::seeded()).unwrap();
    let token = ServiceAccountToken { cluster_id: simulator.seed().unwrap().cluster.id, ..ServiceAccountToken::default() };
    let file = simulator.start_cr_token_file(directory, "sa-token", token, every).unwrap();
    (simulator, file)
}

#[test]
fn the_layout_is_the_kubelet_s() {
    let directory = tempfile::tempdir().unwrap();
    let (_simulator, file) = start(directory.path(), None);
    let root = directory.path();
    assert_eq!(file.path(), root.join("sa-token"));
    let link = fs::read_link(root.join("sa-token")).unwrap();
    assert_eq!(link.to_str(), Some("..data/sa-token"));
    let data = fs::read_link(root.join("..data")).unwrap();
    let data = data.to_str().unwrap();
    assert!(data.starts_with("..2") && data.contains('.'), "{data}");
    let mode = fs::metadata(file.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
    let first = fs::read_to_string(file.path()).unwrap();
    assert_eq!(first.split('.').count(), 3);
    file.rotate().unwrap();
    let second = fs::read_to_string(file.path()).unwrap();
    assert_ne!(first, second);
    // The version before is gone.
    let names: BTreeSet<String> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(!names.contains(data));
    file.write(b"").unwrap();
    assert_eq!(fs::read(file.path()).unwrap(), b"");
}

/// A reader that keeps reading during many rotations sees whole contents only. The path may be
/// missing for a moment between resolving the link and opening the file, as with the kubelet, since
/// the old version is removed; what is read is never a mixture.
#[test]
fn a_reader_never_sees_a_part() {
    let directory = tempfile::tempdir().unwrap();
    let (_simulator, file) = start(directory.path(), None);
    let done = Arc::new(AtomicBool::new(false));
    file.write(&[b'a'; 5000]).unwrap();
    let reader = {
        let (done, path) = (Arc::clone(&done), file.path());
        std::thread::spawn(move || {
            let mut seen = BTreeSet::new();
            while !done.load(Ordering::SeqCst) {
                let Ok(content) = fs::read(&path) else {
                    continue;
                };
                assert_eq!(content.len(), 5000);
                assert!(content.iter().all(|byte| *byte == content[0]));
                seen.insert(content[0]);
            }
            seen
        })
    };
    for round in 0..200 {
        file.write(&[b'a' + round % 26; 5000]).unwrap();
    }
    done.store(true, Ordering::SeqCst);
    assert!(!reader.join().unwrap().is_empty());
}

#[test]
fn it_rotates_by_time_until_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let (_simulator, file) = start(directory.path(), Some(Duration::from_millis(20)));
    let first = fs::read_link(directory.path().join("..data")).unwrap();
    let start = Instant::now();
    while fs::read_link(directory.path().join("..data")).unwrap() == first {
        assert!(start.elapsed() < Duration::from_secs(60));
        std::thread::yield_now();
    }
    file.stop();
    drop(_simulator);
    assert!(file.rotate().is_err());
    assert!(file.path().exists());
}
