/** What the compiler has to find: each mistake is marked, and a mark without a mistake is an error too. Never runs. */

import type { Iam, Metadata, models, parameters, Vpc } from "trusted-profile/catalog";

export function operations(client: Vpc): void {
  // @ts-expect-error There is no such operation.
  void client.listInstance();
  // @ts-expect-error Its id is missing.
  void client.getInstance();
  // @ts-expect-error It is a parameter by name.
  void client.getInstance("0717-1e09281b");
  // @ts-expect-error An id is text.
  void client.getInstance({ id: 1 });
  // @ts-expect-error It is called vpcId.
  void client.listInstances({ vpc_id: "r006-4727d842" });
  // @ts-expect-error A limit is a number.
  void client.listInstances({ limit: "10" });
  // @ts-expect-error A signal is given by name.
  void client.listInstances({ limit: 10 }, AbortSignal.timeout(1));
  void client.listInstances({ limit: 10, vpcId: undefined }, { signal: AbortSignal.timeout(1) });
}

export function bodies(client: Vpc): void {
  // @ts-expect-error A group has a strategy.
  void client.createPlacementGroup({ body: { name: "spread" } });
  // @ts-expect-error There is no such property.
  void client.createPlacementGroup({ body: { strategy: "host_spread", nam: "spread" } });
  // @ts-expect-error Only a patch takes something away.
  void client.createPlacementGroup({ body: { strategy: "host_spread", name: null } });
  void client.updatePlacementGroup({ id: "r006-418fe842", body: { name: null } });
  // @ts-expect-error An identity has an id.
  void client.createPlacementGroup({ body: { strategy: "host_spread", resource_group: {} } });
  void client.createPlacementGroup({ body: { strategy: "of tomorrow", resource_group: { id: "fee82deb" } } });
  const body: parameters.vpc.CreatePlacementGroup["body"] = { strategy: "power_spread" };
  void client.createPlacementGroup({ body });
}

export async function answers(client: Vpc): Promise<string> {
  // @ts-expect-error There is no such property.
  void (await client.getInstance({ id: "0717-1e09281b" })).nam;
  // @ts-expect-error A name is text.
  const name: number = (await client.getInstance({ id: "0717-1e09281b" })).name;
  for await (const item of client.listInstancesItems()) {
    // @ts-expect-error An instance is no list.
    const found: models.vpc.InstanceCollection = item;
    const instance: models.vpc.Instance = item;
    void [found, instance];
  }
  for await (const page of client.listInstancesPages()) {
    const same: models.vpc.InstanceCollection = page;
    void same.instances?.[0]?.name;
  }
  // @ts-expect-error It is a promise.
  void client.listInstances().instances;
  // @ts-expect-error It may be missing.
  const id: string = (await client.getInstance({ id: "0717-1e09281b" })).id;
  return [name, id].join();
}

export async function others(client: Iam, metadata: Metadata): Promise<void> {
  await client.updateProfile({ profileId: "Profile-1", body: { name: "other" } });
  await client.updateProfile({ profileId: "Profile-1", ifMatch: "1-a", body: { name: "other" } });
  // @ts-expect-error Two services have one.
  await client.getAccountSettings({ accountId: "1" });
  await client.iamIdentityGetAccountSettings({ accountId: "1" });
  await client.iamAccessGroupsGetAccountSettings({ accountId: "1" });
  void (await metadata.getInstance()).name?.length;
  const given: parameters.iam.ListProfiles = { accountId: "1" };
  await client.call("list_profiles", given);
  // @ts-expect-error It is no object of parameters.
  await client.call("list_profiles", "1");
  // @ts-expect-error There is a message, and no text.
  void (await client.call<{ message: string }>("list_profiles")).value.text;
}
