/** The same in Go. */

import { camel, KEY, placeOf, type Sample, sourceOf, typeOfNumber } from "./sample.js";

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
  if (typeof value === "number") return number(JSON.stringify(value));
  // Half of a pair of surrogates is no character of Go's.
  return JSON.stringify(value).replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, "$1\\ufffd");
}

/** Whole numbers are an `int` unless they say otherwise, which has 32 bits on some machines; and numbers with a point or an exponent say it. */
function number(json: string): string {
  const type = typeOfNumber(json);
  const types = { i64: "int64", u64: "uint64", f64: "float64" };
  return type === "i32" || /[.e]/.test(json) ? json : `${types[type]}(${json})`;
}

function capital(name: string): string {
  return camel(`_${name}`);
}
