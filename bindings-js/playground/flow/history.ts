/** The steps that were done, newest first. */

import { type Child, element } from "../dom.js";
import { answerText, requestText, verbatim } from "../shown.js";
import { timeOfDay } from "./clock.js";
import type { Entry } from "./flow.js";

/** More than these are forgotten. */
const LONGEST = 100;

/** Adds a step to the list. */
export function remember(list: HTMLOListElement, entry: Entry, number: number): void {
  const title = element("p", {}, element("span", { class: "when" }, timeOfDay(entry.at.unix)), " ", entry.text);
  list.prepend(element("li", { "data-tone": entry.tone, value: number }, title, ...details(entry, number)));
  while (list.children.length > LONGEST) list.lastElementChild?.remove();
}

function details({ exchange, outcome, error, token }: Entry, number: number): Child[] {
  const shown: Child[] = [];
  if (exchange !== undefined) shown.push(folded("Request", requestText(exchange), number));
  if (outcome?.kind === "answer") shown.push(folded("Answer", answerText(outcome.answer), number));
  if (error !== undefined) shown.push(folded("What went wrong, and what to do", error.message, number));
  const claims = token?.unverifiedClaims();
  if (claims !== undefined) shown.push(folded("What the token says of itself", JSON.stringify(claims, undefined, 2), number));
  return shown;
}

function folded(title: string, text: string, number: number): HTMLDetailsElement {
  return element("details", {}, element("summary", {}, title), verbatim(`${title}, step ${number}`, text));
}
