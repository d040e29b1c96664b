/** The same in Python. */

import { CLASSES, indented, KEY, placeOf, type Sample, sourceOf } from "./sample.js";

/** A program. */
export function python(sample: Sample): string {
  const { operation } = sample;
  const { isKey, endpoint } = sourceOf(sample);
  const given = [...(isKey ? [`os.environ["${KEY}"]`] : []), ...(endpoint === undefined ? [] : [`endpoint=${literal(endpoint)}`])].join(", ");
  const name = CLASSES[operation.client];
  const place = Object.entries(placeOf(sample)).map(([option, value]) => `, ${option}=${literal(value)}`).join("");
  const args = Object.entries(sample.arguments).map(([argument, value]) => `${argument}=${literal(value)}`);
  return [
    ...(isKey ? ["import os", ""] : []),
    `from trusted_profile import TokenProvider, ${name}`,
    "",
    `tokens = TokenProvider.${isKey ? "api_key" : "vpc_instance"}(${given})`,
    `${operation.client} = ${name}(tokens${place})`,
    `answer = ${operation.client}.${operation.methodName}(${indented(args.join(", "), "    ")})`,
    "print(answer)",
  ].join("\n");
}

/** JSON as Python writes it. */
function literal(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([name, member]) => `${literal(name)}: ${literal(member)}`).join(", ")}}`;
  return JSON.stringify(value);
}
