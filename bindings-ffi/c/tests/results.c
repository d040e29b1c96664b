/* Parts of results as JSON values. */
#include "results.h"

struct text part(text_part *read, const tp_result *result) {
  struct text text;
  text.data = read(result, &text.length);
  return text;
}

json_object *json_part(text_part *read, const tp_result *result) { return json_of(part(read, result)); }

json_object *read_result(const tp_result *result) { return parse(part(tp_result_json, result)); }

uint64_t whole_ms(uint64_t nanoseconds) { return nanoseconds / 1000000 + (nanoseconds % 1000000 != 0); }

json_object *instant(uint64_t nanoseconds) {
  return nanoseconds == UINT64_MAX ? json_object_new_string("never") : json_object_new_uint64(whole_ms(nanoseconds));
}

bool unexpected(const char *what, const tp_result *found) {
  const char *shown = tp_result_kind(found) == TP_FAILED ? tp_result_message(found, NULL) : tp_result_json(found, NULL);
  return differs("%s: another outcome was expected than %u: %.8000s", what, tp_result_kind(found), shown);
}
