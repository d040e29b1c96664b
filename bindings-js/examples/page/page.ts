/**
 * A page whose requests carry a token. A page has no identity of its own: a service of yours, which knows who looks at
 * the page, gives it tokens that may do no more than that person.
 *
 *     npx esbuild page.ts --bundle --minify --format=esm --outfile=page.js
 */

import { TokenProvider, TrustedProfileError } from "trusted-profile";

const tokens = await TokenProvider.external(
  async ({ signal }) => {
    const response = await fetch("token", { method: "POST", credentials: "same-origin", signal });
    // The message goes into the error of whoever waits for a token.
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
    const { access_token, expires_in } = (await response.json()) as { access_token: string; expires_in: number };
    return { accessToken: access_token, expiresIn: expires_in };
  },
  { allowedOrigins: [location.origin] },
);

async function show(): Promise<string> {
  const response = await tokens.fetch(new URL("data", location.href));
  return response.text();
}

const output = document.querySelector("output") as HTMLOutputElement;
try {
  output.textContent = await show();
} catch (error) {
  output.textContent = error instanceof TrustedProfileError ? error.summary : String(error);
}
