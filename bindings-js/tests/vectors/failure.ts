/** Compares an error with what is expected of it. */

import * as all from "trusted-profile";
import { allIn, Difference, same, sameIfGiven } from "../difference.js";
import { optionsIn } from "../spelling.js";
import type { Failure } from "./expected.js";

/** Throws the first difference, along with the whole error. */
export function checkFailure(expected: Failure, found: all.TrustedProfileError): void {
  try {
    compare(expected, found);
  } catch (error) {
    throw error instanceof Difference ? new Difference(`${error.message}\n  in: ${found.message}`) : error;
  }
}

function compare(expected: Failure, found: all.TrustedProfileError): void {
  same("code", expected.code, found.code);
  same("name", `${expected.code.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Error`, found.name);
  same("class", found.name, (Object.entries(all).find(([, one]) => one === found.constructor) ?? [])[0]);
  sameIfGiven("status", expected.status, found.status ?? 0);
  sameIfGiven("service_code", expected.service_code, found.service?.code ?? "");
  sameIfGiven("service_message", expected.service_message, found.service?.message ?? "");
  sameIfGiven("trace", expected.trace, found.service?.trace ?? "");
  sameIfGiven("attempts", expected.attempts, found.attempts);
  sameIfGiven("elapsed", expected.elapsed, found.elapsed);
  sameIfGiven("transient", expected.transient, found.transient);
  sameIfGiven("retry_after", expected.retry_after, found.retryAfter ?? 0);
  const causes = found.causes.map(({ cause, fix }) => `${cause}: ${fix}`);
  allIn("message", expected.code === "invalid_argument" ? expected.message_contains.map(optionsIn) : expected.message_contains, [found.summary]);
  if (expected.causes_first_contains !== undefined) allIn("first cause", [optionsIn(expected.causes_first_contains)], causes.slice(0, 1));
  allIn("causes", expected.causes_contain.map(optionsIn), causes);
  allIn("notes", expected.notes_contain, found.notes);
  allIn("error", expected.contains, [found.message]);
  const forbidden = expected.not_contains.find((text) => found.message.includes(text));
  if (forbidden !== undefined) throw new Difference(`${JSON.stringify(forbidden)} must not be in the error`);
}
