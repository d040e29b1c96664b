//! The form that the token endpoint takes.

use super::error::TokenError;
use crate::exchange::Received;

pub(crate) struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// A body with another label is no form: to the service all its properties are missing.
    pub(crate) fn read(request: &Received) -> Self {
        let labelled = request.header("content-type").is_some_and(|label| label.starts_with("application/x-www-form-urlencoded"));
        let fields = if labelled { form_urlencoded::parse(&request.body).into_owned().collect() } else { Vec::new() };
        Self { fields }
    }

    /// A field that is present and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str, TokenError> {
        self.get(name).ok_or_else(|| TokenError::missing(name))
    }
}
