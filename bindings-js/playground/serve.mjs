// Serves the built page on 127.0.0.1, with a simulator of its own beside it, until it is interrupted:
//
//   node playground/serve.mjs FOLDER SIMULATOR_PROGRAM
//
// `PORT` says on which port, any free one unless given. Whoever may read what this prints, or reach the loopback of this
// machine under its own address, may use the simulator; web pages of others may not.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";

const [folder, program] = process.argv.slice(2);
if (folder === undefined || program === undefined) throw new Error("usage: node playground/serve.mjs FOLDER SIMULATOR_PROGRAM");

const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json" };
const NAMES = ["index.html", "style.css", "page.js", "icon.svg"];

const files = new Map();
const server = createServer(answer);
server.on("error", (error) => fail(`the page cannot be served: ${error.message}`));
server.listen(Number(process.env["PORT"] ?? 0), "127.0.0.1");
await once(server, "listening");
const host = `127.0.0.1:${server.address().port}`;
const origin = `http://${host}`;

const simulator = spawn(program, ["--account", "seed", "--json", "--cors-origin", origin], { stdio: ["ignore", "pipe", "inherit"] });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => simulator.kill("SIGTERM"));
process.on("exit", () => simulator.kill("SIGTERM"));
simulator.on("error", (error) => fail(`the simulator could not be started: ${error.message}`));
// With the simulator ends all that the page is for.
simulator.on("exit", (code) => process.exit(code ?? 1));
const [line] = await once(createInterface({ input: simulator.stdout }), "line");
const facts = JSON.parse(line);
const policy = policyFor(facts);
for (const name of NAMES) files.set(`/${name}`, readFileSync(join(folder, name)));
files.set("/", Buffer.from(files.get("/index.html").toString().replace('content="POLICY"', `content="${policy}"`)));
files.delete("/index.html");
files.set("/simulator.json", Buffer.from(line));
process.stdout.write(`${origin}/\n`);
console.error("The playground is at this address until it is interrupted (Ctrl-C).");

function answer({ method, url, headers }, response) {
  const say = (status, text) => response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
  // Or a page elsewhere, whose name leads here, could read the control token.
  if (headers.host !== host) return say(421, `this is ${host}`);
  if (method !== "GET" && method !== "HEAD") return say(405, "only GET");
  // Not as a URL: `//` is none.
  const [pathname] = url.split("?");
  const found = files.get(pathname);
  if (found === undefined) return say(404, "there is nothing of this name");
  response.writeHead(200, {
    "content-type": `${TYPES[extname(pathname)] ?? "text/html"}; charset=utf-8`,
    "content-security-policy": `${policy}; frame-ancestors 'none'`,
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  });
  response.end(method === "HEAD" ? undefined : found);
}

/** The page talks to its server, which tells where the simulator is, and to the simulator. */
function policyFor(facts) {
  const services = ["metadata_url", "iam_url", "vpc_url", "containers_url", "control_url"].map((name) => new URL(facts[name]).origin);
  return [
    "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self'",
    `connect-src 'self' ${services.join(" ")}`, "base-uri 'none'", "form-action 'none'",
  ].join("; ");
}

function fail(words) {
  console.error(words);
  process.exit(1);
}
