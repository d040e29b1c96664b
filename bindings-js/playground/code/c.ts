/** The same in C. */

import { placeOf, type Sample } from "./sample.js";

/** A program. */
export function c(sample: Sample): string {
  const { operation, simulator } = sample;
  const source = { source: "vpc_instance", ...(simulator === undefined ? {} : { endpoint: simulator.metadata }) };
  return [
    "#include <stdio.h>",
    "#include <trusted_profile.h>",
    "",
    "int main(void) {",
    "  tp_provider *tokens = NULL;",
    "  tp_client *client = NULL;",
    `  tp_result *result = tp_provider_new(${text(JSON.stringify(source))}, TP_TEXT(""), NULL, &tokens);`,
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

/** JSON holds no control characters as they are, so its quotes and backslashes are all that C wants to be escaped. */
function text(json: string): string {
  return `TP_TEXT("${json.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("??", '?\\?')}")`;
}
