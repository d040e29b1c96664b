/** Tabs, as ARIA's practices describe them: one of them can be reached with Tab, the arrows go on. */

import { element } from "./dom.js";

/** A row of tabs over one panel; `show` is told which one is chosen. */
export class Tabs {
  readonly list: HTMLElement;
  readonly #tabs: readonly HTMLButtonElement[];
  readonly #show: (name: string) => void;
  chosen: string;

  constructor(label: string, panel: HTMLElement, names: ReadonlyArray<readonly [name: string, label: string]>, show: (name: string) => void) {
    this.#show = show;
    this.chosen = names[0]?.[0] ?? "";
    this.#tabs = names.map(([name, text]) => {
      const tab = element("button", { type: "button", role: "tab", id: `tab-${name}`, "data-tab": name, "aria-controls": panel.id }, text);
      tab.addEventListener("click", () => this.choose(name));
      return tab;
    });
    this.list = element("div", { role: "tablist", "aria-label": label, class: "tabs" }, ...this.#tabs);
    this.list.addEventListener("keydown", (event) => this.#press(event));
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("tabindex", "0");
    this.#mark(panel);
    this.list.addEventListener("chosen", () => this.#mark(panel));
  }

  /** Chooses one. */
  choose(name: string): void {
    this.chosen = name;
    this.list.dispatchEvent(new Event("chosen"));
    this.#show(name);
  }

  #mark(panel: HTMLElement): void {
    for (const tab of this.#tabs) {
      const isChosen = tab.dataset["tab"] === this.chosen;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      if (isChosen) panel.setAttribute("aria-labelledby", tab.id);
    }
  }

  #press(event: KeyboardEvent): void {
    const at = this.#tabs.findIndex(({ dataset }) => dataset["tab"] === this.chosen);
    const last = this.#tabs.length - 1;
    const moves: Readonly<Record<string, number>> = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last };
    const tab = this.#tabs[moves[event.key] ?? -1];
    if (tab === undefined) return;
    event.preventDefault();
    this.choose(tab.dataset["tab"] ?? "");
    tab.focus();
  }
}
