/** The provider as programs use it. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  ClosedError,
  CrTokenUnavailableError,
  DeadlineExceededError,
  InvalidArgumentError,
  ServiceUnreachableError,
  TokenProvider,
} from "trusted-profile";
import { TokenManager, TransportError } from "trusted-profile/sansio";
import { Simulator } from "../simulator.js";
import { clockAhead, QUICK, served, simulated, watched } from "./setting.js";

test("a token of an instance", async (t) => {
  const { tokens, simulator } = await simulated(t);
  const token = await tokens.token();
  assert.equal(token.authorization, `Bearer ${token.value}`);
  assert.equal((await tokens.unverifiedClaims())?.["iam_id"], simulator.seed.instance_profile.iam_id);
  assert.equal(await tokens.token(), token, "handed out without a fetch");
  assert.equal(tokens.peek(), token);
  assert.deepEqual([token.slot, token.generation, await simulator.exchanges()], ["iam", 1, 1]);
  assert.equal((await tokens.identityToken()).slot, "identity");
});

test("a token of a pod", async (t) => {
  const simulator = await Simulator.start();
  const folder = mkdtempSync(join(tmpdir(), "trusted-profile-"));
  t.after(async () => {
    await simulator.stop();
    rmSync(folder, { recursive: true });
  });
  const crTokenFile = await simulator.tokenFile(folder);
  const tokens = await TokenProvider.container({ profileId: simulator.seed.pod_profile.id, crTokenFile, endpoint: simulator.iamUrl });
  assert.equal((await tokens.unverifiedClaims())?.["iam_id"], simulator.seed.pod_profile.iam_id);
  tokens.dispose();
});

test("100 promises are one exchange", async (t) => {
  watched(t);
  const { tokens, simulator } = await simulated(t);
  await simulator.fault("metadata", { kind: "latency", ms: 50 });
  const found = await Promise.all(Array.from({ length: 100 }, () => tokens.token()));
  assert.equal(new Set(found).size, 1);
  assert.deepEqual([await simulator.count("metadata", "/identity/v1/token", "PUT"), await simulator.exchanges()], [1, 1]);
});

test("one failed round answers everybody, each with an error of its own", async (t) => {
  watched(t);
  const { tokens, service } = await served(t, { policy: { maxAttempts: 1 } });
  const asked = Array.from({ length: 10 }, () => tokens.token());
  (await service.next()).answer(500);
  const outcomes = await Promise.allSettled(asked);
  assert.equal(new Set(outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason)).size, 10);
  assert.equal(service.count, 1);
});

test("many callers may wait with the same signal", async (t) => {
  const { warnings } = watched(t);
  const { tokens, service } = await served(t);
  const [together, alone] = [new AbortController(), new AbortController()];
  const callers = Array.from({ length: 50 }, () => tokens.token({ signal: together.signal }));
  const other = tokens.token({ signal: alone.signal });
  const exchange = await service.next();
  const reason = new Error("that is all");
  together.abort(reason);
  for (const outcome of await Promise.allSettled(callers)) assert.equal(outcome.status === "rejected" && outcome.reason, reason);
  exchange.grant("token-1");
  assert.equal((await other).value, "token-1");
  assert.deepEqual(warnings, []);
});

test("whoever gives up gets its own reason and harms nobody", async (t) => {
  watched(t);
  const { tokens, service } = await served(t);
  const before = new Error("before");
  await assert.rejects(tokens.token({ signal: AbortSignal.abort(before) }), (error) => error === before);
  assert.equal(service.count, 0);

  const during = new AbortController();
  const given = tokens.token({ signal: during.signal });
  const other = tokens.token();
  const asked = await service.next();
  const reason = { what: "any value" };
  during.abort(reason);
  await assert.rejects(given, (error) => error === reason);
  asked.grant("token-1");
  assert.equal((await other).value, "token-1");
  assert.equal(service.count, 1);
  await assert.rejects(tokens.token({ signal: during.signal }), (error) => error === reason, "also where there is a token");
});

test("a caller's own time", async (t) => {
  watched(t);
  const { tokens, service } = await served(t);
  await assert.rejects(tokens.token({ timeout: 0 }), (error) => {
    assert.ok(error instanceof DeadlineExceededError);
    assert.match(error.message, /within the 0 ms that the caller allowed; the fetch goes on$/);
    assert.deepEqual([error.kind, error.transient], ["unreachable", true]);
    return true;
  });
  (await service.next()).grant("token-1");
  assert.equal((await tokens.token({ timeout: 10_000 })).value, "token-1");
  assert.equal(service.count, 1);
});

test("a caller's own time tells of the last failure", async (t) => {
  watched(t);
  const { tokens, service } = await served(t, { policy: QUICK });
  const failed = tokens.token();
  for (let attempt = 0; attempt < 2; attempt += 1) (await service.next()).fail(new Error("the network is away"));
  await assert.rejects(failed, ServiceUnreachableError);
  await assert.rejects(tokens.token({ timeout: 0 }), (error) => {
    assert.ok(error instanceof DeadlineExceededError);
    assert.match(error.message, /the fetch goes on; the last failure: service_unreachable: /);
    return true;
  });
});

test("a crowd that comes during a request shares its outcome, and whoever leaves is not kept", async (t) => {
  watched(t);
  const { tokens, service } = await served(t, { policy: { ...QUICK, maxAttempts: 1 } });
  const first = tokens.token();
  const crowd = Array.from({ length: 20 }, () => tokens.token());
  const leaving = new AbortController();
  const left = tokens.token({ signal: leaving.signal });
  leaving.abort(new Error("gone"));
  await assert.rejects(left, /gone/);
  await assert.rejects(tokens.token({ timeout: 0 }), DeadlineExceededError);
  (await service.next()).fail(new Error("the network is away"));
  for (const caller of [first, ...crowd]) await assert.rejects(caller, ServiceUnreachableError);
  assert.equal(service.count, 1, "nobody began a round of their own");
});

test("a crowd whose provider is closed is told so", async (t) => {
  watched(t);
  const { tokens, service } = await served(t);
  const crowd = Array.from({ length: 5 }, () => tokens.token());
  await service.next();
  tokens.dispose();
  for (const caller of crowd) await assert.rejects(caller, ClosedError);
});

test("classes have their names, also from a bundle", () => {
  assert.deepEqual([TokenProvider.name, TokenManager.name], ["TokenProvider", "TokenManager"]);
});

test("a fetch goes on to its end without its caller, through both of its requests", async (t) => {
  const fetched: string[] = [];
  const { promise, resolve } = settled();
  const { tokens, simulator } = await simulated(t);
  tokens.onEvent = (event) => {
    if (event.event === "fetched") fetched.push(event.slot);
    if (fetched.length === 2) resolve();
  };
  await assert.rejects(tokens.token({ timeout: 0 }), DeadlineExceededError);
  await promise;
  assert.deepEqual(fetched, ["identity", "iam"]);
  assert.ok(tokens.peek() !== undefined);
  assert.equal(await simulator.exchanges(), 1);
});

test("in the refresh window the token is handed out at once, and replaced in the background", async (t) => {
  watched(t);
  const { tokens, service } = await served(t);
  const first = tokens.token();
  (await service.next()).grant("token-1");
  await first;
  clockAhead(t, 0.9 * 3_600_000);
  assert.equal(tokens.peek()?.value, "token-1");
  const due = await Promise.all(Array.from({ length: 10 }, () => tokens.token()));
  assert.deepEqual(new Set(due.map((token) => token.value)), new Set(["token-1"]));
  const told = settled();
  tokens.onEvent = told.resolve;
  (await service.next()).fail(new Error("the network is away"));
  await told.promise;
  assert.equal((await tokens.token()).value, "token-1", "a refresh that failed delays nobody");
  assert.equal(service.count, 2);
});

test("a refresh goes through both of its requests by itself", async (t) => {
  const { tokens, simulator } = await simulated(t);
  await tokens.token();
  clockAhead(t, 0.9 * 3_600_000);
  const refreshed = settled();
  tokens.onEvent = ({ event }) => event === "refreshed" && refreshed.resolve();
  assert.equal((await tokens.token()).generation, 1);
  await refreshed.promise;
  assert.equal((await tokens.token()).generation, 2);
  assert.deepEqual([await simulator.count("metadata", "/identity/v1/token", "PUT"), await simulator.exchanges()], [2, 2]);
});

test("peek past the end", async (t) => {
  const { tokens, service } = await served(t);
  const first = tokens.token();
  (await service.next()).grant("token-1");
  await first;
  clockAhead(t, 3_600_000);
  assert.equal(tokens.peek(), undefined);
  const next = tokens.token();
  (await service.next()).grant("token-2");
  assert.equal((await next).generation, 2);
});

test("invalidate", async (t) => {
  const { tokens, simulator } = await simulated(t);
  tokens.invalidate();
  const first = await tokens.token();
  tokens.invalidate(first);
  assert.equal(tokens.peek(), undefined);
  const second = await tokens.token();
  tokens.invalidate(first);
  assert.equal(tokens.peek(), second, "a newer token stays");
  tokens.invalidate();
  const third = await tokens.token();
  assert.deepEqual([second.generation, third.generation, await simulator.exchanges()], [2, 3, 3]);
  assert.equal(await simulator.count("metadata", "/identity/v1/token", "PUT"), 2, "a second refusal drops the token below as well");
  tokens.invalidate();
  assert.equal(tokens.peek(), third, "a service that refuses every token has no more of them fetched");
  assert.equal((await tokens.token()).value, third.value);
  assert.equal(await simulator.exchanges(), 3);
});

test("a token of another provider is not mistaken for one's own", async (t) => {
  const [{ tokens, service }, other] = [await served(t), await TokenProvider.external(() => ({ accessToken: "another", expiresIn: 60 }))];
  const own = tokens.token();
  (await service.next()).grant("token-1");
  await own;
  tokens.invalidate(await other.token());
  assert.equal((await tokens.token({ timeout: 0 })).value, "token-1");
  assert.equal(service.count, 1);
  other.dispose();
});

test("a failure says why, keeps its cause, and heals", async (t) => {
  watched(t);
  const { tokens, service } = await served(t, { policy: QUICK });
  const failed = tokens.token();
  const broken = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
  for (let attempt = 0; attempt < 2; attempt += 1) (await service.next()).fail(broken);
  await assert.rejects(failed, (error) => {
    assert.ok(error instanceof ServiceUnreachableError);
    assert.deepEqual([error.name, error.code, error.kind], ["ServiceUnreachableError", "service_unreachable", "unreachable"]);
    assert.deepEqual([error.transient, error.attempts, error.status], [true, 2, undefined]);
    assert.ok(error.cause instanceof TransportError && error.cause.kind === "interrupted");
    assert.deepEqual([error.cause.detail, (error.cause.cause as { code?: string }).code], ["ECONNRESET", "ECONNRESET"]);
    assert.ok(error.causes[0] !== undefined && error.message.includes(error.causes[0].fix));
    return true;
  });
  const healed = tokens.token();
  (await service.next()).grant("token-1");
  assert.equal((await healed).value, "token-1");
});

test("an answer is nobody's cause but the service's", async (t) => {
  const { tokens, service } = await served(t, { policy: QUICK });
  const failed = tokens.token();
  (await service.next()).fail(new Error("the first attempt"));
  (await service.next()).answer(403, '{"errorCode":"BXNIM0000E","errorMessage":"no"}');
  await assert.rejects(failed, (error: Error & { status?: number }) => error.status === 403 && error.cause === undefined);
});

test("a transport that brings rubbish", async (t) => {
  watched(t);
  const unknown = (): never => {
    throw new TransportError("no such kind" as never, 5 as never);
  };
  for (const fetch of [unknown, async () => undefined, async () => ({}), async () => ({ status: "200", headers: [], body: null }), () => null]) {
    const tokens = await TokenProvider.apiKey("key", { endpoint: "https://iam.example", fetch: fetch as never, policy: QUICK });
    // Well before anybody would miss an outcome.
    await assert.rejects(tokens.token(), (error) => error instanceof ServiceUnreachableError && error.elapsed < 10_000);
    tokens.dispose();
  }
});

test("a provider that is disposed of while it refreshes, and a refresh that comes to nothing", async (t) => {
  watched(t);
  for (const end of ["dispose", "fail"] as const) {
    const { tokens, service } = await served(t);
    const first = tokens.token();
    (await service.next()).grant("token-1");
    await first;
    clockAhead(t, 0.9 * 3_600_000);
    assert.equal((await tokens.token()).value, "token-1");
    const refresh = await service.next();
    if (end === "dispose") tokens.dispose();
    else refresh.fail(Symbol("anything"));
    t.mock.restoreAll();
  }
});

test("a fetch that never ends, whatever its signal says, is given up", async (t) => {
  const signals: AbortSignal[] = [];
  const policy = { ...QUICK, maxAttempts: 1, remote: { connect: 1, attempt: 5, round: 10_000 } };
  const fetch = (_: unknown, init?: RequestInit): Promise<Response> => {
    if (init?.signal instanceof AbortSignal) signals.push(init.signal);
    return new Promise(() => undefined);
  };
  const tokens = await TokenProvider.apiKey("key", { endpoint: "https://iam.example", fetch, policy });
  t.after(() => tokens.dispose());
  await assert.rejects(tokens.token(), /no answer within 5 ms/);
  assert.deepEqual(signals.map((signal) => signal.aborted), [true]);
});

test("a file that is read by the program", async (t) => {
  const found: unknown[] = [5, undefined, { path: "/t", text: 5 }, { path: "/t", problem: "denied" }, "", "cr-token", { path: "/t", text: "cr-token" }];
  for (const [number, read] of found.entries()) {
    const { tokens, service } = await servedPod(t, async () => read);
    if (number < found.length - 2) {
      await assert.rejects(tokens.token(), { code: "cr_token_unavailable" });
    } else {
      const token = tokens.token();
      const asked = await service.next();
      assert.match(String(asked.init.body), /cr_token=cr-token/);
      asked.grant("token-1");
      assert.equal((await token).value, "token-1");
    }
  }
  const { tokens } = await servedPod(t, () => Promise.reject(new RangeError("out of order")));
  await assert.rejects(tokens.token(), /readFile threw RangeError/);
});

test("why a file could not be read by the program is told", async (t) => {
  const coded = (code: string) => async (): Promise<never> => Promise.reject(Object.assign(new Error(`${code}: no`), { code }));
  const reads: ReadonlyArray<readonly [() => Promise<unknown>, RegExp]> = [
    [coded("ENOENT"), /\/t: not found/],
    [coded("EACCES"), /\/t: (?!not found)/],
    [async () => " \n", /\/t: empty/],
    [async () => null, /readFile returned null, expected text or/],
    [async () => 5, /readFile returned number, expected text or/],
  ];
  for (const [read, message] of reads) {
    const { tokens } = await servedPod(t, read);
    await assert.rejects(tokens.token(), (error) => error instanceof CrTokenUnavailableError && (assert.match(error.message, message), true));
  }
});

test("a cause is that of this failure, not of one that is over", async (t) => {
  let read: unknown = { path: "/t", text: "cr-token" };
  const { tokens, service } = await servedPod(t, async () => read);
  const unreachable = tokens.token();
  for (let attempt = 0; attempt < 2; attempt += 1) (await service.next()).fail(new Error("the network is away"));
  await assert.rejects(unreachable, (error) => error instanceof ServiceUnreachableError && error.cause instanceof TransportError);
  read = { path: "/t", problem: "denied" };
  await assert.rejects(tokens.token(), (error) => error instanceof CrTokenUnavailableError && error.cause === undefined);
});

test("a provider says what it is, and no secret", async (t) => {
  const { tokens, service } = await served(t);
  const token = tokens.token();
  (await service.next()).grant("token-1");
  await token;
  const described = tokens.describe();
  assert.equal(described.reason, "the program named it");
  assert.equal(described.source, "api_key: endpoint https://iam.example");
  assert.match(described.transport, /fetch/);
  assert.deepEqual(described.status.slots.map(({ slot, generation }) => [slot, generation]), [["iam", 1]]);
  assert.doesNotMatch(JSON.stringify(described), /token-1|api-key/);
});

test("a step that the source does not have", async (t) => {
  const { tokens } = await served(t);
  await assert.rejects(tokens.identityToken(), (error) => error instanceof InvalidArgumentError && /has no identity token/.test(error.message));
});

function settled(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

async function servedPod(t: import("node:test").TestContext, readFile: () => Promise<unknown>): ReturnType<typeof served> {
  const { service, tokens: unused } = await served(t);
  unused.dispose();
  const options = { profileId: "Profile-1", crTokenFile: "/t", endpoint: "https://iam.example", policy: { ...QUICK, emptyFileGrace: 0 } };
  const tokens = await TokenProvider.container({ ...options, fetch: service.fetch, readFile: readFile as never });
  t.after(() => tokens.dispose());
  return { tokens, service };
}
