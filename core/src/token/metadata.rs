//! Operations of the metadata service for the program itself, with the identity token.

use super::TokenManager;
use super::access_token::AccessToken;
use super::action::Slot;
use super::endpoint::metadata_base;
use super::round::Sent;
use super::source::Source;
use crate::error::{Error, TransportError};
use crate::operation::{Exchange, ExchangeId, MetadataService, Network, Operation, Reply, failure, web_page};
use crate::secret::Secret;
use crate::wire::{Invalid, Redactor, Scheme};
use http::Response;
use http::header::AUTHORIZATION;

impl TokenManager {
    /// The exchange of `operation` against the metadata service, with `token` as bearer. It is the
    /// program's own: its outcome goes to [`TokenManager::metadata_reply`], not to `handle`.
    ///
    /// # Errors
    /// `InvalidArgument` when the source has no metadata service, or an argument cannot be sent.
    pub fn metadata_exchange<O: Operation>(&self, operation: &O, token: &AccessToken) -> Result<Exchange, Error> {
        let service = self.metadata_service()?;
        let mut request = operation.request(&service.base, service.version)?;
        request.headers_mut().insert(AUTHORIZATION, token.authorization());
        let times = self.policy.link_local;
        Ok(Exchange {
            id: ExchangeId(0),
            request,
            connect_timeout: times.connect,
            timeout: times.attempt,
            max_response_bytes: self.policy.max_response_bytes,
            network: Network::LinkLocal,
        })
    }

    /// Where operations of the metadata service are called, and by which version date: as its tokens are asked for. With the
    /// protocol `auto` that is settled once there is an identity token: `call` asks for one, and then for this again.
    ///
    /// # Errors
    /// `InvalidArgument` when the source has no metadata service.
    pub fn metadata_service(&self) -> Result<MetadataService, Error> {
        let (Source::VpcInstance(metadata) | Source::BareMetal(metadata)) = self.base_source() else {
            return Err(Invalid::new("source", self.source.name(), "vpc_instance or bare_metal, which have a metadata service").into());
        };
        let base = match self.worked {
            Some(scheme) => metadata_base(scheme)?,
            None => self.metadata_endpoint(Slot::Iam, metadata)?,
        };
        let is_bare_metal = matches!(self.base_source(), Source::BareMetal(_));
        Ok(MetadataService { base, version: metadata.version, is_bare_metal })
    }

    /// The parsed answer of such an exchange, or its failure with causes.
    ///
    /// # Errors
    /// The service's refusal, or why no answer came.
    pub fn metadata_reply<O: Operation>(
        &self,
        outcome: Result<Response<Vec<u8>>, TransportError>,
        token: &AccessToken,
    ) -> Result<Reply<O::Output>, Error> {
        let secrets = vec![Secret::new(token.expose())];
        let redactor = Redactor::new(&secrets);
        let sent = Sent { secrets, base_generation: None, cr_token: None, host: String::new(), scheme: Scheme::Http };
        match outcome {
            Ok(response) if !response.status().is_success() => {
                Err(self.explain(Slot::Identity, failure(O::SPEC.id, &response, &redactor), &sent))
            }
            Ok(response) => {
                let page = web_page(O::SPEC.id, response.status().as_u16(), response.headers(), response.body(), &redactor);
                page.map_or_else(|| O::parse(response), Err).map_err(|error| self.explain(Slot::Identity, error, &sent))
            }
            Err(error) => Err(self.transport_error(Slot::Identity, &error, &sent, O::SPEC.id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::access_token::Stored;
    use super::super::{Metadata, Policy};
    use super::*;
    use crate::error::ErrorCode;
    use crate::services::ReadMetadata;
    use crate::time::Now;

    fn machine() -> TokenManager {
        TokenManager::new(Source::VpcInstance(Metadata::default()), Policy::default(), 1).unwrap()
    }

    fn token() -> AccessToken {
        Stored::fixed(Secret::new("identity"), 1).to_access_token(Slot::Identity, Now::default())
    }

    #[test]
    fn a_read_goes_where_tokens_came_from() {
        let read = ReadMetadata::new("instance", None).unwrap();
        let mut machine = machine();
        let uri = |machine: &TokenManager| machine.metadata_exchange(&read, &token()).unwrap().request.uri().to_string();
        assert!(uri(&machine).starts_with("https://api.metadata.cloud.ibm.com/"));
        machine.worked = Some(Scheme::Http);
        assert!(uri(&machine).starts_with("http://169.254.169.254/"));
    }

    #[test]
    fn operations_go_where_tokens_came_from_and_elsewhere_there_is_no_such_service() {
        let mut machine = machine();
        machine.worked = Some(Scheme::Http);
        let service = machine.metadata_service().unwrap();
        assert_eq!((service.base.to_string().as_str(), service.version), ("http://169.254.169.254", Metadata::default().version));
        assert!(!service.is_bare_metal);
        let elsewhere = TokenManager::new(Source::External, Policy::default(), 1).unwrap();
        assert_eq!(elsewhere.metadata_service().unwrap_err().code(), ErrorCode::InvalidArgument);
    }

    #[test]
    fn an_answer_is_a_document_or_an_error() {
        let reply = |status: u16, body: &str| {
            let response = Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap();
            machine().metadata_reply::<ReadMetadata>(Ok(response), &token()).map(|reply| reply.status).map_err(|error| error.code())
        };
        assert_eq!(reply(200, "{}"), Ok(200));
        assert_eq!(reply(404, "{}"), Err(ErrorCode::NotFound));
        assert_eq!(reply(200, "<html>"), Err(ErrorCode::MalformedResponse));
    }
}
