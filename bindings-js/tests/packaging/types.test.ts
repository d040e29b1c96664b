/** The declarations in projects of TypeScript, whatever kind of modules they write and however they look for others'. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { Scratch } from "./scratch.js";

const PROGRAM = `
import { AccessToken, type CommonOptions, type ErrorCode, ProfileNotLinkedError, TokenProvider, TrustedProfileError, type TokenEvent } from "trusted-profile";
import { type Action, Exchange, Ticket, TokenManager, TransportError } from "trusted-profile/sansio";

export const options: CommonOptions = { policy: { refreshAt: 0.5 }, allowedOrigins: ["https://a.example"], onEvent: (event: TokenEvent) => event.event };

export async function program(): Promise<string | undefined> {
  const tokens: TokenProvider = await TokenProvider.container({ profileId: "Profile-1", ...options });
  try {
    const token: AccessToken = await tokens.token({ signal: AbortSignal.timeout(1000), timeout: 10 });
    const response: Response = await tokens.fetch("https://a.example", { method: "POST", body: "{}" });
    return response.ok ? token.authorization : tokens.describe().status.slots[0]?.slot;
  } catch (error) {
    if (error instanceof ProfileNotLinkedError) return error.causes[0]?.fix;
    if (error instanceof TrustedProfileError) return error.code satisfies ErrorCode | (string & {});
    throw error;
  } finally {
    tokens.dispose();
  }
}

export async function machine(): Promise<Exchange> {
  const manager: TokenManager = await TokenManager.create({ source: "vpc_instance", endpoint: "http://127.0.0.1:1" }, { seed: 1n });
  const action: Action = manager.poll(new Ticket());
  if (action.kind === "send") return action.exchange;
  throw new TransportError("dns");
}

// @ts-expect-error A profile has exactly one kind of name, and these are all of them.
export const misspelled = TokenProvider.vpcInstance({ profile: "Profile-1" });
// @ts-expect-error Tokens are no text.
export const text: string = new AccessToken();
`;

const CATALOG = `
import type { TokenProvider } from "trusted-profile";
import { type CallOptions, type models, operations, type parameters, Vpc } from "trusted-profile/catalog";

export async function names(tokens: TokenProvider, options: CallOptions): Promise<string[]> {
  const vpc = new Vpc(tokens, { region: "eu-de", deadline: 5000 });
  const body: parameters.vpc.CreateVpc["body"] = { name: (await operations())[0]?.id ?? "", classic_access: false };
  const made: models.vpc.VPC = await vpc.createVpc({ body }, options);
  const names: string[] = [made.id ?? ""];
  for await (const { name } of vpc.listInstancesItems({ vpcId: made.id, limit: 10 })) names.push(name ?? "");
  return names;
}
`;

const ADAPTERS = `
import { BaseService } from "ibm-cloud-sdk-core";
import { TokenProvider } from "trusted-profile";
import { TrustedProfileAuthenticator } from "trusted-profile/adapters/ibm-cloud-sdk-core";
import { s3 } from "trusted-profile/adapters/ibm-cos-sdk";

export async function clients(): Promise<string> {
  const tokens = await TokenProvider.bareMetal();
  const service = new BaseService({ authenticator: new TrustedProfileAuthenticator(tokens, { allowedOrigins: ["https://a.example"] }) });
  const objects = await s3(tokens, { allowedOrigins: ["https://b.example"], endpoint: "https://b.example" }).listObjectsV2({ Bucket: "b" }).promise();
  // @ts-expect-error The origins have to be named.
  s3(tokens, { endpoint: "https://b.example" });
  return service.getAuthenticator().authenticationType() + String(objects.Contents?.length);
}
`;

/** The code of the README, each block a module that takes for given what the text around it does. */
const README = Object.fromEntries(
  [...readFileSync("README.md", "utf8").matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""], at) => {
    const given = [
      ...(code.includes("import { TokenProvider }") ? [] : ['import { TokenProvider } from "trusted-profile";']),
      ...(code.includes("const tokens =") ? [] : ["declare const tokens: TokenProvider;"]),
      "declare const log: { info(event: object): void };",
    ];
    return [`readme-${at}.mts`, `${given.join("\n")}\n${code}\nexport {};\n`];
  }),
);

// IBM's library is as large as all others together.
README["ibm-vpc.d.ts"] = `declare module "ibm-vpc/vpc/v1.js" {
  const VpcV1: new (options: { authenticator: import("ibm-cloud-sdk-core").Authenticator }) => object;
  export default VpcV1;
}
`;

const STRICT = { strict: true, noEmit: true, exactOptionalPropertyTypes: true, target: "es2022" };
const OF_NODE = { types: ["node"] };
const OF_BROWSERS = { types: [], lib: ["es2022", "dom", "dom.iterable"] };

let project: Scratch;
before(() => {
  project = Scratch.install("types", { "program.mts": PROGRAM, "program.cts": PROGRAM, "catalog.mts": CATALOG, "catalog.cts": CATALOG, "adapters.mts": ADAPTERS, "adapters.cts": ADAPTERS, ...README });
  project.link("@types/node", "ibm-cloud-sdk-core", "ibm-cos-sdk");
});

function compiled(compilerOptions: Readonly<Record<string, unknown>>, ...files: readonly string[]): string {
  project.write("tsconfig.json", JSON.stringify({ compilerOptions: { ...STRICT, ...compilerOptions }, files }));
  return project.compile("-p", ".");
}

for (const [name, modules] of [
  ["node16", { module: "node16", moduleResolution: "node16" }],
  ["nodenext", { module: "nodenext", moduleResolution: "nodenext" }],
  ["bundler", { module: "esnext", moduleResolution: "bundler" }],
] as const) {
  describe(`moduleResolution ${name}`, () => {
    it("for Node, with adapters", () => {
      assert.equal(compiled({ ...modules, ...OF_NODE }, "program.mts", "program.cts", "adapters.mts", "adapters.cts", ...Object.keys(README)), "");
    });

    it("for browsers", () => {
      assert.equal(compiled({ ...modules, ...OF_BROWSERS }, "program.mts", "program.cts"), "");
    });
  });
}

// They are large, and no other than the rest: once for each kind of importing.
it("operations", () => {
  assert.equal(compiled({ module: "nodenext", moduleResolution: "nodenext", ...OF_NODE }, "catalog.mts", "catalog.cts"), "");
  assert.equal(compiled({ module: "esnext", moduleResolution: "bundler", ...OF_BROWSERS }, "catalog.mts"), "");
});

it("the README has code", () => {
  assert.ok(Object.keys(README).length >= 6);
});

it("a mistake is found", () => {
  project.write("wrong.mts", 'import { TokenProvider } from "trusted-profile"; export const wrong: number = TokenProvider.bearer("a");');
  assert.match(compiled({ module: "nodenext", ...OF_BROWSERS }, "wrong.mts"), /TS2322/);
});
