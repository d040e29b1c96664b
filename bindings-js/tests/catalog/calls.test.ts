/** Calls of operations over a socket to the simulator. */

import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import http from "node:http";
import { Readable } from "node:stream";
import { it } from "node:test";
import { inspect } from "node:util";
import { ClosedError, DeadlineExceededError, InvalidArgumentError, NotFoundError, RequestRefusedError, ServiceFailedError, ServiceUnreachableError, TokenProvider } from "trusted-profile";
import { Client, Containers, Iam, Metadata, Reply, Vpc } from "trusted-profile/catalog";
import { Account, all } from "./account.js";

const account = new Account();

it("resources come, change and go", async () => {
  const vpc = await account.vpc();
  const { id = "" } = await vpc.createVpc({ body: { name: "first" } });
  assert.equal((await vpc.getVpc({ id })).name, "first");
  const reply = await vpc.call<{ name: string }>("get_vpc", { id });
  assert.ok(reply instanceof Reply && reply.status === 200 && reply.etag === reply.headers["etag"]);
  // VPC demands no tag, so that none goes along by itself: whoever is careful says so.
  const careful = await account.vpc({ alwaysIfMatch: true });
  await careful.getVpc({ id });
  assert.equal((await vpc.updateVpc({ id, body: { name: "second" } })).name, "second");
  await assert.rejects(careful.updateVpc({ id, body: { name: "third" } }), (error) => error instanceof RequestRefusedError && error.status === 412);
  const stale = { id, ifMatch: reply.etag, body: { name: "third" } };
  await assert.rejects(vpc.updateVpc(stale), (error) => error instanceof RequestRefusedError && error.status === 412);
  const gone = await vpc.call("delete_vpc", { id });
  assert.deepEqual([gone.value, gone.status], [undefined, 204]);
  await assert.rejects(vpc.getVpc({ id }), NotFoundError);
});

it("pages and items", async () => {
  const vpc = await account.vpc();
  const before = (await all(vpc.listVpcsItems())).length;
  const names = [0, 1, 2, 3, 4].map((number) => `paged-${number}`);
  for (const name of names) await vpc.createVpc({ body: { name } });
  const found = (await all(vpc.listVpcsItems({ limit: 2 }))).map(({ name }) => name);
  assert.deepEqual(found.slice(-5), names);
  assert.equal(new Set(found).size, before + 5);
  const pages = await all(vpc.listVpcsPages({ limit: 2 }));
  assert.equal(pages.length, Math.ceil((before + 5) / 2));
  assert.ok(pages.slice(0, -1).every(({ vpcs }) => vpcs?.length === 2));
  const sent = await account.simulator.count("vpc", "/v1/vpcs", "GET");
  const walk = vpc.items<{ name: string }>("list_vpcs", { limit: 1 });
  assert.equal(await account.simulator.count("vpc", "/v1/vpcs", "GET"), sent);
  for await (const { name } of walk) {
    assert.equal(name, found[0]);
    break;
  }
  assert.equal(await account.simulator.count("vpc", "/v1/vpcs", "GET"), sent + 1);
  for await (const page of vpc.pages("list_vpcs", { limit: 1 })) {
    assert.equal(page.status, 200);
    break;
  }
});

it("every service, with tokens of one provider", async () => {
  const { simulator } = account;
  const [tokens, instance] = [await account.tokens(), await account.instance()];
  const iam = new Iam(tokens, { endpoint: simulator.iamUrl });
  const accountId = simulator.overview.account_id;
  const profiles = (await all(iam.listProfilesItems({ accountId, pagesize: 1 }))).map(({ id }) => id);
  assert.ok(profiles.includes(simulator.seed.pod_profile.id) && profiles.includes(simulator.seed.instance_profile.id));
  assert.equal((await iam.iamIdentityGetAccountSettings({ accountId })).account_id, accountId);
  const clusters = new Containers(tokens, { endpoint: account.url("containers_url") });
  assert.deepEqual((await clusters.listClusters()).map(({ id }) => id), [simulator.seed.cluster.id]);
  // With the identity token of its provider, where that asked for it.
  assert.equal((await new Metadata(instance).getInstance()).id, simulator.seed.instance.id);
  assert.equal(await simulator.exchanges(), 0);
  await assert.rejects(new Metadata(tokens).getInstance(), /^InvalidArgumentError: .*source: expected vpc_instance or bare_metal/);
});

it("mistakes are named, and nothing is sent", async () => {
  const [tokens, { simulator }] = [await account.tokens(), account];
  const vpc = await account.vpc({}, tokens);
  const asked = await simulator.count("iam", "/identity/token");
  const endless: Record<string, unknown> = {};
  endless["again"] = [endless];
  const mistakes: ReadonlyArray<readonly [Record<string, unknown>, RegExp]> = [
    [{}, /vpc\.get_vpc: the argument id is missing$/],
    [{ id: "x", idd: "y" }, /did you mean id\?$/],
    [{ id: "x", if_match: "y" }, /there is no argument "if_match"; did you mean ifMatch\?$/],
    [{ id: 7 }, /vpc\.get_vpc: id: expected a text, got 7$/],
    [{ id: Number.NaN }, /get_vpc: id: expected a finite number, got NaN$/],
    [{ id: () => "x" }, /get_vpc: id: expected text, a number, .* got function$/],
    [{ id: "x", body: { a: [0, { b: new Set([1]) }] } }, /body\.a\[1\]\.b: expected text, .* got a list$/],
    [{ id: "x", body: { a: 1n } }, /body\.a: expected text, .* got bigint$/],
    [{ id: "x", body: endless }, /nests too deep$/],
    [{ id: "x", body: Promise.resolve({ name: "x" }) }, /get_vpc: body: expected text, .* got an object of type Promise$/],
    [{ id: "x", body: { a: { then: () => undefined } } }, /body\.a: expected text, .* got a promise$/],
    [{ id: "x", body: [new Error("no")] }, /body\[0\]: expected text, .* got an object of type Error$/],
    [{ id: "x", body: { a: /no/ } }, /body\.a: expected text, .* got an object of type RegExp$/],
    [{ id: "x", body: new Blob(["{}"]) }, /body: expected text, .* got an object of type Blob$/],
    [{ id: "x", body: new Map([["a", 1]]) }, /body: expected text, .* got a list$/],
    [{ id: "x", body: { at: new Date(Number.NaN) } }, /body\.at: expected text, .* got an object whose toJSON gives null$/],
  ];
  for (const [wrong, words] of mistakes) {
    await assert.rejects(vpc.call("get_vpc", wrong), (error) => error instanceof InvalidArgumentError && words.test(error.message), String(words));
  }
  await assert.rejects(vpc.listFlowLogCollectors({ resourceGroupIdd: "x" } as never), /no argument "resourceGroupIdd"; did you mean resourceGroupId\?$/);
  await assert.rejects(vpc.updateVpc({} as never), /vpc\.update_vpc: the arguments id, body are missing$/);
  await assert.rejects(new Vpc(tokens).listVpcs(), /region/);
  await assert.rejects(vpc.call("list_vpc"), /there is no operation "list_vpc"; did you mean vpc\.list_vpcs\?$/);
  await assert.rejects(vpc.call("list_vpcs", {}, { timeout: 1 } as never), /timeout: there is no such option, expected signal$/);
  await assert.rejects(vpc.listVpcs({}, AbortSignal.timeout(1000) as never), /expected \{ signal \}, got an AbortSignal$/);
  assert.throws(() => new Vpc("a token" as never), /tokens: expected a TokenProvider, got string$/);
  assert.throws(() => new Vpc(tokens, { always_if_match: true } as never), /there is no such option; it is alwaysIfMatch$/);
  await assert.rejects(new Vpc(tokens, { deadline: 0 }).listVpcs(), /deadline: expected milliseconds, more than 0, got 0$/);
  await assert.rejects(new Vpc(tokens, { regoin: "eu-de" } as never).listVpcs(), /regoin/);
  await assert.rejects(new Metadata(tokens, { region: "eu-de" } as never).getInstance(), /expected none of them for metadata/);
  assert.ok(!("listEverything" in vpc));
  assert.equal(await simulator.count("iam", "/identity/token"), asked);
});

it("a token that is refused is replaced once", async () => {
  const { simulator } = account;
  const vpc = await account.vpc();
  const asked = await simulator.count("iam", "/identity/token");
  await vpc.listVpcs();
  await simulator.control("POST", "tokens/revoke", { all: "iam" });
  assert.ok((await vpc.listVpcs()).vpcs);
  assert.equal(await simulator.count("iam", "/identity/token"), asked + 2);
});

it("a deadline is kept, and failures are told", async () => {
  const [tokens, { simulator }] = [await account.tokens(), account];
  const hasty = await account.vpc({ deadline: 1000 }, tokens);
  await tokens.token();
  await simulator.fault("vpc", { kind: "hang" });
  await assert.rejects(hasty.listVpcs(), (error) => error instanceof ServiceUnreachableError && /1 attempt in \d/.test(error.message) && error.cause instanceof Error);
  await simulator.heal();
  await simulator.fault("vpc", { kind: "status", status: 500 });
  await assert.rejects((await account.vpc({}, tokens)).createVpc({ body: { name: "x" } }), ServiceFailedError);
  await simulator.heal();
  await simulator.fault("iam", { kind: "hang" });
  await assert.rejects((await account.vpc({ deadline: 300 })).listVpcs(), (error) => error instanceof DeadlineExceededError && error.transient);
});

it("a signal ends a call, and nobody else's", async () => {
  const [tokens, { simulator }] = [await account.tokens(), account];
  const vpc = await account.vpc({}, tokens);
  const gone = AbortSignal.abort(new Error("gone"));
  await assert.rejects(vpc.listVpcs({}, { signal: gone }), /gone/);
  assert.equal(tokens.peek(), undefined);
  await vpc.listVpcs();
  const before = await simulator.count("vpc", "/v1/vpcs", "GET");
  await simulator.fault("vpc", { kind: "hang" }, { times: 1 });
  const controller = new AbortController();
  const left = assert.rejects(vpc.listVpcs({}, { signal: controller.signal }), /left/);
  while ((await simulator.count("vpc", "/v1/vpcs", "GET")) === before) await new Promise((resolve) => setTimeout(resolve, 10));
  const stays = vpc.listVpcs();
  controller.abort(new Error("left"));
  await left;
  assert.ok((await stays).vpcs);
  await assert.rejects(all(vpc.listVpcsItems({}, { signal: controller.signal })), /left/);
});

it("the end of a provider ends its calls", async () => {
  const [tokens, { simulator }] = [await account.tokens(), account];
  const vpc = await account.vpc({}, tokens);
  await tokens.token();
  await simulator.fault("vpc", { kind: "hang" });
  const before = await simulator.count("vpc", "/v1/vpcs", "GET");
  const ended = assert.rejects(vpc.listVpcs(), ClosedError);
  while ((await simulator.count("vpc", "/v1/vpcs", "GET")) === before) await new Promise((resolve) => setTimeout(resolve, 10));
  tokens.dispose();
  await ended;
  await assert.rejects(vpc.listVpcs(), ClosedError);
});

it("many share a client", async () => {
  const { simulator } = account;
  const vpc = await account.vpc();
  const asked = await simulator.count("iam", "/identity/token");
  const found = await Promise.all(Array.from({ length: 16 }, () => vpc.listVpcs()));
  assert.equal(new Set(found.map(({ vpcs }) => vpcs?.length)).size, 1);
  assert.equal(await simulator.count("iam", "/identity/token"), asked + 1);
});

it("the metadata service is asked by the protocol that its tokens came by", async (t) => {
  const sent: string[] = [];
  /** In place of Node's: nothing is sent. Only http is there. */
  class Sent extends EventEmitter {
    constructor({ method, protocol }: http.RequestOptions) {
      super();
      sent.push(`${method} ${protocol}`);
      const body = JSON.stringify(method === "PUT" ? { access_token: "of-the-instance", expires_in: 300 } : { id: "0717" });
      const headers = { "content-type": "application/json" };
      const answer = Object.assign(Readable.from([Buffer.from(body)]), { statusCode: 200, headers, rawHeaders: Object.entries(headers).flat(), complete: true });
      const refusal = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
      setImmediate(() => (protocol === "http:" ? this.emit("response", answer) : this.emit("error", refusal)));
    }

    end(): void {}
  }
  const { ClientRequest } = http;
  Object.assign(http, { ClientRequest: Sent });
  t.after(() => Object.assign(http, { ClientRequest }));
  const tokens = await TokenProvider.vpcInstance({ protocol: "auto" });
  t.after(() => tokens.dispose());
  assert.equal((await new Metadata(tokens).getInstance()).id, "0717");
  assert.deepEqual(sent, ["PUT https:", "PUT http:", "GET http:"]);
});

it("secrets are never shown", async () => {
  const tokens = await account.tokens();
  const vpc = await account.vpc({}, tokens);
  const secret = "pa55word-of-mine";
  const refusal = await vpc.call("create_instance", { body: { name: "x", user_data: secret } }).catch((error: unknown) => error);
  assert.ok(refusal instanceof RequestRefusedError);
  const reply = await vpc.call("create_vpc", { body: { name: "a-name-to-hide" } });
  const token = (await tokens.token()).value;
  const shown = [refusal, reply, vpc, tokens].map((what) => [inspect(what, { depth: 9, showHidden: true }), JSON.stringify(what), String(what)].join());
  for (const hidden of [secret, "a-name-to-hide", token, account.simulator.seed.api_key.value]) assert.ok(!shown.join().includes(hidden), hidden);
  assert.equal(inspect(reply), "<Reply 201>");
  const request = await vpc.request("list_vpcs");
  assert.ok(!JSON.stringify(request).includes("authorization"));
});

it("a class may override a method", async () => {
  class Counting extends Vpc {
    calls = 0;

    override listVpcs(...given: Parameters<Vpc["listVpcs"]>): ReturnType<Vpc["listVpcs"]> {
      this.calls += 1;
      return super.listVpcs(...given);
    }
  }
  const vpc = new Counting(await account.tokens(), { endpoint: account.url("vpc_url") });
  assert.ok((await vpc.listVpcs()).vpcs);
  assert.ok(vpc.calls === 1 && vpc instanceof Client && Vpc.prototype.listVpcs.name === "listVpcs");
});

it("a provider of another kind is no provider", () => {
  assert.throws(() => new Iam({ token: () => "x" } as unknown as TokenProvider), InvalidArgumentError);
});
