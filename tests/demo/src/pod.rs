//! The pod's flow: projected token file, exchange, a call; rotation, and once more.

use crate::Failure;
use crate::account::Account;
use crate::control::{Control, text};
use crate::page::Page;
use crate::store;
use reqwest::Method;
use serde_json::json;
use trusted_profile::{AccessToken, TokenProvider, UnverifiedClaims};

pub(crate) async fn run(control: &Control, account: &Account, page: &mut Page<'_>) -> Result<AccessToken, Failure> {
    page.title("In the pod")?;
    page.step("The kubelet projects a service account token into the pod, and will replace it in time")?;
    let folder = tempfile::tempdir()?;
    let token = json!({ "cluster_id": account.cluster_id, "namespace": "prod", "service_account": "worker", "pod": "reader-7d9f", "audience": "iam", "lifetime_seconds": 3600 });
    let wanted = json!({ "directory": folder.path(), "file_name": "sa-token", "token": token });
    let file = control.post(page, "cr_token_files", wanted).await?;
    let (path, id) = (text(&file, "/path")?, text(&file, "/id")?);
    let projected = std::fs::read_to_string(&path)?;
    let claims = UnverifiedClaims::read(projected.trim()).ok_or("the file does not hold a JWT")?;
    page.learned(&format!("{} for audience {:?}", claims.json().text("sub").unwrap_or_default(), claims.audiences()))?;

    let tokens = TokenProvider::container().profile_id(&account.pod_profile_id).cr_token_file(&path).endpoint(&control.iam_url).build()?;

    page.step("The file's token is exchanged with IAM, and the IAM token used")?;
    let object = format!("/{}/today.txt", account.bucket);
    let (first, status, content) = store::call(control, &tokens, Method::GET, &object, "").await?;
    control.show_exchanges(page).await?;
    store::expect_success(status, &content)?;
    page.learned(&format!("the object store answered {status}: {content:?}"))?;

    page.step("The kubelet rotates the file; later the service refuses the IAM token with 401")?;
    control.post(page, &format!("cr_token_files/{id}/rotate"), serde_json::Value::Null).await?;
    control.post(page, "tokens/reject", json!({ "token": first.expose() })).await?;
    let (second, status, content) = store::call(control, &tokens, Method::GET, &object, "").await?;
    control.show_exchanges(page).await?;
    store::expect_success(status, &content)?;
    if first.expose() == second.expose() {
        return Err("the refused token was used again".into());
    }
    page.learned(&format!("the refused token was dropped, the new file was read and exchanged, and the store answered {status}"))?;
    Ok(second)
}
