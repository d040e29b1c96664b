/** Operations without any provider: what there is, requests that nobody sends, answers that somebody else got. */

import type { Answer } from "../action.js";
import type { MetadataService } from "../event.js";
import { json, options as checkOptions, outcome, texts } from "../wasm/arguments.js";
import { camel } from "../wasm/spelling.js";
import { type BuiltRequest, type OperationParameters, requestOf, type VpcOptions } from "./client.js";
import { once } from "./engine.js";
import { parametersOf } from "./parameters.js";
import { Reply } from "./reply.js";

/** The clients, by name. */
export type ClientName = "vpc" | "iam" | "metadata" | "containers";

const CLIENTS: readonly ClientName[] = ["vpc", "metadata", "iam", "containers"];

/** A parameter of an operation. */
export interface ParameterInfo {
  /** As programs give it. */
  readonly name: string;
  /** Where it goes. */
  readonly in: "path" | "query" | "header" | "body";
  /** What it is; of a body how it is written. */
  readonly type: "string" | "secret" | "integer" | "boolean" | "strings" | "json" | "merge_patch" | "form" | "xml";
  /** Whether there is an error without it. */
  readonly required: boolean;
}

/** An operation. */
export interface OperationInfo {
  /** The client that has it. */
  readonly client: ClientName;
  /** The client's method for it. */
  readonly methodName: string;
  /** The service and the name, as in `vpc.list_instances`: unique among all of them. */
  readonly id: string;
  /** The service. */
  readonly service: string;
  /** Its own name. */
  readonly name: string;
  /** The HTTP method. */
  readonly method: string;
  /** The path, with `{name}` where an argument goes. */
  readonly path: string;
  /** The credential; null for none. */
  readonly auth: "identity" | "iam" | "grant" | null;
  /** Whether sending it twice does what sending it once does. */
  readonly idempotent: boolean;
  /** Whether the service wants no newcomers to use it. */
  readonly deprecated: boolean;
  /** What it takes. */
  readonly parameters: readonly ParameterInfo[];
  /** What it is answered with; null for nothing. */
  readonly answer: "json" | "text" | "xml" | "yes_or_no" | null;
  /** Whether it has pages. */
  readonly pages: boolean;
  /** The property of a page that lists its items. */
  readonly items: string | null;
}

/** Where a request would go. */
export interface RequestOptions extends VpcOptions {
  /** How the metadata service is reached, for its operations: what `TokenManager.metadataService` says. */
  readonly metadata?: MetadataService | undefined;
}

interface Described extends Omit<OperationInfo, "client" | "methodName" | "parameters"> {
  readonly method_name: string;
  readonly arguments: readonly ParameterInfo[];
}

/** Every operation, client by client. */
export async function operations(): Promise<OperationInfo[]> {
  const all = await once(({ Client }) => CLIENTS.map((name) => [name, new Client(name, "{}").operations()] as const));
  return all.flatMap(([client, text]) => (JSON.parse(text) as Described[]).map((described) => infoOf(client, described)));
}

/**
 * The request of an operation of `client`, without credentials.
 *
 * @param operation - its name, or its id.
 * @throws InvalidArgumentError - names the argument or the option that is wrong.
 */
export async function buildRequest(
  client: ClientName,
  operation: string,
  parameters: OperationParameters = {},
  options: RequestOptions = {},
): Promise<BuiltRequest> {
  texts({ client });
  const given = parametersOf(operation, parameters);
  checkOptions("options", options);
  const { metadata, ...others } = options;
  const [settings, service] = [json("options", others), metadata === undefined ? undefined : json("metadata", metadata)];
  return requestOf(await once(({ Client }) => new Client(client, settings).request(operation, given, service)));
}

/**
 * What an answer holds, wherever it came from.
 *
 * @param operation - its id, such as `vpc.list_instances`.
 * @throws InvalidArgumentError - names what of it cannot be an answer.
 * @throws TrustedProfileError - the service's refusal, or that the answer is not what the operation promises.
 */
export async function parseAnswer(operation: string, answer: Answer): Promise<Reply> {
  texts({ operation });
  const { status, lines, body } = outcome(answer);
  const text = await once(({ Client }) => Client.parse(operation, status, lines, body));
  const parsed = JSON.parse(text) as { status: number; headers: Array<[string, string]>; content: string; value: unknown };
  return new Reply(parsed.content === "nothing" ? undefined : parsed.value, parsed.status, parsed.headers);
}

function infoOf(client: ClientName, { method_name, arguments: parameters, ...others }: Described): OperationInfo {
  const named = parameters.map((parameter) => ({ ...parameter, name: camel(parameter.name) }));
  return { client, methodName: camel(method_name), ...others, parameters: named };
}
