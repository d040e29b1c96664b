// The services that both sides fetch from, as fast as can be: fixed answers, at once or after a delay. The simulator signs
// and checks for milliseconds, which would hide what is measured here.
//
// `node stub.mjs` prints its address; it ends with its standard input.
import { spawn } from "node:child_process";
import { createServer, get } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** As long as IBM's own access tokens are. */
const TOKEN_BYTES = 1700;

/** A stub in a process of its own. */
export class Stub {
  #process;

  static async start() {
    const stub = new Stub();
    stub.#process = spawn(process.execPath, [fileURLToPath(import.meta.url), "serve"], { stdio: ["pipe", "pipe", "inherit"] });
    [stub.url] = await new Promise((resolve) => createInterface({ input: stub.#process.stdout }).once("line", (line) => resolve([line])));
    return stub;
  }

  stop() {
    this.#process.stdin.end();
  }
}

/** Has every answer wait for `delay` milliseconds, and counts from nought again. */
export async function begin(url, delay) {
  await control(`${url}/control/begin/${delay}`);
}

/** How many requests of either side came since then. */
export async function count(url) {
  return Number(await control(`${url}/control/count`));
}

function control(url) {
  return new Promise((resolve, reject) => {
    const collect = (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part) => (text += part)).on("end", () => resolve(text));
    };
    get(url, { agent: false }, collect).on("error", reject);
  });
}

function serve() {
  let delay = 0;
  let requests = 0;
  const server = createServer((request, response) => {
    const path = request.url.split("?")[0];
    const [, first, word, argument] = path.split("/");
    const send = (text) => response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) }).end(text);
    if (first === "control") {
      if (word === "begin") [delay, requests] = [Number(argument), 0];
      send(String(requests));
      return;
    }
    requests += 1;
    request.resume().on("end", () => (delay > 0 ? setTimeout(() => send(issued(path)), delay) : send(issued(path))));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", 1024, () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
  process.stdin.resume().on("end", () => process.exit(0));
}

/** What the metadata service and IAM answer, of the paths that either side knows. */
function issued(path) {
  const life = path.endsWith("/v1/token") ? 300 : 3600;
  const now = Math.floor(Date.now() / 1000);
  const claims = { iat: now, exp: now + life, sub: "made up for a bench", fill: "" };
  claims.fill = "x".repeat(Math.floor(((TOKEN_BYTES - token(claims).length) * 3) / 4));
  const answer = { access_token: token(claims), expires_in: life };
  const inIam = { refresh_token: "not_supported", token_type: "Bearer", expiration: now + life, scope: "ibm openid" };
  const inMetadata = { created_at: new Date(now * 1000).toISOString(), expires_at: new Date((now + life) * 1000).toISOString() };
  return JSON.stringify({ ...answer, ...(path === "/identity/token" ? inIam : inMetadata) });
}

function token(claims) {
  const json = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return [json({ alg: "RS256", typ: "JWT", kid: "bench" }), json(claims), Buffer.alloc(256, 0x5a).toString("base64url")].join(".");
}

if (process.argv[2] === "serve") serve();
