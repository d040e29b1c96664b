/** Requests of every operation, as Rust made them and as this package makes them. */

import type { Containers, Iam, Metadata, Vpc } from "trusted-profile/catalog";

/** A request as Rust's test program prints it. */
export interface Case {
  readonly service: string;
  readonly operation: string;
  readonly set: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly request: Readonly<Record<string, unknown>>;
}

/** A client of each kind, all of them at {@link BASE}. */
export interface Clients {
  readonly vpc: Vpc;
  readonly iam: Iam;
  readonly metadata: Metadata;
  readonly containers: Containers;
}

/** Where Rust's requests go. */
export const BASE = "https://oracle.example";

/** What came of it. */
export interface Compared {
  readonly operations: number;
  /** How many requests were compared. */
  readonly sets: number;
  /** Those that were others than Rust's. */
  readonly wrong: string[];
}

/** Builds the request of each case. */
export async function compared({ vpc, iam, metadata, containers }: Clients, cases: readonly Case[]): Promise<Compared> {
  const clients: Readonly<Record<string, Vpc | Metadata | Containers>> = { vpc, metadata, containers };
  const operations = new Set<string>();
  const wrong: string[] = [];
  let sets = 0;
  for (const { service, operation, set, arguments: given, request } of cases) {
    const id = `${service}.${operation}`;
    const named = Object.entries(given).map(([name, value]) => [name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), value]);
    const built = await (clients[service] ?? iam).request(id, Object.fromEntries(named) as Record<string, unknown>);
    const [ours, theirs] = [canonical({ ...built }), canonical(request)];
    if (ours !== theirs) wrong.push(`${id}, ${set}:\n  ${ours}\nand not\n  ${theirs}`);
    operations.add(id);
    sets += 1;
  }
  return { operations: operations.size, sets, wrong };
}

/** Method, address, headers by name and body: what two requests have to have alike. */
function canonical({ method, url, headers, body }: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ method, url, headers: Object.entries(headers as object).sort(), body });
}
