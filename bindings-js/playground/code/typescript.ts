/** The same in TypeScript. */

import { CLASSES, camel, KEY, placeOf, type Sample, sourceOf } from "./sample.js";

/** A program, as a module. */
export function typescript(sample: Sample): string {
  const { operation } = sample;
  const { isKey, ...at } = sourceOf(sample);
  const given = [...(isKey ? [`process.env["${KEY}"] ?? ""`] : []), ...(at.endpoint === undefined ? [] : [object(at)])].join(", ");
  const name = CLASSES[operation.client];
  const place = placeOf(sample);
  const options = Object.keys(place).length === 0 ? "" : `, ${object(place)}`;
  const args = Object.fromEntries(Object.entries(sample.arguments).map(([argument, value]) => [camel(argument), value]));
  return [
    'import { TokenProvider } from "trusted-profile";',
    `import { ${name} } from "trusted-profile/catalog";`,
    "",
    `const tokens = await TokenProvider.${isKey ? "apiKey" : "vpcInstance"}(${given});`,
    `const ${operation.client} = new ${name}(tokens${options});`,
    `const answer = await ${operation.client}.${camel(operation.methodName)}(${Object.keys(args).length === 0 ? "" : object(args)});`,
    "console.info(answer);",
  ].join("\n");
}

/** JSON as JavaScript writes it. */
function object(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(object).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}: ${object(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
