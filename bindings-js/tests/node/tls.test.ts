/** Real TLS: the right certificate works, each wrong one is refused by its name, and nothing goes out in the clear. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type Server, type Socket, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  type CommonOptions, MetadataUnreachableError, type PolicyOptions, ServiceUnreachableError, type SourceOptions, TlsFailedError, TokenProvider,
} from "trusted-profile";
import { Simulator } from "../simulator.js";
import type { Given, Shown } from "./programs/fetching.js";

const PROGRAM = fileURLToPath(new URL("programs/fetching.mjs", import.meta.url));
const PATIENT = { connect: 5000, attempt: 10_000, round: 30_000 };
const CALM: PolicyOptions = { linkLocal: PATIENT, remote: PATIENT, maxAttempts: 3, backoffBase: 5, backoffMax: 20, cooldown: 0 };

const UNKNOWN = ["the certificate's issuer is not trusted", "the issuing CA is not among the trusted ones"] as const;
const NAME = ["the certificate is for another name", "the certificate is for another name"] as const;
const CLOCK = ["the certificate is expired or not yet valid", "this machine's clock is wrong"] as const;
const WRONG = { other_authority: UNKNOWN, wrong_name: NAME, expired: CLOCK, not_yet_valid: CLOCK } as const;

/** Services that speak TLS, and their authority as a file. */
class Secured {
  private constructor(readonly simulator: Simulator, readonly metadata: string, readonly iam: string, readonly folder: string) {}

  static async start(t: TestContext): Promise<Secured> {
    const simulator = await Simulator.start("--tls");
    const folder = mkdtempSync(join(tmpdir(), "trusted-profile-tls-"));
    t.after(async () => {
      rmSync(folder, { recursive: true });
      await simulator.stop();
    });
    await simulator.control("PATCH", "instances/primary", { protocol: "https" });
    const { metadata_https_url: metadata, iam_https_url: iam, ca_certificate_pem: pem } = simulator.overview;
    writeFileSync(join(folder, "ca.pem"), pem);
    assert.ok(metadata !== null && iam !== null);
    return new Secured(simulator, metadata, iam, folder);
  }

  get ca(): string {
    return this.simulator.overview.ca_certificate_pem;
  }

  get instance(): SourceOptions {
    return { source: "vpc_instance", endpoint: this.metadata };
  }

  key(endpoint: string = this.iam): SourceOptions {
    return { source: "api_key", apiKey: this.simulator.seed.api_key.value, endpoint };
  }

  /** By `node:https` to an address and to a name, and by `fetch`, for a public host. */
  get wishes(): SourceOptions[] {
    return [this.instance, this.key(), this.key(this.iam.replace("127.0.0.1", "localhost")), this.key(this.iam.replace("127.0.0.1", "iam.simulated.invalid"))];
  }

  async journal(): Promise<ReadonlyArray<{ readonly tls: boolean }>> {
    return ((await this.simulator.control("GET", "journal")) as { entries: Array<{ readonly tls: boolean }> }).entries;
  }

  /** What a program gets that has this environment and nothing else. */
  async shown(given: Given, environment: Readonly<Record<string, string>>): Promise<Shown> {
    const program = spawn(process.execPath, [PROGRAM], { env: { ...environment, NODE_NO_WARNINGS: "1" }, stdio: ["pipe", "pipe", "inherit"] });
    program.stdin.end(JSON.stringify({ options: { policy: CALM }, ...given }));
    return JSON.parse(await text(program.stdout)) as Shown;
  }

  get trusted(): Record<string, string> {
    return { NODE_EXTRA_CA_CERTS: join(this.folder, "ca.pem") };
  }
}

async function failureOf(source: SourceOptions, options: CommonOptions): Promise<unknown> {
  const tokens = await TokenProvider.from(source, { policy: CALM, ...options });
  try {
    return (await tokens.token()).slot;
  } catch (error) {
    return error;
  } finally {
    tokens.dispose();
  }
}

function assertRefused({ outcomes }: Shown, count: number, [failure, firstCause]: readonly [string, string]): void {
  assert.equal(outcomes.length, count);
  for (const outcome of outcomes) {
    assert.ok("name" in outcome, "a token came");
    assert.equal(outcome.name, TlsFailedError.name, outcome.message);
    assert.ok(outcome.message.includes(failure), outcome.message);
    assert.deepEqual([outcome.attempts, outcome.transient], [1, false], "no use in trying again");
    assert.ok(outcome.causes[0]?.startsWith(firstCause), outcome.message);
  }
}

test("certificates of an authority that was named work", async (t) => {
  const secured = await Secured.start(t);
  for (const source of [secured.instance, secured.key()]) assert.equal(await failureOf(source, { ca: secured.ca }), "iam");
  for (const source of [secured.instance, secured.key()]) assert.equal(await failureOf(source, { ca: [secured.ca] }), "iam");
  for (const bytes of [Buffer.from(secured.ca), [new TextEncoder().encode(secured.ca)]]) assert.equal(await failureOf(secured.instance, { ca: bytes }), "iam");
  const entries = await secured.journal();
  assert.ok(entries.length === 10 && entries.every(({ tls }) => tls));
});

test("an authority that nobody named is refused", async (t) => {
  const secured = await Secured.start(t);
  const shown = await secured.shown({ wishes: secured.wishes, control: secured.iam }, {});
  assertRefused(shown, 4, UNKNOWN);
  assert.ok(typeof shown.control === "string", "the control");
  assert.deepEqual(await secured.journal(), []);
});

test("NODE_EXTRA_CA_CERTS names authorities", async (t) => {
  const secured = await Secured.start(t);
  // The public host has a name that is none of the certificate's.
  const wishes = secured.wishes.slice(0, 3);
  const { outcomes } = await secured.shown({ wishes }, secured.trusted);
  assert.ok(outcomes.every((outcome) => "token" in outcome), JSON.stringify(outcomes));
  assert.equal((await secured.journal()).length, 4);
  assertRefused(await secured.shown({ wishes: secured.wishes.slice(3) }, secured.trusted), 1, NAME);
});

for (const [certificate, refusal] of Object.entries(WRONG)) {
  test(`a certificate that is wrong (${certificate}) is refused by its name`, async (t) => {
    const secured = await Secured.start(t);
    await secured.simulator.control("PATCH", "settings", { certificate });
    // A name that is wrong as well is not what is told of a certificate that is not valid at all.
    assertRefused(await secured.shown({ wishes: secured.wishes }, secured.trusted), 4, refusal);
    assert.deepEqual(await secured.journal(), [], "nothing was said before the certificate was checked, nor in the clear after");
    await secured.simulator.control("PATCH", "settings", { certificate: "valid" });
    assert.equal(await failureOf(secured.instance, { ca: secured.ca }), "iam");
  });
}

test("NODE_TLS_REJECT_UNAUTHORIZED=0 has no say, neither for node:https nor for public hosts", async (t) => {
  const secured = await Secured.start(t);
  const shown = await secured.shown({ wishes: secured.wishes, control: secured.iam }, { NODE_TLS_REJECT_UNAUTHORIZED: "0" });
  assert.equal(shown.control, 404, "the control: the program's own requests go to whomever");
  assertRefused(shown, 4, UNKNOWN);
  assert.equal((await secured.journal()).length, 1);
});

test("a service that speaks no TLS is refused", async (t) => {
  const secured = await Secured.start(t);
  const plain = secured.simulator.iamUrl.replace("http:", "https:");
  const error = await failureOf(secured.key(plain), {});
  assert.ok(error instanceof TlsFailedError, String(error));
  assert.match(error.message, /the TLS handshake failed.*\n +1\. the other side does not speak TLS/);
  assert.deepEqual(await secured.journal(), [], "no credential went out in the clear");
});

/** A way to a port of this machine that ends after so many bytes of what the service says, or is silent from there. */
class Cut {
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(port: number, after: number, isSilent: boolean) {
    this.#server = createServer((client) => {
      this.connections += 1;
      const service = connect(port, "127.0.0.1");
      for (const socket of [client, service]) this.#sockets.add(socket.on("error", () => undefined));
      let left = after;
      const stop = (): void => {
        service.destroy();
        if (!isSilent) client.end();
      };
      if (left === 0) return stop();
      client.pipe(service);
      service.on("data", (chunk: Buffer) => {
        client.write(chunk.subarray(0, left));
        left -= Math.min(left, chunk.length);
        if (left === 0) stop();
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `https://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

test("a handshake that is not brought to its end is a network that fails: another attempt may help", async (t) => {
  const secured = await Secured.start(t);
  const port = Number(new URL(secured.iam).port);
  const cuts = [0, 40, 700].flatMap((after) => [false, true].map((isSilent) => ({ after, isSilent })));
  await Promise.all(cuts.map(async ({ after, isSilent }) => {
    const cut = new Cut(port, after, isSilent);
    t.after(() => cut.close());
    // Silence is waited out; an end has to be noticed, so that its time is one that is never reached.
    const attempt = isSilent ? 1500 : 30_000;
    const policy = { ...CALM, remote: { connect: attempt, attempt, round: 90_000 }, maxAttempts: 2 };
    const error = await failureOf(secured.key(await cut.listen()), { ca: secured.ca, policy });
    assert.ok(error instanceof ServiceUnreachableError, `${after}, ${isSilent}: ${String(error)}`);
    assert.equal(error.attempts, 2, `${after}, ${isSilent}: ${error.message}`);
    // A busy machine may give up on silence before the connection is taken.
    if (!isSilent) assert.equal(cut.connections, 2, `${after}: ${error.message}`);
  }));
  assert.deepEqual(await secured.journal(), []);
});

test("an instance that speaks http alone is not asked in the clear", async (t) => {
  const secured = await Secured.start(t);
  await secured.simulator.control("PATCH", "instances/primary", { protocol: "http" });
  const error = await failureOf(secured.instance, { ca: secured.ca });
  assert.ok(error instanceof MetadataUnreachableError, String(error));
  assert.ok((await secured.journal()).every(({ tls }) => tls));
});
