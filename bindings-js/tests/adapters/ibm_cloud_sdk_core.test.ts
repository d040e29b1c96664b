/** The adapter for IBM's Node core, with its own clients. */

import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import { Authenticator, BaseService, type UserOptions } from "ibm-cloud-sdk-core";
import { InvalidArgumentError, TokenProvider, UnauthenticatedError } from "trusted-profile";
import { TrustedProfileAuthenticator, type Tokens } from "trusted-profile/adapters/ibm-cloud-sdk-core";
import { Simulator } from "../simulator.js";
import { type Received, Recorder, type Said, numbered, refusing } from "./recorder.js";

interface Asked {
  readonly url?: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly axiosOptions?: Readonly<Record<string, unknown>>;
}

/** As IBM's generator writes its clients. */
class Service extends BaseService {
  override configureService(name: string): void {
    super.configureService(name);
  }

  async ask({ url = "/v1/regions", method = "GET", body, headers = {}, axiosOptions = {} }: Asked = {}): Promise<{ status: number; result: unknown }> {
    const defaultOptions = { ...this.baseOptions, headers, axiosOptions };
    return (await this.createRequest({ options: { url, method, body }, defaultOptions })) as { status: number; result: unknown };
  }
}

async function service(server: Recorder, options: Partial<UserOptions> = {}, tokens?: Tokens, allowed = server.url): Promise<Service> {
  const authenticator = new TrustedProfileAuthenticator(tokens ?? (await numbered()), { allowedOrigins: [allowed] });
  return new Service({ serviceUrl: server.url, ...options, authenticator });
}

const REGIONS = { regions: [{ name: "us-south" }] };
const regions = (): Said => ({ body: JSON.stringify(REGIONS) });
const status = (wanted: number) => (error: { status?: number }) => error.status === wanted;

describe("with the simulator", () => {
  let simulator: Simulator;
  before(async () => {
    simulator = await Simulator.start();
  });
  after(() => simulator.stop());

  it("a client of IAM reads its own profile", async () => {
    const { value } = simulator.seed["api_key"] as { value: string };
    const tokens = await TokenProvider.apiKey(value, { endpoint: simulator.iamUrl });
    const authenticator = new TrustedProfileAuthenticator(tokens, { allowedOrigins: [simulator.iamUrl] });
    const client = new Service({ authenticator, serviceUrl: simulator.iamUrl });
    const profile = simulator.seed.instance_profile;
    const { result } = await client.ask({ url: `/v1/profiles/${profile.id}` });
    assert.equal((result as { iam_id: string }).iam_id, profile.iam_id);
  });

  it("a token that IAM has revoked is replaced", async () => {
    const { value } = simulator.seed["api_key"] as { value: string };
    const tokens = await TokenProvider.apiKey(value, { endpoint: simulator.iamUrl });
    const client = new Service({
      authenticator: new TrustedProfileAuthenticator(tokens, { allowedOrigins: [simulator.iamUrl] }),
      serviceUrl: simulator.iamUrl,
    });
    await simulator.control("POST", "tokens/revoke", { token: (await tokens.token()).value });
    assert.equal((await client.ask({ url: `/v1/profiles/${simulator.seed.instance_profile.id}` })).status, 200);
    assert.equal((await tokens.token()).generation, 2);
  });
});

it("a request carries the token, and what the program adds", async () => {
  await using server = await Recorder.start(regions);
  const client = await service(server);
  assert.deepEqual((await client.ask({ url: "/v1/regions/", headers: { "x-own": "1" } })).result, REGIONS);
  assert.deepEqual(server.authorizations, ["Bearer token-1"]);
  assert.deepEqual([server.received[0]?.path, server.received[0]?.headers["x-own"]], ["/v1/regions", "1"]);
});

it("a request that is refused is sent again once, body and all", async () => {
  await using server = await Recorder.start(refusing(["token-1"], 401, "{}"));
  const client = await service(server);
  await client.ask({ method: "POST", body: { name: "a" } });
  await client.ask({ method: "POST", body: { name: "b" } });
  assert.deepEqual(server.authorizations, ["Bearer token-1", "Bearer token-2", "Bearer token-2"]);
  assert.deepEqual(server.received.map(({ body }) => body), ['{"name":"a"}', '{"name":"a"}', '{"name":"b"}']);
});

it("a compressed body is sent again", async () => {
  await using server = await Recorder.start(refusing(["token-1"]));
  const client = await service(server, { enableGzipCompression: true });
  await client.ask({ method: "POST", body: { name: "a" } });
  assert.deepEqual(server.authorizations, ["Bearer token-1", "Bearer token-2"]);
  assert.equal(server.received[0]?.body, server.received[1]?.body);
  assert.equal(server.received[1]?.headers["content-encoding"], "gzip");
});

it("a stream is sent once", async () => {
  await using server = await Recorder.start(refusing(["token-1"]));
  const client = await service(server);
  await assert.rejects(client.ask({ method: "POST", body: Readable.from(["name"]) }), status(401));
  assert.deepEqual(server.authorizations, ["Bearer token-1"]);
});

it("a second 401 is told", async () => {
  await using server = await Recorder.start(() => ({ status: 401 }));
  const client = await service(server);
  await assert.rejects(client.ask(), status(401));
  assert.deepEqual(server.authorizations, ["Bearer token-1", "Bearer token-2"]);
});

it("a 401 that the program wants to see is one as well", async () => {
  await using server = await Recorder.start(refusing(["token-1"]));
  const client = await service(server, { validateStatus: () => true });
  assert.equal((await client.ask()).status, 200);
  assert.deepEqual(server.authorizations, ["Bearer token-1", "Bearer token-2"]);
});

it("403 is no matter of the token", async () => {
  await using server = await Recorder.start(refusing(["token-1"], 403));
  const client = await service(server);
  for (let at = 0; at < 2; at += 1) await assert.rejects(client.ask(), status(403));
  assert.deepEqual(server.authorizations, ["Bearer token-1", "Bearer token-1"]);
});

it("where there is no other token, the error says why", async () => {
  await using server = await Recorder.start(() => ({ status: 401 }));
  const tokens = await TokenProvider.bearer("token");
  const client = await service(server, {}, tokens);
  await assert.rejects(client.ask(), /unauthenticated: .*no way to get another/s);
  await assert.rejects(client.ask(), UnauthenticatedError);
  assert.deepEqual(server.authorizations, ["Bearer token"]);
});

it("the retries of IBM's core go the same way, each with the token of its time", async () => {
  const tokens = await numbered({ policy: { invalidateWindow: 0 } });
  let asked = 0;
  const answer = (): Said => {
    asked += 1;
    if (asked === 1) tokens.invalidate();
    return asked === 1 ? { status: 503 } : asked === 2 ? { status: 401 } : regions();
  };
  await using server = await Recorder.start(answer);
  const client = await service(server, {}, tokens);
  client.enableRetries({ maxRetries: 2, maxRetryInterval: 0.001 });
  assert.deepEqual((await client.ask()).result, REGIONS);
  assert.deepEqual(server.authorizations, ["Bearer token-1", "Bearer token-2", "Bearer token-3"]);
});

it("an own header for one request is left alone", async () => {
  await using server = await Recorder.start(() => ({ status: 401 }));
  const client = await service(server);
  const parameters = { options: { url: "/", method: "GET", headers: { Authorization: "Bearer own" } }, defaultOptions: { serviceUrl: server.url } };
  await assert.rejects(client["createRequest"](parameters), status(401));
  assert.deepEqual(server.authorizations, ["Bearer own"]);
});

describe("redirects", () => {
  const moved = (to: string) => ({ path }: Received): Said => (path === "/moved" ? { status: 307, headers: { location: to } } : regions());

  it("keep the token within the origin", async () => {
    await using server = await Recorder.start(moved("/v1/elsewhere"));
    const client = await service(server);
    assert.equal((await client.ask({ url: "/moved" })).status, 200);
    assert.deepEqual(server.authorizations, ["Bearer token-1", "Bearer token-1"]);
  });

  it("lose it elsewhere, also where that is allowed for requests, and on the way back", async () => {
    await using server = await Recorder.start(moved("/later"));
    await using other = await Recorder.start(() => ({ status: 307, headers: { location: `${server.url}/back` } }));
    await using first = await Recorder.start(() => ({ status: 307, headers: { location: other.url } }));
    const authenticator = new TrustedProfileAuthenticator(await numbered(), { allowedOrigins: [first.url, other.url, server.url] });
    const client = new Service({ authenticator, serviceUrl: first.url });
    assert.deepEqual((await client.ask()).result, REGIONS);
    assert.deepEqual([...first.authorizations, ...other.authorizations, ...server.authorizations], ["Bearer token-1", undefined, undefined]);
  });

  it("lose it on a host of the same domain, where axios keeps it, and have no token dropped there", async () => {
    const answer = ({ path }: Received): Said => (path === "/there" ? { status: 401 } : { status: 307, headers: { location: there } });
    await using server = await Recorder.start(answer);
    const here = server.url.replace("127.0.0.1", "localhost");
    const there = `${here.replace("localhost", "sub.localhost")}/there`;
    const tokens = await numbered();
    let seen: unknown;
    const beforeRedirect = (options: Record<string, unknown>): void => {
      seen = options["href"];
      // Not every resolver knows it.
      options["hostname"] = "127.0.0.1";
    };
    const client = await service(server, { serviceUrl: here, beforeRedirect }, tokens, here);
    await assert.rejects(client.ask(), status(401));
    assert.deepEqual([server.authorizations, seen], [["Bearer token-1", undefined], there]);
    assert.equal((await tokens.token()).value, "token-1");
  });
});

describe("an origin that is not allowed gets nothing", () => {
  const elsewhere = "https://us-south.iaas.cloud.ibm.com";

  it("from the program", async () => {
    await using server = await Recorder.start();
    const client = await service(server, {}, undefined, elsewhere);
    await assert.rejects(client.ask(), InvalidArgumentError);
    assert.deepEqual(server.received, []);
  });

  it("from a variable", async () => {
    await using server = await Recorder.start();
    const client = await service(server, { serviceUrl: elsewhere }, undefined, elsewhere);
    process.env["TP_TEST_SERVICE_URL"] = server.url;
    try {
      client.configureService("tp_test_service");
    } finally {
      delete process.env["TP_TEST_SERVICE_URL"];
    }
    await assert.rejects(client.ask(), InvalidArgumentError);
    assert.deepEqual(server.received, []);
  });

  it("from an address that takes the place of the service's", async () => {
    await using server = await Recorder.start();
    await using other = await Recorder.start();
    const client = await service(server);
    const error = /allowedOrigins: a request to http:\/\/127\.0\.0\.1:\d+ would take the token to an origin that is not allowed/;
    await assert.rejects(client.ask({ url: `${other.url}/v1` }), error);
    await assert.rejects(client.ask({ axiosOptions: { url: "/v1", baseURL: other.url } }), error);
    assert.deepEqual([...server.received, ...other.received], []);
  });
});

it("what an authenticator has to offer", async () => {
  const tokens = await numbered();
  const authenticator = new TrustedProfileAuthenticator(tokens, { allowedOrigins: ["https://a.example"] });
  assert.ok(authenticator instanceof Authenticator);
  assert.equal(authenticator.authenticationType(), "trustedProfile");
  const request: { headers?: Record<string, string>; serviceUrl: string } = { serviceUrl: "https://a.example/path" };
  await authenticator.authenticate(request);
  assert.deepEqual(request.headers, { Authorization: "Bearer token-1" });
  await assert.rejects(authenticator.authenticate({ serviceUrl: "https://b.example/path" }), /https:\/\/b\.example would take the token/);
  await assert.rejects(authenticator.authenticate({ headers: {} }), /requestOptions: expected a request with its serviceUrl/);
  const none = /allowedOrigins: expected at least one origin/;
  assert.throws(() => new TrustedProfileAuthenticator(tokens, { allowedOrigins: [] }), none);
  assert.throws(() => new TrustedProfileAuthenticator(tokens, undefined as never), none);
  assert.throws(() => new TrustedProfileAuthenticator(tokens, { allowedOrigins: "https://a.example" as never }), /expected a list of origins/);
  assert.throws(() => new TrustedProfileAuthenticator(tokens, { allowedOrigins: ["https://*.example"] }), InvalidArgumentError);
});

it("whoever gives up gets no token and sends nothing", async () => {
  await using server = await Recorder.start();
  const tokens = await TokenProvider.external(() => new Promise(() => undefined));
  const client = await service(server, {}, tokens);
  const asked = client.ask({ axiosOptions: { signal: AbortSignal.abort(new Error("enough")) } });
  await assert.rejects(asked, /enough/);
  assert.deepEqual(server.received, []);
  tokens.dispose();
});
