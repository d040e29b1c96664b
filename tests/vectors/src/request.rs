//! What a request has to look like. Used by scripts and by operations.

use crate::{same, same_if_given};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Parts of a request; what is not given is not looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method.
    #[serde(default)]
    pub method: Option<String>,
    /// The whole address.
    #[serde(default)]
    pub url: Option<String>,
    /// Headers by lower-case name; others may be there.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Headers that must not be there.
    #[serde(default)]
    pub absent_headers: Vec<String>,
    /// The body as exact text; empty means none.
    #[serde(default)]
    pub body: Option<String>,
    /// The body as ordered pairs of a form.
    #[serde(default)]
    pub form: Option<Vec<(String, String)>>,
    /// The body as JSON.
    #[serde(default)]
    pub json: Option<Value>,
}

impl Request {
    /// Compares.
    ///
    /// # Errors
    /// The first difference.
    pub fn check(&self, found: &http::Request<Vec<u8>>) -> Result<(), String> {
        same_if_given("method", self.method.as_ref(), &found.method().to_string())?;
        same_if_given("url", self.url.as_ref(), &found.uri().to_string())?;
        for (name, expected) in &self.headers {
            let value = found.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            same(&format!("header {name}"), &Some(expected.clone()), &value)?;
        }
        for name in &self.absent_headers {
            if found.headers().contains_key(name) {
                return Err(format!("header {name} must not be there"));
            }
        }
        let body = found.body().as_slice();
        same_if_given("body", self.body.as_ref(), &String::from_utf8_lossy(body).into_owned())?;
        if let Some(form) = &self.form {
            same("form", form, &form_urlencoded::parse(body).into_owned().collect())?;
        }
        if let Some(json) = &self.json {
            same("json", &Some(json.clone()), &serde_json::from_slice(body).ok())?;
        }
        self.check_credentials(found)
    }

    /// A header with a credential is marked, so that no transport logs or compresses it.
    fn check_credentials(&self, found: &http::Request<Vec<u8>>) -> Result<(), String> {
        match found.headers().get(http::header::AUTHORIZATION) {
            Some(value) if !value.is_sensitive() => Err("the authorization header is not marked as sensitive".to_owned()),
            _ => Ok(()),
        }
    }
}
