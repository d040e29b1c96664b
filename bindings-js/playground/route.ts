/** Which part of the page is looked at: its address says it. */

import { busily } from "./busy.js";
import { byId } from "./dom.js";

const PARTS = ["flows", "operations"] as const;

/** A part of the page. */
export type Part = (typeof PARTS)[number];

/** Shows the part that the address names, now and whenever that changes; `open` is called before a part is first shown. */
export async function route(open: (part: Part) => Promise<void>): Promise<void> {
  const opened = new Set<Part>();
  // By the link itself the address would name the content in place of the part.
  document.querySelector(".skip")?.addEventListener("click", (event) => {
    event.preventDefault();
    byId("main", HTMLElement).focus();
  });
  const show = async (isMoved: boolean): Promise<void> => {
    const part = PARTS.find((name) => location.hash === `#/${name}`) ?? "flows";
    for (const link of document.querySelectorAll("nav a")) {
      if (link.getAttribute("href") === `#/${part}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    for (const name of PARTS) document.getElementById(name)?.toggleAttribute("hidden", name !== part);
    if (isMoved) document.getElementById(`${part}-title`)?.focus();
    if (opened.has(part)) return;
    opened.add(part);
    await busily(() => open(part));
  };
  addEventListener("hashchange", () => void show(true));
  await show(false);
}
