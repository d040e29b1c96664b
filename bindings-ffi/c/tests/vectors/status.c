/* Compares the machine's status, and spells events as scripts do. */
#include "expected.h"

#include <stdio.h>
#include <string.h>

static json_object *monotonic(json_object *instant) {
  return json_object_get(json_object_is_type(instant, json_type_object) ? member(instant, "monotonic_ms") : instant);
}

static json_object *or_none(json_object *value) { return value == NULL ? json_object_new_string("none") : json_object_get(value); }

static bool check_slot(json_object *expected, json_object *found) {
  return KNOWS("slot", expected, "generation", "has_token", "usable_until", "refresh_at", "fetching", "failed_refreshes", "last_failure") &&
         same_if_given("generation", expected, "generation", json_object_get(member(found, "generation"))) &&
         same_if_given("has_token", expected, "has_token", json_object_new_boolean(member(found, "usable_until") != NULL)) &&
         same_if_given("usable_until", expected, "usable_until", monotonic(member(found, "usable_until"))) &&
         same_if_given("refresh_at", expected, "refresh_at", monotonic(member(found, "refresh_at"))) &&
         same_if_given("fetching", expected, "fetching", json_object_get(member(found, "fetching"))) &&
         same_if_given("failed_refreshes", expected, "failed_refreshes", json_object_get(member(found, "failed_refreshes"))) &&
         same_if_given("last_failure", expected, "last_failure", or_none(member(member(member(found, "last_failure"), "error"), "code")));
}

static json_object *slot_of(json_object *status, const char *name) {
  json_object *slots = member(status, "slots");
  for (size_t i = 0; i < json_object_array_length(slots); i++) {
    json_object *slot = json_object_array_get_idx(slots, i);
    if (strcmp(text_member(slot, "slot").data, name) == 0) return slot;
  }
  return NULL;
}

bool check_status(json_object *expected, json_object *found) {
  if (expected == NULL) return true;
  bool holds = KNOWS("status", expected, "source", "protocol", "clock_skew_seconds", "slots") &&
               same_if_given("source", expected, "source", json_object_get(member(found, "source"))) &&
               same_if_given("protocol", expected, "protocol", or_none(member(found, "protocol"))) &&
               same_if_given("clock_skew_seconds", expected, "clock_skew_seconds", json_object_get(member(found, "clock_skew_seconds")));
  if (!holds || !has(expected, "slots")) return holds;
  json_object_object_foreach(member(expected, "slots"), name, slot) {
    json_object *known = slot_of(found, name);
    if (known == NULL) return differs("the status has no slot %s", name);
    if (!check_slot(slot, known)) return differs_at("status of %s", name);
  }
  return true;
}

json_object *event_of(json_object *happened) {
  json_object *facts = json_object_new_object(), *event = json_object_new_object();
  json_object_object_foreach(happened, name, value) {
    size_t length = strlen(name);
    if (strcmp(name, "event") == 0) continue;
    if (strcmp(name, "error") == 0) json_object_object_add(facts, "code", json_object_get(member(value, "code")));
    else if (length > 3 && strcmp(name + length - 3, "_ms") == 0) {
      char without[64];
      snprintf(without, sizeof without, "%.*s", (int)(length - 3), name);
      json_object_object_add(facts, without, json_object_get(value));
    } else json_object_object_add(facts, name, json_object_get(value));
  }
  json_object_object_add(event, text_member(happened, "event").data, facts);
  return event;
}
