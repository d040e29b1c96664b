/** The same in Go. */

import { camel, KEY, placeOf, type Sample, sourceOf } from "./sample.js";

/** A program. */
export function go(sample: Sample): string {
  const { operation } = sample;
  const { isKey, endpoint } = sourceOf(sample);
  const given = [...(isKey ? [`os.Getenv("${KEY}")`] : []), ...(endpoint === undefined ? [] : [`trustedprofile.WithEndpoint(${JSON.stringify(endpoint)})`])].join(", ");
  const place = Object.entries(placeOf(sample)).map(([option, value]) => `${capital(option)}: ${JSON.stringify(value)}`).join(", ");
  return [
    "package main",
    "",
    "import (",
    '\t"context"',
    '\t"fmt"',
    '\t"log"',
    ...(isKey ? ['\t"os"'] : []),
    "",
    '\ttrustedprofile "github.com/trusted-profile/trusted-profile/bindings-ffi/go"',
    ")",
    "",
    "func main() {",
    `\ttokens, err := trustedprofile.New(trustedprofile.${isKey ? "APIKey" : "VPCInstance"}(${given}))`,
    "\tif err != nil {",
    "\t\tlog.Fatal(err)",
    "\t}",
    "\tdefer tokens.Close()",
    `\tclient, err := trustedprofile.NewClient(tokens, "${operation.client}", trustedprofile.ClientOptions{${place}})`,
    "\tif err != nil {",
    "\t\tlog.Fatal(err)",
    "\t}",
    `\treply, err := client.Call(context.Background(), "${operation.id}", ${literal(sample.arguments)})`,
    "\tif err != nil {",
    "\t\tlog.Fatal(err)",
    "\t}",
    "\tfmt.Println(reply.Status, string(reply.Body))",
    "}",
  ].join("\n");
}

/** JSON as Go writes it where anything may be in it. */
function literal(value: unknown): string {
  if (value === null) return "nil";
  if (Array.isArray(value)) return `[]any{${value.map(literal).join(", ")}}`;
  if (typeof value === "object") return `map[string]any{${Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${literal(member)}`).join(", ")}}`;
  // Half of a pair of surrogates is no character of Go's.
  return JSON.stringify(value).replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, "$1\\ufffd");
}

function capital(name: string): string {
  return camel(`_${name}`);
}
