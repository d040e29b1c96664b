/* Compares what a poll returned with what a script expects. What is not mentioned is not compared. */
#include "expected.h"

#include "failure.h"
#include "form.h"
#include "results.h"

#include <string.h>

static const char *const OUTCOMES[] = {"ready", "send", "need_input", "wait", "failed", "none", NULL};

const char *given_name(json_object *expected) {
  const char *outcome = only(expected, OUTCOMES);
  if (outcome == NULL) return NULL;
  json_object *parts = member(expected, outcome);
  json_object *name = member(parts, strcmp(outcome, "ready") == 0 ? "name" : "as");
  return name == NULL ? NULL : json_object_get_string(name);
}

static json_object *bearer(struct text token) {
  size_t length = token.length + strlen("Bearer ");
  char *text = malloc(length + 1);
  memcpy(text, "Bearer ", strlen("Bearer "));
  memcpy(text + strlen("Bearer "), token.data, token.length);
  json_object *made = json_object_new_string_len(text, (int)length);
  free(text);
  return made;
}

static bool check_ready(json_object *expected, const tp_result *found) {
  if (!KNOWS("ready", expected, "token", "name", "generation", "usable_until", "usable_until_unix", "refresh_at", "refresh_at_unix")) return false;
  if (tp_result_kind(found) != TP_READY) return unexpected("ready", found);
  json_object *authorization = bearer(text_member(expected, "token"));
  bool holds = same("authorization", authorization, json_part(tp_result_authorization, found));
  json_object_put(authorization);
  return holds && same("token", member(expected, "token"), json_part(tp_result_token, found)) &&
         same_if_given("generation", expected, "generation", json_object_new_uint64(tp_result_generation(found))) &&
         same_if_given("usable_until", expected, "usable_until", instant(tp_result_usable_until_monotonic(found))) &&
         same_if_given("usable_until_unix", expected, "usable_until_unix", instant(tp_result_usable_until_unix(found))) &&
         same_if_given("refresh_at", expected, "refresh_at", instant(tp_result_refresh_at_monotonic(found))) &&
         same_if_given("refresh_at_unix", expected, "refresh_at_unix", instant(tp_result_refresh_at_unix(found)));
}

/* The values of every header of this name. */
static json_object *header_values(const tp_result *found, const char *name) {
  json_object *values = json_object_new_array();
  for (size_t i = 0; i < tp_result_header_count(found); i++) {
    size_t length = 0;
    const char *value = (const char *)tp_result_header_value(found, i, &length);
    if (strcmp(tp_result_header_name(found, i, NULL), name) == 0) json_object_array_add(values, json_object_new_string_len(value, (int)length));
  }
  return values;
}

static bool check_headers(json_object *expected, const tp_result *found) {
  json_object *headers = member(expected, "headers"), *absent = member(expected, "absent_headers");
  if (headers != NULL) {
    json_object_object_foreach(headers, name, value) {
      json_object *wanted = json_object_new_array();
      json_object_array_add(wanted, json_object_get(value));
      bool holds = same(name, wanted, header_values(found, name));
      json_object_put(wanted);
      if (!holds) return false;
    }
  }
  json_object *none = json_object_new_array();
  bool holds = true;
  for (size_t i = 0; holds && absent != NULL && i < json_object_array_length(absent); i++) {
    const char *name = json_object_get_string(json_object_array_get_idx(absent, i));
    holds = same(name, none, header_values(found, name));
  }
  json_object_put(none);
  return holds;
}

static bool check_request(json_object *expected, const tp_result *found) {
  if (expected == NULL) return true;
  if (!KNOWS("request", expected, "method", "url", "headers", "absent_headers", "body", "form", "json")) return false;
  struct text body;
  body.data = (const char *)tp_result_body(found, &body.length);
  bool holds = same_if_given("method", expected, "method", json_part(tp_result_method, found)) &&
               same_if_given("url", expected, "url", json_part(tp_result_url, found)) && check_headers(expected, found) &&
               same_if_given("body", expected, "body", json_of(body)) && same_if_given("form", expected, "form", form_pairs(body));
  if (!holds || !has(expected, "json")) return holds;
  json_object *json = parse(body);
  return json != NULL && same("json", member(expected, "json"), json);
}

static const char *network(const tp_result *found) {
  switch (tp_result_network(found)) {
    case TP_NETWORK_LINK_LOCAL: return "link_local";
    case TP_NETWORK_PRIVATE: return "private";
    case TP_NETWORK_PUBLIC: return "public";
    default: return "none";
  }
}

bool check_send(json_object *expected, const tp_result *found) {
  if (!KNOWS("send", expected, "as", "request", "connect_timeout", "timeout", "max_response_bytes", "network")) return false;
  if (tp_result_kind(found) != TP_SEND) return unexpected("send", found);
  return check_request(member(expected, "request"), found) &&
         same_if_given("connect_timeout", expected, "connect_timeout", json_object_new_uint64(whole_ms(tp_result_connect_timeout(found)))) &&
         same_if_given("timeout", expected, "timeout", json_object_new_uint64(whole_ms(tp_result_timeout(found)))) &&
         same_if_given("max_response_bytes", expected, "max_response_bytes", json_object_new_uint64(tp_result_max_bytes(found))) &&
         same_if_given("network", expected, "network", json_object_new_string(network(found)));
}

static bool check_need_input(json_object *expected, const tp_result *found) {
  if (!KNOWS("need_input", expected, "as", "paths", "max_bytes", "external")) return false;
  if (has(expected, "external")) {
    json_object *external = member(expected, "external");
    if (!KNOWS("external", external, "timeout")) return false;
    if (has(expected, "paths") || tp_result_kind(found) != TP_NEED_TOKEN) return unexpected("external", found);
    return same("timeout", member(external, "timeout"), json_object_new_uint64(whole_ms(tp_result_timeout(found))));
  }
  if (tp_result_kind(found) != TP_NEED_FILES) return unexpected("files", found);
  json_object *paths = json_object_new_array();
  for (size_t i = 0; i < tp_result_path_count(found); i++) {
    struct text path;
    path.data = tp_result_path(found, i, &path.length);
    json_object_array_add(paths, json_of(path));
  }
  return same("paths", member(expected, "paths"), paths) &&
         same_if_given("max_bytes", expected, "max_bytes", json_object_new_uint64(tp_result_max_bytes(found)));
}

static bool check_wait(json_object *expected, const tp_result *found) {
  if (!KNOWS("wait", expected, "at_most")) return false;
  if (tp_result_kind(found) != TP_WAIT) return unexpected("wait", found);
  return same("at_most", member(expected, "at_most"), json_object_new_uint64(whole_ms(tp_result_timeout(found))));
}

bool check_action(json_object *expected, const tp_result *found) {
  if (!knows("expect", expected, OUTCOMES)) return false;
  const char *outcome = only(expected, OUTCOMES);
  if (outcome == NULL) return differs("expect: exactly one outcome has to be given");
  json_object *parts = member(expected, outcome);
  if (strcmp(outcome, "ready") == 0) return check_ready(parts, found);
  if (strcmp(outcome, "send") == 0) return check_send(parts, found);
  if (strcmp(outcome, "need_input") == 0) return check_need_input(parts, found);
  if (strcmp(outcome, "wait") == 0) return check_wait(parts, found);
  if (strcmp(outcome, "failed") == 0) return check_failure(parts, found);
  return tp_result_kind(found) == TP_DONE ? same("none", parts, json_object_new_boolean(1)) : unexpected("none", found);
}
