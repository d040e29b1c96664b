/** What code is written for. */

import type { Arguments, ClientName, Operation } from "../operations/catalog.js";
import type { ShownRequest } from "../shown.js";

/** A call of an operation. */
export interface Sample {
  readonly operation: Operation;
  readonly arguments: Arguments;
  readonly request: ShownRequest;
  /** The simulator's addresses; undefined for IBM Cloud. */
  readonly simulator: { readonly metadata: string; readonly service: string } | undefined;
}

/** What an address would be without the simulator: only the VPC API has regions. */
export const REGION = "us-south";

/** The class of a client, which is the same in most languages. */
export const CLASSES: Readonly<Record<ClientName, string>> = { vpc: "Vpc", iam: "Iam", metadata: "Metadata", containers: "Containers" };

/** Where a client's service is: the metadata service is where the tokens come from, the others have an address of their own. */
export function placeOf({ operation, simulator }: Sample): { readonly endpoint?: string; readonly region?: string } {
  if (operation.client === "metadata") return {};
  if (simulator !== undefined) return { endpoint: simulator.service };
  return operation.client === "vpc" ? { region: REGION } : {};
}

/** `name_of_it` as `nameOfIt`. */
export function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The variable that holds the API key in code for IAM: its interfaces are for administrators, which an instance's profile is not. */
export const KEY = "IBMCLOUD_API_KEY";

/** Where tokens come from: the metadata service, or for IAM an API key. */
export function sourceOf({ operation, simulator }: Sample): { readonly isKey: boolean; readonly endpoint?: string } {
  const isKey = operation.client === "iam";
  return { isKey, ...(simulator === undefined ? {} : { endpoint: isKey ? simulator.service : simulator.metadata }) };
}

/** Every line but the first moved to the right. */
export function indented(text: string, by: string): string {
  return text.replaceAll("\n", `\n${by}`);
}

/** The first of these types that holds a number, as JSON writes it: without one of them, a language takes one of its own. */
export function typeOfNumber(json: string): "i32" | "i64" | "u64" | "f64" {
  if (!/^-?\d+$/.test(json)) return "f64";
  // Of the digits that are written, which may be others than those of the number: it is rounded to 53 bits.
  const whole = BigInt(json);
  if (BigInt.asIntN(32, whole) === whole) return "i32";
  if (BigInt.asIntN(64, whole) === whole) return "i64";
  return BigInt.asUintN(64, whole) === whole ? "u64" : "f64";
}
