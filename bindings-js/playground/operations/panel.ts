/** The part of the page with the operations: choose, fill in, see the request and the code for it, send, see the answer. */

import type { TrustedProfileError } from "trusted-profile";
import { busily } from "../busy.js";
import { LANGUAGES } from "../code/languages.js";
import { button, byId, element, radios } from "../dom.js";
import { answerText, readable, requestText, type ShownRequest, verbatim } from "../shown.js";
import type { Simulator } from "../simulator.js";
import { Tabs } from "../tabs.js";
import type { Arguments, Catalog, Operation, Reply, Where } from "./catalog.js";
import { Fields } from "./fields.js";
import { type Mistake, mistakesIn } from "./mistakes.js";
import { Picker } from "./picker.js";

/** What is chosen at first. */
const FIRST = "vpc.list_instances";

/** The operations. */
export class OperationPanel {
  readonly #catalog: Catalog;
  readonly #simulator: Simulator;
  readonly #said = byId("answer-said", HTMLElement);
  readonly #answer = byId("answer", HTMLElement);
  readonly #code = byId("code", HTMLElement);
  readonly #tabs: Tabs;
  #operation: Operation;
  #fields: Fields;
  #where: Where = "simulator";
  #request: ShownRequest | undefined;
  #mistakes: readonly Mistake[] = [];
  #pages: AsyncIterator<Reply> | undefined;
  /** Counts what was shown: what comes for something before it is of no interest. */
  #turn = 0;
  /** The same of what was sent or chosen: an answer of something else is not shown in its place. */
  #asked = 0;
  /** What is under way for the operation that is chosen. */
  #work: object | undefined;

  constructor(catalog: Catalog, simulator: Simulator) {
    this.#catalog = catalog;
    this.#simulator = simulator;
    const first = catalog.operations.find(({ id }) => id === FIRST) ?? catalog.operations[0];
    if (first === undefined) throw new Error("the catalog is empty");
    this.#operation = first;
    this.#fields = new Fields(first, () => undefined);
    this.#tabs = new Tabs("The same as code", this.#code, LANGUAGES.map(({ name, label }) => [name, label] as const), () => this.#showCode());
  }

  /** Fills the page. */
  async open(): Promise<void> {
    byId("languages", HTMLElement).append(this.#tabs.list);
    const wheres = [["simulator", "The simulator"], ["cloud", "IBM Cloud, to be looked at"]] as const;
    byId("where", HTMLElement).append(radios("Addressed to", "where", wheres, this.#where, (where) => {
      this.#where = where as Where;
      void this.#show(false);
    }));
    byId("send", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#act(() => this.#send());
    });
    byId("copy", HTMLButtonElement).addEventListener("click", () => void this.#copy());
    new Picker(this.#catalog.operations, (operation) => void this.#choose(operation)).take(this.#operation);
    await this.#show(false);
  }

  async #choose(operation: Operation): Promise<void> {
    this.#operation = operation;
    this.#work = undefined;
    this.#fields = new Fields(operation, () => void this.#show(false));
    byId("fields", HTMLElement).replaceChildren(this.#fields.whole);
    const token = operation.auth === "identity" ? "the identity token" : operation.auth === "iam" ? "an IAM token" : "no token of the provider";
    byId("operation-about", HTMLElement).textContent = `${operation.method} ${operation.path}, with ${token}.${operation.isDeprecated ? " It is deprecated." : ""}`;
    this.#forget();
    await this.#show(false);
  }

  /** The request and the code, or what is wrong. */
  async #show(isAll: boolean): Promise<void> {
    this.#turn += 1;
    const [turn, operation, { args, mistakes }] = [this.#turn, this.#operation, this.#fields.read()];
    const known = operation.arguments.map(({ name }) => name);
    let request: ShownRequest | undefined;
    let found: readonly Mistake[] = mistakes;
    try {
      request = await this.#catalog.request(operation, masked(operation, args), this.#where);
    } catch (error) {
      const said = (error as TrustedProfileError).summary ?? String(error);
      const others = mistakesIn(said, operation.id, known).filter(({ argument }) => !mistakes.some((mistake) => mistake.argument === argument));
      found = [...mistakes, ...others];
    }
    if (turn !== this.#turn) return;
    this.#mistakes = found;
    this.#request = found.length === 0 ? request : undefined;
    this.#fields.show(found, isAll);
    const general = found.find(({ argument }) => argument === null);
    const place = byId("general-mistake", HTMLElement);
    place.hidden = general === undefined;
    place.textContent = general?.text ?? "";
    this.#showRequest();
    this.#showCode();
  }

  #showRequest(): void {
    const text = this.#request === undefined ? missingText(this.#mistakes) : requestText(this.#withToken(this.#request));
    byId("request", HTMLElement).replaceChildren(verbatim("The request", text));
  }

  /** The header that a call adds, without a token. */
  #withToken(request: ShownRequest): ShownRequest {
    const hasToken = this.#operation.auth === "iam" || this.#operation.auth === "identity";
    return hasToken ? { ...request, headers: [...request.headers, ["authorization", "Bearer …"]] } : request;
  }

  #showCode(): void {
    const code = this.#codeText();
    byId("copy", HTMLButtonElement).hidden = code === undefined;
    this.#code.textContent = code ?? "There is no request yet.";
  }

  #codeText(): string | undefined {
    if (this.#request === undefined) return undefined;
    const language = LANGUAGES.find(({ name }) => name === this.#tabs.chosen);
    const simulator = this.#where === "simulator" ? { metadata: this.#simulator.facts.metadata_url, service: this.#catalog.serviceUrl(this.#operation) } : undefined;
    return language?.write({ operation: this.#operation, arguments: masked(this.#operation, this.#fields.read().args), request: this.#request, simulator });
  }

  async #copy(): Promise<void> {
    const code = this.#codeText();
    if (code === undefined) return;
    await navigator.clipboard.writeText(code);
    this.#said.textContent = "The code was copied.";
  }

  async #send(): Promise<void> {
    const chosen = this.#asked;
    await this.#show(true);
    if (chosen !== this.#asked) return;
    if (this.#mistakes.length > 0) {
      this.#said.textContent = "Nothing was sent: something is missing or wrong.";
      this.#fields.focusMistake();
      return;
    }
    this.#forget();
    const [asked, operation, { args }] = [this.#asked, this.#operation, this.#fields.read()];
    // The flows may have moved the services' clocks.
    await this.#simulator.setClocks(0);
    if (asked !== this.#asked) return;
    if (operation.hasPages) this.#pages = this.#catalog.pages(operation, args);
    await this.#receive(async () => (this.#pages === undefined ? this.#catalog.call(operation, args) : this.#nextPage()));
  }

  async #nextPage(): Promise<Reply | undefined> {
    const next = await this.#pages?.next();
    return next === undefined || next.done === true ? undefined : next.value;
  }

  async #receive(get: () => Promise<Reply | undefined>): Promise<void> {
    const [asked, { id }] = [this.#asked, this.#operation];
    try {
      const reply = await get();
      if (asked !== this.#asked) return;
      if (reply === undefined) return this.#end();
      this.#said.textContent = `${id} was answered with ${reply.status}${reply.value === undefined ? ", and nothing in it" : ""}.`;
      this.#answer.replaceChildren(...this.#parts(reply));
    } catch (error) {
      if (asked !== this.#asked) return;
      const { code = "failed", message = String(error) } = error as Partial<TrustedProfileError>;
      this.#said.textContent = `${id} failed: ${code}.`;
      this.#answer.replaceChildren(verbatim("What went wrong, and what to do", message));
    }
  }

  #parts({ status, headers, value }: Reply): HTMLElement[] {
    const text = value === undefined ? "" : typeof value === "string" ? value : readable(JSON.stringify(value));
    const whole = element("details", {}, element("summary", {}, "Status and headers"), verbatim("Status and headers", answerText({ status, headers, body: "" })));
    const parts: HTMLElement[] = [...(text === "" ? [] : [verbatim("The answer, parsed", text)]), whole];
    if (this.#pages !== undefined) parts.push(button("Next page", () => void this.#act(() => this.#receive(() => this.#nextPage())), { id: "next-page" }));
    return parts;
  }

  #end(): void {
    this.#pages = undefined;
    this.#said.textContent = "There are no more pages.";
    const next = document.getElementById("next-page");
    // The focus would be nowhere without its button.
    if (next?.matches(":focus") === true) byId("send-button", HTMLButtonElement).focus();
    next?.remove();
  }

  #forget(): void {
    this.#asked += 1;
    // A walk is told that it is left; nobody waits for what that comes to.
    this.#pages?.return?.().catch(() => undefined);
    this.#pages = undefined;
    this.#said.textContent = "";
    this.#answer.replaceChildren();
  }

  /** One thing at a time for an operation. What is under way for another one ends by itself, and holds up nothing. */
  async #act(work: () => Promise<void>): Promise<void> {
    if (this.#work !== undefined) {
      this.#said.textContent = `${this.#operation.id} has no answer yet.`;
      return;
    }
    const own = {};
    this.#work = own;
    try {
      await busily(work);
    } catch (error) {
      if (this.#work === own) this.#said.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      if (this.#work === own) this.#work = undefined;
    }
  }
}

/** What is shown in place of secrets. */
function masked(operation: Operation, args: Arguments): Arguments {
  const secrets = operation.arguments.filter(({ name, type }) => type === "secret" && name in args);
  return { ...args, ...Object.fromEntries(secrets.map(({ name }) => [name, "YOUR-SECRET"])) };
}

function missingText(mistakes: readonly Mistake[]): string {
  const named = mistakes.map(({ argument, text, isMissing }) => (argument === null ? text : `${argument}: ${isMissing ? "required" : text}`));
  return `There is no request yet.\n${named.join("\n")}`;
}
