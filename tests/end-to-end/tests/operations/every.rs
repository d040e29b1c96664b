//! Every operation over a socket to the simulator and back, with as little as its document lets a caller send. The
//! arguments are made from the documents as the simulator's own tests make them; the client's tables have no part in it.

#[path = "../../../simulator/tests/services/every_operation/check.rs"]
mod check;
#[expect(dead_code, reason = "of what the simulator's tests send, only the arguments are wanted here")]
#[path = "../../../simulator/tests/services/every_operation/derive.rs"]
mod derive;

use check::check;
use derive::Deriver;
use end_to_end::{Account, Manner, runtime};
use serde_json::{Map, Value, json};
use simulator::{NewApiKey, Service};
use std::collections::BTreeMap;
use std::time::Duration;
use trusted_profile::service::Service as Of;
use trusted_profile::{Builder, Content, Entry, Error, Limits, Reply, TokenProvider, blocking, catalog, service};
use trusted_profile_core::operation::Answer;

/// Time for a machine that is busy.
pub(crate) fn patient() -> Limits {
    let (connect, attempt, deadline) = (Duration::from_secs(10), Duration::from_secs(30), Duration::from_secs(60));
    Limits { connect, attempt, deadline, ..Limits::of(catalog::service("metadata").unwrap()) }
}

/// A client of each service, in one manner.
enum Clients {
    Async(&'static tokio::runtime::Runtime, TokenProvider, TokenProvider),
    Blocking(std::sync::Arc<blocking::TokenProvider>, std::sync::Arc<blocking::TokenProvider>),
}

pub(crate) struct Setting {
    account: Account,
    key: String,
    clients: Clients,
}

impl Setting {
    fn start(manner: Manner) -> Self {
        let account = Account::start();
        let key = account.create_api_key(NewApiKey { name: Some("administrator".to_owned()), administrator: true }).value;
        let iam = || TokenProvider::api_key(&key).endpoint(account.iam_url()).policy(end_to_end::calm());
        let clients = match manner {
            Manner::Async => Clients::Async(runtime(), iam().build().unwrap(), account.vpc().build().unwrap()),
            Manner::Blocking => Clients::Blocking(blocked(iam()), blocked(account.vpc())),
        };
        Self { account, key, clients }
    }

    pub(crate) fn call(&self, entry: Entry, arguments: Value) -> Result<Reply<Content>, Error> {
        let id = entry.id();
        match (&self.clients, entry.service().name) {
            (Clients::Async(runtime, iam, _), "vpc") => {
                let vpc = trusted_profile::Vpc::new(iam).endpoint(self.account.vpc_url()).limits(patient());
                runtime.block_on(vpc.call(&id, arguments))
            }
            (Clients::Async(runtime, iam, _), "containers") => {
                let containers = trusted_profile::Containers::new(iam).endpoint(self.account.containers_url()).limits(patient());
                runtime.block_on(containers.call(&id, arguments))
            }
            (Clients::Async(runtime, _, vpc), "metadata") => {
                runtime.block_on(trusted_profile::Metadata::new(vpc).limits(patient()).call(&id, arguments))
            }
            (Clients::Async(runtime, iam, _), _) => {
                let iam = trusted_profile::Iam::new(iam).endpoint(self.account.iam_url()).limits(patient());
                runtime.block_on(iam.call(&id, arguments))
            }
            (Clients::Blocking(iam, _), "vpc") => {
                blocking::Vpc::new(iam.clone()).endpoint(self.account.vpc_url()).limits(patient()).call(&id, arguments)
            }
            (Clients::Blocking(iam, _), "containers") => {
                blocking::Containers::new(iam.clone()).endpoint(self.account.containers_url()).limits(patient()).call(&id, arguments)
            }
            (Clients::Blocking(_, vpc), "metadata") => blocking::Metadata::new(vpc.clone()).limits(patient()).call(&id, arguments),
            (Clients::Blocking(iam, _), _) => {
                blocking::Iam::new(iam.clone()).endpoint(self.account.iam_url()).limits(patient()).call(&id, arguments)
            }
        }
    }

    /// Values that cannot be made up, by the name of a property.
    fn known(&self) -> BTreeMap<String, String> {
        let token = self.account.vpc().build_blocking().unwrap().token(None).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters = rcgen::CertificateParams::default();
        parameters.distinguished_name = rcgen::DistinguishedName::new();
        let csr = parameters.serialize_request(&key).unwrap().pem().unwrap();
        let crn = self.account.primary_instance().crn;
        let known = [
            ("apikey", self.key.as_str()),
            ("access_token", token.expose()),
            ("token", token.expose()),
            ("csr", csr.as_str()),
            ("crn", crn.as_str()),
            ("value", "\"example\""),
            ("operator", "EQUALS"),
        ];
        known.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    /// What the services want beyond their documents' least.
    fn complete(&self, id: &str, arguments: &mut Value) {
        match id {
            // The key whose details are wanted is in a header that the document calls optional.
            "iam_identity.get_api_keys_details" => arguments["iam_api_key"] = self.key.as_str().into(),
            // The first type of rule is for federated users, and wants a realm and an end as well.
            "iam_identity.create_claim_rule" | "iam_identity.update_claim_rule" => {
                arguments["body"]["realm_name"] = "https://idp.example.com".into();
                arguments["body"]["expiration"] = json!(3600);
            }
            // The type of the body has to be that of the path.
            "iam_identity.set_profile_identity" => arguments["body"]["type"] = arguments["identity_type"].clone(),
            // The volume of the least is attached by an operation before it; a new one is not.
            "vpc.create_instance_volume_attachment" => {
                arguments["body"]["volume"] = json!({ "profile": { "name": "general-purpose" }, "capacity": 10 });
            }
            _ => {}
        }
    }
}

fn blocked(builder: Builder) -> std::sync::Arc<blocking::TokenProvider> {
    std::sync::Arc::new(builder.build_blocking().unwrap())
}

fn document(service: &str) -> Value {
    let file = format!("{}/../../core/spec/{}.openapi.json", env!("CARGO_MANIFEST_DIR"), service.replace('_', "-"));
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

/// Path and method of an operation in its document.
fn place(document: &Value, name: &str) -> (String, String) {
    let paths = document["paths"].as_object().unwrap();
    let all =
        paths.iter().flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |(method, operation)| (path, method, operation)));
    let mut found = all.filter(|(_, _, operation)| operation["operationId"] == name);
    found.next().map(|(path, method, _)| (path.clone(), method.clone())).unwrap_or_else(|| panic!("{name} is in no document"))
}

/// The arguments of `entry` by their names: no more than it cannot do without.
fn least(entry: Entry, deriver: &Deriver<'_>) -> Value {
    let (path, method) = place(deriver.document, entry.name());
    let mut arguments = Map::new();
    for (_, wire, value) in deriver.needed(&path, &method) {
        let parameter = entry.parameters().into_iter().find(|parameter| parameter.name == wire && parameter.constant.is_none());
        arguments.extend(parameter.map(|parameter| (parameter.argument(), value)));
    }
    arguments.extend(deriver.body(&path, &method).map(|(_, body)| ("body".to_owned(), body)));
    Value::Object(arguments)
}

/// Makes one call.
type Call = fn(&Setting, Entry, Value) -> Result<Reply<Content>, String>;

/// Calls one, and holds what came of it against what the service received and answered.
fn try_one(setting: &Setting, entry: Entry, arguments: Value, call: Call) -> Result<(), String> {
    setting.account.journal().clear();
    let reply = call(setting, entry, arguments)?;
    let served = match entry.service().name {
        "vpc" => Service::Vpc,
        "containers" => Service::Containers,
        "metadata" => Service::Metadata,
        _ => Service::Iam,
    };
    let entries = setting.account.journal().entries();
    let [only] = entries.as_slice() else { return Err(format!("{} requests: {entries:?}", entries.len())) };
    if only.service != served || only.method != entry.method().as_str() || only.status != Some(reply.status) {
        return Err(format!("{only:?} and status {}", reply.status));
    }
    let fits = match (&reply.value, entry.answer()) {
        (Content::Json(json), Answer::YesOrNo) => json.as_value().is_boolean(),
        (Content::Json(json), Answer::Json) => json.as_value().is_object() || json.as_value().is_array(),
        (Content::Text(text), Answer::Text | Answer::Xml) => !text.expose().is_empty(),
        (Content::Nothing, Answer::Nothing) => true,
        (Content::Nothing, _) => matches!(reply.status, 202 | 204),
        _ => false,
    };
    if fits { Ok(()) } else { Err(format!("{:?} for {:?}", reply.value, entry.answer())) }
}

/// Calls every operation, in a way that `what` names.
pub(crate) fn every(manner: Manner, what: &str, call: Call) {
    let setting = Setting::start(manner);
    let known = setting.known();
    // What has to do with tokens happens once, before anything is counted.
    for id in ["vpc.list_regions", "metadata.get_instance"] {
        setting.call(catalog::find(id).unwrap(), json!({})).unwrap();
    }
    let (mut failures, mut run) = (Vec::new(), 0);
    println!("{:24} {what:>10}   {manner:?}", "service");
    for service in catalog::SERVICES {
        let document = document(service.name);
        let deriver = Deriver { document: &document, known: known.clone() };
        let before = run;
        for entry in service.entries() {
            let mut arguments = least(entry, &deriver);
            setting.complete(&entry.id(), &mut arguments);
            failures.extend(try_one(&setting, entry, arguments, call).err().map(|why| format!("{}: {why}", entry.id())));
            run += 1;
        }
        println!("{:24} {:>10}", service.name, run - before);
    }
    assert!(failures.is_empty(), "{} of {run} failed:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(run, 706);
    println!("{what}: {run} run, 0 skipped");
}

fn untyped(setting: &Setting, entry: Entry, arguments: Value) -> Result<Reply<Content>, String> {
    setting.call(entry, arguments).map_err(|error| error.to_string())
}

#[test]
fn every_operation_over_a_socket_and_back() {
    every(Manner::Async, "operations", untyped);
}

#[test]
fn every_operation_by_the_blocking_clients() {
    every(Manner::Blocking, "operations", untyped);
}

/// Every service of the tables has a client.
#[test]
fn no_service_is_left_out() {
    let clients = [service::Vpc::NAMES, service::Metadata::NAMES, service::Iam::NAMES, service::Containers::NAMES].concat();
    assert!(catalog::SERVICES.iter().all(|service| clients.contains(&service.name)));
    assert_eq!(catalog::SERVICES.len(), clients.len());
}
