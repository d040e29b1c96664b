/* Plays a script against a machine. */
#include "player.h"

#include "expected.h"
#include "failure.h"
#include "form.h"
#include "leaks.h"
#include "results.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#define MS UINT64_C(1000000)
/* More callers than any script has. */
#define CALLERS 64

struct player {
  tp_machine *machine;
  uint64_t unix_base, monotonic, unix_time;
  tp_ticket *tickets[CALLERS];
  /* The names of scripts: of tickets by their places, of exchanges and inputs by their ids, of tokens by their generations. */
  json_object *callers, *ids, *generations;
  struct leaks leaks;
};

static const char *const CALLS[] = {"poll", "refresh", "respond", "transport", "files", "external", "abandon", "invalidate", "fork", "foreign", NULL};

/* A report that was taken, which says nothing. */
static bool taken(tp_result *answer) {
  bool is_taken = tp_result_kind(answer) == TP_DONE || unexpected("a report", answer);
  tp_result_free(answer);
  return is_taken;
}

static bool id_of(const struct player *player, json_object *call, const char *name, uint64_t *id) {
  json_object *known = member(player->ids, text_member(call, name).data);
  if (known == NULL) return differs("nothing is called %s", text_member(call, name).data);
  *id = json_object_get_uint64(known);
  return true;
}

static bool slot_of(json_object *call, uint32_t *slot) {
  struct text name = text_member(call, "slot");
  *slot = TP_SLOT_LAST;
  if (!has(call, "slot")) return true;
  if (strcmp(name.data, "identity") == 0) *slot = TP_SLOT_IDENTITY;
  else if (strcmp(name.data, "iam") == 0) *slot = TP_SLOT_IAM;
  else if (strcmp(name.data, "assumed") == 0) *slot = TP_SLOT_ASSUMED;
  else return differs("nobody knows the slot %s", name.data);
  return true;
}

static tp_ticket *ticket_of(struct player *player, const char *name) {
  json_object *place = member(player->callers, name);
  if (place != NULL) return player->tickets[json_object_get_int(place)];
  int count = json_object_object_length(player->callers);
  if (count == CALLERS) return NULL;
  json_object_object_add(player->callers, name, json_object_new_int(count));
  return player->tickets[count] = tp_ticket_new();
}

static bool returned(struct player *player, json_object *expected, const tp_result *found) {
  const char *name = given_name(expected);
  uint64_t id = tp_result_id(found);
  if (name != NULL && id != 0) json_object_object_add(player->ids, name, json_object_new_uint64(id));
  if (name != NULL && tp_result_kind(found) == TP_READY)
    json_object_object_add(player->generations, name, json_object_new_uint64(tp_result_generation(found)));
  return leaks_none_of(&player->leaks, "the result", found) && check_action(expected, found);
}

static bool ask(struct player *player, json_object *call, bool is_poll, json_object *expected) {
  tp_result *found = NULL;
  if (is_poll) {
    uint32_t slot;
    if (!KNOWS("poll", call, "ticket", "slot") || !slot_of(call, &slot)) return false;
    tp_ticket *ticket = ticket_of(player, text_member(call, "ticket").data);
    found = tp_machine_poll(player->machine, ticket, slot, player->monotonic, player->unix_time);
  } else {
    if (json_object_object_length(call) != 0) return differs("refresh: nobody knows its members");
    found = tp_machine_poll_refresh(player->machine, player->monotonic, player->unix_time);
  }
  bool holds = returned(player, expected, found);
  tp_result_free(found);
  return holds;
}

/* Lines as they stand on the wire; the caller frees them. */
static char *header_lines(json_object *headers, size_t *length) {
  char *lines = NULL;
  FILE *stream = open_memstream(&lines, length);
  fputs("HTTP/1.1 200 OK: no header\r\n", stream);
  if (headers != NULL) {
    json_object_object_foreach(headers, name, value) { fprintf(stream, "%s: %s\r\n", name, json_object_get_string(value)); }
  }
  fclose(stream);
  return lines;
}

static bool respond(struct player *player, json_object *call) {
  uint64_t id;
  if (!KNOWS("respond", call, "exchange", "status", "headers", "body", "json", "body_base64") || !id_of(player, call, "exchange", &id)) return false;
  if (has(call, "body") + has(call, "json") + has(call, "body_base64") > 1) return differs("more than one body");
  struct text body = text_member(call, "body");
  char *decoded = NULL;
  if (has(call, "json")) body = spelled(member(call, "json"));
  if (has(call, "body_base64")) body.data = decoded = base64_decoded(text_member(call, "body_base64"), &body.length);
  size_t headers_length;
  char *headers = header_lines(member(call, "headers"), &headers_length);
  bool is_taken = taken(tp_machine_handle(player->machine, id, (uint32_t)json_object_get_int(member(call, "status")), (const uint8_t *)headers,
                                          headers_length, (const uint8_t *)body.data, body.length, player->monotonic, player->unix_time));
  free(headers);
  free(decoded);
  return is_taken;
}

static bool transport(struct player *player, json_object *call) {
  uint64_t id;
  if (!KNOWS("transport", call, "exchange", "kind", "reused", "detail") || !id_of(player, call, "exchange", &id)) return false;
  uint32_t failure = failure_number(text_member(call, "kind").data);
  struct text detail = text_member(call, "detail");
  return taken(tp_machine_handle_failure(player->machine, id, failure, detail.data, detail.length, json_object_get_boolean(member(call, "reused")),
                                         player->monotonic, player->unix_time));
}

static bool add_read(tp_files *files, json_object *read) {
  static const char *const problems[] = {"", "not_found", "empty", "denied", "too_large", "not_text"};
  static const char *const contents[] = {"text", "problem", NULL};
  if (!KNOWS("read", read, "path", "text", "problem")) return false;
  if (only(read, contents) == NULL) return differs("read: either a text or a problem has to be given");
  uint32_t problem = TP_FILE_READ;
  if (has(read, "problem")) {
    problem = TP_FILE_NOT_FOUND;
    while (problem <= TP_FILE_NOT_TEXT && strcmp(problems[problem], text_member(read, "problem").data) != 0) problem++;
  }
  struct text path = text_member(read, "path"), text = text_member(read, "text");
  return taken(tp_files_add(files, path.data, path.length, (const uint8_t *)text.data, text.length, problem));
}

static bool provide_files(struct player *player, json_object *call) {
  uint64_t id;
  if (!KNOWS("files", call, "input", "reads") || !id_of(player, call, "input", &id)) return false;
  json_object *reads = member(call, "reads");
  tp_files *files = tp_files_new();
  bool holds = true;
  for (size_t i = 0; holds && i < json_object_array_length(reads); i++) holds = add_read(files, json_object_array_get_idx(reads, i));
  holds = holds && taken(tp_machine_provide_files(player->machine, id, files, player->monotonic, player->unix_time));
  tp_files_free(files);
  return holds;
}

static bool external(struct player *player, json_object *call) {
  static const char *const answers[] = {"token", "error", NULL};
  uint64_t id;
  if (!KNOWS("external", call, "input", "token", "expires_in", "error") || !id_of(player, call, "input", &id)) return false;
  if (only(call, answers) == NULL || has(call, "token") != has(call, "expires_in"))
    return differs("a callback brings either a token with its life or an error");
  struct text token = text_member(call, "token"), error = text_member(call, "error");
  if (has(call, "error")) return taken(tp_machine_provide_failure(player->machine, id, error.data, error.length, player->monotonic, player->unix_time));
  uint64_t seconds = json_object_get_uint64(member(call, "expires_in"));
  uint64_t life = seconds > UINT64_MAX / (1000 * MS) ? UINT64_MAX : seconds * 1000 * MS;
  return taken(tp_machine_provide_token(player->machine, id, token.data, token.length, life, player->monotonic, player->unix_time));
}

static bool invalidate(struct player *player, json_object *call) {
  static const char *const ways[] = {"token", "generation", NULL};
  uint32_t slot;
  if (!KNOWS("invalidate", call, "slot", "token", "generation") || !slot_of(call, &slot)) return false;
  if (only(call, ways) == NULL) return differs("invalidate: either a token or a generation has to be given");
  json_object *generation = has(call, "token") ? member(player->generations, text_member(call, "token").data) : member(call, "generation");
  if (generation == NULL) return differs("no token is called %s", text_member(call, "token").data);
  return taken(tp_machine_invalidate(player->machine, slot, json_object_get_uint64(generation), player->monotonic, player->unix_time));
}

/* Reports of every kind under an id that the machine never gave out. */
static bool foreign(struct player *player, json_object *call) {
  if (!KNOWS("foreign", call, "id", "token")) return false;
  tp_machine *machine = player->machine;
  uint64_t id = json_object_get_uint64(member(call, "id")), monotonic = player->monotonic, unix_time = player->unix_time;
  struct text token = text_member(call, "token");
  json_object *answer = json_object_new_object();
  json_object_object_add(answer, "access_token", json_of(token));
  json_object_object_add(answer, "expires_in", json_object_new_int(3600));
  struct text body = spelled(answer);
  tp_files *files = tp_files_new();
  bool holds = taken(tp_machine_handle(machine, id, 200, NULL, 0, (const uint8_t *)body.data, body.length, monotonic, unix_time)) &&
               taken(tp_machine_provide_token(machine, id, token.data, token.length, 3600 * 1000 * MS, monotonic, unix_time)) &&
               taken(tp_files_add(files, TP_TEXT("/var/run/secrets/tokens/sa-token"), (const uint8_t *)token.data, token.length, TP_FILE_READ)) &&
               taken(tp_machine_provide_files(machine, id, files, monotonic, unix_time)) && taken(tp_machine_abandon(machine, id, monotonic, unix_time));
  tp_files_free(files);
  json_object_put(answer);
  return holds;
}

static bool report(struct player *player, const char *name, json_object *call) {
  uint64_t id;
  if (strcmp(name, "respond") == 0) return respond(player, call);
  if (strcmp(name, "transport") == 0) return transport(player, call);
  if (strcmp(name, "files") == 0) return provide_files(player, call);
  if (strcmp(name, "external") == 0) return external(player, call);
  if (strcmp(name, "invalidate") == 0) return invalidate(player, call);
  if (strcmp(name, "foreign") == 0) return foreign(player, call);
  if (strcmp(name, "fork") == 0)
    return KNOWS("fork", call, "seed") && taken(tp_machine_after_fork(player->machine, json_object_get_uint64(member(call, "seed"))));
  return KNOWS("abandon", call, "exchange") && id_of(player, call, "exchange", &id) &&
         taken(tp_machine_abandon(player->machine, id, player->monotonic, player->unix_time));
}

static bool check_events(struct player *player, json_object *step) {
  json_object *happened = json_object_new_array();
  bool holds = true;
  for (tp_result *event; (event = tp_machine_poll_event(player->machine)) != NULL; tp_result_free(event)) {
    json_object *told = read_result(event);
    holds = holds && leaks_none_of(&player->leaks, "an event", event) && told != NULL;
    if (told != NULL) json_object_array_add(happened, event_of(told));
    json_object_put(told);
  }
  if (holds) return same_if_given("events", step, "events", happened);
  json_object_put(happened);
  return false;
}

static bool check_known(struct player *player, json_object *step) {
  tp_result *status = tp_machine_status(player->machine);
  json_object *known = read_result(status);
  bool holds = known != NULL && leaks_none_of(&player->leaks, "the status", status) && check_status(member(step, "status"), known);
  json_object_put(known);
  tp_result_free(status);
  return holds;
}

static bool play_step(struct player *player, json_object *step) {
  if (!KNOWS("step", step, "at", "unix", "why", "poll", "refresh", "respond", "transport", "files", "external", "abandon", "invalidate", "fork",
             "foreign", "expect", "events", "status"))
    return false;
  const char *call = only(step, CALLS);
  if (call == NULL) return differs("a step has exactly one call");
  uint64_t at = json_object_get_uint64(member(step, "at"));
  uint64_t unix_ms = has(step, "unix") ? json_object_get_uint64(member(step, "unix")) : player->unix_base + at;
  player->monotonic = at * MS;
  // A clock of 64 bits of nanoseconds stops in 2554; a script's does not.
  player->unix_time = unix_ms > UINT64_MAX / MS ? UINT64_MAX : unix_ms * MS;
  bool asks = strcmp(call, "poll") == 0 || strcmp(call, "refresh") == 0;
  if (asks != has(step, "expect")) return differs("what returns something has an expectation, and nothing else has");
  bool holds = asks ? ask(player, member(step, call), strcmp(call, "poll") == 0, member(step, "expect")) : report(player, call, member(step, call));
  return holds && check_events(player, step) && check_known(player, step);
}

static bool play_steps(struct player *player, json_object *steps) {
  for (size_t i = 0; i < json_object_array_length(steps); i++) {
    json_object *step = json_object_array_get_idx(steps, i);
    if (!play_step(player, step)) return differs_at("step %zu at %s", i + 1, spelled(member(step, "at")).data);
  }
  return true;
}

/* There is no machine, and the script says why. */
static bool check_refusal(json_object *script, const tp_result *refusal) {
  json_object *error = member(script, "error");
  if (error == NULL) return unexpected("construction", refusal);
  if (!KNOWS("error", error, "code", "message_starts")) return false;
  json_object *failure = json_object_new_object(), *json = read_result(refusal);
  json_object_object_add(failure, "code", json_object_get(member(error, "code")));
  struct text starts = text_member(error, "message_starts"), message = text_member(json, "message");
  bool holds = check_failure(failure, refusal) && (strncmp(starts.data, message.data, starts.length) == 0 || differs("the message is '%s'", message.data));
  json_object_put(failure);
  json_object_put(json);
  return holds;
}

static bool play(struct player *player, json_object *script) {
  struct text source = spelled(member(script, "source"));
  struct text policy = has(script, "policy") ? spelled(member(script, "policy")) : literal("");
  struct text facts = has(script, "facts") ? spelled(member(script, "facts")) : literal("");
  tp_result *refusal = tp_machine_new(source.data, source.length, policy.data, policy.length, facts.data, facts.length,
                                      json_object_get_uint64(member(script, "seed")), &player->machine);
  bool holds = leaks_none_of(&player->leaks, "the refusal", refusal);
  if (refusal != NULL) holds = holds && check_refusal(script, refusal);
  else if (has(script, "error")) holds = differs("an error was expected at construction, but there is a machine");
  else holds = holds && play_steps(player, member(script, "steps"));
  tp_result_free(refusal);
  return holds;
}

bool play_script(json_object *script) {
  if (!KNOWS("script", script, "$schema", "prng", "name", "about", "origin", "rules", "seed", "unix_base", "source", "policy", "facts", "secrets",
             "error", "steps"))
    return false;
  struct player player = {.unix_base = json_object_get_uint64(member(script, "unix_base")),
                          .callers = json_object_new_object(),
                          .ids = json_object_new_object(),
                          .generations = json_object_new_object(),
                          .leaks = leaks_of(member(script, "secrets"))};
  bool holds = play(&player, script);
  for (int i = 0; i < CALLERS; i++) tp_ticket_free(player.tickets[i]);
  tp_machine_free(player.machine);
  json_object_put(player.callers);
  json_object_put(player.ids);
  json_object_put(player.generations);
  leaks_free(&player.leaks);
  return holds;
}
