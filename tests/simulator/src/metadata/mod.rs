//! The instance metadata service and the VPC identity service of one instance.

mod body;
mod certificates;
pub(crate) mod error;
mod example;
mod iam_tokens;
mod identity_token;
mod instance;
mod references;
mod version;

pub(crate) use version::is_date;

use error::MetadataError;
use hyper::StatusCode;

use crate::account::{Instance, InstanceKind};
use crate::clock::Moment;
use crate::exchange::{Answer, Circumstances, Received};
use crate::tokens::jwt::Refusal;
use crate::world::World;

/// What a path asks for.
enum Operation {
    IdentityToken,
    IamTokens,
    Certificates,
    Metadata,
}

/// One request to an instance's services, with all that its handlers need.
pub(crate) struct Call<'a> {
    world: &'a World,
    request: &'a Received,
    circumstances: &'a Circumstances,
    instance: Instance,
}

type Outcome = Result<Answer, MetadataError>;

pub(crate) fn answer(world: &World, request: &Received, circumstances: &Circumstances) -> Answer {
    let instance = {
        let account = world.account();
        request.instance.as_deref().and_then(|id| account.instance(id)).cloned()
    };
    let outcome = match instance {
        Some(instance) => Call { world, request, circumstances, instance }.answer(),
        None => Err(MetadataError::not_found()),
    };
    let mut answer = outcome.unwrap_or_else(|error| error.answer(&circumstances.request_id));
    answer.set_header("x-request-id", circumstances.request_id.clone());
    answer.set_header("cache-control", "no-store");
    answer
}

impl Call<'_> {
    fn answer(&self) -> Outcome {
        let operation = self.operation()?;
        match operation {
            Operation::IdentityToken => identity_token::create(self),
            Operation::IamTokens => {
                self.authenticate()?;
                iam_tokens::create(self)
            }
            Operation::Certificates => {
                self.authenticate()?;
                certificates::create(self)
            }
            Operation::Metadata => {
                self.authenticate()?;
                instance::read(self)
            }
        }
    }

    /// Path, then method, then parameters: the order in which a router sees them.
    fn operation(&self) -> Result<Operation, MetadataError> {
        let path = self.request.path.as_str();
        let (operation, method, old) = match path {
            "/identity/v1/token" => (Operation::IdentityToken, "PUT", false),
            "/identity/v1/iam_tokens" => (Operation::IamTokens, "POST", false),
            "/identity/v1/certificates" => (Operation::Certificates, "POST", false),
            "/instance_identity/v1/token" => (Operation::IdentityToken, "PUT", true),
            "/instance_identity/v1/iam_token" => (Operation::IamTokens, "POST", true),
            "/instance_identity/v1/certificates" => (Operation::Certificates, "POST", true),
            _ if path.starts_with("/metadata/v1/") => (Operation::Metadata, "GET", false),
            _ => return Err(MetadataError::not_found()),
        };
        let bare_metal = self.instance.settings.kind == InstanceKind::Bms;
        // Bare metal servers have the three identity operations only.
        if bare_metal && (old || matches!(operation, Operation::Metadata)) {
            return Err(MetadataError::not_found());
        }
        if self.request.method != method {
            return Err(MetadataError::new(StatusCode::METHOD_NOT_ALLOWED, "not_found", "the method is not supported for this path"));
        }
        let version = version::check(self.request, self.circumstances.now)?;
        if old && version.as_str() >= version::OLD_PATHS_END {
            return Err(MetadataError::not_found());
        }
        version::check_parameters(self.request)?;
        Ok(operation)
    }

    /// The identity token must be this instance's own.
    fn authenticate(&self) -> Result<(), MetadataError> {
        let token = self.request.bearer().ok_or_else(|| MetadataError::unauthenticated("no identity token was given"))?;
        identity_token::verify(self.world, token, self.circumstances.now)
            .and_then(|instance| {
                if instance.id == self.instance.id { Ok(()) } else { Err(Refusal::Unsuitable("the token belongs to another instance")) }
            })
            .map_err(|refusal| MetadataError::unauthenticated(refusal.reason()))
    }
}

/// The instance an identity token speaks for, as IAM checks it.
pub(crate) fn verify_identity_token(world: &World, token: &str, now: Moment) -> Result<Instance, Refusal> {
    identity_token::verify(world, token, now)
}
