//! Both flows end to end against the simulator, on one page: the account's side, the instance, the
//! pod, and faults on the way. What is printed of each exchange is what the services received.

mod account;
mod control;
mod faults;
mod instance;
mod page;
mod pod;
mod store;

use account::Account;
use control::Control;
use page::Page;
use simulator::{Config, Journal, Simulator};
use std::error::Error;
use std::io::{self, Write};
use trusted_profile::{AccessToken, UnverifiedClaims};

/// Anything that stops the demo.
pub type Failure = Box<dyn Error + Send + Sync>;

/// What came of it, for those who compare it with what was printed.
pub struct Outcome {
    /// `iam_id` of the instance's token.
    pub instance_iam_id: String,
    /// `iam_id` of the pod's token.
    pub pod_iam_id: String,
    /// What the services received.
    pub journal: Journal,
}

/// Runs the whole demo and prints it to `out`.
///
/// # Errors
/// The first thing that did not go as it should.
pub fn run(out: &mut dyn Write, is_coloured: bool) -> Result<Outcome, Failure> {
    let simulator = Simulator::start_blocking(Config::default())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(tell(&simulator, Page::new(out, is_coloured)))
}

async fn tell(simulator: &Simulator, mut page: Page<'_>) -> Result<Outcome, Failure> {
    let control = Control::new(simulator)?;
    page.say("trusted-profile: two programs prove who they are, without a stored secret.")?;
    page.say("The services are simulated on this machine; keys and ids are made for this run.")?;
    let account = Account::lay_out(simulator, &control, &mut page).await?;
    let instance_token = instance::run(&control, &account, &mut page).await?;
    let pod_token = pod::run(&control, &account, &mut page).await?;
    faults::run(simulator, &control, &account, &mut page).await?;
    page.title("The two tokens, decoded")?;
    let instance_iam_id = show_claims(&mut page, "instance", &instance_token)?;
    let pod_iam_id = show_claims(&mut page, "pod", &pod_token)?;
    page.say("")?;
    page.learned("both flows and three faults: done")?;
    Ok(Outcome { instance_iam_id, pod_iam_id, journal: simulator.journal() })
}

fn show_claims(page: &mut Page<'_>, who: &str, token: &AccessToken) -> Result<String, Failure> {
    let claims = token.unverified_claims().ok_or("the token is not a JWT")?;
    page.say(&format!("{who}:"))?;
    for name in ["iam_id", "sub", "sub_type", "iss", "grant_type", "scope", "iat", "exp", "account", "authn"] {
        if let Some(value) = claims.json().get(name) {
            page.say(&format!("    {name:<10} {value}"))?;
        }
    }
    let iam_id = UnverifiedClaims::iam_id(&claims).ok_or("the token names nobody")?;
    Ok(iam_id.to_owned())
}

/// Prints why the demo failed.
///
/// # Errors
/// When `out` cannot be written to.
pub fn complain(out: &mut dyn Write, error: &dyn Error) -> io::Result<()> {
    writeln!(out, "demo: {error}")
}
