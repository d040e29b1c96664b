//! Kubernetes and OpenShift clusters, Code Engine projects, and the tokens they give to pods.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::resource::ComputeResource;
use crate::clock::Moment;
use crate::identifiers;
use crate::tokens::jwt;
use crate::tokens::keys::KeyUse;

/// What a cluster is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClusterKind {
    /// IBM Cloud Kubernetes Service.
    #[default]
    Kubernetes,
    /// Red Hat OpenShift on IBM Cloud.
    OpenShift,
    /// A Code Engine project.
    CodeEngine,
}

impl ClusterKind {
    /// The type in links and rules.
    #[must_use]
    pub fn cr_type(self) -> &'static str {
        match self {
            Self::Kubernetes => "IKS_SA",
            Self::OpenShift => "ROKS_SA",
            Self::CodeEngine => "CE",
        }
    }
}

/// A cluster whose tokens IAM can verify.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// The cluster id.
    pub id: String,
    /// The CRN that links name.
    pub crn: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ClusterKind,
    /// `iss` of its service-account tokens.
    pub issuer: String,
    #[serde(skip)]
    pub(crate) number: usize,
    #[serde(skip)]
    pub(crate) account_id: String,
}

/// What a cluster is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct NewCluster {
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is.
    #[serde(default)]
    pub kind: ClusterKind,
}

/// A service-account token to be minted, as a pod's projected volume asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceAccountToken {
    /// The cluster.
    pub cluster_id: String,
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's service account; for Code Engine the component's name.
    pub service_account: String,
    /// The pod's name.
    pub pod: String,
    /// The requested audience.
    pub audience: String,
    /// Seconds from `iat` to `exp`; negative for one that has expired already.
    pub lifetime_seconds: i64,
    /// Signed by a key that is not the cluster's.
    pub untrusted_key: bool,
}

impl Default for ServiceAccountToken {
    fn default() -> Self {
        Self {
            cluster_id: String::new(),
            namespace: "default".to_owned(),
            service_account: "default".to_owned(),
            pod: "pod-0".to_owned(),
            audience: "iam".to_owned(),
            lifetime_seconds: 3600,
            untrusted_key: false,
        }
    }
}

impl Cluster {
    pub(crate) fn new(new: NewCluster, number: usize, account_id: &str) -> Self {
        let kind = new.kind;
        let id: String = match kind {
            ClusterKind::CodeEngine => identifiers::uuid(),
            _ => format!("c{}", identifiers::hex().chars().take(19).collect::<String>()),
        };
        let service = match kind {
            ClusterKind::CodeEngine => "codeengine",
            _ => "containers-kubernetes",
        };
        Self {
            crn: format!("crn:v1:bluemix:public:{service}:us-south:a/{account_id}:{id}::"),
            name: new.name.unwrap_or_else(|| format!("cluster-{number}")),
            issuer: format!("https://oidc.simulated.invalid/{id}"),
            id,
            kind,
            number,
            account_id: account_id.to_owned(),
        }
    }

    /// Mints a token as the cluster's API server does.
    pub(crate) fn mint(&self, wanted: &ServiceAccountToken, now: Moment) -> Result<String, String> {
        let (life, issued) = match wanted.lifetime_seconds {
            // One that expired a second ago, after an ordinary life.
            lifetime if lifetime <= 0 => (lifetime, now.unix() - 3600),
            lifetime => (lifetime, now.unix()),
        };
        let claims = self.claims(wanted, issued, now.unix() + life);
        let key_use = if wanted.untrusted_key { KeyUse::Untrusted } else { KeyUse::Cluster(self.number) };
        jwt::sign(key_use.key()?, &format!("{}-key", self.id), &claims)
    }

    fn claims(&self, wanted: &ServiceAccountToken, issued: i64, expiry: i64) -> Value {
        let subject = format!("system:serviceaccount:{}:{}", wanted.namespace, wanted.service_account);
        let mut claims = json!({
            "iss": self.issuer,
            "aud": [wanted.audience],
            "iat": issued,
            "nbf": issued,
            "exp": expiry,
            "jti": identifiers::uuid(),
            "sub": subject,
        });
        let place = match self.kind {
            ClusterKind::CodeEngine => json!({
                "codeengine.cloud.ibm.com": {
                    "project_id": self.id,
                    "component_type": "application",
                    "component_name": wanted.service_account,
                }
            }),
            _ => json!({
                "kubernetes.io": {
                    "namespace": wanted.namespace,
                    "pod": {"name": wanted.pod, "uid": identifiers::uuid()},
                    "serviceaccount": {"name": wanted.service_account, "uid": identifiers::uuid()},
                }
            }),
        };
        if let (Some(claims), Value::Object(place)) = (claims.as_object_mut(), place) {
            claims.extend(place);
        }
        claims
    }

    /// What IAM learns from a verified token of this cluster.
    pub(crate) fn resource(&self, claims: &Value) -> ComputeResource {
        let text = |pointer: &str| claims.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut facts: BTreeMap<String, Value> =
            [("crn", json!(self.crn)), ("service_instance", json!(self.id)), ("location", json!("us-south"))]
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
        let (identifier, name) = if self.kind == ClusterKind::CodeEngine {
            let component = text("/codeengine.cloud.ibm.com/component_name");
            let component_type = text("/codeengine.cloud.ibm.com/component_type");
            facts.insert("component_name".to_owned(), json!(component));
            facts.insert("component_type".to_owned(), json!(component_type));
            (format!("{}:{component}", self.id), component)
        } else {
            let namespace = text("/kubernetes.io/namespace");
            let account = text("/kubernetes.io/serviceaccount/name");
            let pod = text("/kubernetes.io/pod/name");
            facts.insert("namespace".to_owned(), json!(namespace));
            facts.insert("name".to_owned(), json!(account));
            facts.insert("pod".to_owned(), json!(pod));
            (format!("{}:{namespace}:{account}:{pod}", self.id), account)
        };
        ComputeResource {
            cr_type: self.kind.cr_type().to_owned(),
            crn: self.crn.clone(),
            account_id: self.account_id.clone(),
            identifier,
            name,
            claims: facts,
        }
    }
}
