//! Which trusted profile is meant.

use crate::wire::Invalid;

/// A trusted profile by exactly one of its names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// `profile_id`, such as `Profile-9fd84264-7de4-4627-94c4-8ecde51d5ac5`.
    Id(String),
    /// `profile_crn`.
    Crn(String),
    /// `profile_name`, which is unique within an account. With `assume` the account has to be
    /// named; with a compute resource token it is the resource's own. On the instance metadata
    /// service this form is unconfirmed: one client library sends it, no document names it.
    Name {
        /// The profile's name.
        name: String,
        /// `account_id`: 32 hexadecimal digits.
        account_id: Option<String>,
    },
}

impl Profile {
    /// From the three options of which exactly one, or none, is given.
    ///
    /// # Errors
    /// `Invalid` when two are given, when one is empty or of the wrong shape, or when `account_id`
    /// is given without `profile_name`.
    pub fn from_options(
        id: Option<String>,
        crn: Option<String>,
        name: Option<String>,
        account_id: Option<String>,
    ) -> Result<Option<Self>, Invalid> {
        if account_id.is_some() && name.is_none() {
            return Err(Invalid::new("account_id", account_id.unwrap_or_default(), "profile_name along with account_id"));
        }
        let profile = match (id, crn, name) {
            (None, None, None) => return Ok(None),
            (Some(id), None, None) => Self::Id(id),
            (None, Some(crn), None) => Self::Crn(crn),
            (None, None, Some(name)) => Self::Name { name, account_id },
            (id, crn, name) => {
                let given: Vec<String> = [id, crn, name].into_iter().flatten().collect();
                return Err(Invalid::new("profile", given.join(", "), "exactly one of profile_id, profile_crn and profile_name"));
            }
        };
        profile.validate()?;
        Ok(Some(profile))
    }

    /// Checks the shape of what was given.
    ///
    /// # Errors
    /// `Invalid` names `profile_id`, `profile_crn`, `profile_name` or `account_id`.
    pub fn validate(&self) -> Result<(), Invalid> {
        let token = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        match self {
            Self::Id(id) if !token(id) || id.starts_with("crn:") => Err(Invalid::new("profile_id", id, "an id such as Profile-<uuid>")),
            Self::Crn(crn) if !token(crn) || !crn.starts_with("crn:") => {
                Err(Invalid::new("profile_crn", crn, "a CRN that starts with crn:"))
            }
            Self::Name { name, .. } if name.trim().is_empty() || name.chars().any(char::is_control) => {
                Err(Invalid::new("profile_name", name, "the profile's name"))
            }
            Self::Name { account_id: Some(account), .. } if !token(account) => Err(Invalid::new("account_id", account, "an account id")),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(id: Option<&str>, crn: Option<&str>, name: Option<&str>, account: Option<&str>) -> Result<Option<Profile>, &'static str> {
        let own = |o: Option<&str>| o.map(str::to_owned);
        Profile::from_options(own(id), own(crn), own(name), own(account)).map_err(|e| e.argument)
    }

    #[test]
    fn exactly_one_name() {
        assert_eq!(options(None, None, None, None), Ok(None));
        assert_eq!(options(Some("Profile-1"), None, None, None), Ok(Some(Profile::Id("Profile-1".into()))));
        assert_eq!(options(None, Some("crn:v1"), None, None), Ok(Some(Profile::Crn("crn:v1".into()))));
        assert_eq!(
            options(None, None, Some("ops"), Some("acc")),
            Ok(Some(Profile::Name { name: "ops".into(), account_id: Some("acc".into()) }))
        );
        for two in [
            options(Some("a"), Some("crn:v1"), None, None),
            options(Some("a"), None, Some("b"), None),
            options(None, Some("crn:"), Some("b"), None),
        ] {
            assert_eq!(two, Err("profile"));
        }
    }

    #[test]
    fn shapes() {
        assert_eq!(options(Some(""), None, None, None), Err("profile_id"));
        assert_eq!(options(Some("crn:v1"), None, None, None), Err("profile_id"));
        assert_eq!(options(None, Some("Profile-1"), None, None), Err("profile_crn"));
        assert_eq!(options(None, None, Some(" "), None), Err("profile_name"));
        assert_eq!(options(None, None, Some("a\nb"), None), Err("profile_name"));
        assert_eq!(options(None, None, Some("a"), Some("")), Err("account_id"));
        assert_eq!(options(Some("a"), None, None, Some("acc")), Err("account_id"));
    }
}
