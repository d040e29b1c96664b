/** Answers. */

/** An answer with what came along. Logs show nothing but its status, since the rest may hold secrets. */
export class Reply<T = unknown> {
  readonly #value: T;
  readonly #headers: Readonly<Record<string, string>>;
  /** The HTTP status, always 2xx, or 404 where that means no. */
  readonly status: number;

  /** @internal */
  constructor(value: T, status: number, headers: ReadonlyArray<readonly [string, string]>) {
    this.#value = value;
    this.#headers = joined(headers);
    this.status = status;
  }

  /** What the service answered, as `JSON.parse` has it; text for text, undefined for nothing. */
  get value(): T {
    return this.#value;
  }

  /** The headers, with names in lower case. */
  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  /** The header `ETag`, which is what `ifMatch` takes. */
  get etag(): string | undefined {
    return this.#headers["etag"];
  }

  /** Without what it holds. */
  toString(): string {
    return `Reply ${this.status}`;
  }

  /** Without what it holds. */
  toJSON(): string {
    return this.toString();
  }

  /** For Node's `util.inspect`. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `<${this.toString()}>`;
  }
}

/** What came more than once is one value (RFC 9110, section 5.3). */
function joined(headers: ReadonlyArray<readonly [string, string]>): Readonly<Record<string, string>> {
  const all = new Map<string, string>();
  for (const [name, value] of headers) {
    const before = all.get(name);
    all.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(all);
}
