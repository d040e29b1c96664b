/** The program's own requests, over real sockets. */

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type CommonOptions, InternalError, InvalidArgumentError, TokenProvider } from "trusted-profile";
import { memories } from "./instances.js";
import { type Answering, type Arrived, serving } from "./origin.js";
import { QUICK, watched } from "./setting.js";

/** Every fetch brings another token. */
async function counting(t: TestContext, allowedOrigins: readonly string[], options: CommonOptions = {}): Promise<TokenProvider> {
  let count = 0;
  const tokens = await TokenProvider.external(() => ({ accessToken: `token-${(count += 1)}`, expiresIn: 3600 }), { allowedOrigins, policy: QUICK, ...options });
  t.after(() => tokens.dispose());
  return tokens;
}

/** Takes the tokens of this number and later. */
function taking(number: number): Answering {
  return ({ authorization = "" }) => ({ status: Number(/^Bearer token-(\d+)$/.exec(authorization)?.[1] ?? 0) >= number ? 200 : 401 });
}

const authorizations = (arrived: readonly Arrived[]): ReadonlyArray<string | undefined> => arrived.map(({ authorization }) => authorization);

test("a request takes the token along, handed on as a bare function", async (t) => {
  const { origin, arrived } = await serving(t);
  const { fetch } = await counting(t, [origin]);
  for (const input of [`${origin}/text`, new URL(`${origin}/url`), new Request(`${origin}/request`)]) assert.equal((await fetch(input)).status, 200);
  const headers = { authorization: "Basic of-the-program", "x-own": "1" };
  await fetch(`${origin}/init`, { method: "PUT", body: "content", headers });
  assert.deepEqual(arrived.map(({ path }) => path), ["/text", "/url", "/request", "/init"]);
  assert.deepEqual(new Set(authorizations(arrived)), new Set(["Bearer token-1"]));
  assert.deepEqual([arrived[3]?.method, arrived[3]?.body], ["PUT", "content"]);
});

test("an origin that is not allowed gets nothing, not even a request, and no token is fetched for it", async (t) => {
  const [allowed, other] = [await serving(t), await serving(t)];
  const { port } = new URL(allowed.origin);
  const tokens = await counting(t, [allowed.origin]);
  const others = [other.origin, `http://localhost:${port}`, `https://127.0.0.1:${port}`, "http://127.0.0.2", "data:text/plain,x"];
  const unclear = [`${allowed.origin}\\@${new URL(other.origin).host}/`, ` ${allowed.origin}/`, `http:127.0.0.1:${port}/`];
  for (const input of [...others, ...others.map((url) => new URL(url)), ...others.map((url) => new Request(url)), ...unclear]) {
    await assert.rejects(tokens.fetch(input), (error) => {
      assert.ok(error instanceof InvalidArgumentError, String(input));
      assert.match(error.message, /allowedOrigins: a request to .* not allowed \(allowed: http/);
      return true;
    });
  }
  await assert.rejects(tokens.fetch("/relative"), TypeError);
  for (const url of [`http://user:secret@127.0.0.1:${port}/`, new URL(`http://user:secret@127.0.0.1:${port}/`)]) {
    await assert.rejects(tokens.fetch(url), (error) => error instanceof InvalidArgumentError && !error.message.includes("secret"));
  }
  assert.deepEqual([allowed.arrived, other.arrived], [[], []]);
  assert.equal(tokens.peek(), undefined, "nobody asked for a token");
  const none = await counting(t, []);
  await assert.rejects(none.fetch(allowed.origin), /none was named/);
});

test("a 401 has the token replaced, and the request sent once more", async (t) => {
  watched(t);
  for (const body of ["text", new URLSearchParams({ a: "b" }), new Blob(["blob"]), new TextEncoder().encode("bytes"), new TextEncoder().encode("buffer").buffer, undefined]) {
    const { origin, arrived } = await serving(t, taking(2));
    const tokens = await counting(t, [origin]);
    const response = await tokens.fetch(origin, { method: "POST", ...(body === undefined ? {} : { body }) });
    assert.equal(response.status, 200);
    assert.deepEqual(authorizations(arrived), ["Bearer token-1", "Bearer token-2"]);
    assert.equal(arrived[0]?.body, arrived[1]?.body);
    assert.equal(tokens.peek()?.value, "token-2");
  }
});

test("a service that refuses every token gets each request twice at most", async (t) => {
  const { origin, arrived } = await serving(t, () => ({ status: 401, body: "no" }));
  const tokens = await counting(t, [origin]);
  const response = await tokens.fetch(origin);
  assert.deepEqual([response.status, await response.text()], [401, "no"]);
  assert.deepEqual(authorizations(arrived), ["Bearer token-1", "Bearer token-2"]);
  for (let request = 0; request < 5; request += 1) assert.equal((await tokens.fetch(origin)).status, 401);
  assert.deepEqual(new Set(authorizations(arrived.slice(2))), new Set(["Bearer token-2"]), "within the window no further token is fetched");
});

test("a 403 is no reason for another token", async (t) => {
  const { origin, arrived } = await serving(t, () => ({ status: 403 }));
  const tokens = await counting(t, [origin]);
  assert.equal((await tokens.fetch(origin)).status, 403);
  assert.equal(arrived.length, 1);
  assert.equal(tokens.peek()?.generation, 1);
});

test("where there is no other token, the service's refusal is the answer", async (t) => {
  watched(t);
  const { origin } = await serving(t, () => ({ status: 401, body: "who are you?" }));
  let count = 0;
  const callback = (): { accessToken: string; expiresIn: number } => {
    if ((count += 1) > 1) throw new Error("the vault is sealed");
    return { accessToken: "token-1", expiresIn: 3600 };
  };
  const tokens = await TokenProvider.external(callback, { allowedOrigins: [origin], policy: QUICK });
  t.after(() => tokens.dispose());
  const response = await tokens.fetch(origin);
  assert.deepEqual([response.status, await response.text()], [401, "who are you?"]);
});

test("what can be read only once is sent only once", async (t) => {
  const stream = (): ReadableStream => new Blob(["stream"]).stream();
  async function* generated(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode("generated");
  }
  const bodies = [stream(), generated() as unknown as ReadableStream];
  for (const body of bodies) {
    const { origin, arrived } = await serving(t, taking(2));
    const tokens = await counting(t, [origin]);
    const response = await tokens.fetch(origin, { method: "POST", body, duplex: "half" } as RequestInit);
    assert.equal(response.status, 401);
    assert.deepEqual(authorizations(arrived), ["Bearer token-1"]);
  }
});

test("the body of a Request may be too large to be held, so it is sent once", async (t) => {
  for (const init of [undefined, { body: null }]) {
    const { origin, arrived } = await serving(t, taking(2));
    const tokens = await counting(t, [origin]);
    const request = new Request(origin, { method: "POST", body: "content", headers: { "x-own": "1" } });
    assert.equal((await tokens.fetch(request, init)).status, 401);
    assert.deepEqual(arrived.map(({ body }) => body), ["content"]);
  }
  const { origin, arrived } = await serving(t, taking(2));
  assert.equal((await (await counting(t, [origin])).fetch(new Request(origin, { headers: { "x-own": "1" } }))).status, 200);
  assert.equal(arrived.length, 2, "there is no body");
});

test("what the program changes while a token is fetched changes nothing", async (t) => {
  const [allowed, other] = [await serving(t), await serving(t)];
  const tokens = await counting(t, [allowed.origin]);
  const url = new URL(`${allowed.origin}/first`);
  const init = { method: "POST", body: "first" };
  const asked = tokens.fetch(url, init);
  url.href = other.origin;
  init.body = "second";
  assert.equal((await asked).status, 200);
  assert.deepEqual(allowed.arrived.map(({ path, body }) => [path, body]), [["/first", "first"]]);
  assert.equal(other.arrived.length, 0);
});

test("a redirect to another origin loses the token, one within the origin keeps it", async (t) => {
  const elsewhere = await serving(t, () => ({ status: 401 }), "127.0.0.2");
  const answering: Answering = ({ path }) => {
    if (path === "/away") return { status: 302, headers: { location: `${elsewhere.origin}/there` } };
    if (path === "/within") return { status: 307, headers: { location: "/done" } };
    return { status: 200 };
  };
  const { origin, arrived } = await serving(t, answering);
  const tokens = await counting(t, [origin]);
  const away = await tokens.fetch(`${origin}/away`);
  assert.deepEqual([away.status, away.redirected], [401, true]);
  assert.deepEqual(authorizations(elsewhere.arrived), [undefined]);
  assert.equal(tokens.peek()?.generation, 1, "what somebody else refuses is no reason for another token");
  assert.equal((await tokens.fetch(`${origin}/within`)).status, 200);
  assert.deepEqual(authorizations(arrived.filter(({ path }) => path === "/done")), ["Bearer token-1"]);
});

test("whoever aborts gets its own reason, at any time", async (t) => {
  watched(t);
  const reason = { what: "any value" };
  const giveUp = new AbortController();
  const { origin, arrived } = await serving(t, () => {
    giveUp.abort(reason);
    return { status: 401 };
  });
  const tokens = await counting(t, [origin]);
  await assert.rejects(tokens.fetch(origin, { signal: AbortSignal.abort(reason) }), (error) => error === reason);
  assert.equal(arrived.length, 0);
  await assert.rejects(tokens.fetch(origin, { signal: giveUp.signal }), (error) => error === reason);
  const hanging = await TokenProvider.external(() => new Promise(() => undefined), { allowedOrigins: [origin] });
  t.after(() => hanging.dispose());
  const later = new AbortController();
  const asked = hanging.fetch(new Request(origin, { signal: later.signal }));
  later.abort(reason);
  await assert.rejects(asked, (error) => error === reason);
  assert.equal(arrived.length, 1);
});

test("an abort while the next token is fetched is not mistaken for the service's refusal", async (t) => {
  const giveUp = new AbortController();
  const { origin } = await serving(t, () => ({ status: 401 }));
  let count = 0;
  const callback = (): { accessToken: string; expiresIn: number } | Promise<never> => {
    if ((count += 1) === 1) return { accessToken: "token-1", expiresIn: 3600 };
    giveUp.abort(new Error("enough"));
    return new Promise<never>(() => undefined);
  };
  const tokens = await TokenProvider.external(callback, { allowedOrigins: [origin] });
  t.after(() => tokens.dispose());
  await assert.rejects(tokens.fetch(origin, { signal: giveUp.signal }), /enough/);
});

test("the program's own fetch sends, and the platform's of the moment where there is none", async (t) => {
  const sent: string[] = [];
  const own = async (_: unknown, init?: RequestInit): Promise<Response> => {
    sent.push(new Headers(init?.headers).get("authorization") ?? "");
    return new Response("own");
  };
  const tokens = await counting(t, ["https://a.example"], { fetch: own });
  assert.equal(await (await tokens.fetch("https://a.example/x")).text(), "own");
  const others = await counting(t, ["https://a.example"]);
  t.mock.method(globalThis, "fetch", own);
  assert.equal(await (await others.fetch("https://a.example/x")).text(), "own");
  assert.deepEqual(sent, ["Bearer token-1", "Bearer token-1"]);
});

test("a check that fails lets nothing through, and the next one works", async (t) => {
  const { origin, arrived } = await serving(t);
  const tokens = await counting(t, [origin]);
  await tokens.token();
  // The checks of all providers share one that holds no secret.
  for (const memory of memories()) memory.fill(0xff);
  await assert.rejects(tokens.fetch(origin), InternalError);
  assert.equal(arrived.length, 0);
  assert.equal((await tokens.fetch(origin)).status, 200);
});
