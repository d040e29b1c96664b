/** What the machine knows, drawn: a card for each step of the chain, with the life of its token as a line. */

import { drawn, element } from "../dom.js";
import { duration, timeOfDay } from "./clock.js";
import type { Flow } from "./flow.js";
import type { Status } from "trusted-profile";

type SlotStatus = Status["slots"][number];

/** What a step's token is good for. */
type State = "none" | "fetching" | "usable" | "refresh due" | "ended" | "failed";

const NAMES: Readonly<Record<string, string>> = { identity: "Identity token", iam: "IAM token", assumed: "Token of the assumed profile" };

/** Draws the machine's state in place of what was drawn before. */
export function draw(place: HTMLElement, flow: Flow): void {
  place.replaceChildren(...flow.status.slots.map((slot) => card(slot, flow)));
}

function card(slot: SlotStatus, flow: Flow): HTMLElement {
  const state = stateOf(slot, flow.now.unix);
  const facts = element("dl", { class: "facts" });
  const fact = (name: string, value: string): void => facts.append(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  fact("Generation", String(slot.generation));
  fact("Usable until", instant(slot.usableUntil, flow));
  fact("Refreshed from", instant(slot.refreshAt, flow));
  if (slot.failedRefreshes > 0) fact("Failed refreshes", String(slot.failedRefreshes));
  if (slot.lastFailure !== null) fact("Last failure", slot.lastFailure.error.code);
  const title = element("h4", {}, NAMES[slot.slot] ?? slot.slot, " ", element("span", { class: "badge" }, slot.fetching && state !== "fetching" ? `${state}, fetching the next` : state));
  return element("li", { class: "slot", "data-slot": slot.slot, "data-state": state }, title, life(slot, flow), facts);
}

function stateOf(slot: SlotStatus, now: number): State {
  const usable = unixOf(slot.usableUntil);
  if (usable !== undefined && now < usable) return now >= (unixOf(slot.refreshAt) ?? Infinity) ? "refresh due" : "usable";
  if (slot.fetching) return "fetching";
  if (usable !== undefined) return "ended";
  return slot.lastFailure === null ? "none" : "failed";
}

/** From when the token came to its end, with the moment of refresh and the present; said in words beside it. */
function life(slot: SlotStatus, flow: Flow): SVGSVGElement {
  const [width, y] = [300, 14];
  const picture = drawn("svg", { viewBox: `0 0 ${width} 28`, class: "life", preserveAspectRatio: "xMinYMid", "aria-hidden": "true", focusable: "false" });
  picture.append(drawn("line", { x1: 6, x2: width - 6, y1: y, y2: y, class: "track" }));
  const [from, until] = [flow.begun(slot.slot)?.unix, unixOf(slot.usableUntil)];
  if (from === undefined || until === undefined || until <= from) return picture;
  const at = (moment: number): number => 6 + (width - 12) * Math.min(1, Math.max(0, (moment - from) / (until - from)));
  picture.append(drawn("line", { x1: at(from), x2: at(Math.min(flow.now.unix, until)), y1: y, y2: y, class: "gone" }));
  const refresh = unixOf(slot.refreshAt);
  if (refresh !== undefined) picture.append(drawn("line", { x1: at(refresh), x2: at(refresh), y1: y - 8, y2: y + 8, class: "refresh" }));
  picture.append(drawn("circle", { cx: at(flow.now.unix), cy: y, r: 5, class: "present" }));
  return picture;
}

function unixOf(moment: SlotStatus["usableUntil"]): number | undefined {
  return moment === null || moment === "never" ? undefined : moment.unixMs;
}

function instant(moment: SlotStatus["usableUntil"], flow: Flow): string {
  const unix = unixOf(moment);
  if (unix === undefined) return moment === "never" ? "for ever" : "–";
  const left = unix - flow.now.unix;
  return `${timeOfDay(unix)}, ${left > 0 ? `in ${duration(left)}` : `${duration(-left)} ago`}`;
}
