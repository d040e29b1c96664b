/* One fault at one request: with an empty cache, after recovery, and with a good token. */
#include "cell.h"

#include "results.h"
#include "trusted_profile.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Milliseconds; far more than a busy computer takes on top of a round's budget. */
#define GRACE 20000
/* Seconds that an IAM token lives, of which the last ten are not used. */
#define LIFE 660

const struct hop HOPS[3] = {{"identity token of the instance", "metadata", "PUT", "/identity/v1/token", false},
                            {"IAM token of the instance", "metadata", "POST", "/identity/v1/iam_tokens", false},
                            {"IAM token of the pod", "iam", "POST", "/identity/token", true}};

/* A provider, and what it told. */
struct account {
  struct simulator simulator;
  tp_provider *provider;
  pthread_mutex_t lock;
  json_object *events;
};

const char *expected_code(const struct row *row, const struct hop *hop) {
  if (strcmp(row->expected, "token") == 0) return NULL;
  if (strcmp(row->expected, "unreachable") != 0) return row->expected;
  return hop->is_pod ? "service_unreachable" : "metadata_unreachable";
}

static long now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void pause_ms(long milliseconds) {
  if (milliseconds > 0) nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

static void note(void *user, const char *event, size_t length) {
  struct account *account = user;
  json_object *told = parse((struct text){event, length});
  pthread_mutex_lock(&account->lock);
  if (told != NULL) json_object_array_add(account->events, told);
  pthread_mutex_unlock(&account->lock);
}

/* The oldest event that was not taken yet; the caller puts it. */
static json_object *next_event(struct account *account) {
  pthread_mutex_lock(&account->lock);
  json_object *first = NULL;
  if (json_object_array_length(account->events) > 0) {
    first = json_object_get(json_object_array_get_idx(account->events, 0));
    json_object_array_del_idx(account->events, 0, 1);
  }
  pthread_mutex_unlock(&account->lock);
  return first;
}

static bool control(struct account *account, const char *method, const char *path, const char *body) {
  json_object *json = body == NULL ? NULL : parse(literal(body));
  bool holds = simulator_control(&account->simulator, method, path, json, NULL);
  json_object_put(json);
  return holds;
}

static bool heal(struct account *account) { return control(account, "DELETE", "faults", NULL); }

/* The fault at this request, or at all of its service's if it is about connections or clocks. */
static bool strike(struct account *account, const struct row *row, const struct hop *hop, const char *elsewhere) {
  static const char *const wide[] = {"\"refuse\"", "\"not_listening\"", "\"unreachable\"", "\"skew\""};
  char fault[512], body[1024];
  bool is_wide = false;
  for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) is_wide = is_wide || strstr(row->fault, wide[i]) != NULL;
  const char *place = strstr(row->fault, "%s");
  if (place == NULL) snprintf(fault, sizeof fault, "%s", row->fault);
  else snprintf(fault, sizeof fault, "%.*s%s%s", (int)(place - row->fault), row->fault, elsewhere, place + 2);
  if (is_wide) snprintf(body, sizeof body, "{\"service\": \"%s\", \"fault\": %s}", hop->service, fault);
  else snprintf(body, sizeof body, "{\"service\": \"%s\", \"fault\": %s, \"method\": \"%s\", \"path\": \"%s\"}", hop->service, fault, hop->method, hop->path);
  return control(account, "POST", "faults", body);
}

/* That of the program whose requests `hop` is one of. Without `due_after`, in milliseconds, tokens are refreshed when they should. */
static bool open_provider(struct account *account, const struct row *row, const struct hop *hop, double due_after) {
  static const char patient[] = "{\"connect\": 5000, \"attempt\": 10000, \"round\": 30000}", hasty[] = "{\"connect\": 500, \"attempt\": 1000, \"round\": 3000}";
  const char *times = row->is_slow ? hasty : patient;
  char policy[1024], source[1024];
  int length = snprintf(policy, sizeof policy,
                        "{\"link_local\": %s, \"remote\": %s, \"max_attempts\": 3, \"backoff_base\": 5, \"backoff_max\": 20, \"cooldown\": 0, "
                        "\"refresh_backoff_base\": 50, \"refresh_backoff_max\": 50, \"lease_grace\": %d",
                        times, times, row->is_slow ? 500 : 2000);
  if (due_after > 0) length += snprintf(policy + length, sizeof policy - (size_t)length, ", \"refresh_at\": %.9f, \"refresh_jitter\": 0.0", due_after / 1000 / LIFE);
  snprintf(policy + length, sizeof policy - (size_t)length, "}");
  json_object *values = account->simulator.values;
  if (hop->is_pod)
    snprintf(source, sizeof source, "{\"source\": \"container\", \"endpoint\": \"%s\", \"profile_id\": \"%s\", \"cr_token_file\": \"%s\"}",
             text_member(values, "iam_url").data, text_member(values, "pod_profile_id").data, text_member(values, "cr_token_file").data);
  else snprintf(source, sizeof source, "{\"source\": \"vpc_instance\", \"endpoint\": \"%s\"}", text_member(values, "metadata_url").data);
  tp_settings *settings = tp_settings_new();
  tp_result_free(tp_settings_on_event(settings, note, account));
  tp_result *refusal = tp_provider_new(source, strlen(source), policy, strlen(policy), settings, &account->provider);
  bool holds = refusal == NULL || unexpected("a provider", refusal);
  tp_result_free(refusal);
  tp_settings_free(settings);
  return holds;
}

static void close_provider(struct account *account) {
  tp_provider_free(account->provider);
  account->provider = NULL;
  for (json_object *event; (event = next_event(account)) != NULL;) json_object_put(event);
}

/* What a service of the past issued has long expired to the object store, whose clock is right. */
static bool is_good(struct account *account, const struct row *row, const tp_result *token) {
  if (tp_result_kind(token) != TP_READY) return unexpected("a token", token);
  int status = strstr(row->fault, "-1800") != NULL ? 200 : simulator_use(&account->simulator, part(tp_result_token, token));
  return status == 200 || differs("the object store answered %d", status);
}

/* The error is as clear as it has to be; or there is a token. */
static bool is_expected(const struct row *row, const struct hop *hop, const tp_result *found) {
  const char *code = expected_code(row, hop);
  if (code == NULL) return tp_result_kind(found) == TP_READY || unexpected("a token", found);
  if (tp_result_kind(found) != TP_FAILED) return unexpected(code, found);
  json_object *json = read_result(found);
  bool is_clear = strcmp(text_member(json, "code").data, code) == 0 && json_object_array_length(member(json, "causes")) > 0 &&
                  json_object_get_int(member(json, "attempts")) >= 1 && strstr(tp_result_message(found, NULL), ". Fix: ") != NULL;
  json_object_put(json);
  return is_clear || unexpected(code, found);
}

/* Nothing is cached; then the very next call once the service is well. */
static bool empty_cache(struct account *account, const struct row *row, const struct hop *hop, const char *elsewhere) {
  if (!open_provider(account, row, hop, 0) || !strike(account, row, hop, elsewhere)) return false;
  long started = now_ms();
  tp_result *found = tp_provider_token(account->provider, -1);
  long elapsed = now_ms() - started;
  /* An instance's token takes two rounds: one for each request. */
  bool holds = is_expected(row, hop, found) && (elapsed < 2 * (row->is_slow ? 3000 : 30000) + GRACE || differs("it took %ld ms", elapsed));
  tp_result_free(found);
  holds = holds && heal(account);
  tp_result *recovered = holds ? tp_provider_token(account->provider, -1) : NULL;
  holds = holds && is_good(account, row, recovered);
  tp_result_free(recovered);
  close_provider(account);
  return holds;
}

/* A provider with a token that is due for refresh and good for ten more minutes, and with the fault in force. */
static tp_result *arrange(struct account *account, const struct row *row, const struct hop *hop, const char *elsewhere) {
  for (long due_after = 300; due_after < GRACE; due_after *= 2) {
    if (!open_provider(account, row, hop, (double)due_after)) return NULL;
    long started = now_ms();
    tp_result *token = tp_provider_token(account->provider, -1);
    long arrived = now_ms();
    /* So that the refresh needs a new one. */
    bool holds = hop->is_pod || control(account, "POST", "tokens/revoke", "{\"all\": \"identity\"}");
    holds = holds && strike(account, row, hop, elsewhere) && (tp_result_kind(token) == TP_READY || unexpected("a token", token));
    if (holds && now_ms() - started < due_after / 2) {
      pause_ms(arrived + due_after + 5 - now_ms());
      for (json_object *event; (event = next_event(account)) != NULL;) json_object_put(event);
      return token;
    }
    /* This computer is so busy that the token may have been refreshed before the fault was there. */
    tp_result_free(token);
    close_provider(account);
    if (!holds || !heal(account)) return NULL;
  }
  differs("a token takes too long");
  return NULL;
}

static bool is_same_token(const tp_result *a, const tp_result *b) { return strcmp(tp_result_token(a, NULL), tp_result_token(b, NULL)) == 0; }

static bool is_cached(struct account *account, const tp_result *token) {
  tp_result *found = tp_provider_token(account->provider, -1);
  bool holds = is_same_token(found, token) || unexpected("the cached token", found);
  tp_result_free(found);
  return holds;
}

/* How the next refresh ends: a code, or "refreshed". Callers come all the while, and drive it on. */
static bool next_refresh(struct account *account, const tp_result *cached, char *end, size_t size) {
  for (long deadline = now_ms() + GRACE; now_ms() < deadline; pause_ms(5)) {
    tp_result *token = tp_provider_token(account->provider, -1);
    bool is_ready = tp_result_kind(token) == TP_READY || unexpected("a token during a refresh", token);
    bool is_kept = is_same_token(token, cached);
    tp_result_free(token);
    if (!is_ready) return false;
    for (json_object *event; (event = next_event(account)) != NULL; json_object_put(event)) {
      const char *name = text_member(event, "event").data;
      bool is_failure = strcmp(name, "refresh_failed") == 0, is_end = strcmp(name, "refreshed") == 0 && strcmp(text_member(event, "slot").data, "iam") == 0;
      /* What happens on the way there, to the identity token say, does not matter. */
      if (!is_failure && !is_end) continue;
      snprintf(end, size, "%s", is_failure ? text_member(member(event, "error"), "code").data : "refreshed");
      json_object_put(event);
      return !is_failure || is_kept || differs("replaced during the refresh");
    }
  }
  return differs("the refresh never ended");
}

/* The cached token is good for ten more minutes, and its refresh meets the fault. */
static bool valid_token(struct account *account, const struct row *row, const struct hop *hop, const char *elsewhere) {
  char settings[64], end[64];
  snprintf(settings, sizeof settings, "{\"iam_token_lifetime_seconds\": %d}", LIFE);
  tp_result *cached = control(account, "PATCH", "settings", settings) ? arrange(account, row, hop, elsewhere) : NULL;
  const char *code = expected_code(row, hop);
  bool holds = cached != NULL && next_refresh(account, cached, end, sizeof end);
  holds = holds && (strcmp(end, code == NULL ? "refreshed" : code) == 0 || differs("the refresh ended with %s", end));
  for (int i = 0; holds && code != NULL && i < 4; i++) holds = is_cached(account, cached);
  holds = holds && heal(account);
  /* A refresh that was begun under the fault may still fail. */
  while (holds && strcmp(end, "refreshed") != 0) holds = next_refresh(account, cached, end, sizeof end);
  tp_result *fresh = holds ? tp_provider_token(account->provider, -1) : NULL;
  holds = holds && (!is_same_token(fresh, cached) || differs("not replaced")) && is_good(account, row, fresh);
  tp_result_free(fresh);
  tp_result_free(cached);
  close_provider(account);
  return holds;
}

bool run_cell(const struct row *row, const struct hop *hop, const char *elsewhere) {
  struct account account = {.lock = PTHREAD_MUTEX_INITIALIZER, .events = json_object_new_array()};
  json_object *token = json_object_new_object();
  bool holds = simulator_start(&account.simulator) && simulator_token_file(&account.simulator, token);
  holds = holds && (empty_cache(&account, row, hop, elsewhere) || differs_at("empty cache"));
  holds = holds && (valid_token(&account, row, hop, elsewhere) || differs_at("valid token"));
  close_provider(&account);
  simulator_stop(&account.simulator);
  json_object_put(token);
  json_object_put(account.events);
  return holds || differs_at("%s, %s", row->name, hop->name);
}
