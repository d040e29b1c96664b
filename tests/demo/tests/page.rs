//! What the demo prints is what the services received.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use simulator::Service;

/// The request and answer lines of the workload's side, in order.
fn printed(text: &str) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    let mut request = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("   > ").filter(|rest| rest.ends_with(" service)")) {
            request = Some(rest.split_whitespace().take(2).collect::<Vec<_>>().join(" "));
        } else if let (Some(rest), true) = (line.strip_prefix("   < "), request.is_some()) {
            lines.push((request.take().unwrap(), rest.split(' ').next().unwrap_or_default().to_owned()));
        }
    }
    lines
}

#[test]
fn the_page_agrees_with_the_journal() {
    let mut page = Vec::new();
    let outcome = demo::run(&mut page, false).unwrap();
    let page = String::from_utf8(page).unwrap();
    let entries = outcome.journal.entries();
    let expected: Vec<(String, String)> = entries
        .iter()
        .map(|entry| {
            let query = entry.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
            let status = entry.status.map_or_else(|| "(no".to_owned(), |status| status.to_string());
            (format!("{} {}{query}", entry.method, entry.path), status)
        })
        .collect();
    assert_eq!(printed(&page), expected);
    assert!(entries.len() >= 15, "{} exchanges", entries.len());

    for iam_id in [&outcome.instance_iam_id, &outcome.pod_iam_id] {
        assert!(iam_id.starts_with("iam-Profile-") && page.contains(iam_id.as_str()));
    }
    assert_ne!(outcome.instance_iam_id, outcome.pod_iam_id);
    assert_eq!(outcome.journal.count(Service::ObjectStore, "PUT", "/reports/today.txt"), 1);
    assert_eq!(outcome.journal.count(Service::ObjectStore, "GET", "/reports/today.txt"), 3);
    assert!(page.contains("\"all is well\""));
    assert!(!page.contains('\u{1b}'), "no colours where there is no terminal");
}

#[test]
fn the_page_shows_no_whole_secret() {
    let mut page = Vec::new();
    let outcome = demo::run(&mut page, false).unwrap();
    let page = String::from_utf8(page).unwrap();
    let mut secrets = 0;
    for entry in outcome.journal.entries() {
        let bearer = entry.header("authorization").and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned);
        let form = entry.form().get("cr_token").cloned();
        for secret in [bearer, form].into_iter().flatten() {
            secrets += 1;
            assert!(!page.contains(&secret) && !page.contains(secret.rsplit('.').next().unwrap()));
        }
    }
    assert!(secrets >= 8, "only {secrets} secrets crossed the wire");
}
