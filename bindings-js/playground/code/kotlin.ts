/** The same in Kotlin. */

import { KEY, placeOf, type Sample, sourceOf } from "./sample.js";

/** A program. */
export function kotlin(sample: Sample): string {
  const { operation } = sample;
  const { isKey, endpoint } = sourceOf(sample);
  const options = `${isKey ? "IamOptions" : "MetadataOptions"}(${endpoint === undefined ? "" : `endpoint = ${text(endpoint)}`})`;
  const source = isKey ? `apiKey(System.getenv("${KEY}"), ${options})` : `vpcInstance(${options})`;
  const place = Object.entries(placeOf(sample)).map(([option, value]) => `${option} = ${text(value)}`).join(", ");
  const args = Object.keys(sample.arguments).length === 0 ? "" : `, ${text(JSON.stringify(sample.arguments))}`;
  return [
    "import io.github.trustedprofile.Client",
    ...(place === "" ? [] : ["import io.github.trustedprofile.ClientOptions"]),
    `import io.github.trustedprofile.${isKey ? "IamOptions" : "MetadataOptions"}`,
    "import io.github.trustedprofile.TokenProvider",
    "import kotlinx.coroutines.runBlocking",
    "",
    "fun main(): Unit = runBlocking {",
    `    TokenProvider.${source}.use { tokens ->`,
    `        Client("${operation.client}", tokens${place === "" ? "" : `, ClientOptions(${place})`}).use { ${operation.client} ->`,
    `            val reply = ${operation.client}.call("${operation.id}"${args})`,
    '            println("${reply.status} ${reply.json ?: reply.text}")',
    "        }",
    "    }",
    "}",
  ].join("\n");
}

/** What is JSON holds no control characters as they are; and a dollar would begin a template. */
function text(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("$", "\\$")}"`;
}
