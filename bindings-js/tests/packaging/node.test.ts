/** The package in programs of Node, as npm installs it. */

import assert from "node:assert/strict";
import { before, it } from "node:test";
import { Scratch } from "./scratch.js";

let project: Scratch;
before(() => {
  project = Scratch.install("node", {});
});

const TOKEN = "const token = await (await TokenProvider.external(() => ({ accessToken: 'secret', expiresIn: 60 }))).token();";

it("import", () => {
  project.write("esm.mjs", `
    import { AccessToken, TokenProvider } from "trusted-profile";
    ${TOKEN}
    process.stdout.write(String([token instanceof AccessToken, token.authorization]));
  `);
  assert.equal(project.run("esm.mjs"), "true,Bearer secret");
});

it("require", () => {
  project.write("cjs.cjs", `
    const { AccessToken, TokenProvider } = require("trusted-profile");
    (async () => {
      ${TOKEN}
      process.stdout.write(String([token instanceof AccessToken, token.authorization]));
    })();
  `);
  assert.equal(project.run("cjs.cjs"), "true,Bearer secret");
});

it("both in one program share their classes", () => {
  project.write("both.mjs", `
    import * as esm from "trusted-profile";
    import * as sansio from "trusted-profile/sansio";
    import { createRequire } from "node:module";
    const require = createRequire(import.meta.url);
    const cjs = require("trusted-profile");
    const of = (module) => JSON.stringify(Object.keys(module).filter((name) => name !== "default").sort());
    if (of(esm) !== of(cjs) || of(sansio) !== of(require("trusted-profile/sansio"))) throw new Error("not the same names");
    if (Object.keys(cjs).some((name) => esm[name] !== cjs[name])) throw new Error("not the same classes");
    const error = await cjs.TokenProvider.vpcInstance({ profileId: 7 }).catch((error) => error);
    process.stdout.write(String([error instanceof esm.InvalidArgumentError, error instanceof cjs.TrustedProfileError]));
  `);
  assert.equal(project.run("both.mjs"), "true,true");
});

it("the machine alone", () => {
  project.write("sansio.mjs", `
    import { Ticket, TokenManager } from "trusted-profile/sansio";
    const machine = await TokenManager.create({ source: "vpc_instance" });
    process.stdout.write(machine.poll(new Ticket()).exchange.method);
  `);
  assert.equal(project.run("sansio.mjs"), "PUT");
});

it("operations, by import and require, with the tokens of either", async () => {
  project.write("catalog.mjs", `
    import { InvalidArgumentError, TokenProvider } from "trusted-profile";
    import * as esm from "trusted-profile/catalog";
    import { createRequire } from "node:module";
    const require = createRequire(import.meta.url);
    const cjs = require("trusted-profile/catalog");
    const names = Object.keys(cjs);
    if (names.length < 9 || names.some((name) => esm[name] !== cjs[name])) throw new Error("not the same classes");
    const tokens = await require("trusted-profile").TokenProvider.bearer("secret");
    const vpc = new esm.Vpc(tokens, { region: "eu-de" });
    const error = await vpc.getVpc({}).catch((error) => error);
    const { method, url } = await new cjs.Vpc(tokens, { region: "eu-de" }).request("list_vpcs", { limit: 2 });
    process.stdout.write([error instanceof InvalidArgumentError, method, url.split("?")[0]].join());
  `);
  assert.equal(project.run("catalog.mjs"), "true,GET,https://eu-de.iaas.cloud.ibm.com/v1/vpcs");
});

it("who only wants tokens does not read operations", () => {
  project.write("tokens.mjs", `
    import { TokenProvider } from "trusted-profile";
    import { createRequire } from "node:module";
    await (await TokenProvider.bearer("secret")).token();
    process.stdout.write(String(Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes("catalog")).length));
  `);
  assert.equal(project.run("tokens.mjs"), "0");
});

it("what is within cannot be imported", () => {
  project.write("within.mjs", 'await import("trusted-profile/dist/node.cjs").catch((error) => process.stdout.write(error.code));');
  assert.equal(project.run("within.mjs"), "ERR_PACKAGE_PATH_NOT_EXPORTED");
});

for (const library of ["ibm-cloud-sdk-core", "ibm-cos-sdk"]) {
  it(`an adapter asks for ${library} when it is imported, and not before`, () => {
    project.write("without.mjs", 'import "trusted-profile";');
    assert.equal(project.run("without.mjs"), "");
    project.write("with.mjs", `import "trusted-profile/adapters/${library}";`);
    const { status, stderr } = project.start("with.mjs");
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`Error: Cannot find module '${library}'`));
  });
}

it("adapters work with the classes of the package", () => {
  const adapters = Scratch.install("adapters", {
    "all.mjs": `
      import { createRequire } from "node:module";
      import { InvalidArgumentError, TokenProvider } from "trusted-profile";
      import { TrustedProfileAuthenticator } from "trusted-profile/adapters/ibm-cloud-sdk-core";
      import { s3 } from "trusted-profile/adapters/ibm-cos-sdk";
      const require = createRequire(import.meta.url);
      const cjs = require("trusted-profile/adapters/ibm-cloud-sdk-core");
      const tokens = await TokenProvider.bearer("secret");
      const refused = [() => new TrustedProfileAuthenticator(tokens, {}), () => s3(tokens, {})].map((make) => {
        try {
          make();
        } catch (error) {
          return error instanceof InvalidArgumentError;
        }
      });
      const request = { serviceUrl: "https://a.example" };
      await new TrustedProfileAuthenticator(tokens, { allowedOrigins: ["https://a.example"] }).authenticate(request);
      process.stdout.write(String([...refused, cjs.TrustedProfileAuthenticator === TrustedProfileAuthenticator, request.headers.Authorization]));
    `,
  });
  adapters.link("ibm-cloud-sdk-core", "ibm-cos-sdk");
  assert.equal(adapters.run("all.mjs"), "true,true,true,Bearer secret");
});
