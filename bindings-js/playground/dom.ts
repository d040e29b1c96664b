/** Elements in few words. */

/** What an element may hold. */
export type Child = Node | string;

/** Attributes by name; `true` is one without a value, `false` none. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** An element with its attributes and children. */
export function element<Name extends keyof HTMLElementTagNameMap>(name: Name, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[Name] {
  return dressed(document.createElement(name), attributes, children);
}

/** The same for drawings. */
export function drawn<Name extends keyof SVGElementTagNameMap>(name: Name, attributes: Attributes = {}, ...children: readonly Child[]): SVGElementTagNameMap[Name] {
  return dressed(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function dressed<Kind extends Element>(made: Kind, attributes: Attributes, children: readonly Child[]): Kind {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

/** The element of the page with this id, which is of this kind. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} ${id}`);
  return found;
}

/** A button that does something. */
export function button(text: string, act: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}

/** A group of radio buttons; `choose` gets the value of the one that was chosen. */
export function radios(legend: string, name: string, choices: ReadonlyArray<readonly [value: string, label: string]>, chosen: string, choose: (value: string) => void): HTMLFieldSetElement {
  const options = choices.map(([value, label]) => {
    const input = element("input", { type: "radio", name, value, checked: value === chosen });
    input.addEventListener("change", () => choose(value));
    return element("label", { class: "choice" }, input, element("span", {}, label));
  });
  return element("fieldset", { class: "choices" }, element("legend", {}, legend), element("div", { class: "row" }, ...options));
}
