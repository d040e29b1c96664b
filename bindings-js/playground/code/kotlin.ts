/** The same in Kotlin: the token from the package, the request with Java's own HTTP. */

import type { Sample } from "./sample.js";

/** A program. */
export function kotlin({ operation, request, simulator }: Sample): string {
  const token = operation.auth === "identity" ? "identityToken" : operation.auth === "iam" ? "token" : undefined;
  const body = request.body === "" ? "noBody()" : `ofString(${text(request.body)})`;
  const headers = request.headers.map(([name, value]) => `            .header(${text(name)}, ${text(value)})`);
  const send = [
    "        val request = HttpRequest.newBuilder(URI(" + text(request.url) + "))",
    `            .method("${request.method}", HttpRequest.BodyPublishers.${body})`,
    ...headers,
    ...(token === undefined ? [] : [`            .header("authorization", tokens.${token}().authorization())`]),
    "            .build()",
    "        val answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString())",
    '        println("${answer.statusCode()} ${answer.body()}")',
  ];
  const options = `MetadataOptions(${simulator === undefined ? "" : `endpoint = ${text(simulator.metadata)}`})`;
  const open = ["fun main() = runBlocking {", `    TokenProvider.vpcInstance(${options}).use { tokens ->`];
  const isAlone = token === undefined;
  const imports = [
    ...(isAlone ? [] : ["io.github.trustedprofile.MetadataOptions", "io.github.trustedprofile.TokenProvider"]),
    "java.net.URI", "java.net.http.HttpClient", "java.net.http.HttpRequest", "java.net.http.HttpResponse",
    ...(isAlone ? [] : ["kotlinx.coroutines.runBlocking"]),
  ].map((name) => `import ${name}`);
  const main = isAlone ? ["fun main() {", ...send.map((line) => line.slice(4)), "}"] : [...open, ...send, "    }", "}"];
  return [...imports, "", ...main].join("\n");
}

/** JSON's escapes are Kotlin's, but for one, and a dollar would begin a template. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll("$", "\\$").replaceAll("\\f", "\\u000c");
}
