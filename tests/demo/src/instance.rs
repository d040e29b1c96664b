//! The instance's flow: identity token, initialization data, IAM token, a call.

use crate::Failure;
use crate::account::Account;
use crate::control::Control;
use crate::page::Page;
use crate::store;
use reqwest::Method;
use trusted_profile::services::GetInstanceInitialization;
use trusted_profile::{AccessToken, TokenProvider};

pub(crate) async fn run(control: &Control, account: &Account, page: &mut Page<'_>) -> Result<AccessToken, Failure> {
    page.title("On the instance")?;
    let tokens = TokenProvider::vpc_instance().endpoint(&account.metadata_url).build()?;

    page.step("The metadata service vouches for this machine: an identity token")?;
    let identity = tokens.identity_token().await?;
    control.show_exchanges(page).await?;
    let crn = identity.unverified_claims().and_then(|claims| claims.json().as_value().pointer("/iaas/crn").map(ToString::to_string));
    page.learned(&format!("this machine is {}", crn.unwrap_or_default()))?;

    page.step("What was this machine created with?")?;
    let initialization = tokens.metadata(&GetInstanceInitialization {}).await?.value;
    control.show_exchanges(page).await?;
    let profile = initialization.default_trusted_profile.and_then(|profile| profile.id).ok_or("no default trusted profile")?;
    page.learned(&format!("its default trusted profile is {profile}"))?;

    page.step("An IAM token of that profile; nobody has to name it")?;
    let token = tokens.token().await?;
    control.show_exchanges(page).await?;
    page.learned("the identity token was reused: one request, not two")?;

    page.step("The token at an IAM-enabled service")?;
    let path = format!("/{}/today.txt", account.bucket);
    let (_, status, text) = store::call(control, &tokens, Method::PUT, &path, "all is well").await?;
    control.show_exchanges(page).await?;
    store::expect_success(status, &text)?;
    page.learned(&format!("the object store answered {status}: the report is written, by this instance and no key"))?;
    Ok(token)
}
