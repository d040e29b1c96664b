//! A parameter of an operation, as a field of its row.

/// A parameter: its name on the wire, where it goes, and of which kind its value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// As it stands on the wire, such as `resource_group.id`.
    pub name: &'static str,
    /// The argument's name where it does not follow from that by the rule.
    alias: Option<&'static str>,
    /// Where it goes.
    pub place: Place,
    /// Of which kind its value is.
    pub kind: Kind,
    /// Whether the call is an error without it.
    pub is_required: bool,
    /// The one value it ever has. Callers do not give it.
    pub constant: Option<&'static str>,
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
}

/// Of which kind a parameter's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// Text that is never shown.
    Secret,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// A list of texts, sent as one value with commas between.
    Texts,
}

impl Parameter {
    /// Whether a client's call is an error without it: a required `if_match` that is not given is what was last read.
    #[must_use]
    pub fn is_needed(&self) -> bool {
        self.is_required && self.argument() != "if_match"
    }

    /// The parameter of a placeholder in a path.
    pub(super) const fn in_path(name: &'static str) -> Self {
        Self { name, alias: None, place: Place::Path, kind: Kind::Text, is_required: true, constant: None }
    }

    /// Reads `[@]name[~alias][:kind][=constant][!]`; `@` is a header, all else the query, `!` is required.
    pub(super) fn read(field: &'static str) -> Self {
        let (field, is_required) = field.strip_suffix('!').map_or((field, false), |rest| (rest, true));
        let (field, place) = field.strip_prefix('@').map_or((field, Place::Query), |rest| (rest, Place::Header));
        let (field, constant) = split(field, '=');
        let (field, kind) = split(field, ':');
        let (name, alias) = split(field, '~');
        let kind = match kind {
            Some("integer") => Kind::Integer,
            Some("boolean") => Kind::Boolean,
            Some("list") => Kind::Texts,
            Some("secret") => Kind::Secret,
            _ => Kind::Text,
        };
        Self { name, alias, place, kind, is_required, constant }
    }

    /// The name that callers know: the parameter's in lower case, every run of other characters as one `_`.
    #[must_use]
    pub fn argument(&self) -> String {
        match self.alias {
            Some(alias) => alias.to_owned(),
            None => self.spelled().collect(),
        }
    }

    /// Whether `argument` is its name.
    pub(super) fn is_called(&self, argument: &str) -> bool {
        match self.alias {
            Some(alias) => alias == argument,
            None => self.spelled().eq(argument.chars()),
        }
    }

    fn spelled(&self) -> impl Iterator<Item = char> {
        let mut in_run = false;
        self.name.chars().filter_map(move |c| {
            let is_first_other = !c.is_ascii_alphanumeric() && !std::mem::replace(&mut in_run, true);
            if c.is_ascii_alphanumeric() {
                in_run = false;
                return Some(c.to_ascii_lowercase());
            }
            is_first_other.then_some('_')
        })
    }
}

fn split(field: &'static str, at: char) -> (&'static str, Option<&'static str>) {
    field.split_once(at).map_or((field, None), |(before, after)| (before, Some(after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_whole() {
        let limit = Parameter::read("limit:integer");
        assert_eq!((limit.name, limit.place, limit.kind, limit.is_required), ("limit", Place::Query, Kind::Integer, false));
        let key = Parameter::read("@IAM-ApiKey~iam_api_key:secret!");
        assert_eq!((key.name, key.place, key.kind, key.is_required), ("IAM-ApiKey", Place::Header, Kind::Secret, true));
        assert_eq!(key.argument(), "iam_api_key");
        let flavor = Parameter::read("@Metadata-Flavor=ibm!");
        assert_eq!((flavor.name, flavor.constant), ("Metadata-Flavor", Some("ibm")));
        assert_eq!(Parameter::read("status:list").kind, Kind::Texts);
        assert_eq!(Parameter::read("deep:boolean").kind, Kind::Boolean);
    }

    #[test]
    fn arguments_are_named_by_one_rule() {
        for (name, argument) in
            [("resource_group.id", "resource_group_id"), ("If-Match", "if_match"), ("idOrName", "idorname"), ("a.-b", "a_b")]
        {
            let parameter = Parameter::in_path(name);
            assert_eq!(parameter.argument(), argument);
            assert!(parameter.is_called(argument) && !parameter.is_called(&argument[1..]) && !parameter.is_called(&format!("{argument}s")));
        }
        assert!(!Parameter::read("@IAM-ApiKey~iam_api_key").is_called("iam_apikey"));
    }
}
