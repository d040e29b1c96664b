/** Answers of operations, whatever is in them, and the level without any provider. */

import assert from "node:assert/strict";
import { it } from "node:test";
import { inspect } from "node:util";
import { InvalidArgumentError, MalformedResponseError, NotFoundError, ServiceUnreachableError, TokenProvider } from "trusted-profile";
import { buildRequest, Containers, Iam, Metadata, operations, parseAnswer, Vpc } from "trusted-profile/catalog";
import { TokenManager, TransportError } from "trusted-profile/sansio";

const BEARER = "a-token-0123456789";
const JSON_TYPE = { "content-type": "application/json" };

/** A client whose requests are answered with these, one after the other. */
async function answered(...bodies: ReadonlyArray<BodyInit | (() => Response)>): Promise<Vpc> {
  const rest = [...bodies];
  const fetch = async (): Promise<Response> => {
    const body = rest.shift();
    return typeof body === "function" ? body() : new Response(body ?? "", { headers: JSON_TYPE });
  };
  return new Vpc(await TokenProvider.bearer(BEARER, { fetch }), { region: "us-south" });
}

const ODD = [0, -1, 2 ** 53, 0.1, -2.5e-300, 1e308, null, true, "", "\u00fc\u{1f600}\0", {}, [], [[{ a: [1] }]], { "\u00fc": { "": 1 }, __proto_: 1 }];

it("answers are what JSON.parse makes of them", async () => {
  const small = `${JSON.stringify({ vpcs: ODD, unknown: { of: ODD } }).slice(0, -1)}, "name": "twice", "name": "the last", "__proto__": 7}`;
  const large = JSON.stringify({ first: { href: "h" }, vpcs: Array.from({ length: 3000 }, () => ODD), limit: 7, "\u00fc": null });
  const vpc = await answered(small, large);
  for (const text of [small, large]) assert.deepEqual(await vpc.listVpcs(), JSON.parse(text));
});

it("an answer that cannot be read is an error", async () => {
  const filler = `"${"x".repeat(300_000)}"`;
  const bodies = ["{", '{"vpcs": [}', new Uint8Array([0xff]), `{"a": ${filler}} x`];
  for (const body of bodies) {
    const vpc = await answered(body, body, body, body);
    await assert.rejects(vpc.listVpcs(), (error) => error instanceof MalformedResponseError && error.status === 200 && !error.message.includes("xxx"));
  }
});

it("what is odd in a body goes out whole", async () => {
  const vpc = await answered();
  const body = { name: 'ü-😀-\\-"', unknown: [0, -1, 2 ** 53, 0.5, null, true, { a: { b: [] } }], at: new Date(0), left: undefined };
  const request = await vpc.request("create_vpc", { body });
  assert.equal(request.method, "POST");
  assert.deepEqual(JSON.parse(request.body), { name: body.name, unknown: body.unknown, at: "1970-01-01T00:00:00.000Z" });
});

it("names of arguments are in camelCase, and nothing else of what is said", async () => {
  const iam = new Iam(await TokenProvider.bearer(BEARER));
  const body = { name: "x" };
  const mistakes: ReadonlyArray<readonly [string, object, string]> = [
    ["update_profile", { profileId: "x", body }, "iam_identity.update_profile: the argument ifMatch is missing, and the resource was not read before; read it first, or give its entity_tag"],
    ["update_profile", { body }, "iam_identity.update_profile: the argument profileId is missing"],
    ["get_profile", { profilId: "x" }, 'iam_identity.get_profile: there is no argument "profilId"; did you mean profileId?'],
    ["list_profiles", { accountId: ["client_id"] }, 'iam_identity.list_profiles: accountId: expected a text, got ["client_id"]'],
  ];
  for (const [operation, given, words] of mistakes) {
    await assert.rejects(iam.call(operation, given), (error) => {
      assert.ok(error instanceof InvalidArgumentError);
      assert.deepEqual([error.summary, error.message.split("\n")[0]], [words, `invalid_argument: ${words}`]);
      return true;
    });
  }
});

it("headers that came twice are both there", async () => {
  const vpc = await answered(() => new Response("{}", { headers: [["content-type", "application/json"], ["link", "<a>"], ["link", "<b>"]] }));
  assert.equal((await vpc.call("list_vpcs")).headers["link"], "<a>, <b>");
});

it("a fetch that brings something odd is a failure and no more", async () => {
  const odd = (): Response => ({ status: 7, headers: new Headers(), body: null, type: "basic", redirected: false }) as Response;
  await assert.rejects((await answered(odd)).createVpc({ body: { name: "x" } }), (error) => {
    return error instanceof ServiceUnreachableError && /it brought something that is not an outcome: InvalidArgumentError/.test(error.message);
  });
  const coded = (): never => {
    throw Object.assign(new Error(`of ${BEARER}`), { code: "ECONNRESET" });
  };
  const spoken = (): never => {
    throw new TransportError("dns", `of Bearer ${BEARER}`, { cause: `of ${BEARER}` });
  };
  for (const [thrown, kind] of [[coded, "interrupted"], [spoken, "dns"]] as const) {
    await assert.rejects((await answered(thrown, thrown, thrown, thrown)).createVpc({ body: { name: "x" } }), (error) => {
      assert.ok(error instanceof ServiceUnreachableError && error.cause instanceof TransportError && error.cause.kind === kind);
      return !inspect(error, { depth: 9, showHidden: true }).includes(BEARER);
    });
  }
});

it("every operation is told, and is a method of its client", async () => {
  const all = await operations();
  assert.equal(all.length, 706);
  assert.equal(new Set(all.map(({ id }) => id)).size, 706);
  const classes = { vpc: Vpc, iam: Iam, metadata: Metadata, containers: Containers };
  const own = ["constructor"];
  for (const [name, Class] of Object.entries(classes)) {
    const told = all.filter(({ client }) => client === name);
    const methods = told.flatMap(({ methodName, pages }) => [methodName, ...(pages ? [`${methodName}Pages`, `${methodName}Items`] : [])]);
    assert.deepEqual(Object.getOwnPropertyNames(Class.prototype).filter((key) => !own.includes(key)).sort(), methods.sort());
  }
  const one = all.find(({ id }) => id === "iam_identity.update_profile");
  assert.deepEqual([one?.client, one?.methodName, one?.method, one?.path, one?.auth], ["iam", "updateProfile", "PUT", "/v1/profiles/{profile-id}", "iam"]);
  assert.deepEqual(one?.parameters.map(({ name, in: place, required }) => [name, place, required]), [
    ["profileId", "path", true],
    ["ifMatch", "header", false],
    ["body", "body", false],
  ]);
});

it("requests are built and answers read without a provider", async () => {
  const built = await buildRequest("vpc", "get_vpc", { id: "r006" }, { region: "eu-de", version: "2025-08-26" });
  assert.equal(built.url, "https://eu-de.iaas.cloud.ibm.com/v1/vpcs/r006?version=2025-08-26&generation=2");
  await assert.rejects(buildRequest("vpc", "get_vpc", {}, { region: "eu-de" }), InvalidArgumentError);
  await assert.rejects(buildRequest("vcp" as never, "get_vpc"), /expected vpc, metadata, iam or containers, got "vcp"/);
  const metadata = (await TokenManager.create({ source: "vpc_instance", endpoint: "http://127.0.0.1:7" })).metadataService();
  assert.match((await buildRequest("metadata", "metadata.get_instance", {}, { metadata })).url, /^http:\/\/127\.0\.0\.1:7\/metadata\/v1\/instance\?version=/);
  const body = new TextEncoder().encode('{"id":"r006"}');
  const read = await parseAnswer("vpc.get_vpc", { status: 200, headers: [["content-type", "application/json"], ["ETag", "W/1"]], body });
  assert.deepEqual([read.value, read.etag], [{ id: "r006" }, "W/1"]);
  assert.equal((await parseAnswer("vpc.delete_vpc", { status: 204 })).value, undefined);
  await assert.rejects(parseAnswer("vpc.get_vpc", { status: 404, body: new TextEncoder().encode('{"errors":[{"code":"not_found","message":"m"}]}') }), NotFoundError);
  await assert.rejects(parseAnswer("vpc.get_vcp", { status: 200 }), /did you mean vpc\.get_vpc/);
  const wrong: ReadonlyArray<readonly [unknown, RegExp]> = [
    [{ status: "200" }, /status: expected a number, got string$/],
    [{ status: 65_736 }, /status: expected a number from 100 to 999, got 65736$/],
    [{ status: 200, headers: { date: "x" } }, /headers: expected pairs of name and value, got object$/],
    [{ status: 200, body: "{}" }, /body: expected a Uint8Array, got string$/],
  ];
  for (const [answer, words] of wrong) {
    await assert.rejects(parseAnswer("vpc.get_vpc", answer as never), (error) => error instanceof InvalidArgumentError && words.test(error.message), String(words));
  }
  await assert.rejects(buildRequest(7 as never, "get_vpc"), (error) => error instanceof InvalidArgumentError && /client: expected text, got number$/.test(error.message));
});
