//! The account's side, once: an administrator calls IAM, VPC and the cluster service, as any program can.

use crate::Failure;
use crate::control::{Control, text};
use crate::page::Page;
use serde_json::{Value, json};
use simulator::{NewApiKey, Service, Simulator};
use trusted_profile::{Containers, Iam, TokenProvider, Vpc};

/// What the account holds.
pub(crate) struct Account {
    pub(crate) metadata_url: String,
    pub(crate) pod_profile_id: String,
    pub(crate) cluster_id: String,
    pub(crate) bucket: &'static str,
}

/// The administrator, with a client of each service.
struct Administrator<'a> {
    simulator: &'a Simulator,
    control: &'a Control,
    iam: Iam,
    vpc: Vpc,
    containers: Containers,
}

impl Account {
    pub(crate) async fn lay_out(simulator: &Simulator, control: &Control, page: &mut Page<'_>) -> Result<Self, Failure> {
        let bucket = "reports";
        let administrator = Administrator::new(simulator, control)?;
        page.title("The account: who may do what (done once, by an administrator)")?;
        let metadata_url = administrator.instance(page, bucket).await?;
        let (pod_profile_id, cluster_id) = administrator.pods(page, bucket).await?;
        Ok(Self { metadata_url, pod_profile_id, cluster_id, bucket })
    }
}

impl<'a> Administrator<'a> {
    fn new(simulator: &'a Simulator, control: &'a Control) -> Result<Self, Failure> {
        let key = simulator.create_api_key(NewApiKey { name: Some("administrator".to_owned()), administrator: true });
        let tokens = TokenProvider::api_key(key.value).endpoint(&control.iam_url).build()?;
        let iam = Iam::new(&tokens).endpoint(&control.iam_url);
        let vpc = Vpc::new(&tokens).endpoint(simulator.vpc_url());
        let containers = Containers::new(&tokens).endpoint(simulator.containers_url());
        Ok(Self { simulator, control, iam, vpc, containers })
    }

    async fn iam(&self, operation: &str, arguments: Value) -> Result<Value, Failure> {
        Ok(self.iam.call(operation, arguments).await?.value.json().map_or(Value::Null, |json| json.as_value().clone()))
    }

    /// Makes something of the VPC, and returns its id.
    async fn vpc(&self, operation: &str, body: Value) -> Result<String, Failure> {
        let made = self.vpc.call(operation, json!({ "body": body })).await?;
        let id = made.value.json().and_then(|json| json.text("id")).ok_or("what was made has no id")?;
        Ok(id.to_owned())
    }

    /// A profile that may do something with the bucket; its id and IAM id.
    async fn profile(&self, page: &mut Page<'_>, name: &str, bucket: &str, role: &str) -> Result<(String, String), Failure> {
        let account = self.simulator.account_id();
        let profile = self.iam("create_profile", json!({ "body": { "name": name, "account_id": account } })).await?;
        let (id, iam_id) = (text(&profile, "/id")?, text(&profile, "/iam_id")?);
        let role_id = format!("crn:v1:bluemix:public:iam::::serviceRole:{role}");
        let equals = |key: &str, value: &str| json!({ "key": key, "operator": "stringEquals", "value": value });
        let policy = json!({
            "type": "access",
            "subject": { "attributes": [equals("iam_id", &iam_id)] },
            "control": { "grant": { "roles": [{ "role_id": role_id }] } },
            "resource": { "attributes": [equals("serviceName", "cloud-object-storage"), equals("resource", bucket)] }
        });
        self.iam("create_v2_policy", json!({ "body": policy })).await?;
        self.control.show_exchanges(page).await?;
        // The simulated object store is told by itself; it reads no policies.
        let access = json!({ "bucket": bucket, "role": role.to_lowercase() });
        self.control.post(page, &format!("profiles/{id}/access"), access).await?;
        Ok((id, iam_id))
    }

    /// The instance that may write reports; the address of its metadata service.
    async fn instance(&self, page: &mut Page<'_>, bucket: &str) -> Result<String, Failure> {
        page.step("A trusted profile for the instance, and the policy that lets it write to one bucket")?;
        let (profile_id, _) = self.profile(page, "nightly-report", bucket, "Writer").await?;

        page.step("A network, a subnet and an SSH key, in the VPC of a region")?;
        let vpc = self.vpc("create_vpc", json!({ "name": "reports" })).await?;
        let zone = json!({ "name": "us-south-1" });
        let subnet = json!({ "name": "reports-1", "vpc": { "id": vpc }, "zone": zone, "total_ipv4_address_count": 256 });
        let subnet = self.vpc("create_subnet", subnet).await?;
        let public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE1hZGVGb3JUaGVEZW1vT25seTAxMjM0NTY3";
        let key = self.vpc("create_key", json!({ "name": "operator", "public_key": public })).await?;
        self.control.show_exchanges(page).await?;

        page.step("The instance: metadata service on, default trusted profile linked automatically; then it is waited for")?;
        let image = self.vpc.items("list_images", json!({ "limit": 1 })).next().await.ok_or("there is no image")??;
        let wanted = json!({
            "name": "report-1", "vpc": { "id": vpc }, "zone": zone, "profile": { "name": "cx2-2x4" },
            "image": { "id": image.text("id") }, "keys": [{ "id": key }],
            "primary_network_interface": { "subnet": { "id": subnet } },
            "metadata_service": { "enabled": true },
            "default_trusted_profile": { "target": { "id": profile_id }, "auto_link": true },
            "user_data": "#cloud-config\nruncmd: [report]\n"
        });
        let id = self.vpc("create_instance", wanted).await?;
        // Starting takes a while, which nobody has to watch.
        self.simulator.set_clock_skew(Service::Vpc, 60);
        self.vpc.wait_until_running(&id).await?;
        self.control.show_exchanges(page).await?;
        Ok(self.simulator.instance_metadata_url(&id).ok_or("the instance has no metadata service")?)
    }

    /// The pods that may read reports: the id of their profile, and of their cluster.
    async fn pods(&self, page: &mut Page<'_>, bucket: &str) -> Result<(String, String), Failure> {
        page.step("A trusted profile for the pods, with read access, and the access group that it is in")?;
        let (profile_id, iam_id) = self.profile(page, "report-readers", bucket, "Reader").await?;
        let group = json!({ "account_id": self.simulator.account_id(), "body": { "name": "readers" } });
        let group = text(&self.iam("create_access_group", group).await?, "/id")?;
        let members = json!({ "access_group_id": group, "body": { "members": [{ "iam_id": iam_id, "type": "profile" }] } });
        self.iam("add_members_to_access_group", members).await?;
        self.control.show_exchanges(page).await?;

        page.step("The cluster, found among the account's clusters")?;
        self.control.post(page, "clusters", json!({ "name": "prod-cluster", "kind": "open_shift" })).await?;
        let clusters = self.containers.call("list_clusters", json!({})).await?.value;
        let clusters = clusters.json().and_then(|json| json.as_value().as_array()).ok_or("the clusters are no list")?;
        let cluster =
            clusters.iter().find(|cluster| cluster.get("name") == Some(&json!("prod-cluster"))).ok_or("the cluster is missing")?;
        let (cluster_id, crn) = (text(cluster, "/id")?, text(cluster, "/crn")?);
        self.control.show_exchanges(page).await?;

        page.step("The link: service account worker of namespace prod may be this profile; and a rule for all of a namespace")?;
        let link = json!({ "cr_type": "ROKS_SA", "link": { "crn": crn, "namespace": "prod", "name": "worker" } });
        self.iam("create_link", json!({ "profile_id": profile_id, "body": link })).await?;
        let condition = json!({ "claim": "namespace", "operator": "EQUALS", "value": "\"audit\"" });
        let rule = json!({ "type": "Profile-CR", "cr_type": "ROKS_SA", "name": "audit", "conditions": [condition] });
        self.iam("create_claim_rule", json!({ "profile_id": profile_id, "body": rule })).await?;
        self.control.show_exchanges(page).await?;
        Ok((profile_id, cluster_id))
    }
}
