/** The operations by what is typed: a combobox with a list, as ARIA's practices describe it. */

import { byId, element } from "../dom.js";
import type { Operation } from "./catalog.js";

/** More are not listed at once. */
const MOST = 60;

/** Those of which every word is found in the id, method or path. */
export function matching(operations: readonly Operation[], typed: string): readonly Operation[] {
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return operations.filter(({ id, method, path }) => {
    const text = `${id} ${id.replaceAll("_", " ")} ${method} ${path}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The field and its list. */
export class Picker {
  readonly #operations: readonly Operation[];
  readonly #choose: (operation: Operation) => void;
  readonly #input = byId("operation", HTMLInputElement);
  readonly #list = byId("operation-list", HTMLUListElement);
  readonly #count = byId("operation-count", HTMLElement);
  #found: readonly Operation[] = [];
  #active = -1;
  #chosen = "";

  constructor(operations: readonly Operation[], choose: (operation: Operation) => void) {
    this.#operations = operations;
    this.#choose = choose;
    this.#input.addEventListener("input", () => this.#open(this.#input.value));
    this.#input.addEventListener("keydown", (event) => this.#press(event));
    this.#input.addEventListener("click", () => this.#open(""));
    this.#input.addEventListener("blur", () => this.#leave());
    this.#list.addEventListener("mousedown", (event) => {
      // The field keeps the focus.
      event.preventDefault();
      const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      const operation = this.#found.find(({ id }) => option?.id === `option-${id}`);
      if (operation !== undefined) this.take(operation);
    });
    this.#count.textContent = counted(operations.length);
  }

  /** Chooses an operation. */
  take(operation: Operation): void {
    this.#chosen = operation.id;
    this.#input.value = operation.id;
    this.#count.textContent = counted(this.#operations.length);
    this.#close();
    this.#choose(operation);
  }

  #press(event: KeyboardEvent): void {
    const isOpen = !this.#list.hidden;
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      if (!isOpen) this.#open(this.#input.value === this.#chosen ? "" : this.#input.value);
      this.#activate(this.#active < 0 && move < 0 ? this.#found.length - 1 : this.#active + move);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const operation = this.#found[this.#active] ?? this.#typed();
      if (operation !== undefined) this.take(operation);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.#restore();
    }
  }

  /** The operation whose id is typed, whole. */
  #typed(): Operation | undefined {
    return this.#operations.find(({ id }) => id === this.#input.value.trim());
  }

  /** The field never says another operation than the one that is chosen. */
  #leave(): void {
    const operation = this.#typed();
    if (operation === undefined || operation.id === this.#chosen) this.#restore();
    else this.take(operation);
  }

  #restore(): void {
    this.#close();
    this.#input.value = this.#chosen;
    this.#count.textContent = counted(this.#operations.length);
  }

  #open(typed: string): void {
    const all = matching(this.#operations, typed);
    this.#found = all.slice(0, MOST);
    this.#list.replaceChildren(...this.#found.map(({ id, method, path, isDeprecated }) => {
      const about = element("span", { class: "hint" }, `${method} ${path}${isDeprecated ? ", deprecated" : ""}`);
      return element("li", { role: "option", id: `option-${id}`, "aria-selected": "false" }, element("span", {}, id), " ", about);
    }));
    this.#count.textContent = all.length === 0 ? "No operation has all of these words." : counted(all.length, all.length > MOST ? `, the first ${MOST} of them listed` : "");
    this.#list.hidden = all.length === 0;
    this.#input.setAttribute("aria-expanded", String(all.length > 0));
    this.#activate(-1);
  }

  #activate(index: number): void {
    this.#list.children[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = this.#found.length === 0 ? -1 : Math.min(this.#found.length - 1, Math.max(-1, index));
    const option = this.#list.children[this.#active];
    if (option === undefined) return this.#input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", option.id);
  }

  #close(): void {
    this.#list.hidden = true;
    this.#found = [];
    this.#active = -1;
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }
}

function counted(count: number, more = ""): string {
  return `${count} operation${count === 1 ? "" : "s"}${more}.`;
}
