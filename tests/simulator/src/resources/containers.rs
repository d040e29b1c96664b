//! Clusters, by id and by name.

use serde_json::json;

use super::store::Resources;
use super::{list, parents, respond};
use crate::account::{Cluster, ClusterKind};
use crate::api::{Call, EXAMPLE, Outcome, Refusal};
use crate::spec::{Api, template};

const PATH: &str = "/v1/clusters";

pub(super) fn answer(call: &Call<'_>, resources: &mut Resources) -> Option<Outcome> {
    adopt(call, resources);
    Some(match call.operation.id.as_str() {
        "get_cluster" => get(call, resources),
        _ => list::answer(call, resources),
    })
}

/// The clusters of the account. Code Engine projects are none.
fn adopt(call: &Call<'_>, resources: &mut Resources) {
    let clusters: Vec<Cluster> = call.world.account().clusters.clone();
    for cluster in clusters.iter().filter(|cluster| cluster.kind != ClusterKind::CodeEngine) {
        if resources.get(Api::Containers, PATH, &cluster.id).is_some() {
            continue;
        }
        let value = parents::example(call, &template(PATH), PATH, &cluster.id);
        resources.put(Api::Containers, PATH, &cluster.id, value);
        let Some(record) = resources.get_mut(Api::Containers, PATH, &cluster.id) else { continue };
        let kind = if cluster.kind == ClusterKind::OpenShift { "openshift" } else { "kubernetes" };
        for (name, text) in
            [("id", cluster.id.as_str()), ("crn", &cluster.crn), ("name", &cluster.name), ("type", kind), ("state", "normal")]
        {
            if call.document.find("GET", "/v1/clusters/{idOrName}").and_then(|get| call.document.property(get.schema()?, name)).is_some() {
                record.set(name, json!(text));
            }
        }
    }
}

fn get(call: &Call<'_>, resources: &mut Resources) -> Outcome {
    if call.id() == EXAMPLE && resources.get(Api::Containers, PATH, EXAMPLE).is_none() {
        parents::materialise(call, resources, &template(PATH), PATH, EXAMPLE);
    }
    let named = |record: &&super::store::Record| record.id == call.id() || record.text("/name") == Some(call.id());
    let found = resources.list(Api::Containers, PATH).iter().find(named);
    found.map(|record| respond::with(call, record)).ok_or_else(|| Refusal::not_found(call.id()))
}
