/**
 * The machine for one caller at a time, with `fetch` for its requests: the least that a driver can be.
 *
 *     node sansio_fetch.ts PROFILE_ID TOKEN_FILE [IAM_ENDPOINT]
 *
 * Where several share a machine, `trusted-profile/sansio` says what else there is to do.
 */

import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { AccessToken } from "trusted-profile";
import { type Answer, type Exchange, type FileRead, Ticket, TokenManager, TransportError } from "trusted-profile/sansio";

async function token(machine: TokenManager): Promise<AccessToken> {
  const ticket = new Ticket();
  for (;;) {
    const action = machine.poll(ticket);
    if (action.kind === "ready") return action.token;
    if (action.kind === "failed") throw action.error;
    if (action.kind === "wait") await delay(action.atMost);
    if (action.kind === "needFiles") machine.provideFiles(action.id, await Promise.all(action.paths.map(read)));
    if (action.kind === "send") {
      try {
        machine.handle(action.exchange.id, await send(action.exchange));
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        machine.fail(action.exchange.id, error.kind, error.detail);
      }
    }
  }
}

/** One request within its limits. Node's `fetch` takes proxies only if it is told to: not for the metadata service then. */
async function send({ method, url, headers, body, timeout, maxResponseBytes }: Exchange): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      ...(body === "" ? {} : { body }),
      redirect: "manual",
      signal: AbortSignal.timeout(timeout),
    });
    return { status: response.status, headers: response.headers, body: await whole(response, maxResponseBytes) };
  } catch (error) {
    if (error instanceof TransportError) throw error;
    throw new TransportError(kindOf(error as Error), (error as Error).name);
  }
}

async function whole(response: Response, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > limit) throw new TransportError("too_large", `more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** It decides about retrying. */
function kindOf({ name, cause }: Error): "read_timeout" | "dns" | "refused" | "tls" | "interrupted" {
  const { code = "" } = (cause ?? {}) as { code?: string };
  if (name === "TimeoutError") return "read_timeout";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "dns";
  if (code === "ECONNREFUSED") return "refused";
  return /CERT|TLS|SSL|SIGNED|VERIFY/.test(code) ? "tls" : "interrupted";
}

async function read(path: string): Promise<FileRead> {
  try {
    const text = await readFile(path, "utf8");
    return text.trim() === "" ? { path, problem: "empty" } : { path, text };
  } catch (error) {
    return { path, problem: (error as { code?: string }).code === "ENOENT" ? "not_found" : "denied" };
  }
}

const [profileId, crTokenFile, endpoint] = process.argv.slice(2);
const machine = await TokenManager.create({ source: "container", profileId, crTokenFile, endpoint });
process.stdout.write(`${(await token(machine)).toString()}\n`);
machine.dispose();
