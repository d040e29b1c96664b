/** The faults and what is expected under each. Their names are those of `docs/faults.md`. */

import { type Fault, type Hop, POD } from "./account.js";

/** What comes of a fault: an error code, or one of these. */
export const UNREACHABLE = "unreachable";
/** The answer is odd, yet right. */
export const TOKEN = "token";

// Whose answers come late or never: under the others, short times would only measure how busy this machine is.
const SLOW = ["hang", "drip", "unreachable"];

/** One fault. */
export class Row {
  constructor(
    readonly name: string,
    readonly fault: Fault,
    readonly expected: string,
  ) {}

  get isSlow(): boolean {
    return SLOW.includes(this.fault.kind);
  }

  /** Whether its tokens have long expired to everybody but the service. */
  get isOfThePast(): boolean {
    return Number(this.fault["seconds"] ?? 0) < 0;
  }

  /** The code of the error at this request, if there is to be one. */
  codeAt(hop: Hop): string | undefined {
    if (this.expected === UNREACHABLE) return hop === POD ? "service_unreachable" : "metadata_unreachable";
    return this.expected === TOKEN ? undefined : this.expected;
  }
}

/** All of them; redirects lead to `elsewhere`. */
export function rows(elsewhere: string): Row[] {
  const groups = [STATUSES, CONNECTIONS, BODIES, redirects(elsewhere), ODDITIES];
  return groups.flat().map(([name, kind, settings, expected]) => new Row(name, { kind, ...settings }, expected));
}

type Group = ReadonlyArray<readonly [name: string, kind: string, settings: Readonly<Record<string, unknown>>, expected: string]>;

const STATUSES: Group = [
  ["429, `Retry-After: 2`", "status", { status: 429, retry_after: "2" }, "rate_limited"],
  ["500", "status", { status: 500 }, "service_failed"],
  ["503", "status", { status: 503 }, "service_failed"],
  ["501", "status", { status: 501 }, "not_implemented"],
  ["401", "status", { status: 401 }, "unauthenticated"],
  ["403", "status", { status: 403 }, "forbidden"],
  ["404", "status", { status: 404 }, "not_found"],
];

const CONNECTIONS: Group = [
  ["never answers", "hang", {}, UNREACHABLE],
  ["one byte per second", "drip", { interval_ms: 1000 }, UNREACHABLE],
  ["nothing listens", "not_listening", {}, UNREACHABLE],
  ["reset when accepted", "refuse", {}, UNREACHABLE],
  ["connection attempts unanswered", "unreachable", {}, UNREACHABLE],
  ["reset before the answer", "reset", {}, UNREACHABLE],
  ["closed before the answer", "close", {}, UNREACHABLE],
  ["closed in the body", "close_mid_body", {}, UNREACHABLE],
  ["reset in the body", "close_mid_body", { reset: true }, UNREACHABLE],
];

const BODIES: Group = [
  ["invalid JSON", "invalid_json", {}, "malformed_response"],
  ["half the JSON", "truncated_json", {}, "malformed_response"],
  ["200 `text/html`", "html", {}, "malformed_response"],
  ["503 `text/html`", "html", { status: 503 }, "service_failed"],
  ["`{}`", "empty_object", {}, "malformed_response"],
  ["empty body", "empty_body", {}, "malformed_response"],
  ["10 MB body", "huge_body", { bytes: 10_000_000 }, "response_too_large"],
  ["2 MB body of unknown length", "huge_body", { bytes: 2_000_000, content_length: false }, "response_too_large"],
  // Both transports read compressed answers, and stop at the limit; the other languages' never do.
  ["2 MB body, compressed", "gzip_bomb", { bytes: 2_000_000 }, "response_too_large"],
  ["expired on arrival", "expired_on_arrival", {}, "expired_on_arrival"],
  ["token is not a JWT", "opaque_token", {}, TOKEN],
];

function redirects(elsewhere: string): Group {
  const location = `${elsewhere}/identity/token`;
  return [302, 307, 308].map((status) => [`${status} to another host`, "redirect", { status, location }, "redirect_refused"]);
}

const ODDITIES: Group = [
  ["200 ms late", "latency", { ms: 200 }, TOKEN],
  ["no `expires_in`", "missing_expires_in", {}, TOKEN],
  ["`expires_in` as text", "expires_in_string", {}, TOKEN],
  ["the service's clock half an hour ahead", "skew", { seconds: 1800 }, TOKEN],
  ["the service's clock half an hour behind", "skew", { seconds: -1800 }, TOKEN],
  ["wrong content type", "content_type", { value: "text/plain" }, TOKEN],
  ["unknown properties", "extra_fields", {}, TOKEN],
  ["`Connection: close`", "connection_close", {}, TOKEN],
];
