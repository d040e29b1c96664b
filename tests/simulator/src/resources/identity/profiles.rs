//! The example of a trusted profile, and of what belongs to one, laid out when somebody asks for it.

use crate::account::{AccountState, Condition, Link, LinkTarget, NewLink, NewProfile, NewRule, Rule};
use crate::api::{Call, EXAMPLE};

/// Lays out what the path asks for by that name.
pub(super) fn example(call: &Call<'_>) {
    if call.arguments.iter().all(|(_, value)| value != EXAMPLE) {
        return;
    }
    let mut account = call.world.account();
    if call.argument("profile-id") == EXAMPLE && account.profile(EXAMPLE).is_none() {
        add_profile(&mut account);
    }
    let now = call.now();
    let Some(record) = account.profile_mut(call.argument("profile-id")) else { return };
    let of_parameters = call.operation.id == "delete_link_by_parameters" && record.profile.id == EXAMPLE;
    if (of_parameters || call.argument("link-id") == EXAMPLE) && record.links.iter().all(|link| link.id != EXAMPLE) {
        let target =
            LinkTarget { crn: format!("crn:v1:bluemix:public:is:us-south-1:a/{EXAMPLE}::instance:{EXAMPLE}"), ..LinkTarget::default() };
        let new = NewLink { name: None, cr_type: call.query("type").unwrap_or("VSI").to_owned(), link: target };
        record.links.push(Link { id: EXAMPLE.to_owned(), ..Link::new(new, now) });
    }
    if call.argument("rule-id") == EXAMPLE && record.rules.iter().all(|rule| rule.id != EXAMPLE) {
        let new = NewRule::compute_resource("VSI", vec![Condition::equals("zone", EXAMPLE)]);
        record.rules.push(Rule { id: EXAMPLE.to_owned(), ..Rule::new(new, now) });
    }
    if call.argument("identifier-id") == EXAMPLE {
        let iam_id = match call.argument("identity-type") {
            "serviceid" => format!("iam-{EXAMPLE}"),
            "crn" => format!("crn-{EXAMPLE}"),
            _ => EXAMPLE.to_owned(),
        };
        if !record.identities.contains(&iam_id) {
            record.identities.push(iam_id);
        }
    }
}

fn add_profile(account: &mut AccountState) {
    let new = NewProfile { name: format!("profile-{EXAMPLE}"), ..NewProfile::default() };
    let made = account.create_profile(new);
    if let Some(record) = account.profile_mut(&made.id) {
        record.profile.crn = record.profile.crn.replace(&made.id, EXAMPLE);
        record.profile.id = EXAMPLE.to_owned();
        record.profile.iam_id = format!("iam-{EXAMPLE}");
    }
}
