/** What the page of `catalog.test.ts` runs. */

import { NotFoundError, TokenProvider } from "trusted-profile";
import { Containers, Iam, Metadata, Vpc } from "trusted-profile/catalog";
import { BASE, type Case, type Compared, compared } from "../requests.js";

declare global {
  var catalog: typeof all;
}

const all = {
  /** Builds every request beside the one of Rust. */
  requests: async (cases: readonly Case[]): Promise<Compared> => {
    const [instance, key] = [await TokenProvider.vpcInstance({ endpoint: BASE }), await TokenProvider.bearer("a-token-0123456789")];
    const at = { endpoint: BASE };
    return compared({ vpc: new Vpc(key, at), iam: new Iam(key, at), metadata: new Metadata(instance), containers: new Containers(key, at) }, cases);
  },

  /** Makes, changes and removes a resource by the page's own `fetch`, and walks through a list. */
  resources: async (metadataUrl: string, vpcUrl: string): Promise<unknown[]> => {
    const tokens = await TokenProvider.vpcInstance({ endpoint: metadataUrl });
    const vpc = new Vpc(tokens, { endpoint: vpcUrl });
    const { id = "" } = await vpc.createVpc({ body: { name: "first" } });
    const { etag } = await vpc.call("get_vpc", { id });
    const { name } = await vpc.updateVpc({ id, body: { name: "second" } });
    const names: unknown[] = [];
    for await (const item of vpc.listVpcsItems({ limit: 1 })) names.push(item.name);
    await vpc.deleteVpc({ id });
    const gone = await vpc.getVpc({ id }).catch((error: unknown) => error instanceof NotFoundError);
    const instance = await new Metadata(tokens).getInstance();
    return [etag !== undefined, name, names.includes("second"), gone, instance.id];
  },

  /** Where the metadata service is asked, and for what, when it is reached by https alone. */
  metadata: async (): Promise<string[]> => {
    const asked: string[] = [];
    const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
      asked.push(`${init?.method} ${String(input).split("?")[0]}`);
      const answer = init?.method === "PUT" ? { access_token: "of-the-instance", expires_in: 300 } : { id: "0717" };
      return new Response(JSON.stringify(answer), { headers: { "content-type": "application/json" } });
    };
    const { id } = await new Metadata(await TokenProvider.vpcInstance({ fetch, protocol: "auto" })).getInstance();
    return [...asked, String(id)];
  },
};

globalThis.catalog = all;
