/** What a script expects, as it stands in its file. What is not given is not compared. */

import { anything, count, listOf, oneOf, optional, record, text } from "../strict_json.js";
import { either, flag, integer, mapOf, only, otherwise, type Read, yes } from "./shapes.js";

const texts = otherwise(listOf(text), []);
export const instant = either(count, oneOf("never"));

const ready = record({
  token: text,
  name: optional(text),
  generation: optional(count),
  usable_until: optional(instant),
  usable_until_unix: optional(instant),
  refresh_at: optional(instant),
  refresh_at_unix: optional(instant),
});

const request = record({
  method: optional(text),
  url: optional(text),
  headers: otherwise(mapOf(text), {}),
  absent_headers: texts,
  body: optional(text),
  form: optional(listOf(listOf(text))),
  json: optional(anything),
});

const send = record({
  as: optional(text),
  request: otherwise(request, request({}, "")),
  connect_timeout: optional(count),
  timeout: optional(count),
  max_response_bytes: optional(count),
  network: optional(text),
});

const needInput = record({
  as: optional(text),
  paths: optional(listOf(text)),
  max_bytes: optional(count),
  external: optional(record({ timeout: count })),
});

/** Parts of an error. A status of 0 means that no answer came, `retry_after` 0 that none was asked for. */
export const failure = record({
  code: text,
  status: optional(count),
  service_code: optional(text),
  service_message: optional(text),
  trace: optional(text),
  attempts: optional(count),
  elapsed: optional(count),
  transient: optional(flag),
  retry_after: optional(count),
  message_contains: texts,
  causes_first_contains: optional(text),
  causes_contain: texts,
  notes_contain: texts,
  contains: texts,
  not_contains: texts,
});

/** What `poll` or `pollRefresh` returns: exactly one of these. */
export const expected = record({
  ready: optional(ready),
  send: optional(send),
  need_input: optional(needInput),
  wait: optional(record({ at_most: count })),
  failed: optional(failure),
  none: optional(yes),
});

const slotStatus = record({
  generation: optional(count),
  has_token: optional(flag),
  usable_until: optional(count),
  refresh_at: optional(count),
  fetching: optional(flag),
  failed_refreshes: optional(count),
  last_failure: optional(text),
});

/** Parts of a status. */
export const status = record({
  source: optional(text),
  protocol: optional(text),
  clock_skew_seconds: optional(integer),
  slots: otherwise(mapOf(slotStatus), {}),
});

export type Expected = Read<typeof expected>;
export type Ready = Read<typeof ready>;
export type Request = Read<typeof request>;
export type Send = Read<typeof send>;
export type NeedInput = Read<typeof needInput>;
export type Failure = Read<typeof failure>;
export type Status = Read<typeof status>;
export type SlotStatus = Read<typeof slotStatus>;
export type Instant = Read<typeof instant>;

/** The name for what is returned. */
export function given(expected: Expected): string | undefined {
  only(expected);
  return expected.ready?.name ?? expected.send?.as ?? expected.need_input?.as;
}
