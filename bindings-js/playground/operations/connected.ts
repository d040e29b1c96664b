/** The catalog of the package, on tokens of the simulator. */

import { TokenProvider } from "trusted-profile";
import { buildRequest, type Client, Containers, Iam, Metadata, operations, type OperationInfo, type RequestOptions, type Reply as Answered, Vpc } from "trusted-profile/catalog";
import { TokenManager } from "trusted-profile/sansio";
import { camel, REGION } from "../code/sample.js";
import type { ShownRequest } from "../shown.js";
import type { Simulator } from "../simulator.js";
import type { Arguments, Catalog, ClientName, Operation, Reply, Where } from "./catalog.js";
import { snake } from "./mistakes.js";

/** Opens it, once somebody looks at the operations. */
export async function connect(simulator: Simulator): Promise<Catalog> {
  const { metadata_url, iam_url, vpc_url, containers_url, seed } = simulator.facts;
  const instance = await TokenProvider.vpcInstance({ endpoint: metadata_url });
  // The interfaces of IAM are for administrators, which the instance's profile is not. The key opens the simulator alone.
  const administrator = await TokenProvider.apiKey(seed.api_key.value, { endpoint: iam_url, dangerouslyAllowBrowser: true });
  const clients: Readonly<Record<ClientName, Client>> = {
    metadata: new Metadata(instance),
    iam: new Iam(administrator, { endpoint: iam_url }),
    vpc: new Vpc(administrator, { endpoint: vpc_url }),
    containers: new Containers(administrator, { endpoint: containers_url }),
  };
  const urls: Readonly<Record<ClientName, string>> = { metadata: metadata_url, iam: iam_url, vpc: vpc_url, containers: containers_url };
  const places: Readonly<Record<Where, (client: ClientName) => Promise<RequestOptions>>> = {
    simulator: async (client) => (client === "metadata" ? metadataAt(metadata_url) : { endpoint: urls[client] }),
    cloud: async (client) => (client === "metadata" ? metadataAt(undefined) : client === "vpc" ? { region: REGION } : {}),
  };
  return {
    operations: (await operations()).map(operationOf),
    request: async ({ client, id }, args, where) => {
      const { method, url, headers, body } = await buildRequest(client, id, spelled(args), await places[where](client));
      return { method, url, headers: Object.entries(headers), body } satisfies ShownRequest;
    },
    serviceUrl: ({ client }) => urls[client],
    call: async ({ client, id }, args) => replyOf(await clients[client].call(id, spelled(args))),
    pages: ({ client, id }, args) => replies(clients[client].pages(id, spelled(args))),
  };
}

/** How the metadata service is reached, as a machine says it. */
async function metadataAt(endpoint: string | undefined): Promise<RequestOptions> {
  const machine = await TokenManager.create({ source: "vpc_instance", protocol: "http", ...(endpoint === undefined ? {} : { endpoint }) });
  try {
    return { metadata: machine.metadataService() };
  } finally {
    machine.dispose();
  }
}

function operationOf(info: OperationInfo): Operation {
  const { client, methodName, id, method, path, auth, deprecated, parameters, answer, pages } = info;
  const all = parameters.map(({ name, ...others }) => ({ name: snake(name), ...others }));
  return { client, methodName: snake(methodName), id, method, path, auth, isDeprecated: deprecated, arguments: all, answer, hasPages: pages };
}

/** By the names that programs give. */
function spelled(args: Arguments): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [camel(name), value]));
}

function replyOf({ status, headers, value }: Answered): Reply {
  return { status, headers: Object.entries(headers), value };
}

async function* replies(pages: AsyncIterable<Answered>): AsyncGenerator<Reply, void, undefined> {
  for await (const page of pages) yield replyOf(page);
}
