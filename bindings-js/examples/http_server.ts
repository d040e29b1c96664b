/**
 * A service that gets what it serves from another one, with the token of the instance: objects of a bucket.
 *
 *     node http_server.ts COS_ENDPOINT BUCKET [METADATA_ENDPOINT]
 *
 * It listens on PORT, or on one that is free, and ends cleanly on SIGTERM.
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { TokenProvider, TrustedProfileError } from "trusted-profile";

const [cos = "https://s3.us-south.cloud-object-storage.appdomain.cloud", bucket = "", endpoint] = process.argv.slice(2);

// One for the whole program. Requests that come while a token is fetched wait for the same fetch.
const tokens = await TokenProvider.vpcInstance({
  endpoint,
  allowedOrigins: [cos],
  onEvent: (event) => console.error(event.event),
});

const server = createServer(async (request, response) => {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  try {
    const key = new URL(request.url ?? "/", "http://localhost").pathname.slice(1);
    const object = await tokens.fetch(`${cos}/${bucket}/${key}`, { signal: gone.signal });
    response.writeHead(object.status, { "content-type": object.headers.get("content-type") ?? "application/octet-stream" });
    response.end(new Uint8Array(await object.arrayBuffer()));
  } catch (error) {
    if (gone.signal.aborted) return;
    // For whoever operates this; for the client it is none of its business.
    console.error(error instanceof TrustedProfileError ? error.message : error);
    response.writeHead(502).end("the store cannot be reached\n");
  }
});

server.listen(Number(process.env["PORT"] ?? 0), "127.0.0.1", () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once("SIGTERM", () => {
  server.close(() => tokens.dispose());
});
