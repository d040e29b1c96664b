/** Compares what the machine returned with what a script expects. */

import type { AccessToken } from "trusted-profile";
import type { Action, Exchange } from "trusted-profile/sansio";
import { Difference, same, sameIfGiven } from "../difference.js";
import type { Expected, Instant, NeedInput, Ready, Request, Send } from "./expected.js";
import { checkFailure } from "./failure.js";

/** Throws the first difference. */
export function checkAction(expected: Expected, found: Action | undefined): void {
  if (found === undefined && expected.none !== undefined) return;
  if (found?.kind === "ready" && expected.ready !== undefined) return checkReady(expected.ready, found.token);
  if (found?.kind === "send" && expected.send !== undefined) return checkSend(expected.send, found.exchange);
  if ((found?.kind === "needFiles" || found?.kind === "needToken") && expected.need_input !== undefined) {
    return checkNeedInput(expected.need_input, found);
  }
  if (found?.kind === "wait" && expected.wait !== undefined) return same("at_most", expected.wait.at_most, found.atMost);
  if (found?.kind === "failed" && expected.failed !== undefined) return checkFailure(expected.failed, found.error);
  const words = found?.kind === "failed" ? `this failure: ${found.error.message}` : JSON.stringify(found ?? "none");
  throw new Difference(`another outcome was expected than ${words}`);
}

function checkReady(expected: Ready, found: AccessToken): void {
  same("token", expected.token, found.value);
  same("authorization", `Bearer ${expected.token}`, found.authorization);
  sameIfGiven("generation", expected.generation, found.generation);
  sameIfGiven("usable_until", expected.usable_until, instantOf(found.usableUntil.monotonic));
  sameIfGiven("usable_until_unix", expected.usable_until_unix, instantOf(found.usableUntil.unix));
  sameIfGiven("refresh_at", expected.refresh_at, instantOf(found.refreshAt.monotonic));
  sameIfGiven("refresh_at_unix", expected.refresh_at_unix, instantOf(found.refreshAt.unix));
}

/** The first millisecond at which it has come. */
function instantOf(milliseconds: number): Instant {
  return milliseconds === Infinity ? "never" : milliseconds;
}

function checkSend(expected: Send, found: Exchange): void {
  checkRequest(expected.request, found);
  sameIfGiven("connect_timeout", expected.connect_timeout, found.connectTimeout);
  sameIfGiven("timeout", expected.timeout, found.timeout);
  sameIfGiven("max_response_bytes", expected.max_response_bytes, found.maxResponseBytes);
  sameIfGiven("network", expected.network, found.network);
}

function checkRequest(expected: Request, found: Exchange): void {
  sameIfGiven("method", expected.method, found.method);
  sameIfGiven("url", expected.url, found.url);
  const values = (wanted: string): string[] => found.headers.filter(([name]) => name === wanted).map(([, value]) => value);
  for (const [name, value] of Object.entries(expected.headers)) same(`header ${name}`, [value], values(name));
  for (const name of expected.absent_headers) same(`header ${name}`, [], values(name));
  sameIfGiven("body", expected.body, found.body);
  sameIfGiven("form", expected.form, [...new URLSearchParams(found.body)]);
  if (expected.json !== undefined) same("json", expected.json, parsed(found.body));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Difference(`json: the body is none: ${body}`);
  }
}

function checkNeedInput(expected: NeedInput, found: Extract<Action, { kind: "needFiles" | "needToken" }>): void {
  if (found.kind === "needFiles") {
    same("external", expected.external, undefined);
    same("paths", expected.paths, found.paths);
    sameIfGiven("max_bytes", expected.max_bytes, found.maxBytes);
  } else {
    same("paths", expected.paths, undefined);
    same("timeout", expected.external?.timeout, found.timeout);
  }
}
