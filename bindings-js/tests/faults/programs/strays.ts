/** A program with what nobody catches. It shows what was recorded of it. */

import { settled } from "../strays.js";

void Promise.reject(new Error("nobody waits for this"));
setImmediate(() => {
  throw new Error("nobody catches this");
});
settled().then((strays) => process.stdout.write(JSON.stringify(strays)));
