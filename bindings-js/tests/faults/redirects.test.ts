/** Redirects are never followed: they would carry credentials elsewhere. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RedirectRefusedError } from "trusted-profile";
import { Account, CALM, PLACES } from "./account.js";
import { Elsewhere } from "./elsewhere.js";
import { settled } from "./strays.js";

let account: Account;
before(async () => void (account = await Account.start()));
after(async () => {
  await account.stop();
  assert.deepEqual(await settled(), [], "nobody caught these");
});

for (const [hop, way] of PLACES) {
  for (const status of [301, 302, 303, 307, 308]) {
    test(`a ${status} is an error: ${hop.name}, ${way}`, async (t) => {
      const { simulator } = account;
      const base = hop.service === "iam" ? simulator.iamUrl : simulator.metadataUrl;
      const elsewhere = await Elsewhere.start("127.0.0.2");
      t.after(() => elsewhere.stop());
      const locations = [`${elsewhere.url}${hop.path}`, `${base}/moved`, "/moved", "//127.0.0.2:9/", "https://127.0.0.2:9/", "..", ""];
      for (const location of locations) {
        await simulator.control("DELETE", "journal");
        await hop.strike(simulator, { kind: "redirect", status, location });
        const tokens = await account.provider(hop, way, { policy: CALM });
        const error = await tokens.token().then(() => assert.fail("a token"), (error: unknown) => error as RedirectRefusedError);
        tokens.dispose();
        assert.equal(error.name, "RedirectRefusedError", String(error));
        assert.deepEqual([error.status, error.attempts, error.transient], [status, 1, false], String(error));
        assert.ok(error.message.includes(error.causes[0]?.fix ?? "no fix"));
        await simulator.heal();
        const paths = (await account.journal()).map((entry) => entry.path);
        assert.equal(paths.filter((path) => path === hop.path).length, 1, `${paths}`);
        assert.ok(!paths.some((path) => path.includes("moved")), `${paths}`);
      }
      assert.deepEqual(elsewhere.recorded, []);
    });
  }
}
