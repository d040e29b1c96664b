//! Three faults on the way, one of them during a refresh.

use crate::Failure;
use crate::account::Account;
use crate::control::Control;
use crate::page::Page;
use simulator::{Fault, FaultRule, RetryAfter, Service, Simulator};
use std::time::Duration;
use trusted_profile::{Policy, TokenProvider};

pub(crate) async fn run(simulator: &Simulator, control: &Control, account: &Account, page: &mut Page<'_>) -> Result<(), Failure> {
    page.title("Faults")?;
    overload(simulator, control, account, page).await?;
    revoked_identity(simulator, control, account, page).await?;
    portal_during_refresh(simulator, control, account, page).await
}

/// The service is overloaded, then the connection is reset: the round tries again.
async fn overload(simulator: &Simulator, control: &Control, account: &Account, page: &mut Page<'_>) -> Result<(), Failure> {
    page.step("No token yet, and the service is overloaded, then the connection breaks")?;
    let busy = Fault::Status { status: 503, retry_after: Some(RetryAfter::Text("0".to_owned())), code: None, message: None };
    simulator.inject(FaultRule::on(Service::Metadata, busy).times(1));
    simulator.inject(FaultRule::on(Service::Metadata, Fault::Reset {}).times(1));
    let tokens = TokenProvider::vpc_instance().endpoint(&account.metadata_url).build()?;
    tokens.token().await?;
    control.show_exchanges(page).await?;
    page.learned("two failures, then the token: the caller saw nothing of it")?;
    Ok(())
}

/// The identity token that was fetched is refused when it is used: exactly that one is replaced.
async fn revoked_identity(simulator: &Simulator, control: &Control, account: &Account, page: &mut Page<'_>) -> Result<(), Failure> {
    page.step("The identity token is refused: exactly that token is replaced, once")?;
    let tokens = TokenProvider::vpc_instance().endpoint(&account.metadata_url).build()?;
    tokens.identity_token().await?;
    simulator.revoke_identity_tokens();
    tokens.token().await?;
    control.show_exchanges(page).await?;
    page.learned("401, a new identity token, and the IAM token on the second try")?;
    Ok(())
}

/// A web page instead of a token while the token in use is still good.
async fn portal_during_refresh(simulator: &Simulator, control: &Control, account: &Account, page: &mut Page<'_>) -> Result<(), Failure> {
    page.step("A token is due for refresh, and a captive portal answers in the service's place")?;
    simulator.set_iam_token_lifetime(20);
    // Due after half a second, so that nobody has to watch an hour pass.
    let policy = Policy { refresh_at: 0.025, refresh_jitter: 0.0, ..Policy::default() };
    let tokens = TokenProvider::vpc_instance().endpoint(&account.metadata_url).policy(policy).build()?;
    let before = tokens.token().await?;
    simulator.inject(FaultRule::on(Service::Metadata, Fault::Html { status: 200 }).times(1));
    tokio::time::sleep(Duration::from_millis(550)).await;
    let during = tokens.token().await?;
    while tokens.describe().status.slots.iter().all(|slot| slot.failed_refreshes == 0) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let after = tokens.token().await?;
    control.show_exchanges(page).await?;
    if before.expose() != during.expose() || before.expose() != after.expose() {
        return Err("a failed refresh displaced a token that was still good".into());
    }
    page.learned("the refresh failed, the token in use stayed, and no caller waited")?;
    Ok(())
}
