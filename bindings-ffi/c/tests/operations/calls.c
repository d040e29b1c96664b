/* Plays tests/vectors/calls through `tp_call`: what a call wants, step by step. Left out are calls whose script sets what calls
 * have no option for here, such as the number of attempts. */
#include "failure.h"
#include "leaks.h"
#include "operations.h"
#include "results.h"
#include "../vectors/expected.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS UINT64_C(1000000)
#define UNIX_BASE UINT64_C(1790000000000)
/* More clients than any file wants. */
#define CLIENTS 32

/* A file, and what its calls learn of resources, which goes to every client that uses it. */
struct file {
  struct leaks leaks;
  size_t count;
  struct {
    char *options;
    tp_client *client;
  } learning[CLIENTS];
};

struct playing {
  const struct leaks *leaks;
  tp_call *call;
  uint64_t monotonic, unix_time, sent;
};

static bool taken(tp_result *answer) {
  bool is_taken = tp_result_kind(answer) == TP_DONE || unexpected("a report", answer);
  tp_result_free(answer);
  return is_taken;
}

/* Whether the script sets nothing but what `tp_client_new` and `tp_client_begin` have. */
static bool can_be_played(json_object *script) {
  json_object *limits = member(script, "limits");
  bool only_deadline = limits == NULL || (json_object_object_length(limits) == 1 && has(limits, "deadline"));
  return only_deadline && !has(script, "until");
}

static json_object *options_of(json_object *script) {
  json_object *options = json_object_new_object(), *deadline = member(member(script, "limits"), "deadline");
  if (strncmp(text_member(script, "operation").data, "metadata.", 9) != 0) {
    json_object_object_add(options, "endpoint", json_object_get(member(script, "base")));
    if (has(script, "version")) json_object_object_add(options, "version", json_object_get(member(script, "version")));
  }
  if (deadline != NULL) json_object_object_add(options, "deadline", json_object_get(deadline));
  if (json_object_get_boolean(member(script, "always_if_match"))) json_object_object_add(options, "always_if_match", json_object_new_boolean(1));
  return options;
}

/* The client that has learned what the calls before it have. */
static tp_client *learning_client(struct file *file, json_object *script) {
  json_object *options = options_of(script);
  struct text key = spelled(options);
  for (size_t i = 0; i < file->count; i++) {
    if (strcmp(file->learning[i].options, key.data) != 0) continue;
    json_object_put(options);
    return file->learning[i].client;
  }
  if (file->count == CLIENTS) abort();
  file->learning[file->count].options = strdup(key.data);
  tp_client *client = file->learning[file->count++].client = client_of(text_member(script, "operation").data, options);
  json_object_put(options);
  return client;
}

static bool give_token(struct playing *playing, json_object *token) {
  if (!KNOWS("token", token, "token", "generation")) return false;
  struct text text = text_member(token, "token");
  uint64_t generation = json_object_get_uint64(member(token, "generation"));
  return taken(tp_call_token(playing->call, text.data, text.length, generation, playing->monotonic, playing->unix_time));
}

static bool serve(struct playing *playing, json_object *served) {
  if (!KNOWS("served_by", served, "base", "bare_metal")) return false;
  const char *source = json_object_get_boolean(member(served, "bare_metal")) ? "bare_metal" : "vpc_instance";
  tp_result *service = metadata_service(source, text_member(served, "base"), literal(""));
  struct text text = part(tp_result_json, service);
  bool holds = taken(tp_call_served_by(playing->call, text.data, text.length));
  tp_result_free(service);
  return holds;
}

static uint64_t exchange_of(const struct playing *playing, json_object *report) {
  return has(report, "exchange") ? json_object_get_uint64(member(report, "exchange")) : playing->sent;
}

static bool respond(struct playing *playing, json_object *report) {
  if (!KNOWS("respond", report, "exchange", "status", "headers", "body", "json")) return false;
  struct text body = has(report, "json") ? spelled(member(report, "json")) : text_member(report, "body");
  char *lines = NULL;
  size_t length = 0;
  FILE *stream = open_memstream(&lines, &length);
  json_object *headers = member(report, "headers");
  if (headers != NULL) {
    json_object_object_foreach(headers, name, value) { fprintf(stream, "%s: %s\r\n", name, json_object_get_string(value)); }
  }
  fclose(stream);
  bool holds = taken(tp_call_handle(playing->call, exchange_of(playing, report), (uint32_t)json_object_get_int(member(report, "status")),
                                    (const uint8_t *)lines, length, (const uint8_t *)body.data, body.length, playing->monotonic, playing->unix_time));
  free(lines);
  return holds;
}

static bool transport(struct playing *playing, json_object *report) {
  if (!KNOWS("transport", report, "exchange", "kind", "reused", "detail")) return false;
  uint32_t failure = failure_number(text_member(report, "kind").data);
  struct text detail = text_member(report, "detail");
  return taken(tp_call_handle_failure(playing->call, exchange_of(playing, report), failure, detail.data, detail.length,
                                      json_object_get_boolean(member(report, "reused")), playing->monotonic, playing->unix_time));
}

static bool report(struct playing *playing, json_object *step) {
  if (has(step, "served_by") && !serve(playing, member(step, "served_by"))) return false;
  if (has(step, "token") && !give_token(playing, member(step, "token"))) return false;
  if (has(step, "no_token") && !taken(tp_call_no_token(playing->call, error_number(text_member(step, "no_token").data), TP_TEXT("there is no token")))) return false;
  if (has(step, "respond") && !respond(playing, member(step, "respond"))) return false;
  if (has(step, "transport") && !transport(playing, member(step, "transport"))) return false;
  uint64_t given_up = json_object_get_uint64(member(step, "abandon"));
  return !has(step, "abandon") || taken(tp_call_abandon(playing->call, given_up, playing->monotonic, playing->unix_time));
}

/* As many as the longest list of a page has. */
static json_object *items_of(json_object *page) {
  size_t longest = 0;
  if (!json_object_is_type(page, json_type_object)) return json_object_new_int(0);
  json_object_object_foreach(page, name, value) {
    (void)name;
    if (json_object_is_type(value, json_type_array) && json_object_array_length(value) > longest) longest = json_object_array_length(value);
  }
  return json_object_new_uint64(longest);
}

static bool check_done(json_object *expected, const tp_result *found) {
  /* The status of each item is in the JSON. */
  if (!KNOWS("done", expected, "status", "json", "text", "items")) return false;
  if (tp_result_kind(found) != TP_ANSWER) return unexpected("an answer", found);
  bool is_json = tp_result_content_kind(found) == TP_CONTENT_JSON;
  struct text content = part(tp_result_content, found);
  json_object *json = is_json ? parse(content) : NULL;
  bool holds = same("status", member(expected, "status"), json_object_new_int((int)tp_result_status(found))) && same_if_given("json", expected, "json", json);
  return holds && (!has(expected, "text") || (!is_json && same("text", member(expected, "text"), json_of(content))) || differs("JSON, not a text"));
}

static bool check_page(json_object *expected, const tp_result *found) {
  if (tp_result_kind(found) != TP_PAGE) return unexpected("a page", found);
  json_object *page = parse(part(tp_result_content, found));
  bool holds = page != NULL && same("items", expected, items_of(page));
  json_object_put(page);
  return holds;
}

static bool check_token(json_object *expected, const tp_result *found) {
  if (tp_result_kind(found) != TP_NEED_TOKEN) return unexpected("a token", found);
  return same("token", expected, json_object_new_string(tp_result_slot(found) == TP_SLOT_IDENTITY ? "identity" : "iam"));
}

static bool check_step(json_object *expected, const tp_result *found) {
  static const char *const outcomes[] = {"need_token", "rejected", "send", "wait", "page", "done", "end", "failed", NULL};
  if (!knows("expect", expected, outcomes)) return false;
  const char *outcome = only(expected, outcomes);
  if (outcome == NULL) return differs("expect: exactly one outcome has to be given");
  json_object *parts = member(expected, outcome);
  uint32_t kind = tp_result_kind(found);
  if (strcmp(outcome, "need_token") == 0) return check_token(parts, found);
  if (strcmp(outcome, "send") == 0) return check_send(parts, found);
  if (strcmp(outcome, "page") == 0) return check_page(parts, found);
  if (strcmp(outcome, "done") == 0) return check_done(parts, found);
  if (strcmp(outcome, "failed") == 0) return check_failure(parts, found);
  if (strcmp(outcome, "end") == 0) return kind == TP_END || unexpected("the end", found);
  if (strcmp(outcome, "rejected") == 0)
    return kind == TP_REJECTED ? same("generation", parts, json_object_new_uint64(tp_result_generation(found))) : unexpected("a refusal", found);
  return kind == TP_WAIT ? same("wait", parts, json_object_new_uint64(whole_ms(tp_result_timeout(found)))) : unexpected("a wait", found);
}

static bool play_step(struct playing *playing, json_object *step) {
  if (!KNOWS("step", step, "at", "served_by", "token", "no_token", "respond", "transport", "abandon", "expect", "left")) return false;
  uint64_t at = json_object_get_uint64(member(step, "at"));
  playing->monotonic = at * MS;
  playing->unix_time = (UNIX_BASE + at) * MS;
  if (!report(playing, step)) return false;
  tp_result *found = tp_call_poll(playing->call, playing->monotonic, playing->unix_time);
  if (tp_result_kind(found) == TP_SEND) playing->sent = tp_result_id(found);
  bool holds = leaks_none_of(playing->leaks, "what poll returned", found) && check_step(member(step, "expect"), found);
  /* What is left is told where a token is wanted, which is where it counts. */
  if (holds && tp_result_kind(found) == TP_NEED_TOKEN)
    holds = same_if_given("left", step, "left", json_object_new_uint64(whole_ms(tp_result_timeout(found))));
  tp_result_free(found);
  return holds;
}

static bool play_steps(struct playing *playing, json_object *steps) {
  for (size_t i = 0; i < json_object_array_length(steps); i++) {
    json_object *step = json_object_array_get_idx(steps, i);
    if (!play_step(playing, step)) return differs_at("step %zu at %s", i + 1, spelled(member(step, "at")).data);
  }
  return true;
}

static bool play_with(struct file *file, json_object *script, const tp_client *client) {
  struct playing playing = {.leaks = &file->leaks};
  struct text operation = text_member(script, "operation"), arguments = spelled(member(script, "arguments"));
  tp_result *metadata = NULL;
  if (strncmp(operation.data, "metadata.", 9) == 0) metadata = metadata_service("vpc_instance", text_member(script, "base"), text_member(script, "version"));
  struct text reached = metadata == NULL ? literal("") : part(tp_result_json, metadata);
  tp_result *refusal = tp_client_begin(client, operation.data, operation.length, arguments.data, arguments.length,
                                       json_object_get_boolean(member(script, "pages")), reached.data, reached.length, json_object_get_uint64(member(script, "seed")), &playing.call);
  bool holds = leaks_none_of(&file->leaks, "the refusal", refusal);
  if (refusal != NULL) holds = holds && (has(script, "error") ? check_failure(member(script, "error"), refusal) : unexpected("a call", refusal));
  else if (has(script, "error")) holds = differs("an error was expected, but there is a call");
  else holds = holds && play_steps(&playing, member(script, "steps"));
  for (size_t i = 0; holds && refusal == NULL && i < file->count; i++) holds = taken(tp_client_learn_from(file->learning[i].client, playing.call));
  tp_result_free(refusal);
  tp_result_free(metadata);
  tp_call_free(playing.call);
  return holds;
}

static bool play_one(struct file *file, json_object *script) {
  if (!KNOWS("call", script, "why", "operation", "arguments", "base", "version", "asks_metadata", "seed", "limits", "entity_tags", "always_if_match", "pages", "error", "steps"))
    return false;
  if (json_object_get_boolean(member(script, "entity_tags"))) return play_with(file, script, learning_client(file, script));
  json_object *options = options_of(script);
  tp_client *client = client_of(text_member(script, "operation").data, options);
  json_object_put(options);
  bool holds = client != NULL && play_with(file, script, client);
  tp_client_free(client);
  return holds;
}

static bool play_file(json_object *given, int *played, int *left_out) {
  if (!KNOWS("file", given, "$schema", "name", "about", "origin", "secrets", "calls")) return false;
  struct file file = {.leaks = leaks_of(member(given, "secrets"))};
  json_object *calls = member(given, "calls");
  /* Before anything is learned, there are all that will know it. */
  for (size_t i = 0; i < json_object_array_length(calls); i++) {
    json_object *script = json_object_array_get_idx(calls, i);
    if (can_be_played(script) && json_object_get_boolean(member(script, "entity_tags"))) learning_client(&file, script);
  }
  bool holds = true;
  for (size_t i = 0; holds && i < json_object_array_length(calls); i++) {
    json_object *script = json_object_array_get_idx(calls, i);
    bool can = can_be_played(script);
    holds = !can || play_one(&file, script) || differs_at("%s", text_member(script, "why").data);
    *(can ? played : left_out) += 1;
  }
  for (size_t i = 0; i < file.count; i++) {
    tp_client_free(file.learning[i].client);
    free(file.learning[i].options);
  }
  leaks_free(&file.leaks);
  return holds;
}

bool play_calls(const char *repository) {
  char path[8192];
  snprintf(path, sizeof path, "%s/tests/vectors/calls", repository);
  DIR *folder = opendir(path);
  bool holds = folder != NULL;
  int played = 0, left_out = 0;
  for (struct dirent *entry; holds && (entry = readdir(folder)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    char place[8600];
    snprintf(place, sizeof place, "%s/%s", path, entry->d_name);
    struct text bytes;
    bytes.data = read_file(place, &bytes.length);
    json_object *file = bytes.data == NULL ? NULL : parse(bytes);
    holds = file != NULL && (play_file(file, &played, &left_out) || differs_at("%s", entry->d_name));
    json_object_put(file);
    free((char *)bytes.data);
  }
  if (folder != NULL) closedir(folder);
  if (holds) printf("calls: %d played; %d left out, which set what calls have no option for here\n", played, left_out);
  return holds && played > 0;
}
