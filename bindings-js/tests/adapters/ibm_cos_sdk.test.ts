/** The adapter for Cloud Object Storage, with IBM's own library. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import COS, { type S3 } from "ibm-cos-sdk";
import { InvalidArgumentError, TokenProvider, UnauthenticatedError } from "trusted-profile";
import { s3, type Tokens } from "trusted-profile/adapters/ibm-cos-sdk";
import { Simulator } from "../simulator.js";
import { type Received, Recorder, type Said, numbered, refusing } from "./recorder.js";

async function cos(server: Recorder, options: S3.ClientConfiguration = {}, tokens?: Tokens): Promise<S3> {
  return s3(tokens ?? (await numbered()), { allowedOrigins: [server.url], endpoint: server.url, ...options });
}

const OBJECT = { Bucket: "bucket", Key: "key" };
const status = (wanted: number) => (error: { statusCode?: number }) => error.statusCode === wanted;

it("tokens may come from no provider of the package", () => {
  // In a process of its own, where nothing else has loaded the WebAssembly.
  const program = `require("trusted-profile/adapters/ibm-cos-sdk").s3({ token() {}, invalidate() {} }, { allowedOrigins: ["https://a.example"], endpoint: "https://a.example" });`;
  const { status, stderr } = spawnSync(process.execPath, ["-e", program], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
});

describe("with the simulator", () => {
  let simulator: Simulator;
  let tokens: TokenProvider;
  let client: S3;
  let bucket: string;
  before(async () => {
    simulator = await Simulator.start();
    bucket = simulator.seed["bucket"] as string;
    tokens = await TokenProvider.vpcInstance({ endpoint: simulator.metadataUrl });
    const endpoint = simulator.objectStoreUrl;
    client = s3(tokens, { allowedOrigins: [endpoint], endpoint });
  });
  after(() => simulator.stop());

  it("objects are read, written and listed with one token", async () => {
    assert.equal(String((await client.getObject({ Bucket: bucket, Key: "greeting.txt" }).promise()).Body), "hello\n");
    await client.putObject({ Bucket: bucket, Key: "new.txt", Body: "new" }).promise();
    await client.upload({ Bucket: bucket, Key: "newer.txt", Body: Buffer.from("newer") }).promise();
    const { Contents } = await client.listObjectsV2({ Bucket: bucket }).promise();
    assert.deepEqual(Contents?.map(({ Key }) => Key), ["greeting.txt", "new.txt", "newer.txt"]);
    assert.equal(String((await client.getObject({ Bucket: bucket, Key: "newer.txt" }).promise()).Body), "newer");
    const chunks: Buffer[] = [];
    for await (const chunk of client.getObject({ Bucket: bucket, Key: "new.txt" }).createReadStream()) chunks.push(chunk as Buffer);
    assert.equal(Buffer.concat(chunks).toString(), "new");
    assert.deepEqual([(await tokens.token()).generation, await simulator.exchanges()], [1, 1]);
  });

  it("a bucket of others stays closed", async () => {
    await assert.rejects(client.getObject({ Bucket: "of-others", Key: "greeting.txt" }).promise(), { code: "AccessDenied" });
  });

  it("a token that is refused is replaced", async () => {
    await simulator.control("POST", "tokens/reject", { token: (await tokens.token()).value });
    assert.equal(String((await client.getObject({ Bucket: bucket, Key: "greeting.txt" }).promise()).Body), "hello\n");
    assert.equal((await tokens.token()).generation, 2);
  });
});

for (const [name, body] of [["text", "body"], ["buffer", Buffer.from("body")], ["typed array", new Uint8Array([98, 111, 100, 121])]] as const) {
  it(`a body of ${name} is sent again`, async () => {
    await using server = await Recorder.start(refusing(["token-1"]));
    await (await cos(server)).putObject({ ...OBJECT, Body: body }).promise();
    assert.deepEqual(server.authorizations, ["Bearer token-1", "Bearer token-2"]);
    assert.deepEqual(server.received.map((received) => received.body), ["body", "body"]);
  });
}

it("a stream is sent once", async () => {
  await using server = await Recorder.start(refusing(["token-1"]));
  const body = { Body: Readable.from(["body"]), ContentLength: 4 };
  await assert.rejects((await cos(server)).putObject({ ...OBJECT, ...body }).promise(), status(401));
  assert.deepEqual(server.authorizations, ["Bearer token-1"]);
});

it("a second 401 is told", async () => {
  await using server = await Recorder.start(() => ({ status: 401 }));
  const client = await cos(server);
  for (let at = 0; at < 2; at += 1) await assert.rejects(client.getObject(OBJECT).promise(), status(401));
  assert.deepEqual(server.authorizations, ["Bearer token-1", "Bearer token-2", "Bearer token-2"]);
});

it("a request is tried again only once", async () => {
  await using server = await Recorder.start(refusing(["token-1", "token-2"]));
  const client = await cos(server, {}, await numbered({ policy: { invalidateWindow: 0 } }));
  await assert.rejects(client.getObject(OBJECT).promise(), status(401));
  assert.deepEqual(server.authorizations, ["Bearer token-1", "Bearer token-2"]);
});

it("403 is no matter of the token", async () => {
  await using server = await Recorder.start(refusing(["token-1"], 403));
  const client = await cos(server);
  for (let at = 0; at < 2; at += 1) await assert.rejects(client.getObject(OBJECT).promise(), status(403));
  assert.deepEqual(server.authorizations, ["Bearer token-1", "Bearer token-1"]);
});

it("where there is no token, the error is the provider's", async () => {
  await using server = await Recorder.start(() => ({ status: 401 }));
  const client = await cos(server, {}, await TokenProvider.bearer("token"));
  for (let at = 0; at < 2; at += 1) {
    await assert.rejects(client.getObject(OBJECT).promise(), (error) => error instanceof UnauthenticatedError && /no way to get another/.test(error.message));
  }
  assert.deepEqual(server.authorizations, ["Bearer token"]);
});

it("callbacks get what promises get", async () => {
  await using server = await Recorder.start();
  const client = await cos(server);
  const put = await new Promise((resolve) => client.putObject({ ...OBJECT, Body: "body" }, (error) => resolve(error)));
  const uploaded = await new Promise((resolve) => client.upload({ ...OBJECT, Body: "body" }, (error) => resolve(error)));
  const sized = await new Promise((resolve) => client.upload({ ...OBJECT, Body: "body" }, { queueSize: 1 }, (error) => resolve(error)));
  assert.deepEqual([put, uploaded, sized], [null, null, null]);
  assert.deepEqual(server.authorizations, Array(3).fill("Bearer token-1"));
});

it("the instance of the service is named where it has to be", async () => {
  await using server = await Recorder.start();
  const client = await cos(server, { serviceInstanceId: "crn:of-cos" });
  await client.listBuckets().promise();
  await client.headObject(OBJECT).promise();
  await (await cos(server)).listBuckets().promise();
  assert.deepEqual(server.received.map(({ headers }) => headers["ibm-service-instance-id"]), ["crn:of-cos", undefined, undefined]);
});

it("requests that shall go without a token do", async () => {
  await using server = await Recorder.start();
  const client = await cos(server);
  await client.makeUnauthenticatedRequest("getObject", OBJECT).promise();
  assert.deepEqual(server.authorizations, [undefined]);
});

describe("an origin that is not allowed gets nothing", () => {
  it("from the program", async () => {
    await using server = await Recorder.start();
    const client = s3(await numbered(), { allowedOrigins: ["https://s3.example"], endpoint: server.url });
    const error = (thrown: Error) => thrown instanceof InvalidArgumentError && thrown.message.includes(`a request to ${server.url} would take`);
    await assert.rejects(client.getObject(OBJECT).promise(), error);
    await assert.rejects(client.upload({ ...OBJECT, Body: "body" }).promise(), error);
    assert.deepEqual(server.received, []);
  });

  it("with the bucket in the host name", async () => {
    await using server = await Recorder.start();
    const here = server.url.replace("127.0.0.1", "localhost");
    const client = s3(await numbered(), { allowedOrigins: [here], endpoint: here, s3ForcePathStyle: false });
    await assert.rejects(client.getObject(OBJECT).promise(), { message: new RegExp(`a request to ${here.replace("//", "//bucket.")} would take`) });
    assert.deepEqual(server.received, []);
  });

  it("by a redirect, be it allowed for requests or not", async () => {
    await using other = await Recorder.start();
    await using server = await Recorder.start(() => ({ status: 307, headers: { location: other.url } }));
    await assert.rejects((await cos(server)).getObject(OBJECT).promise(), InvalidArgumentError);
    assert.deepEqual(other.received, []);
  });

  it("by an upload that the program makes around the client", async () => {
    await using server = await Recorder.start();
    const upload = new COS.S3.ManagedUpload({ service: await cos(server), params: { ...OBJECT, Body: "body" } });
    await assert.rejects(upload.promise(), /allowedOrigins: nobody checks where this request goes/);
    assert.deepEqual(server.received, []);
  });
});

it("origins that cannot be used", async () => {
  const tokens = await numbered();
  assert.throws(() => s3(tokens, { allowedOrigins: [] }), /allowedOrigins: expected at least one origin/);
  assert.throws(() => s3(tokens, { allowedOrigins: ["http://s3.example"] }), InvalidArgumentError);
  const allowedOrigins = ["https://s3.example"];
  for (const name of ["apiKeyId", "accessKeyId", "secretAccessKey", "sessionToken", "credentials", "credentialProvider"]) {
    const given = { allowedOrigins, [name]: "key-0123456789" };
    assert.throws(() => s3(tokens, given), (error) => {
      assert.ok(error instanceof InvalidArgumentError && error.summary.startsWith(`${name}: expected no credentials`), String(error));
      return !error.message.includes("key-0123456789");
    });
    s3(tokens, { allowedOrigins, [name]: undefined });
  }
});

it("requests that are refused together share the next token", async () => {
  let arrived = 0;
  let everybody = (): void => undefined;
  const together = new Promise<void>((resolve) => (everybody = resolve));
  const answer = async ({ headers }: Received): Promise<Said> => {
    if (headers.authorization !== "Bearer token-1") return {};
    arrived += 1;
    if (arrived === 8) everybody();
    await together;
    return { status: 401 };
  };
  await using server = await Recorder.start(answer);
  const client = await cos(server);
  await Promise.all(Array.from({ length: 8 }, () => client.getObject(OBJECT).promise()));
  assert.deepEqual(server.authorizations, [...Array(8).fill("Bearer token-1"), ...Array(8).fill("Bearer token-2")]);
});
