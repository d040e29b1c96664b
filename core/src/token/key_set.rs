//! IAM's public keys, for whoever verifies tokens. The exchange is no part of a machine.

use super::endpoint::IamEndpoint;
use super::failure::{transport_code, transport_condition};
use super::policy::Policy;
use crate::error::{Condition, Error, ErrorCode, Facts, TransportError};
use crate::operation::{Exchange, ExchangeId, Network, Operation, failure, web_page};
use crate::services::{DEFAULT_VERSION, JsonWebKey, ListIdentityKeys};
use crate::wire::Redactor;
use http::Response;

impl IamEndpoint {
    /// The exchange that asks this IAM for its keys, within the limits of `policy`. Its outcome goes
    /// to [`IamEndpoint::keys_reply`].
    ///
    /// # Errors
    /// `InvalidArgument` as from [`IamEndpoint::base`].
    pub fn keys_exchange(&self, policy: &Policy) -> Result<Exchange, Error> {
        Ok(Exchange {
            id: ExchangeId(0),
            request: ListIdentityKeys {}.request(&self.base()?, DEFAULT_VERSION)?,
            connect_timeout: policy.remote.connect,
            timeout: policy.remote.attempt,
            max_response_bytes: policy.max_response_bytes,
            network: self.network(),
        })
    }

    /// The keys of such an exchange, or its failure with causes.
    ///
    /// # Errors
    /// The service's refusal, or why no answer came.
    pub fn keys_reply(&self, outcome: Result<Response<Vec<u8>>, TransportError>, facts: &Facts) -> Result<Vec<JsonWebKey>, Error> {
        let id = ListIdentityKeys::SPEC.id;
        let mut conditions = facts.conditions();
        conditions.push(if self.network() == Network::Private { Condition::Private } else { Condition::Public });
        // Nothing secret is sent, and the keys are public.
        let redactor = Redactor::default();
        let result = match outcome {
            Ok(response) if !response.status().is_success() => Err(failure(id, &response, &redactor)),
            Ok(response) => web_page(id, response.status().as_u16(), response.headers(), response.body(), &redactor)
                .map_or_else(|| ListIdentityKeys::parse(response), Err),
            Err(error) => {
                conditions.extend(transport_condition(error.kind));
                let code = transport_code(error.kind, ErrorCode::ServiceUnreachable);
                Err(Error::new(code, redactor.excerpt(&format!("{id}, {self}: {error}"))))
            }
        };
        result.map(|reply| reply.value).map_err(|error| {
            if error.service().is_some_and(|service| service.is_html) {
                conditions.push(Condition::Html);
            }
            error.explained(&conditions)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::TransportErrorKind;

    fn reply(endpoint: &str, outcome: Result<Response<Vec<u8>>, TransportError>) -> Result<Vec<JsonWebKey>, Error> {
        IamEndpoint::parse(endpoint).unwrap().keys_reply(outcome, &Facts::default())
    }

    fn answer(status: u16, body: &str) -> Response<Vec<u8>> {
        Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn the_exchange_keeps_to_the_endpoint_and_the_limits() {
        let policy = Policy::default();
        let exchange = IamEndpoint::parse("private(us-south)").unwrap().keys_exchange(&policy).unwrap();
        assert_eq!(exchange.request.uri(), "https://private.us-south.iam.cloud.ibm.com/identity/keys");
        assert_eq!((exchange.network, exchange.timeout), (Network::Private, policy.remote.attempt));
        assert_eq!((exchange.connect_timeout, exchange.max_response_bytes), (policy.remote.connect, 1 << 20));
        let nowhere = IamEndpoint::PrivateRegional("US".to_owned()).keys_exchange(&policy).unwrap_err();
        assert_eq!(nowhere.code(), ErrorCode::InvalidArgument);
    }

    #[test]
    fn failures_have_their_causes() {
        let keys = reply("public", Ok(answer(200, r#"{"keys":[{"kid":"a","kty":"RSA"}]}"#))).unwrap();
        assert_eq!(keys.len(), 1);
        let error = reply("private", Err(TransportError::new(TransportErrorKind::ConnectTimeout, "nobody answers"))).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ServiceUnreachable);
        assert!(error.message().contains("private") && error.causes()[0].cause.contains("private endpoint"), "{error}");
        let busy = reply("public", Ok(answer(503, ""))).unwrap_err();
        assert_eq!((busy.code(), busy.status()), (ErrorCode::ServiceFailed, Some(503)));
        let page = reply("public", Ok(answer(200, "<!DOCTYPE html><html>log in</html>"))).unwrap_err();
        assert_eq!(page.code(), ErrorCode::MalformedResponse);
        assert!(page.causes()[0].when.contains(&Condition::Html), "{page}");
        let redirect = reply("public", Err(TransportError::new(TransportErrorKind::Redirect, "elsewhere"))).unwrap_err();
        assert_eq!(redirect.code(), ErrorCode::RedirectRefused);
    }
}
