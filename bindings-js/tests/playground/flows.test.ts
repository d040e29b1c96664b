/** Both flows of the playground by keyboard, in both themes, with what goes wrong at a click. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { after, before, test } from "node:test";
import { Playground, type Visitor } from "./visitor.js";

let playground: Playground;

before(async () => {
  playground = await Playground.open();
});
after(() => playground.close());

/** Presses the button of the next step until the machine hands out a token or says that there is none. */
async function untilDone(visitor: Visitor, check = false): Promise<string[]> {
  const said: string[] = [];
  for (let steps = 0; steps < 40; steps += 1) {
    await visitor.press("#step");
    said.push(await visitor.text("#said"));
    if (check) await visitor.check(said.at(-1) ?? "");
    if (/hands out|There is no token/.test(said.at(-1) ?? "")) return said;
  }
  assert.fail(`no end after ${said.join(" | ")}`);
}

const state = (visitor: Visitor, slot: string): Promise<string | null> => visitor.page.locator(`[data-slot=${slot}]`).getAttribute("data-state");
const trouble = (label: string): string => `#troubles button[data-trouble="${label}"]`;

for (const theme of ["light", "dark"] as const) {
  test(`an instance gets its token step by step, ${theme}`, async () => {
    const visitor = await playground.visit(theme);
    await visitor.check("at the start");
    await visitor.picture(`instance-${theme}-1-start`);
    const said = await untilDone(visitor, true);
    assert.deepEqual(said.map((text) => text.replace(/,? within .*| which lives .*|, which lives.*/, "")), [
      "The program asks for a token. It wants PUT /identity/v1/token",
      "PUT /identity/v1/token was answered with 200.",
      "The machine was told what came. It has a token for step identity",
      "The machine is polled. It wants POST /identity/v1/iam_tokens",
      "POST /identity/v1/iam_tokens was answered with 200.",
      "The machine was told what came. It has a token for step iam",
      "The machine is polled. It hands out IAM token 1.",
    ]);
    assert.deepEqual([await state(visitor, "identity"), await state(visitor, "iam")], ["usable", "usable"]);
    await visitor.press("#history details summary");
    assert.match(await visitor.text("#history pre"), /"iam_id": "iam-Profile-/);
    await visitor.check("with what the token says of itself");
    await visitor.picture(`instance-${theme}-2-token`);
    await visitor.page.close();
  });

  test(`a pod gets its token step by step, ${theme}`, async () => {
    const visitor = await playground.visit(theme);
    await visitor.choose("kind", "container");
    await visitor.check("the flow of a pod");
    const said = await untilDone(visitor, true);
    assert.match(said[0] ?? "", /^The program asks for a token\. It wants the token file: \/var\/run\/secrets\/tokens\/vault-token/);
    assert.match(said[1] ?? "", /^The driver looked for the file, and found a token of \d+ characters in \/var\/run\/secrets\/tokens\/vault-token\.$/);
    assert.match(said.at(-1) ?? "", /hands out IAM token 1/);
    await visitor.picture(`pod-${theme}`);
    const shown = await visitor.text("#history");
    assert.match(shown, /cr_token=eyJ[\w]{5}…/);
    assert.doesNotMatch(shown, /eyJ[\w-]{9}/, "no token is shown whole");
    await visitor.page.close();
  });
}

test("a token that has ended is fetched anew, one that is due is refreshed while it serves", async () => {
  const visitor = await playground.visit("light");
  await untilDone(visitor);
  await visitor.press('#times button[data-time="1 h"]');
  assert.equal(await state(visitor, "iam"), "ended");
  assert.match((await untilDone(visitor)).at(-1) ?? "", /IAM token 2/);
  await visitor.press('#times button[data-time="30 min"]');
  await visitor.press('#times button[data-time="10 min"]');
  await visitor.press('#times button[data-time="10 min"]');
  assert.equal(await state(visitor, "iam"), "refresh due");
  await visitor.picture("instance-refresh-due");
  await visitor.press("#step");
  assert.match(await visitor.text("#said"), /hands out IAM token 2\. A refresh is due, which nobody waits for\. It wants PUT/);
  for (let steps = 0; steps < 6; steps += 1) await visitor.press("#step");
  assert.match(await visitor.text('[data-slot="iam"] .facts'), /Generation3/);
  await visitor.page.close();
});

test("what goes wrong at a click is retried, waited for or told, and heals", async () => {
  const visitor = await playground.visit("light");
  await visitor.press(trouble("503"));
  assert.match(await visitor.text("#waiting"), /503 at \/identity\/v1\/token, once/);
  await visitor.check("with a fault to come");
  const healed = await untilDone(visitor);
  assert.ok(healed.some((text) => /answered with 503/.test(text)), healed.join("\n"));
  assert.ok(healed.some((text) => /The driver waited for/.test(text)), healed.join("\n"));
  assert.match(healed.at(-1) ?? "", /IAM token 1/);

  await visitor.press("#restart");
  await visitor.press(trouble("429, Retry-After: 7"));
  assert.ok((await untilDone(visitor)).includes("The driver waited for 7 s."));

  await visitor.press("#restart");
  await visitor.press(trouble("No answer"));
  assert.ok((await untilDone(visitor)).some((text) => /no answer \(read_timeout\)\. Nothing came within 3 s\./.test(text)));

  await visitor.press("#restart");
  await visitor.choose("target", "1");
  await visitor.choose("how-often", "always");
  await visitor.press(trouble("Expired on arrival"));
  assert.match((await untilDone(visitor)).at(-1) ?? "", /There is no token: expired_on_arrival/);
  assert.equal(await state(visitor, "iam"), "failed");
  await visitor.press("#history details summary");
  await visitor.check("with an error");
  await visitor.picture("instance-failed");
  await visitor.press("#heal");
  assert.match(await visitor.text("#waiting"), /^Nothing\.$/);
  await visitor.page.close();
});

test("a token that a service refuses is dropped, and a missing file is told of", async () => {
  const visitor = await playground.visit("dark");
  await visitor.choose("kind", "container");
  await visitor.choose("file", "missing");
  const said = await untilDone(visitor);
  assert.match(said.at(-1) ?? "", /There is no token: cr_token_unavailable/);
  await visitor.choose("file", "token");
  await visitor.press('#times button[data-time="1 min"]');
  await untilDone(visitor);
  await visitor.press("#refuse");
  assert.match(await visitor.text("#said"), /^A service refused IAM token 1 with 401\. Token 1 of step iam was dropped\.$/);
  await visitor.check("without the token");
  assert.match((await untilDone(visitor)).at(-1) ?? "", /IAM token 2/);
  await visitor.page.close();
});

test("another flow that is chosen during a step begins after it", async () => {
  const visitor = await playground.visit("light");
  await visitor.press("#step");
  const stepGoesOn = await visitor.heldStep();
  await visitor.begin("#step");
  await visitor.reach('input[type=radio][name="kind"]');
  await visitor.page.keyboard.press("ArrowRight");
  assert.match(await visitor.text("#about"), /vouches for the instance/);
  stepGoesOn();
  await visitor.page.waitForFunction(() => /kubelet/.test(document.getElementById("about")?.textContent ?? ""));
  await visitor.settle();
  assert.equal(await visitor.page.locator("input[name=kind]:checked").getAttribute("value"), "container");
  assert.equal(await visitor.text("#step"), "Ask for a token");
  await visitor.page.close();
});

test("the theme can be chosen and is kept, and a narrow screen has all of it", async () => {
  const visitor = await playground.visit("light", "", 320);
  const ground = (): Promise<string> => visitor.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await visitor.choose("theme", "dark");
  assert.notEqual(await ground(), light);
  await untilDone(visitor);
  await visitor.fits();
  await visitor.check("narrow and dark");
  await visitor.picture("instance-narrow-dark");
  await visitor.page.reload();
  await visitor.page.waitForSelector("body[data-ready]");
  assert.equal(await visitor.page.locator("input[name=theme]:checked").getAttribute("value"), "dark");
  await visitor.page.close();
});

test("neither another page nor another name gets at the simulator's token", async () => {
  const elsewhere = request(`${playground.origin}/simulator.json`, { headers: { host: "playground.example" } }).end();
  assert.equal(((await once(elsewhere, "response")) as [IncomingMessage])[0].statusCode, 421);
  // Nor does what is no path end the server.
  for (const path of ["//", "/\\", "http://[/"]) {
    const odd = request(playground.origin, { path }).end();
    assert.equal(((await once(odd, "response")) as [IncomingMessage])[0].statusCode, 404, path);
  }
  const own = await fetch(`${playground.origin}/simulator.json`);
  assert.equal(own.status, 200);
  assert.equal(own.headers.get("access-control-allow-origin"), null);
  assert.match(own.headers.get("content-security-policy") ?? "", /^default-src 'none'; .*frame-ancestors 'none'$/);
  const { metadata_url } = (await own.json()) as { metadata_url: string };
  const ask = (origin: string): Promise<Response> => fetch(`${metadata_url}/identity/v1/token`, { method: "OPTIONS", headers: { origin, "access-control-request-method": "PUT" } });
  assert.equal((await ask(playground.origin)).status, 204);
  assert.equal((await ask("http://127.0.0.1:1")).status, 403);
});

test("the page talks to its simulator and to nobody else", async () => {
  const visitor = await playground.visit("light");
  const refused = await visitor.page.evaluate(async () => {
    const told = new Promise<string>((resolve) => addEventListener("securitypolicyviolation", ({ effectiveDirective }) => resolve(effectiveDirective)));
    await fetch("http://127.0.0.1:9/").catch(() => undefined);
    return told;
  });
  assert.equal(refused, "connect-src");
  await visitor.page.close();
});
