/** Options have the core's names in its errors. Programs have other ones for them. */

import type { ErrorFacts } from "../error.js";

/** Those that the core mentions in the middle of what it says. */
const NAMES = /^(profile_(id|crn|name)|cr_token(_file)?|client_(id|secret)|account_id|link_local|refresh_at|wait_until_ready)$/;

/** A name in camelCase. */
export function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** With options by their names in JavaScript, where the core itself speaks: neither services nor the program's functions do. */
export function spelled(facts: ErrorFacts): ErrorFacts {
  const { code, text, message, notes } = facts;
  // Nobody but the core has a say in these.
  const own = code === "invalid_argument" ? spell : (said: string) => said;
  const causes = facts.causes.map(({ cause, fix }) => ({ cause: spell(cause), fix: spell(fix) }));
  const end = causes.length > 0 ? text.lastIndexOf("\n  1. ") : text.length;
  return { ...facts, message: own(message), notes: notes.map(own), causes, text: code + own(text.slice(code.length, end)) + spell(text.slice(end)) };
}

function spell(text: string): string {
  // Then it lists names, and that of the option which there is not.
  const isOfNames = text.includes("unknown field");
  return text
    .replace(/(?<![\w/.-])\w+/g, (name) => (isOfNames || NAMES.test(name) ? camel(name) : name))
    // The one that it is about. `iam_apikey` is a setting of Cloud Foundry.
    .replace(/^(: )?(?!iam_)\w+(?=: )|(?<=got ")\w+(?=: )/g, camel)
    .replace("ca_bundle or SSL_CERT_FILE", "ca or NODE_EXTRA_CA_CERTS");
}
