/**
 * Tokens for IBM Cloud Object Storage: the npm package `ibm-cos-sdk`.
 *
 * @packageDocumentation
 */

import { type AWSError, Credentials, EventListeners, type Request, type Response, S3 } from "ibm-cos-sdk";
import type { AllowedOrigins, Tokens } from "../fetch.js";
import type { AccessToken } from "../token.js";
import { invalid } from "../wasm/border.js";
import { type AdapterOptions, originsOf } from "./origins.js";
import { replacement } from "./refusal.js";

export type { AdapterOptions, Tokens };

/** A request as it is; `ibm-cos-sdk` tells TypeScript less. */
interface Prepared extends Request<unknown, AWSError> {
  readonly operation: string;
  /** By `makeUnauthenticatedRequest()`. */
  readonly _unAuthenticated?: boolean;
  readonly response: { error: unknown };
  listeners(event: string): readonly unknown[];
  removeListener(event: string, listener: unknown): void;
}
type Answered = Omit<Response<unknown, AWSError>, "error"> & { readonly request: Prepared; error: unknown };
type Listen<Subject> = (event: string, listener: (subject: Subject, done: () => void) => void) => void;
type Upload = (params: S3.PutObjectRequest, options: unknown) => S3.ManagedUpload & { readonly service: S3 };

const { VALIDATE_CREDENTIALS, SIGN } = EventListeners.Core as typeof EventListeners.Core & { readonly SIGN: unknown };

/** These concern all buckets of an instance of the service, which has to be said. */
const OF_INSTANCE = new Set(["createBucket", "listBuckets", "listBucketsExtended"]);

/** What would say otherwise who asks. */
const CREDENTIALS = ["apiKeyId", "accessKeyId", "secretAccessKey", "sessionToken", "credentials", "credentialProvider"] as const;

/**
 * A client of Cloud Object Storage that sends the token:
 *
 * ```ts
 * const endpoint = "https://s3.us-south.cloud-object-storage.appdomain.cloud";
 * const cos = s3(tokens, { allowedOrigins: [endpoint], endpoint });
 * await cos.getObject({ Bucket: "my-bucket", Key: "greeting.txt" }).promise();
 * ```
 *
 * Tokens are fetched before a request is signed. A request to any other origin fails before anything is sent, also where
 * `ibm-cos-sdk` itself changes the address: for a redirect, a bucket of another region, or with the bucket in the host
 * name, which is why `s3ForcePathStyle` is set unless the options say otherwise. A 401 drops that very token, and the request is sent once more with the next
 * one, unless its body is a stream, `maxRetries` is 0, or there is no newer token. Where there is no token,
 * requests fail with a `TrustedProfileError`.
 *
 * Requests of a `S3.ManagedUpload` that the program makes by itself are refused; `upload()` is fine.
 *
 * @param tokens - where tokens come from: a provider.
 * @param options - the allowed origins, and everything that `new S3()` takes, but no credentials.
 * @throws InvalidArgumentError - an origin cannot be used, or there is none; or credentials were given.
 */
export function s3(tokens: Tokens, options: AdapterOptions & Omit<S3.ClientConfiguration, (typeof CREDENTIALS)[number]>): S3 {
  const { allowedOrigins, ...configuration } = options;
  const given = CREDENTIALS.find((name) => (options as S3.ClientConfiguration)[name] !== undefined);
  if (given !== undefined) throw invalid(`${given}: expected no credentials, since requests take the tokens of the provider`);
  const guard = new Guard(tokens, originsOf({ allowedOrigins }), configuration.serviceInstanceId);
  const client = new S3({ s3ForcePathStyle: true, ...configuration, credentials: new Credentials({ tokenManager: UNGUARDED } as never) });
  guard.watch(client);
  const upload = client.upload as unknown as Upload;
  client.upload = ((params: S3.PutObjectRequest, ...rest: readonly unknown[]) => {
    const uploading = upload.call(client, params, typeof rest[0] === "object" ? rest[0] : {});
    // It works with a client of its own.
    guard.watch(uploading.service);
    const callback = rest.find((given) => typeof given === "function");
    if (callback !== undefined) uploading.send(callback as Parameters<S3.ManagedUpload["send"]>[0]);
    return uploading;
  }) as S3["upload"];
  return client;
}

/** For requests that no guard looks after: they get none. It also has the client know that tokens are used. */
const UNGUARDED = {
  getToken: () => {
    throw invalid("allowedOrigins: nobody checks where this request goes; use the client that s3() returned, or its upload()");
  },
  refreshToken: (_options: unknown, _force: unknown, callback: () => void) => callback(),
};

/** Signs the requests of clients, and looks at their answers. */
class Guard {
  readonly #tokens: Tokens;
  readonly #origins: AllowedOrigins;
  readonly #serviceInstanceId: string | undefined;
  /** What each request was signed with. */
  readonly #signed = new WeakMap<Prepared, AccessToken>();
  readonly #repeated = new WeakSet<Prepared>();

  constructor(tokens: Tokens, origins: AllowedOrigins, serviceInstanceId: string | undefined) {
    this.#tokens = tokens;
    this.#origins = origins;
    this.#serviceInstanceId = serviceInstanceId;
  }

  watch(client: S3): void {
    const { setupRequestListeners } = client;
    client.setupRequestListeners = (request) => {
      setupRequestListeners.call(client, request);
      this.#attach(request as Prepared);
    };
  }

  #attach(request: Prepared): void {
    request.removeListener("validate", VALIDATE_CREDENTIALS);
    request.removeListener("sign", SIGN);
    const listen: Listen<Prepared> & Listen<Answered> = request.onAsync.bind(request) as never;
    // What the program's callbacks throw is none of these promises' business.
    listen("sign", (prepared: Prepared, done) => void this.#sign(prepared).then(() => queueMicrotask(done)));
    listen("retry", (answered: Answered, done) => void this.#judge(answered).then(() => queueMicrotask(done)));
  }

  async #sign(request: Prepared): Promise<void> {
    const { headers } = request.httpRequest;
    // Its `href` is that of the beginning, whatever became of it.
    const { protocol, hostname, port } = request.httpRequest.endpoint;
    delete headers["Authorization"];
    if (request._unAuthenticated === true) return;
    try {
      this.#origins.check(`${protocol}//${hostname}:${port}`);
      const token = await this.#tokens.token();
      this.#signed.set(request, token);
      headers["Authorization"] = token.authorization;
      if (OF_INSTANCE.has(request.operation) && this.#serviceInstanceId !== undefined) {
        headers["Ibm-Service-Instance-Id"] ??= this.#serviceInstanceId;
      }
    } catch (error) {
      // As it is: what is thrown would be copied into an Error that knows less.
      request.response.error = error;
    }
  }

  /** Whether a request is sent again because its token was refused. */
  async #judge(response: Answered): Promise<void> {
    const { request } = response;
    const refused = this.#signed.get(request);
    if (response.httpResponse.statusCode !== 401 || refused === undefined || this.#repeated.has(request)) return;
    if (!isRepeatable(request.httpRequest.body)) return;
    try {
      if ((await replacement(this.#tokens, refused)) === undefined) return;
    } catch (error) {
      response.error = error;
      return;
    }
    this.#repeated.add(request);
    Object.assign(response.error as AWSError, { retryable: true, retryDelay: 0 });
  }
}

function isRepeatable(body: unknown): boolean {
  return body === undefined || body === null || typeof body === "string" || ArrayBuffer.isView(body);
}
