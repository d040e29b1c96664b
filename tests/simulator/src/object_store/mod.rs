//! A service that takes IAM tokens, as an object store with an S3-like surface.

pub(crate) mod error;

use hyper::StatusCode;
use serde_json::Value;

use crate::account::Role;
use crate::exchange::{Answer, Circumstances, Received};
use crate::iam::issue;
use crate::world::World;
use error::StoreError;

pub(crate) fn answer(world: &World, request: &Received, circumstances: &Circumstances) -> Answer {
    let mut answer = respond(world, request, circumstances).unwrap_or_else(|error| error.answer(&request.path, &circumstances.request_id));
    answer.set_header("x-amz-request-id", circumstances.request_id.clone());
    answer
}

fn respond(world: &World, request: &Received, circumstances: &Circumstances) -> Result<Answer, StoreError> {
    let (bucket, key) = address(request)?;
    let needed = match (request.method.as_str(), key.is_some()) {
        ("GET" | "HEAD", _) => Role::Reader,
        ("PUT", true) => Role::Writer,
        _ => {
            return Err(StoreError::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "MethodNotAllowed",
                "The method is not allowed against this resource.",
            ));
        }
    };
    let iam_id = authenticate(world, request, circumstances)?;
    authorize(world, &iam_id, &bucket, needed)?;
    match key {
        None => Ok(list(world, &bucket)),
        Some(key) if request.method == "PUT" => Ok(put(world, &bucket, &key, &request.body)),
        Some(key) => get(world, &bucket, &key),
    }
}

fn address(request: &Received) -> Result<(String, Option<String>), StoreError> {
    let segments = request.segments();
    let mut segments = segments.into_iter();
    let bucket = segments.next().filter(|bucket| !bucket.is_empty());
    let bucket = bucket.ok_or_else(|| StoreError::new(StatusCode::NOT_FOUND, "NoSuchBucket", "The request names no bucket."))?;
    let key = segments.collect::<Vec<_>>().join("/");
    Ok((bucket, (!key.is_empty()).then_some(key)))
}

/// The IAM id of a valid token of this account.
fn authenticate(world: &World, request: &Received, circumstances: &Circumstances) -> Result<String, StoreError> {
    let token = request.bearer().ok_or_else(|| StoreError::unauthorized("No IAM token was given."))?;
    let account = world.account();
    if account.rejected_tokens.iter().any(|rejected| rejected == token) {
        return Err(StoreError::unauthorized("The token is not accepted."));
    }
    let keys = issue::KEYS.map(|(key, _)| key);
    let claims =
        world.issued.verify(&keys, token, circumstances.now.unix()).map_err(|refusal| StoreError::unauthorized(refusal.reason()))?;
    let text = |pointer: &str| claims.pointer(pointer).and_then(Value::as_str);
    if text("/iss") != Some(issue::ISSUER) {
        return Err(StoreError::unauthorized("The token has another issuer."));
    }
    if text("/account/bss") != Some(account.account_id.as_str()) {
        return Err(StoreError::unauthorized("The token is of another account."));
    }
    text("/iam_id").map(str::to_owned).ok_or_else(|| StoreError::unauthorized("The token names no identity."))
}

fn authorize(world: &World, iam_id: &str, bucket: &str, needed: Role) -> Result<(), StoreError> {
    let account = world.account();
    let role = account.access.get(&(iam_id.to_owned(), bucket.to_owned()));
    match role {
        Some(role) if *role >= needed => Ok(()),
        _ => Err(StoreError::new(StatusCode::FORBIDDEN, "AccessDenied", "Access Denied")),
    }
}

fn list(world: &World, bucket: &str) -> Answer {
    let account = world.account();
    let mut contents = String::new();
    if let Some(objects) = account.objects.get(bucket) {
        for (key, data) in objects {
            contents.push_str(&format!("<Contents><Key>{}</Key><Size>{}</Size></Contents>", error::escape(key), data.len()));
        }
    }
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{}</Name>{contents}</ListBucketResult>",
        error::escape(bucket)
    );
    Answer::of_type(StatusCode::OK, "application/xml", body)
}

fn get(world: &World, bucket: &str, key: &str) -> Result<Answer, StoreError> {
    let account = world.account();
    let data = account.objects.get(bucket).and_then(|objects| objects.get(key));
    let data = data.ok_or_else(|| StoreError::new(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist."))?;
    Ok(Answer::of_type(StatusCode::OK, "application/octet-stream", data.clone()))
}

fn put(world: &World, bucket: &str, key: &str, data: &[u8]) -> Answer {
    let mut account = world.account();
    account.objects.entry(bucket.to_owned()).or_default().insert(key.to_owned(), data.to_vec());
    Answer::empty(StatusCode::OK)
}
