/* Compares an error with what is expected of it. */
#include "failure.h"

#include "results.h"

#include <stdio.h>
#include <string.h>

static json_object *known;

void know_errors(json_object *errors) { known = errors; }

uint32_t failure_number(const char *kind) {
  static const char *const kinds[] = {"",     "dns",     "refused",     "unreachable", "connect_timeout", "read_timeout",       "proxy",
                                      "tls_expired", "tls_name", "tls_unknown_issuer",   "tls",             "redirect", "interrupted", "too_large", "other"};
  for (uint32_t failure = TP_FAILURE_DNS; failure <= TP_FAILURE_OTHER; failure++) {
    if (strcmp(kinds[failure], kind) == 0) return failure;
  }
  return 0;
}

uint32_t error_number(const char *code) {
  json_object *all = member(known, "errors");
  for (size_t i = 0; i < json_object_array_length(all); i++) {
    json_object *error = json_object_array_get_idx(all, i);
    if (strcmp(text_member(error, "code").data, code) == 0) return (uint32_t)json_object_get_int(member(error, "number"));
  }
  return 0;
}

/* Text and number, the whole text and its part of the JSON say the same. */
static bool is_consistent(const tp_result *found, json_object *json) {
  json_object *all = member(known, "errors");
  struct text code = text_member(json, "code");
  for (size_t i = 0; i < json_object_array_length(all); i++) {
    json_object *error = json_object_array_get_idx(all, i);
    if (strcmp(text_member(error, "code").data, code.data) != 0) continue;
    return same("number", member(error, "number"), json_object_new_int64(tp_result_error(found))) &&
           same("transient", member(error, "transient"), json_object_new_boolean(tp_result_is_transient(found))) &&
           same("transient", member(error, "transient"), json_object_get(member(json, "transient"))) &&
           same("text", member(json, "text"), json_part(tp_result_message, found));
  }
  return differs("nobody knows the error %s", code.data);
}

/* What is null stands for `none`. */
static json_object *or_none(json_object *value, json_object *none) {
  if (value == NULL) return none;
  json_object_put(none);
  return json_object_get(value);
}

static json_object *causes_of(json_object *json, size_t at_most) {
  json_object *texts = json_object_new_array(), *causes = member(json, "causes");
  for (size_t i = 0; i < json_object_array_length(causes) && i < at_most; i++) {
    json_object *cause = json_object_array_get_idx(causes, i);
    char text[4096];
    int length = snprintf(text, sizeof text, "%s: %s", text_member(cause, "cause").data, text_member(cause, "fix").data);
    json_object_array_add(texts, json_object_new_string_len(text, length < (int)sizeof text ? length : (int)sizeof text - 1));
  }
  return texts;
}

static bool contain(const char *what, json_object *wanted, json_object *texts) {
  bool holds = all_in(what, wanted, texts);
  json_object_put(texts);
  return holds;
}

static json_object *list_of(json_object *one) {
  json_object *list = json_object_new_array();
  json_object_array_add(list, one);
  return list;
}

static bool first_cause_contains(json_object *expected, json_object *json) {
  if (!has(expected, "causes_first_contains")) return true;
  json_object *wanted = list_of(json_object_get(member(expected, "causes_first_contains")));
  bool holds = contain("first cause", wanted, causes_of(json, 1));
  json_object_put(wanted);
  return holds;
}

static bool contains_none(json_object *unwanted, struct text text) {
  for (size_t i = 0; unwanted != NULL && i < json_object_array_length(unwanted); i++) {
    struct text part = text_of(json_object_array_get_idx(unwanted, i));
    if (is_in(part, text)) return differs("'%s' must not be in the error", part.data);
  }
  return true;
}

static bool compare(json_object *expected, const tp_result *found, json_object *json) {
  json_object *service = member(json, "service");
  return is_consistent(found, json) && same("code", member(expected, "code"), json_object_get(member(json, "code"))) &&
         same_if_given("status", expected, "status", or_none(member(json, "status"), json_object_new_int(0))) &&
         same_if_given("service_code", expected, "service_code", or_none(member(service, "code"), json_object_new_string(""))) &&
         same_if_given("service_message", expected, "service_message", or_none(member(service, "message"), json_object_new_string(""))) &&
         same_if_given("trace", expected, "trace", or_none(member(service, "trace"), json_object_new_string(""))) &&
         same_if_given("attempts", expected, "attempts", json_object_get(member(json, "attempts"))) &&
         same_if_given("elapsed", expected, "elapsed", json_object_get(member(json, "elapsed_ms"))) &&
         same_if_given("transient", expected, "transient", json_object_get(member(json, "transient"))) &&
         same_if_given("retry_after", expected, "retry_after", or_none(member(json, "retry_after_ms"), json_object_new_int(0))) &&
         contain("message", member(expected, "message_contains"), list_of(json_object_get(member(json, "message")))) &&
         first_cause_contains(expected, json) && contain("causes", member(expected, "causes_contain"), causes_of(json, SIZE_MAX)) &&
         all_in("notes", member(expected, "notes_contain"), member(json, "notes")) &&
         contain("error", member(expected, "contains"), list_of(json_object_get(member(json, "text")))) &&
         contains_none(member(expected, "not_contains"), part(tp_result_message, found));
}

bool check_failure(json_object *expected, const tp_result *found) {
  if (!KNOWS("failed", expected, "code", "status", "service_code", "service_message", "trace", "attempts", "elapsed", "transient",
             "retry_after", "message_contains", "causes_first_contains", "causes_contain", "notes_contain", "contains", "not_contains"))
    return false;
  if (tp_result_kind(found) != TP_FAILED) return unexpected("an error", found);
  json_object *json = read_result(found);
  bool holds = json != NULL && compare(expected, found, json);
  json_object_put(json);
  return holds || differs_at("in %.6000s", tp_result_message(found, NULL));
}
