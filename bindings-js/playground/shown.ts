/** Requests and answers as people read them. */

import { type Child, element } from "./dom.js";

/** A request, whoever made it. */
export interface ShownRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly body: string;
}

/** An answer, whoever gave it. */
export interface ShownAnswer {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly body: string;
}

/** The longest body that is shown whole, in characters. */
const LONGEST = 20_000;

/** Tokens by their beginning only: a screen is looked at by more than one, even where the tokens are a simulator's. */
export function shortened(text: string): string {
  return text.replace(/eyJ[\w-]{8,}(?:\.[\w-]+){0,2}/g, (token) => `${token.slice(0, 8)}…`).replace(/(apikey=)[\w%.-]{8,}/g, "$1…");
}

/** JSON with a member to a line, and anything else as it is. */
export function readable(body: string): string {
  let text = body;
  try {
    text = JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    // Not JSON.
  }
  const short = shortened(text);
  return short.length <= LONGEST ? short : `${short.slice(0, LONGEST)}\n… ${short.length - LONGEST} more characters`;
}

/** The request line, headers and body. */
export function requestText({ method, url, headers, body }: ShownRequest): string {
  return shortened([`${method} ${url}`, ...headers.map(line), ...(body === "" ? [] : ["", readable(body)])].join("\n"));
}

/** The status, headers and body. */
export function answerText({ status, headers, body }: ShownAnswer): string {
  return shortened([`HTTP ${status}`, ...headers.map(line), ...(body === "" ? [] : ["", readable(body)])].join("\n"));
}

/** A text to be read as it is; it scrolls, so the keyboard has to get there. */
export function verbatim(label: string, text: Child): HTMLElement {
  return element("pre", { class: "verbatim", tabindex: "0", role: "group", "aria-label": label }, text);
}

function line([name, value]: readonly [string, string]): string {
  return `${name}: ${value}`;
}
