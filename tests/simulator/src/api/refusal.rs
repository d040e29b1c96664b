//! Why a service refuses a request, and how each interface says so.

use hyper::StatusCode;
use serde_json::json;

use crate::exchange::{Answer, Circumstances, Received};
use crate::iam::ManagementError;
use crate::spec::Api;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    NoToken,
    BadToken,
    Forbidden,
    NotFound,
    Method,
    MissingParameter,
    MissingHeader,
    InvalidParameter,
    MissingField,
    InvalidField,
    BadBody,
    MediaType,
    /// The name is taken.
    NotUnique,
    /// It cannot be done in this state.
    Conflict,
    /// Others need it.
    InUse,
    /// The tag of `If-Match` is an old one.
    Precondition,
}

#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    kind: Kind,
    message: String,
    target: Option<(&'static str, String)>,
}

impl Refusal {
    pub(crate) fn new(kind: Kind, message: &str) -> Self {
        Self { kind, message: message.to_owned(), target: None }
    }

    pub(crate) fn not_found(id: &str) -> Self {
        Self::new(Kind::NotFound, &format!("{id} does not exist"))
    }

    /// What it is about: a `field`, a `parameter` or a `header`.
    pub(crate) fn about(mut self, target_type: &'static str, name: &str) -> Self {
        self.target = Some((target_type, name.to_owned()));
        self
    }

    fn status(&self, api: Api) -> StatusCode {
        match self.kind {
            Kind::NoToken | Kind::BadToken => StatusCode::UNAUTHORIZED,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Method => StatusCode::METHOD_NOT_ALLOWED,
            Kind::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            // "Provided Name (...) is not unique, Status code: 400" (IBM/vpc-python-sdk#65).
            Kind::NotUnique if api == Api::Vpc => StatusCode::BAD_REQUEST,
            Kind::Precondition if api == Api::Vpc => StatusCode::PRECONDITION_FAILED,
            // What IAM answers to an old tag is documented as a conflict.
            Kind::NotUnique | Kind::Conflict | Kind::InUse | Kind::Precondition => StatusCode::CONFLICT,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    pub(crate) fn answer(&self, api: Api, request: &Received, circumstances: &Circumstances) -> Answer {
        let status = self.status(api);
        let trace = circumstances.request_id.as_str();
        match api {
            Api::Vpc | Api::Metadata => self.vpc_container(status, trace),
            Api::IamIdentity | Api::IamToken => {
                ManagementError::new(status, self.message_code(), &self.message).answer(circumstances, request)
            }
            Api::Policies => container(status, self.policy_code(request), &self.message, trace),
            Api::AccessGroups => container(status, self.code(), &self.message, trace),
            Api::Containers => Answer::json(status, &self.incident(status, trace)),
        }
    }

    /// The codes of the VPC services, which access groups share for want of a list of their own.
    fn code(&self) -> &'static str {
        match self.kind {
            Kind::NoToken | Kind::BadToken => "unauthenticated",
            Kind::Forbidden => "unauthorized",
            Kind::NotFound | Kind::Method => "not_found",
            Kind::MissingParameter | Kind::MissingField => "missing_field",
            Kind::MissingHeader => "missing_value",
            Kind::InvalidParameter | Kind::InvalidField => "invalid_value",
            Kind::BadBody | Kind::MediaType => "invalid_request",
            Kind::NotUnique => "validation_unique_failed",
            Kind::Conflict => "conflict",
            Kind::InUse => "resource_in_use",
            Kind::Precondition => "precondition_failed",
        }
    }

    /// The codes of the IAM Identity API. For conflicts none is documented.
    fn message_code(&self) -> &'static str {
        match self.kind {
            Kind::NoToken => "BXNIM0308E",
            Kind::BadToken => "BXNIM0407E",
            Kind::Forbidden => "BXNIM0513E",
            Kind::NotFound => "BXNIM0102E",
            Kind::Method => "BXNIM0060E",
            Kind::MissingParameter | Kind::MissingHeader | Kind::MissingField => "BXNIM0109E",
            Kind::InvalidParameter | Kind::InvalidField | Kind::BadBody | Kind::MediaType => "BXNIM0106E",
            Kind::NotUnique | Kind::Conflict | Kind::InUse | Kind::Precondition => "BXNIM0111E",
        }
    }

    /// The codes of the IAM Policy Management API: a closed list.
    fn policy_code(&self, request: &Received) -> &'static str {
        let of = |part: &str| request.path.contains(part);
        match self.kind {
            Kind::NoToken | Kind::BadToken => "invalid_token",
            Kind::Forbidden => "insufficent_permissions",
            Kind::MissingParameter => "missing_required_query_parameter",
            Kind::MediaType => "unsupported_content_type",
            Kind::NotFound if of("/policies") => "policy_not_found",
            Kind::NotFound if of("/roles") => "role_not_found",
            Kind::NotFound if of("/policy_templates") => "policy_template_not_found",
            Kind::NotFound if of("/policy_assignments") => "policy_assignment_not_found",
            Kind::NotFound if of("/role_templates") => "role_template_not_found",
            Kind::NotFound if of("/role_assignments") => "role_assignment_not_found",
            Kind::NotFound if of("/action_control_templates") => "action_control_template_not_found",
            Kind::NotFound if of("/action_control_assignments") => "action_control_assignment_not_found",
            Kind::NotFound | Kind::Method => "not_found",
            Kind::NotUnique | Kind::Conflict | Kind::InUse | Kind::Precondition if of("/roles") => "role_conflict_error",
            Kind::NotUnique | Kind::Conflict | Kind::InUse | Kind::Precondition => "policy_conflict_error",
            _ => "invalid_body",
        }
    }

    fn vpc_container(&self, status: StatusCode, trace: &str) -> Answer {
        let mut error = json!({"code": self.code(), "message": self.message});
        if let (Some((target_type, name)), Some(fields)) = (&self.target, error.as_object_mut()) {
            fields.insert("target".to_owned(), json!({"name": name, "type": target_type}));
        }
        Answer::json(status, &json!({"errors": [error], "trace": trace}))
    }

    fn incident(&self, status: StatusCode, trace: &str) -> serde_json::Value {
        let kind = match status.as_u16() {
            401 => "Authentication",
            404 => "NotFound",
            _ => "General",
        };
        json!({"incidentID": trace, "code": format!("E0{}", status.as_u16()), "description": self.message, "type": kind})
    }
}

fn container(status: StatusCode, code: &str, message: &str, trace: &str) -> Answer {
    Answer::json(status, &json!({"trace": trace, "errors": [{"code": code, "message": message}], "status_code": status.as_u16()}))
}
