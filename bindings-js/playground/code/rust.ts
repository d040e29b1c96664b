/** The same in Rust. */

import { CLASSES, indented, KEY, placeOf, type Sample, sourceOf, typeOfNumber } from "./sample.js";

/** A program. */
export function rust(sample: Sample): string {
  const { operation } = sample;
  const { isKey, endpoint } = sourceOf(sample);
  const source = isKey ? `api_key(std::env::var("${KEY}").unwrap_or_default())` : "vpc_instance()";
  const name = CLASSES[operation.client];
  const place = Object.entries(placeOf(sample)).map(([option, value]) => `.${option}(${JSON.stringify(value)})`).join("");
  const args = indented(literal(sample.arguments), "    ");
  return [
    ...limit(args),
    "use serde_json::json;",
    `use trusted_profile::{${["TokenProvider", name].sort().join(", ")}};`,
    "",
    "#[tokio::main]",
    "async fn main() -> Result<(), trusted_profile::Error> {",
    `    let tokens = TokenProvider::${source}${endpoint === undefined ? "" : `.endpoint(${JSON.stringify(endpoint)})`}.build()?;`,
    `    let ${operation.client} = ${name}::new(&tokens)${place};`,
    `    let reply = ${operation.client}.call("${operation.id}", json!(${args})).await?;`,
    '    println!("{} {}", reply.status, reply.value.to_json().as_str());',
    "    Ok(())",
    "}",
  ].join("\n");
}

/** `json!` reads token by token, each within the one before: of a long value more than 128 of them, which is Rust's limit. */
function limit(args: string): string[] {
  const tokens = args.match(/"(?:[^"\\]|\\.)*"|[\w.+-]+|\S/g)?.length ?? 0;
  return tokens < 64 ? [] : [`#![recursion_limit = "${128 + 2 * tokens}"]`, ""];
}

/** JSON as `json!` takes it: texts and numbers, and the rest as it is. */
function literal(value: unknown): string {
  return JSON.stringify(value, undefined, 4).replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => (token.startsWith('"') ? text(token) : number(token)));
}

/** The escapes of JSON are Rust's, but for these. */
function text(json: string): string {
  const escapes: Readonly<Record<string, string>> = { "\\b": "\\u{8}", "\\f": "\\u{c}" };
  return json.replace(/\\(?:u([0-9a-f]{4})|.)/g, (escape, code?: string) => {
    if (code === undefined) return escapes[escape] ?? escape;
    // Half of a pair of surrogates is no character.
    return code.startsWith("d") ? "\\u{fffd}" : `\\u{${code}}`;
  });
}

/** Whole numbers are of 32 bits unless they say otherwise, and numbers with a point or an exponent say it. */
function number(json: string): string {
  const type = typeOfNumber(json);
  if (type === "i32" || /[.e]/.test(json)) return json;
  return `${json.replace(/\B(?=(?:\d{3})+$)/g, "_")}_${type}`;
}
