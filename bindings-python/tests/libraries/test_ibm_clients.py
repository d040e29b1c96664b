"""IBM's own clients of VPC and IAM, unmodified, work against the simulator: that is how we know that it is honest."""

from __future__ import annotations

from typing import Any

import pytest
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import IAMAuthenticator
from ibm_platform_services import IamAccessGroupsV2, IamIdentityV1, IamPolicyManagementV1
from ibm_platform_services.iam_access_groups_v2 import AccessGroupsPager
from ibm_platform_services.iam_policy_management_v1 import V2PoliciesPager
from ibm_vpc import VpcV1, vpc_v1
from simulator import Simulator


def authenticator(simulator: Simulator) -> Any:
    return IAMAuthenticator(simulator.seed["api_key"]["value"], url=simulator.iam_url)


def vpc(simulator: Simulator) -> Any:
    client = VpcV1("2026-10-06", authenticator=authenticator(simulator))
    client.set_service_url(simulator.overview["vpc_url"])
    return client


def iam(simulator: Simulator, kind: Any) -> Any:
    client = kind(authenticator=authenticator(simulator))
    client.set_service_url(simulator.iam_url)
    return client


def refused(status: int, call: Any, **arguments: Any) -> None:
    with pytest.raises(ApiException) as caught:
        call(**arguments)
    assert caught.value.status_code == status
    assert caught.value.message


def test_a_server_is_made_changed_and_deleted(simulator: Simulator) -> None:
    client = vpc(simulator)
    network = client.create_vpc(name="net").get_result()
    block = {"vpc": {"id": network["id"]}, "ipv4_cidr_block": "10.9.0.0/24", "zone": {"name": "us-south-1"}}
    subnet = client.create_subnet(block).get_result()
    key = client.create_key(public_key="ssh-rsa AAAA", name="key").get_result()
    image = client.list_images().get_result()["images"][0]
    wanted = {
        "name": "server",
        "vpc": {"id": network["id"]},
        "zone": {"name": "us-south-1"},
        "image": {"id": image["id"]},
        "profile": {"name": "cx2-2x4"},
        "keys": [{"id": key["id"]}],
        "primary_network_interface": {"subnet": {"id": subnet["id"]}},
    }
    server = client.create_instance(wanted).get_result()
    assert (server["status"], server["vpc"]["name"]) == ("pending", "net")
    tag = client.get_vpc(id=network["id"]).get_headers()["ETag"]
    renamed = client.update_vpc(id=network["id"], vpc_patch={"name": "other"}, if_match=tag).get_result()
    assert renamed["name"] == "other"
    refused(412, client.update_vpc, id=network["id"], vpc_patch={"name": "third"}, if_match=tag)
    refused(409, client.delete_vpc, id=network["id"])
    refused(404, client.get_vpc, id="none")
    # IBM's models take what the simulator answers.
    for model, answer in [
        (vpc_v1.VPC, client.get_vpc(id=network["id"])),
        (vpc_v1.Subnet, client.get_subnet(id=subnet["id"])),
        (vpc_v1.Instance, client.get_instance(id=server["id"])),
        (vpc_v1.VolumeCollection, client.list_volumes()),
        (vpc_v1.SecurityGroupCollection, client.list_security_groups()),
    ]:
        assert model.from_dict(answer.get_result())
    client.delete_instance(id=server["id"])
    client.delete_subnet(id=subnet["id"])
    client.delete_vpc(id=network["id"])


def test_pagers_see_each_item_once(simulator: Simulator) -> None:
    client = vpc(simulator)
    made = [client.create_vpc().get_result()["id"] for _ in range(7)]
    seen = [one["id"] for one in vpc_v1.VpcsPager(client=client, limit=3).get_all()]
    assert len(seen) == len(set(seen)) and set(made) <= set(seen)
    account = simulator.overview["account_id"]
    groups = iam(simulator, IamAccessGroupsV2)
    for number in range(5):
        groups.create_access_group(account_id=account, name=f"group-{number}")
    assert len(AccessGroupsPager(client=groups, account_id=account, limit=2).get_all()) == 5
    policies = iam(simulator, IamPolicyManagementV1)
    grant = {"grant": {"roles": [{"role_id": "crn:v1:bluemix:public:iam::::role:Viewer"}]}}
    subject = {"attributes": [{"key": "iam_id", "operator": "stringEquals", "value": "iam-Profile-1"}]}
    for _ in range(5):
        policies.create_v2_policy(control=grant, type="access", subject=subject)
    assert len(V2PoliciesPager(client=policies, account_id=account, limit=2).get_all()) == 5


def test_identities_and_groups(simulator: Simulator) -> None:
    account = simulator.overview["account_id"]
    identity = iam(simulator, IamIdentityV1)
    profile = identity.create_profile(name="batch", account_id=account).get_result()
    condition = {"claim": "zone", "operator": "EQUALS", "value": '"us-south-1"'}
    identity.create_claim_rule(profile_id=profile["id"], type="Profile-CR", cr_type="VSI", conditions=[condition])
    crn = simulator.overview["primary_instance"]["crn"]
    link = identity.create_link(profile_id=profile["id"], cr_type="VSI", link={"crn": crn}).get_result()
    assert identity.get_link(profile_id=profile["id"], link_id=link["id"]).get_result()["link"]["crn"] == crn
    service = identity.create_service_id(account_id=account, name="worker").get_result()
    key = identity.create_api_key(name="key", iam_id=service["iam_id"]).get_result()
    own = VpcV1("2026-10-06", authenticator=IAMAuthenticator(key["apikey"], url=simulator.iam_url))
    own.set_service_url(simulator.overview["vpc_url"])
    assert own.list_regions().get_result()["regions"]
    renamed = identity.update_service_id(id=service["id"], if_match=service["entity_tag"], name="other")
    assert renamed.get_result()["name"] == "other"
    refused(409, identity.update_service_id, id=service["id"], if_match=service["entity_tag"], name="third")
    groups = iam(simulator, IamAccessGroupsV2)
    group = groups.create_access_group(account_id=account, name="team").get_result()
    member = {"iam_id": profile["iam_id"], "type": "profile"}
    assert groups.add_members_to_access_group(access_group_id=group["id"], members=[member]).get_status_code() == 207
    there = groups.is_member_of_access_group(access_group_id=group["id"], iam_id=profile["iam_id"])
    assert there.get_status_code() == 204
    refused(404, groups.is_member_of_access_group, access_group_id=group["id"], iam_id="nobody")
