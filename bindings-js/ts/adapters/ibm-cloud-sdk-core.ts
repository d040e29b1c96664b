/**
 * Tokens for the clients of IBM's Node core, the npm package `ibm-cloud-sdk-core`, such as those of
 * `@ibm-cloud/platform-services`.
 *
 * @packageDocumentation
 */

import { Authenticator, BaseService, NoAuthAuthenticator } from "ibm-cloud-sdk-core";
import type { AllowedOrigins, Tokens } from "../fetch.js";
import type { AccessToken } from "../token.js";
import { invalid } from "../wasm/border.js";
import { type AdapterOptions, originsOf } from "./origins.js";
import { replacement } from "./refusal.js";

export type { AdapterOptions, Tokens };

/** What IBM's core hands to an authenticator. */
type RequestOptions = Parameters<Authenticator["authenticate"]>[0];
type HttpClient = ReturnType<BaseService["getHttpClient"]>;
/** What brings the answer to a request of axios. */
type Send = Extract<HttpClient["defaults"]["adapter"], (...options: never[]) => unknown>;
type Request = Parameters<Send>[0];
type Answer = Awaited<ReturnType<Send>>;
/** How axios tells of a status that the program does not want. */
type Failure = Error & { config?: Request; response?: Answer };

/**
 * Adds the token to the requests of any client that is built on `ibm-cloud-sdk-core`:
 *
 * ```ts
 * const authenticator = new TrustedProfileAuthenticator(tokens, { allowedOrigins: ["https://us-south.iaas.cloud.ibm.com"] });
 * const vpc = new VpcV1({ authenticator, serviceUrl: "https://us-south.iaas.cloud.ibm.com/v1" });
 * ```
 *
 * IBM's clients take their address from the program, from variables such as `VPC_URL` or from a credential file in the
 * working directory. That is why the origins have to be said here: a file cannot send tokens elsewhere. A request to any
 * other origin fails before anything is sent, and a redirect keeps the token within its origin and loses it elsewhere.
 *
 * A 401 drops that very token, and the request is sent once more with the next one. It is not where its body is a
 * stream or a form with files, or where there is no newer token: then the client tells of the 401.
 */
export class TrustedProfileAuthenticator extends Authenticator {
  readonly #tokens: Tokens;
  readonly #origins: AllowedOrigins;

  /**
   * @param tokens - where tokens come from: a provider.
   * @throws InvalidArgumentError - an origin cannot be used, or there is none.
   */
  constructor(tokens: Tokens, options: AdapterOptions) {
    super();
    this.#tokens = tokens;
    this.#origins = originsOf(options);
  }

  /** `trustedProfile`. IBM's core shows it in its debug log. */
  override authenticationType(): string {
    return "trustedProfile";
  }

  /**
   * Adds the header to a request that IBM's core prepares, and what looks after it when it is sent.
   *
   * @throws InvalidArgumentError - the request goes to an origin that is not allowed, or does not say where it goes.
   * @throws TrustedProfileError - why there is no token.
   */
  override async authenticate(requestOptions: RequestOptions): Promise<void> {
    const { serviceUrl, axiosOptions } = requestOptions as { serviceUrl?: unknown; axiosOptions?: Partial<Request> };
    if (typeof serviceUrl !== "string" || serviceUrl === "") {
      throw invalid("requestOptions: expected a request with its serviceUrl, since tokens go to allowedOrigins only");
    }
    this.#origins.check(serviceUrl);
    const token = await this.#tokens.token(signalOf(axiosOptions));
    const escort = new Escort(this.#tokens, this.#origins, token, axiosOptions?.adapter ?? requestOptions["adapter"]);
    requestOptions.headers = { ...requestOptions.headers, Authorization: token.authorization };
    requestOptions["axiosOptions"] = { ...axiosOptions, adapter: (request: Request) => escort.send(request) };
  }
}

/** Goes along with one request of the program, through every attempt to send it. */
class Escort {
  readonly #tokens: Tokens;
  readonly #origins: AllowedOrigins;
  /** What sends in the end: the program's choice, or that of axios. */
  readonly #adapter: Request["adapter"];
  #token: AccessToken;

  constructor(tokens: Tokens, origins: AllowedOrigins, token: AccessToken, adapter: Request["adapter"]) {
    this.#tokens = tokens;
    this.#origins = origins;
    this.#token = token;
    this.#adapter = adapter;
  }

  /** In the place of what axios sends with. Only here the whole address is known. */
  async send(request: Request): Promise<Answer> {
    const url = new URL(client().getUri(request));
    // A program may say something else for a single request.
    if (request.headers.get("Authorization") !== this.#token.authorization) return given(await this.#attempt(request, url));
    this.#origins.check(url.href);
    const signal = signalOf(request);
    // Attempts of IBM's core can be minutes apart.
    this.#put(await this.#tokens.token(signal), request);
    const outcome = await this.#attempt(request, url);
    if (!outcome.isRefusal || !isRepeatable(request.data)) return given(outcome);
    const newer = await replacement(this.#tokens, this.#token, signal);
    if (newer === undefined) return given(outcome);
    (outcome.answer?.data as { destroy?: () => void } | undefined)?.destroy?.();
    this.#put(newer, request);
    return given(await this.#attempt(request, url));
  }

  #put(token: AccessToken, request: Request): void {
    this.#token = token;
    request.headers.set("Authorization", token.authorization);
  }

  async #attempt(request: Request, { origin }: URL): Promise<Outcome> {
    const { beforeRedirect } = request;
    let hasLeft = false;
    const whole: Request = {
      ...request,
      adapter: this.#adapter ?? client().defaults.adapter ?? "http",
      // Done already, or to be done with what is returned.
      transformRequest: [],
      transformResponse: [],
      beforeRedirect: (options, ...details) => {
        hasLeft ||= new URL(String(options["href"])).origin !== origin;
        // By itself, axios takes it on to other hosts of the same domain, and from http to https.
        if (hasLeft) forget(options["headers"] as Record<string, unknown>);
        beforeRedirect?.(options, ...details);
      },
    };
    try {
      const answer = { ...(await client().request<unknown, Answer>(whole)), config: request };
      return { answer, isRefusal: answer.status === 401 && !hasLeft };
    } catch (thrown) {
      const failure = thrown as Failure;
      // Whoever tries again, such as the retries of IBM's core, begins with this.
      failure.config = request;
      if (failure.response !== undefined) failure.response.config = request;
      // Somebody else may have refused, perhaps for lack of the token that did not come along.
      return { answer: failure.response, failure, isRefusal: failure.response?.status === 401 && !hasLeft };
    }
  }
}

/** What came of an attempt: an answer that the program wants, or a failure that may have one. */
interface Outcome {
  readonly answer: Answer | undefined;
  readonly failure?: Failure;
  readonly isRefusal: boolean;
}

function given({ answer, failure }: Outcome): Answer {
  if (failure !== undefined) throw failure;
  return answer as Answer;
}

let made: HttpClient | undefined;

/** IBM's axios, which is not to be had from elsewhere. */
function client(): HttpClient {
  return (made ??= new BaseService({ authenticator: new NoAuthAuthenticator() }).getHttpClient());
}

/** The program's wish to give up, as far as it is one of the platform's. */
function signalOf(options: { readonly signal?: unknown } | undefined): { readonly signal?: AbortSignal } {
  return options?.signal instanceof AbortSignal ? { signal: options.signal } : {};
}

function isRepeatable(body: unknown): boolean {
  return body === undefined || body === null || typeof body === "string" || ArrayBuffer.isView(body) || body instanceof ArrayBuffer;
}

function forget(headers: Record<string, unknown>): void {
  for (const name of Object.keys(headers)) if (name.toLowerCase() === "authorization") delete headers[name];
}
