/** The fields for the arguments of an operation: what they are, what was put in, and what is wrong with it. */

import { element } from "../dom.js";
import type { Argument, Arguments, Operation } from "./catalog.js";
import type { Mistake } from "./mistakes.js";

/** What a text in a field is as an argument, or why it is none. */
type Reading = { readonly value: unknown } | { readonly mistake: string };

const TYPES: Readonly<Record<string, string>> = {
  integer: "a number", boolean: "true or false", strings: "several, separated by commas", secret: "a secret",
  json: "JSON", merge_patch: "JSON: what is to change, null for what is to go", form: "JSON: the fields of a form", xml: "XML",
};

/** A body to begin with. */
const BODIES: Readonly<Record<string, string>> = { json: "{\n  \n}", merge_patch: '{\n  "name": "renamed"\n}', form: "{\n  \n}", xml: "" };

/** The simulator has an item of this id in every collection. */
const EXAMPLE = "example";

/** No more optional arguments than these are shown unasked. */
const FEW = 6;

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** One argument's field. */
class Field {
  readonly argument: Argument;
  readonly control: Control;
  readonly whole: HTMLElement;
  readonly #mistake: HTMLElement;
  /** Whether somebody has been there: before that, it is no mistake to have left it empty. */
  isTouched = false;

  constructor(argument: Argument) {
    this.argument = argument;
    const id = `argument-${argument.name}`;
    this.control = controlFor(argument, id);
    this.#mistake = element("p", { class: "mistake", id: `${id}-mistake`, hidden: true });
    const about = [argument.in, TYPES[argument.type]].filter((part) => part !== undefined && part !== "").join(", ");
    const required = argument.required ? [" ", element("span", { class: "required" }, "required")] : [];
    const hint = element("span", { class: "hint", id: `${id}-hint` }, about);
    this.whole = element("div", { class: "field" }, element("label", { for: id }, element("code", {}, argument.name), ...required), hint, this.control, this.#mistake);
    this.control.addEventListener("blur", () => (this.isTouched = true));
  }

  read(): Reading | undefined {
    const text = this.control.value.trim();
    if (text === "") return undefined;
    switch (this.argument.type) {
      // What is no number is for the core to refuse.
      case "integer":
        return { value: /^-?\d{1,15}$/.test(text) ? Number(text) : text };
      case "boolean":
        return { value: text === "true" };
      case "strings":
        return { value: text.split(",").map((part) => part.trim()) };
      case "json":
      case "merge_patch":
      case "form":
        return parsed(text);
      default:
        return { value: text };
    }
  }

  show(mistake: string | undefined): void {
    const { id } = this.control;
    this.#mistake.hidden = mistake === undefined;
    this.#mistake.textContent = mistake ?? "";
    this.control.setAttribute("aria-describedby", mistake === undefined ? `${id}-hint` : `${id}-hint ${id}-mistake`);
    if (mistake === undefined) this.control.removeAttribute("aria-invalid");
    else this.control.setAttribute("aria-invalid", "true");
  }
}

/** The fields of an operation. */
export class Fields {
  readonly #fields: readonly Field[];
  readonly whole: HTMLElement;

  /** @param changed - is called when something was put in, or left. */
  constructor(operation: Operation, changed: () => void) {
    this.#fields = operation.arguments.map((argument) => new Field(argument));
    const [first, others] = [this.#fields.filter(isEssential), this.#fields.filter((field) => !isEssential(field))];
    this.whole = element("div", { class: "fields" }, ...first.map(({ whole }) => whole));
    if (this.#fields.length === 0) this.whole.append(element("p", {}, "It takes no arguments."));
    if (others.length > 0) this.whole.append(element("details", { open: first.length === 0 && others.length <= FEW }, element("summary", {}, `${others.length} optional`), ...others.map(({ whole }) => whole)));
    for (const { control } of this.#fields) {
      control.addEventListener("input", changed);
      control.addEventListener("blur", changed);
    }
  }

  /** What was put in, by name, and what of it cannot be read. */
  read(): { readonly args: Arguments; readonly mistakes: readonly Mistake[] } {
    const args: Record<string, unknown> = {};
    const mistakes: Mistake[] = [];
    for (const field of this.#fields) {
      const reading = field.read();
      if (reading === undefined) continue;
      if ("mistake" in reading) mistakes.push({ argument: field.argument.name, text: reading.mistake, isMissing: false });
      // Or it would be missing, and hide what is wrong with the others.
      args[field.argument.name] = "mistake" in reading ? {} : reading.value;
    }
    return { args, mistakes };
  }

  /** Shows mistakes where they were made; what is only missing yet, once somebody has been there or `isAll`. */
  show(mistakes: readonly Mistake[], isAll: boolean): void {
    for (const field of this.#fields) {
      if (isAll) field.isTouched = true;
      const found = mistakes.find(({ argument, isMissing }) => argument === field.argument.name && (!isMissing || field.isTouched));
      field.show(found?.text);
    }
  }

  /** Goes to the first one with a mistake. */
  focusMistake(): void {
    const field = this.#fields.find(({ control }) => control.getAttribute("aria-invalid") === "true");
    const folded = field?.whole.closest("details");
    if (folded instanceof HTMLDetailsElement) folded.open = true;
    field?.control.focus();
  }
}

function isEssential({ argument }: Field): boolean {
  return argument.required || argument.in === "body";
}

function controlFor({ name, in: place, type, required }: Argument, id: string): Control {
  const common = { id, name, required, "aria-describedby": `${id}-hint`, autocomplete: "off", spellcheck: "false" };
  if (place === "body") {
    const area = element("textarea", { ...common, rows: 5 });
    area.value = required ? (BODIES[type] ?? "") : "";
    return area;
  }
  if (type === "boolean") {
    const options = [["", "–"], ["true", "true"], ["false", "false"]].map(([value = "", label = ""]) => element("option", { value }, label));
    return element("select", common, ...options);
  }
  const input = element("input", { ...common, type: type === "secret" ? "password" : "text", ...(type === "integer" ? { inputmode: "numeric" } : {}) });
  if (place === "path") input.value = EXAMPLE;
  return input;
}

function parsed(text: string): Reading {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { mistake: `It is not JSON: ${error instanceof Error ? error.message : String(error)}.` };
  }
}
