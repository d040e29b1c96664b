/** The same in C. */

import { KEY, placeOf, type Sample, sourceOf } from "./sample.js";

/** A program. */
export function c(sample: Sample): string {
  const { operation } = sample;
  const { isKey, ...at } = sourceOf(sample);
  const source = isKey ? "source, (size_t)length" : text(JSON.stringify({ source: "vpc_instance", ...at }));
  return [
    "#include <stdio.h>",
    ...(isKey ? ["#include <stdlib.h>"] : []),
    "#include <trusted_profile.h>",
    "",
    "int main(void) {",
    ...(isKey ? keyed(at) : []),
    "  tp_provider *tokens = NULL;",
    "  tp_client *client = NULL;",
    `  tp_result *result = tp_provider_new(${source}, TP_TEXT(""), NULL, &tokens);`,
    `  if (result == NULL) result = tp_client_new(TP_TEXT("${operation.client}"), ${text(JSON.stringify(placeOf(sample)))}, &client);`,
    "  if (result == NULL)",
    `    result = tp_provider_call(tokens, client, TP_TEXT("${operation.id}"),`,
    `                              ${text(JSON.stringify(sample.arguments))}, -1);`,
    "  int is_answered = tp_result_kind(result) == TP_ANSWER;",
    "  if (is_answered)",
    '    printf("%u %s\\n", (unsigned)tp_result_status(result), tp_result_content(result, NULL));',
    "  else",
    '    fprintf(stderr, "%s\\n", tp_result_message(result, NULL));',
    "  tp_result_free(result);",
    "  tp_client_free(client);",
    "  tp_provider_free(tokens);",
    "  return !is_answered;",
    "}",
  ].join("\n");
}

/** Puts the key, in which JSON escapes nothing, into what the provider is made of. */
function keyed(at: { readonly endpoint?: string }): string[] {
  const format = escaped(JSON.stringify({ source: "api_key", ...at }).replaceAll("%", "%%").replace(/\}$/, ',"api_key":"%s"}'));
  return [
    "  char source[1024];",
    `  const char *key = getenv("${KEY}");`,
    `  int length = snprintf(source, sizeof source, "${format}", key == NULL ? "" : key);`,
    "  if (length < 0 || (size_t)length >= sizeof source) return 1;",
  ];
}

/** JSON holds no control characters as they are, so its quotes and backslashes are all that C wants to be escaped. */
function text(json: string): string {
  return `TP_TEXT("${escaped(json)}")`;
}

function escaped(json: string): string {
  return json.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("??", '?\\?');
}
