/** Operations of every kind in the playground: chosen, filled in, sent and read by keyboard. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Playground, type Visitor } from "./visitor.js";

let playground: Playground;

before(async () => {
  playground = await Playground.open();
});
after(() => playground.close());

const PART = "#/operations";

/** Types an operation's id, and takes it from the list. */
async function pick(visitor: Visitor, id: string): Promise<void> {
  await visitor.fill("#operation", id);
  await visitor.page.keyboard.press("ArrowDown");
  await visitor.page.keyboard.press("Enter");
  await visitor.settle();
  assert.equal(await visitor.page.locator("#operation").inputValue(), id);
}

/** Fills an argument in, which may be among the optional ones. */
async function give(visitor: Visitor, name: string, text: string): Promise<void> {
  if (!(await visitor.page.locator(`#argument-${name}`).isVisible())) await visitor.press("#fields summary");
  await visitor.fill(`#argument-${name}`, text);
}

/** Until something is said that has it. */
async function untilSaid(visitor: Visitor, wanted: string): Promise<void> {
  await visitor.page.waitForFunction((text) => document.getElementById("answer-said")?.textContent?.includes(text), wanted);
}

const isBusy = (visitor: Visitor): Promise<boolean> => visitor.page.evaluate(() => document.body.hasAttribute("aria-busy"));

interface Asked {
  readonly id: string;
  readonly given?: Readonly<Record<string, string>>;
  readonly request: RegExp;
  readonly said: RegExp;
  readonly answer?: RegExp;
}

/** One of each kind. */
const ASKED: readonly Asked[] = [
  { id: "vpc.get_vpc", request: /^GET http:\/\/127\.0\.0\.1:\d+\/v1\/vpcs\/example\?.*authorization: Bearer …/s, said: /answered with 200/, answer: /"crn": "crn:/ },
  { id: "vpc.list_instance_profiles", request: /\/v1\/instance\/profiles\?version=[\d-]+&generation=2/, said: /answered with 200/, answer: /"profiles": \[/ },
  { id: "vpc.create_vpc", given: { body: '{"name": "from-the-THEME-page"}' }, request: /^POST .*content-type: application\/json.*\n {2}"name": "from-the-\w+-page"/s, said: /answered with 201/, answer: /"name": "from-the-\w+-page"/ },
  { id: "vpc.update_vpc", request: /^PATCH .*content-type: application\/merge-patch\+json.*"name": "renamed"/s, said: /answered with 200/, answer: /"name": "renamed"/ },
  { id: "vpc.delete_vpc", request: /^DELETE /, said: /answered with 20[24]/ },
  { id: "vpc.get_vpn_server_client_configuration", request: /client_configuration\?/, said: /answered with 200/, answer: /\S/ },
  { id: "iam_token.introspect", given: { body: '{"token": "nothing"}' }, request: /content-type: application\/x-www-form-urlencoded.*\n\ntoken=nothing$/s, said: /answered with 200/, answer: /"active": false/ },
  { id: "iam_access_groups.is_member_of_access_group", request: /^HEAD .*\/members\/example/, said: /answered with (?:204|404)/, answer: /^(?:true|false)$/ },
  { id: "iam_identity.list_api_keys", given: { account_id: "example" }, request: /\/v1\/apikeys\?account_id=example/, said: /answered with 200/, answer: /"apikeys": \[/ },
  { id: "metadata.get_instance", request: /\/metadata\/v1\/instance\?version=/, said: /answered with 200/, answer: /"name": "seed-instance"/ },
  { id: "containers.get_cluster", request: /\/global\/v1\/clusters\/example/, said: /answered with 200/, answer: /"id"/ },
];

for (const theme of ["light", "dark"] as const) {
  test(`operations of every kind, ${theme}`, async () => {
    const visitor = await playground.visit(theme, PART);
    assert.equal(await visitor.text("#operation-count"), "706 operations.");
    await visitor.check("the operations");
    await visitor.picture(`operations-${theme}`);
    for (const { id, given = {}, request, said, answer } of ASKED) {
      await pick(visitor, id);
      // Names are unique, and both themes have the same simulator.
      for (const [name, text] of Object.entries(given)) await give(visitor, name, text.replace("THEME", theme));
      await visitor.press("#send-button");
      await visitor.page.waitForFunction(() => document.getElementById("answer-said")?.textContent !== "");
      assert.match(await visitor.text("#answer-said"), said, `${id}: ${await visitor.text("#answer")}`);
      assert.match(await visitor.text("#request"), request, id);
      if (answer !== undefined) assert.match(await visitor.text("#answer pre"), answer, id);
      await visitor.check(id);
    }
    await visitor.picture(`operation-answered-${theme}`);
    await visitor.page.close();
  });
}

test("mistakes are shown where they are made", async () => {
  const visitor = await playground.visit("light", PART);
  await pick(visitor, "vpc.update_vpc");
  await visitor.fill("#argument-id", "");
  await visitor.fill("#argument-body", '{"name": ');
  await visitor.press("#send-button");
  assert.match(await visitor.text("#answer-said"), /^Nothing was sent/);
  assert.equal(await visitor.text("#argument-id-mistake"), "It is required.");
  assert.match(await visitor.text("#argument-body-mistake"), /^It is not JSON: /);
  assert.equal(await visitor.page.evaluate(() => document.activeElement?.id), "argument-id", "the first mistake has the focus");
  assert.equal(await visitor.page.locator("#argument-id").getAttribute("aria-describedby"), "argument-id-hint argument-id-mistake");
  await visitor.check("with mistakes");
  await visitor.picture("operation-mistakes");
  await visitor.fill("#argument-id", "..");
  await visitor.page.waitForFunction(() => /^Expected a value/.test(document.getElementById("argument-id-mistake")?.textContent ?? ""));
  await visitor.fill("#argument-id", "example");
  await visitor.fill("#argument-body", '{"name": "mended"}');
  await visitor.page.waitForFunction(() => document.querySelector("[aria-invalid]") === null);
  await visitor.press("#send-button");
  assert.match(await visitor.text("#answer-said"), /answered with 200/);
  await visitor.page.close();
});

test("a service's refusal is explained", async () => {
  const visitor = await playground.visit("dark", PART);
  await pick(visitor, "vpc.get_vpc");
  await visitor.fill("#argument-id", "r006-nothing");
  await visitor.press("#send-button");
  assert.match(await visitor.text("#answer-said"), /^vpc\.get_vpc failed: not_found\.$/);
  assert.match(await visitor.text("#answer pre"), /HTTP 404.*Fix: /s);
  await visitor.check("a refusal");
  await visitor.picture("operation-refused-dark");
  await visitor.page.close();
});

test("an answer that comes late is not shown with another operation", async () => {
  const visitor = await playground.visit("light", PART);
  await pick(visitor, "vpc.get_vpc");
  const answered = await visitor.held("**/v1/vpcs/example?*");
  await visitor.begin("#send-button");
  await visitor.page.waitForFunction(() => document.body.hasAttribute("aria-busy"));
  await visitor.fill("#operation", "vpc.list_subnets");
  await visitor.page.keyboard.press("ArrowDown");
  await visitor.page.keyboard.press("Enter");
  await visitor.page.waitForFunction(() => /subnets/.test(document.getElementById("operation-about")?.textContent ?? ""));
  await visitor.begin("#send-button");
  await untilSaid(visitor, "vpc.list_subnets was answered with 200");
  const shown = await visitor.text("#answer");
  answered();
  await visitor.settle();
  assert.match(await visitor.text("#answer-said"), /^vpc\.list_subnets/);
  assert.equal(await visitor.text("#answer"), shown);
  await visitor.page.close();
});

test("what is typed is what is chosen, or goes", async () => {
  const visitor = await playground.visit("light", PART);
  const field = (): Promise<string> => visitor.page.locator("#operation").inputValue();
  await visitor.fill("#operation", "vpc.delete_everything");
  await visitor.page.keyboard.press("Tab");
  assert.deepEqual([await field(), await visitor.text("#operation-count")], ["vpc.list_instances", "706 operations."]);
  await visitor.fill("#operation", " vpc.list_subnets");
  await visitor.page.keyboard.press("Tab");
  await visitor.page.waitForFunction(() => /\/v1\/subnets/.test(document.getElementById("request")?.textContent ?? ""));
  assert.equal(await field(), "vpc.list_subnets");
  assert.match(await visitor.text("#operation-about"), /^GET \/subnets/);
  await give(visitor, "limit", "7");
  await visitor.fill("#operation", "vpc.list_subnets");
  await visitor.press("#send-button");
  assert.match(await visitor.text("#answer-said"), /^vpc\.list_subnets was answered with 200/);
  assert.match(await visitor.text("#request"), /[?&]limit=7/, "what is chosen already keeps what was filled in");
  await visitor.page.close();
});

test("a flow that is busy holds up no operation, and ends no operation's own turn", async () => {
  const visitor = await playground.visit("light");
  await visitor.press("#step");
  const stepGoesOn = await visitor.heldStep();
  await visitor.begin("#step");
  await visitor.begin('nav a[href="#/operations"]');
  await visitor.page.waitForFunction(() => /\/v1\/instances/.test(document.getElementById("request")?.textContent ?? ""));
  assert.equal(await isBusy(visitor), true);
  const answered = await visitor.held("**/v1/instances?*");
  let sent = 0;
  visitor.page.on("request", (request) => (sent += request.method() === "GET" && new URL(request.url()).pathname === "/v1/instances" ? 1 : 0));
  const first = visitor.page.waitForRequest("**/v1/instances?*");
  await visitor.begin("#send-button");
  await first;
  stepGoesOn();
  await visitor.page.waitForFunction(() => /was answered with 200/.test(document.getElementById("said")?.textContent ?? ""));
  assert.equal(await isBusy(visitor), true, "the operation is under way");
  await visitor.begin("#send-button");
  await untilSaid(visitor, "vpc.list_instances has no answer yet");
  answered();
  await untilSaid(visitor, "answered with 200");
  await visitor.settle();
  assert.equal(sent, 1);
  await visitor.page.close();
});

test("pages come one by one", async () => {
  const visitor = await playground.visit("light", PART);
  await pick(visitor, "vpc.list_instance_profiles");
  await pick(visitor, "vpc.list_vpcs");
  await give(visitor, "limit", "1");
  await visitor.press("#send-button");
  const first = await visitor.text("#answer pre");
  await visitor.check("the first page");
  await visitor.press("#next-page");
  assert.notEqual(await visitor.text("#answer pre"), first);
  for (let pages = 0; pages < 20 && (await visitor.page.locator("#next-page").count()) > 0; pages += 1) await visitor.press("#next-page");
  assert.equal(await visitor.text("#answer-said"), "There are no more pages.");
  assert.equal(await visitor.page.evaluate(() => document.activeElement?.id), "send-button");
  await visitor.page.close();
});

test("the same as code, in each language, for the simulator and for IBM Cloud", async () => {
  const visitor = await playground.visit("light", PART);
  await pick(visitor, "vpc.list_instances");
  const shown: string[] = [];
  await visitor.reach("[role=tab][aria-selected=true]");
  for (let tabs = 0; tabs < 7; tabs += 1) {
    shown.push(await visitor.text("#code"));
    await visitor.check(`the code in ${await visitor.text("[role=tab][aria-selected=true]")}`);
    await visitor.page.keyboard.press("ArrowRight");
  }
  assert.equal(new Set(shown).size, 7);
  for (const code of shown) assert.match(code, /list_instances|listInstances|\/v1\/instances/);
  await visitor.choose("where", "cloud");
  await visitor.page.waitForFunction(() => /us-south\.iaas\.cloud\.ibm\.com/.test(document.getElementById("request")?.textContent ?? ""));
  await visitor.picture("operation-code");
  await visitor.page.close();
});

test("who skips to the content stays at the part", async () => {
  const visitor = await playground.visit("light", PART);
  const focused = (): Promise<string | undefined> => visitor.page.evaluate(() => document.activeElement?.id);
  await visitor.page.keyboard.press("Tab");
  assert.equal(await visitor.page.evaluate(() => document.activeElement?.textContent), "To the content");
  await visitor.page.keyboard.press("Enter");
  assert.equal(await focused(), "main");
  assert.equal(new URL(visitor.page.url()).hash, PART);
  assert.deepEqual([await visitor.page.locator("#operations").isVisible(), await visitor.page.locator("#flows").isVisible()], [true, false]);
  await visitor.page.keyboard.press("Tab");
  assert.equal(await focused(), "operation");
  await visitor.page.close();
});

test("parts of the page have addresses, and a narrow screen has all of it", async () => {
  const visitor = await playground.visit("dark", "", 320);
  await visitor.press('nav a[href="#/operations"]');
  await visitor.page.waitForFunction(() => document.activeElement?.id === "operations-title");
  await visitor.page.waitForFunction(() => document.querySelector("#fields input") !== null);
  await visitor.fits();
  await visitor.fill("#operation", "subnet list");
  await visitor.page.keyboard.press("ArrowDown");
  const option = await visitor.page.locator("#operation").getAttribute("aria-activedescendant");
  assert.match(option ?? "", /^option-.*subnet/);
  await visitor.fits();
  await visitor.check("the list on a narrow screen");
  await visitor.picture("operations-narrow-dark");
  await visitor.page.keyboard.press("Escape");
  assert.equal(await visitor.page.locator("#operation").getAttribute("aria-expanded"), "false");
  await visitor.page.close();
});
