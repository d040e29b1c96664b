"""What a type checker has to find: each mistake is marked, and a mark without a mistake is an error too. Never runs."""

from __future__ import annotations

from trusted_profile.iam import Iam
from trusted_profile.metadata import AsyncMetadata
from trusted_profile.models import vpc as models
from trusted_profile.vpc import AsyncVpc, Vpc


def operations(client: Vpc) -> None:
    client.list_instance()  # type: ignore[attr-defined]
    client.get_instance()  # type: ignore[call-arg]
    client.get_instance("0717-1e09281b")  # type: ignore[call-arg]
    client.get_instance(id=1)  # type: ignore[arg-type]
    client.list_instances(vpc="r006-4727d842")  # type: ignore[call-arg]
    client.list_instances(limit="10")  # type: ignore[arg-type]


def bodies(client: Vpc) -> None:
    client.create_placement_group(body={"name": "spread"})  # type: ignore[typeddict-item]
    client.create_placement_group(body={"strategy": "host_spread", "nam": "spread"})  # type: ignore[typeddict-unknown-key]
    client.create_placement_group(body={"strategy": "host_spread", "name": None})  # type: ignore[typeddict-item]
    client.update_placement_group(id="r006-418fe842", body={"name": None})
    client.create_placement_group(body={"strategy": "host_spread", "resource_group": {}})  # type: ignore[typeddict-item]
    client.create_placement_group(body={"strategy": "host_spread", "resource_group": {"id": "fee82deb"}})


def answers(client: Vpc) -> None:
    client.get_instance(id="0717-1e09281b")["nam"]  # type: ignore[typeddict-item]
    name: int = client.get_instance(id="0717-1e09281b")["name"]  # type: ignore[assignment]
    for item in client.list_instances_items():
        found: models.Image = item  # type: ignore[assignment]
    for page in client.list_instances_pages():
        same: models.InstanceCollection = page
    print(name, found, same)


async def manners(client: AsyncVpc, metadata: AsyncMetadata) -> None:
    client.list_instances()["instances"]  # type: ignore[index]
    for item in client.list_instances_items():  # type: ignore[attr-defined]
        print(item)
    (await metadata.get_instance())["name"]


def tags(client: Iam) -> None:
    client.update_profile(profile_id="Profile-1", body={"name": "other"})
    client.update_profile(profile_id="Profile-1", if_match="1-a", body={"name": "other"})
    client.get_account_settings(account_id="1")  # type: ignore[attr-defined]
    client.iam_identity_get_account_settings(account_id="1")
    client.iam_access_groups_get_account_settings(account_id="1")
