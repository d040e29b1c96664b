//! What the constructors take. As text, none of it shows a secret.

use crate::policy::Policy;
use crate::source::SourceOptions;
use std::fmt;

/// What every source takes.
#[derive(Clone, Default, uniffi::Record)]
#[uniffi::export(Display)]
pub struct ProviderOptions {
    /// Times, attempts and expectations.
    #[uniffi(default)]
    pub policy: Policy,
    /// A PEM file with further trusted roots, beside the system's.
    #[uniffi(default)]
    pub ca_bundle: Option<String>,
    /// A proxy for the private endpoints, which take none from the environment. Its address may hold a password.
    #[uniffi(default)]
    pub private_proxy: Option<String>,
}

/// On a VPC instance or bare metal server. Without a profile, the instance's default trusted profile is taken.
#[derive(Clone, Default, uniffi::Record)]
#[uniffi::export(Display)]
pub struct MetadataOptions {
    /// The trusted profile by id, such as `Profile-9fd84264-7de4-4627-94c4-8ecde51d5ac5`; at most one of the three.
    #[uniffi(default)]
    pub profile_id: Option<String>,
    /// The same by CRN.
    #[uniffi(default)]
    pub profile_crn: Option<String>,
    /// The same by name.
    #[uniffi(default)]
    pub profile_name: Option<String>,
    /// Another address of the metadata service.
    #[uniffi(default)]
    pub endpoint: Option<String>,
    /// `auto`, `http` or `https`.
    #[uniffi(default)]
    pub protocol: Option<String>,
    /// The version date of the metadata service, `YYYY-MM-DD`.
    #[uniffi(default)]
    pub version: Option<String>,
    /// The life of the identity token in seconds, 5 to 3600.
    #[uniffi(default)]
    pub identity_token_expires_in: Option<i64>,
}

/// In a pod or Code Engine. A profile has to be named.
#[derive(Clone, Default, uniffi::Record)]
#[uniffi::export(Display)]
pub struct ContainerOptions {
    /// The trusted profile by id; one of the three has to be given.
    #[uniffi(default)]
    pub profile_id: Option<String>,
    /// The same by CRN.
    #[uniffi(default)]
    pub profile_crn: Option<String>,
    /// The same by name.
    #[uniffi(default)]
    pub profile_name: Option<String>,
    /// The compute resource token's file, instead of the usual places. It is read for every exchange.
    #[uniffi(default)]
    pub cr_token_file: Option<String>,
    /// The token itself, instead of a file; it is not renewed.
    #[uniffi(default)]
    pub cr_token: Option<String>,
    /// How IAM is asked.
    #[uniffi(default)]
    pub iam: IamOptions,
}

/// How IAM is asked.
#[derive(Clone, Default, uniffi::Record)]
#[uniffi::export(Display)]
pub struct IamOptions {
    /// Where IAM is: `public`, `private`, `private(<region>)` or an address.
    #[uniffi(default)]
    pub endpoint: Option<String>,
    /// Scopes, separated by blanks. Rarely needed.
    #[uniffi(default)]
    pub scope: Option<String>,
    /// A client registered with IAM. Rarely needed.
    #[uniffi(default)]
    pub client_id: Option<String>,
    /// Its secret.
    #[uniffi(default)]
    pub client_secret: Option<String>,
}

/// Another trusted profile on top of a source. It has to be named.
#[derive(Clone, Default, uniffi::Record)]
#[uniffi::export(Display)]
pub struct AssumeOptions {
    /// The profile to assume by id; one of the three has to be given.
    #[uniffi(default)]
    pub profile_id: Option<String>,
    /// The same by CRN.
    #[uniffi(default)]
    pub profile_crn: Option<String>,
    /// The same by name, which needs `account_id`.
    #[uniffi(default)]
    pub profile_name: Option<String>,
    /// The account of `profile_name`.
    #[uniffi(default)]
    pub account_id: Option<String>,
    /// Where IAM is; where the base asks it, unless given.
    #[uniffi(default)]
    pub endpoint: Option<String>,
}

impl MetadataOptions {
    pub(crate) fn of(self, source: &str) -> SourceOptions {
        SourceOptions {
            profile_id: self.profile_id,
            profile_crn: self.profile_crn,
            profile_name: self.profile_name,
            endpoint: self.endpoint,
            protocol: self.protocol,
            version: self.version,
            identity_token_expires_in: self.identity_token_expires_in,
            ..SourceOptions::named(source)
        }
    }
}

impl ContainerOptions {
    pub(crate) fn into_source(self) -> SourceOptions {
        SourceOptions {
            profile_id: self.profile_id,
            profile_crn: self.profile_crn,
            profile_name: self.profile_name,
            cr_token_file: self.cr_token_file,
            cr_token: self.cr_token,
            ..self.iam.of("container")
        }
    }
}

impl IamOptions {
    pub(crate) fn of(self, source: &str) -> SourceOptions {
        SourceOptions {
            endpoint: self.endpoint,
            scope: self.scope,
            client_id: self.client_id,
            client_secret: self.client_secret,
            ..SourceOptions::named(source)
        }
    }
}

impl AssumeOptions {
    pub(crate) fn over(self, base: SourceOptions) -> SourceOptions {
        SourceOptions {
            profile_id: self.profile_id,
            profile_crn: self.profile_crn,
            profile_name: self.profile_name,
            account_id: self.account_id,
            endpoint: self.endpoint,
            base: Some(Box::new(base)),
            ..SourceOptions::named("assume")
        }
    }
}

/// The name alone: addresses and ids may be mistaken for secrets, or hold some.
macro_rules! shown_by_name {
    ($($options:ident),*) => {
        $(impl fmt::Display for $options {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($options))
            }
        })*
    };
}

shown_by_name!(ProviderOptions, MetadataOptions, ContainerOptions, IamOptions, AssumeOptions);
