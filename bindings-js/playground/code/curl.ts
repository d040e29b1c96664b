/** The request itself, for a shell. The token is in a variable. */

import type { Sample } from "./sample.js";

/** A command for `sh`. */
export function curl({ operation, request }: Sample): string {
  const method = request.method === "HEAD" ? " --head" : request.method === "GET" ? "" : ` -X ${request.method}`;
  const isTokenSent = operation.auth === "iam" || operation.auth === "identity";
  const headers = request.headers.filter(([name]) => name !== "user-agent" && name !== "authorization");
  const parts = [
    `curl${method} ${quoted(request.url)}`,
    ...(isTokenSent ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(request.body === "" ? [] : [`--data-raw ${quoted(request.body)}`]),
  ];
  return parts.join(" \\\n  ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
