/* Options, addresses, dates, claims, settings and origins. */
#include "operations.h"

#include "failure.h"
#include "leaks.h"
#include "results.h"

#include <stdio.h>
#include <string.h>

/* What is read: a value, or the result that refuses it. */
struct reading {
  json_object *shown;
  tp_result *refusal;
};

static tp_machine *machine_of(struct text source, struct text policy, struct reading *reading) {
  tp_machine *machine = NULL;
  reading->refusal = tp_machine_new(source.data, source.length, policy.data, policy.length, NULL, 0, 1, &machine);
  return machine;
}

static struct reading read_source(json_object *given) {
  struct reading reading = {0};
  tp_machine *machine = machine_of(spelled(given), literal(""), &reading);
  if (machine == NULL) return reading;
  tp_result *status = tp_machine_status(machine);
  json_object *known = read_result(status);
  reading.shown = json_object_get(member(known, "source"));
  json_object_put(known);
  tp_result_free(status);
  tp_machine_free(machine);
  return reading;
}

static struct reading read_policy(json_object *given) {
  struct reading reading = {0};
  tp_machine_free(machine_of(literal("{\"source\": \"external\"}"), spelled(given), &reading));
  if (reading.refusal == NULL) reading.shown = json_object_new_string("accepted");
  return reading;
}

/* The address of the first request with this option, or the refusal. */
static struct reading first_url(const char *source, const char *option, json_object *given) {
  struct reading reading = {0};
  json_object *options = json_object_new_object();
  json_object_object_add(options, "source", json_object_new_string(source));
  if (strcmp(source, "api_key") == 0) json_object_object_add(options, "api_key", json_object_new_string("an-api-key"));
  json_object_object_add(options, option, json_object_get(given));
  tp_machine *machine = machine_of(spelled(options), literal(""), &reading);
  json_object_put(options);
  if (machine == NULL) return reading;
  tp_ticket *ticket = tp_ticket_new();
  tp_result *action = tp_machine_poll(machine, ticket, TP_SLOT_LAST, 1, 1);
  reading.shown = json_part(tp_result_url, action);
  tp_result_free(action);
  tp_ticket_free(ticket);
  tp_machine_free(machine);
  return reading;
}

/* Keeps what is before `end`, and after `start` where there is one. */
static struct reading cut(struct reading reading, const char *start, const char *end) {
  if (reading.shown == NULL) return reading;
  char text[4096];
  snprintf(text, sizeof text, "%s", json_object_get_string(reading.shown));
  json_object_put(reading.shown);
  const char *from = start == NULL ? text : strstr(text, start) == NULL ? text : strstr(text, start) + strlen(start);
  char *stop = strstr(text, end);
  if (stop != NULL && (start == NULL || stop > from)) *stop = '\0';
  reading.shown = json_object_new_string(from);
  return reading;
}

static struct reading read_base_url(json_object *given) { return cut(first_url("vpc_instance", "endpoint", given), NULL, "/identity/v1/token"); }

static struct reading read_iam_endpoint(json_object *given) { return cut(first_url("api_key", "endpoint", given), NULL, "/identity/token"); }

static struct reading read_api_date(json_object *given) { return cut(first_url("vpc_instance", "version", given), "version=", "&"); }

static void add_claim(json_object *shown, const char *name, json_object *claim) {
  if (claim != NULL) json_object_object_add(shown, name, json_object_get(claim));
}

static struct reading read_claims(json_object *given) {
  struct text token = text_of(given);
  tp_result *found = tp_claims(token.data, token.length);
  if (found == NULL) return (struct reading){.shown = json_object_new_string("no claims")};
  json_object *claims = read_result(found), *shown = json_object_new_object(), *audience = member(claims, "aud");
  tp_result_free(found);
  add_claim(shown, "iam_id", member(claims, "iam_id"));
  add_claim(shown, "account_id", member(member(claims, "account"), "bss"));
  add_claim(shown, "expires_at", member(claims, "exp"));
  json_object *audiences = json_object_is_type(audience, json_type_array) ? json_object_get(audience) : json_object_new_array();
  if (json_object_is_type(audience, json_type_string)) json_object_array_add(audiences, json_object_get(audience));
  json_object_object_add(shown, "audiences", audiences);
  static const char prefix[] = "system:serviceaccount:";
  char account[1024];
  snprintf(account, sizeof account, "%s", text_member(claims, "sub").data);
  if (strncmp(account, prefix, strlen(prefix)) == 0) {
    char *colon = strchr(account + strlen(prefix), ':');
    if (colon != NULL) *colon = '/';
    json_object_object_add(shown, "service_account", json_object_new_string(account + strlen(prefix)));
  }
  json_object_put(claims);
  return (struct reading){.shown = shown};
}

static struct reading read_origins(json_object *given) {
  struct reading reading = {0};
  json_object *list = member(given, "origins");
  char lines[8192];
  size_t length = 0;
  for (size_t i = 0; i < json_object_array_length(list); i++)
    length += (size_t)snprintf(lines + length, sizeof lines - length, "%s\n", json_object_get_string(json_object_array_get_idx(list, i)));
  tp_origins *origins = NULL;
  reading.refusal = tp_origins_new(lines, length, &origins);
  struct text url = text_member(given, "url");
  if (reading.refusal == NULL) reading.shown = json_object_new_boolean(tp_origins_allows(origins, url.data, url.length));
  tp_origins_free(origins);
  return reading;
}

/* Without empty members, and with settings by their options. */
static json_object *shown_configuration(json_object *chosen) {
  json_object *shown = json_object_new_object(), *settings = json_object_new_object();
  add_claim(shown, "source", member(chosen, "source"));
  add_claim(shown, "reason", member(chosen, "reason"));
  if (json_object_array_length(member(chosen, "passed_over")) > 0) add_claim(shown, "passed_over", member(chosen, "passed_over"));
  for (size_t i = 0; i < json_object_array_length(member(chosen, "settings")); i++) {
    json_object *setting = json_object_array_get_idx(member(chosen, "settings"), i);
    add_claim(settings, text_member(setting, "option").data, member(setting, "origin"));
  }
  if (json_object_object_length(settings) > 0) json_object_object_add(shown, "settings", settings);
  else json_object_put(settings);
  return shown;
}

static struct reading read_configuration(json_object *given) {
  struct reading reading = {0};
  json_object *surroundings = json_object_new_object();
  json_object_object_foreach(given, name, value) {
    if (strcmp(name, "service") != 0) json_object_object_add(surroundings, name, json_object_get(value));
  }
  struct text service = text_member(given, "service"), text = spelled(surroundings);
  tp_result *found = tp_configuration(service.data, service.length, text.data, text.length);
  if (tp_result_kind(found) == TP_JSON) {
    // A machine is made of the same.
    tp_machine *machine = NULL;
    reading.refusal = tp_machine_from_surroundings(service.data, service.length, text.data, text.length, NULL, 0, NULL, 0, 1, &machine);
    tp_machine_free(machine);
    json_object *chosen = read_result(found);
    reading.shown = shown_configuration(chosen);
    json_object_put(chosen);
    tp_result_free(found);
  } else reading.refusal = found;
  json_object_put(surroundings);
  return reading;
}

static const struct {
  const char *name;
  struct reading (*read)(json_object *given);
} LANGUAGES[] = {{"source", read_source},         {"policy", read_policy},     {"base_url", read_base_url},          {"iam_endpoint", read_iam_endpoint},
                 {"api_date", read_api_date},     {"claims", read_claims},     {"allowed_origins", read_origins},    {"configuration", read_configuration},
                 {"path_segment", NULL}};

static bool check_reading(const struct leaks *leaks, json_object *expected, struct reading found) {
  if (!leaks_none_of(leaks, "the refusal", found.refusal)) return false;
  if (has(expected, "error")) return found.refusal == NULL ? differs("it should have been refused") : check_failure(member(expected, "error"), found.refusal);
  if (found.refusal != NULL) return unexpected("a value", found.refusal);
  return same("shown", member(expected, "shown"), json_object_get(found.shown));
}

/* A list is left out when its language is not public. */
static bool play_case(const struct leaks *leaks, json_object *one, json_object *left_out) {
  if (!KNOWS("read", one, "language", "given", "why", "shown", "error")) return false;
  const char *language = text_member(one, "language").data;
  for (size_t i = 0; i < sizeof LANGUAGES / sizeof *LANGUAGES; i++) {
    if (strcmp(LANGUAGES[i].name, language) != 0) continue;
    if (LANGUAGES[i].read == NULL) {
      json_object_object_add(left_out, language, NULL);
      return true;
    }
    struct reading found = LANGUAGES[i].read(member(one, "given"));
    bool holds = check_reading(leaks, one, found);
    json_object_put(found.shown);
    tp_result_free(found.refusal);
    return holds;
  }
  return differs("nobody knows the language %s", language);
}

bool play_operations(json_object *file, json_object *left_out) {
  if (!KNOWS("file", file, "$schema", "name", "about", "origin", "rules", "secrets", "build", "parse", "read", "encode", "redact", "random"))
    return false;
  // What the library does inside of its machine, its requests and its settings, and offers to nobody.
  static const char *const inner[] = {"build", "parse", "encode", "redact", "random", NULL};
  for (const char *const *name = inner; *name != NULL; name++)
    if (has(file, *name)) json_object_object_add(left_out, *name, NULL);
  json_object *cases = member(file, "read");
  size_t count = cases == NULL ? 0 : json_object_array_length(cases);
  if (count == 0 && json_object_object_length(left_out) == 0) return differs("there is no case");
  struct leaks leaks = leaks_of(member(file, "secrets"));
  bool holds = true;
  for (size_t i = 0; holds && i < count; i++) {
    json_object *one = json_object_array_get_idx(cases, i);
    holds = play_case(&leaks, one, left_out) || differs_at("case %zu: %.500s", i + 1, spelled(member(one, "given")).data);
  }
  leaks_free(&leaks);
  return holds;
}
