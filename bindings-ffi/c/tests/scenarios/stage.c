/* Runs the steps of a scenario. */
#include "stage.h"

#include "callers.h"
#include "results.h"
#include "simulator.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How long a step may wait for something to show up, in milliseconds. */
#define PATIENCE 60000
#define MOST_TOKENS 32

struct stage {
  struct simulator simulator;
  json_object *scenario;
  tp_provider *provider;
  /* The tokens of earlier steps, by their names. */
  struct {
    const char *name;
    tp_result *ready;
  } tokens[MOST_TOKENS];
  size_t token_count;
  /* The names of what happened, which other threads add to. */
  pthread_mutex_t lock;
  json_object *happened;
};

static const char *const STEPS[] = {"control", "cr_token_file", "call", "invalidate", "wait_ms", "wait_for_journal", "wait_for_failed_refreshes",
                                    "journal", "events", "use", NULL};

const char *step_name(json_object *step) { return knows("step", step, STEPS) ? only(step, STEPS) : NULL; }

static void note(void *user, const char *event, size_t length) {
  struct stage *stage = user;
  json_object *told = parse((struct text){event, length});
  pthread_mutex_lock(&stage->lock);
  json_object_array_add(stage->happened, json_object_get(member(told, "event")));
  pthread_mutex_unlock(&stage->lock);
  json_object_put(told);
}

static size_t count_happened(struct stage *stage) {
  pthread_mutex_lock(&stage->lock);
  size_t count = json_object_array_length(stage->happened);
  pthread_mutex_unlock(&stage->lock);
  return count;
}

static void pause_ms(long milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  while (nanosleep(&time, &time) != 0) continue;
}

/* Opened when first needed, so that placeholders of earlier steps are filled. */
static bool open_provider(struct stage *stage) {
  if (stage->provider != NULL) return true;
  json_object *source = simulator_fill(&stage->simulator, member(stage->scenario, "source"));
  json_object *policy = simulator_fill(&stage->simulator, member(stage->scenario, "policy"));
  struct text options = spelled(source), knobs = policy == NULL ? literal("") : spelled(policy);
  tp_settings *settings = tp_settings_new();
  tp_result *refusal = tp_settings_on_event(settings, note, stage);
  if (refusal == NULL) refusal = tp_provider_new(options.data, options.length, knobs.data, knobs.length, settings, &stage->provider);
  bool is_open = refusal == NULL || unexpected("a provider", refusal);
  tp_result_free(refusal);
  tp_settings_free(settings);
  json_object_put(source);
  json_object_put(policy);
  return is_open;
}

static const tp_result *token_of(struct stage *stage, const char *name) {
  for (size_t i = stage->token_count; i > 0; i--)
    if (strcmp(stage->tokens[i - 1].name, name) == 0) return stage->tokens[i - 1].ready;
  differs("no step gave a token the name %s", name);
  return NULL;
}

static bool is_same_token(const tp_result *a, const tp_result *b) {
  struct text one = part(tp_result_token, a), other = part(tp_result_token, b);
  return one.length == other.length && memcmp(one.data, other.data, one.length) == 0;
}

static bool check_error(json_object *expected, const tp_result *found) {
  if (!KNOWS("error", expected, "code", "status", "service_code", "attempts", "shows")) return false;
  if (tp_result_kind(found) != TP_FAILED) return unexpected("an error", found);
  json_object *json = read_result(found), *texts = json_object_new_array();
  json_object_array_add(texts, json_part(tp_result_message, found));
  bool holds = same("the code", member(expected, "code"), json_object_get(member(json, "code"))) &&
               same_if_given("the status", expected, "status", json_object_get(member(json, "status"))) &&
               same_if_given("the service's code", expected, "service_code", json_object_get(member(member(json, "service"), "code"))) &&
               same_if_given("the attempts", expected, "attempts", json_object_get(member(json, "attempts"))) &&
               all_in("what is shown", member(expected, "shows"), texts);
  json_object_put(texts);
  json_object_put(json);
  return holds || differs_at("in %.6000s", tp_result_message(found, NULL));
}

static bool check_answer(struct stage *stage, json_object *expected, const tp_result *found) {
  if (has(expected, "error")) return KNOWS("expect", expected, "error") && check_error(member(expected, "error"), found);
  if (tp_result_kind(found) != TP_READY) return unexpected("a token", found);
  if (has(expected, "token_of")) {
    const tp_result *known = token_of(stage, text_member(expected, "token_of").data);
    if (!KNOWS("expect", expected, "token_of") || known == NULL) return false;
    return is_same_token(known, found) || differs("the token is not that of before");
  }
  if (strcmp(text_of(expected).data, "new_token") != 0) return differs("nobody knows the expectation %s", spelled(expected).data);
  for (size_t i = 0; i < stage->token_count; i++)
    if (is_same_token(stage->tokens[i].ready, found)) return differs("the new token is that of %s", stage->tokens[i].name);
  return true;
}

static bool check_answers(struct stage *stage, json_object *call, struct callers *callers) {
  size_t gave_up = 0, first = callers->count;
  for (size_t i = 0; i < callers->count; i++) {
    if (callers->answers[i] == NULL) gave_up++;
    else if (!check_answer(stage, member(call, "expect"), callers->answers[i])) return false;
    else if (tp_result_kind(callers->answers[i]) == TP_READY) {
      if (first == callers->count) first = i;
      else if (!is_same_token(callers->answers[first], callers->answers[i])) return differs("there are different tokens");
    }
  }
  if (gave_up != callers->cancelled) return differs("%zu callers gave up, not %zu", gave_up, callers->cancelled);
  if (first == callers->count) return true;
  if (stage->token_count == MOST_TOKENS) return differs("too many tokens");
  stage->tokens[stage->token_count].name = text_member(call, "as").data;
  stage->tokens[stage->token_count++].ready = callers->answers[first];
  callers->answers[first] = NULL;
  return true;
}

static bool step_call(struct stage *stage, json_object *call) {
  if (!KNOWS("call", call, "callers", "cancelled", "timeout_ms", "as", "expect") || !open_provider(stage)) return false;
  struct callers callers = {.provider = stage->provider,
                            .simulator = &stage->simulator,
                            .count = has(call, "callers") ? (size_t)json_object_get_int(member(call, "callers")) : 1,
                            .cancelled = (size_t)json_object_get_int(member(call, "cancelled")),
                            .timeout_ms = has(call, "timeout_ms") ? json_object_get_int64(member(call, "timeout_ms")) : -1};
  bool holds = callers_ask(&callers) && check_answers(stage, call, &callers);
  for (size_t i = 0; i < callers.count && i < MOST_CALLERS; i++) tp_result_free(callers.answers[i]);
  return holds;
}

static int count(struct stage *stage, json_object *counted) {
  if (!KNOWS("journal", counted, "service", "method", "path", "count")) return -1;
  char query[1024];
  json_object *path = simulator_fill(&stage->simulator, member(counted, "path"));
  snprintf(query, sizeof query, "service=%s&method=%s&path=%s", text_member(counted, "service").data, text_member(counted, "method").data, text_of(path).data);
  json_object_put(path);
  return simulator_count(&stage->simulator, query);
}

static int failed_refreshes(struct stage *stage) {
  tp_result *description = tp_provider_describe(stage->provider);
  json_object *json = read_result(description), *slots = member(json, "slots");
  int found = json_object_get_int(member(json_object_array_get_idx(slots, json_object_array_length(slots) - 1), "failed_refreshes"));
  json_object_put(json);
  tp_result_free(description);
  return found;
}

static bool wait_for(struct stage *stage, const char *what, json_object *wanted) {
  int needed = json_object_get_int(json_object_is_type(wanted, json_type_object) ? member(wanted, "count") : wanted), found = -1;
  for (int waited = 0; waited < PATIENCE; waited += 5, pause_ms(5)) {
    if (strcmp(what, "wait_for_journal") == 0) found = count(stage, wanted);
    else if (strcmp(what, "wait_for_failed_refreshes") == 0) found = failed_refreshes(stage);
    else found = (int)count_happened(stage);
    if (found >= needed) return true;
  }
  return differs("waited for %d, found %d", needed, found);
}

static bool step_journal(struct stage *stage, json_object *all) {
  for (size_t i = 0; i < json_object_array_length(all); i++) {
    json_object *counted = json_object_array_get_idx(all, i);
    int found = count(stage, counted);
    if (found < 0 || !same(text_member(counted, "path").data, member(counted, "count"), json_object_new_int(found))) return false;
  }
  return true;
}

/* Events are told beside the callers, so the last one may come a moment after its cause shows. */
static bool step_events(struct stage *stage, json_object *names) {
  json_object *needed = json_object_new_int((int)json_object_array_length(names));
  bool holds = wait_for(stage, "events", needed);
  json_object_put(needed);
  pthread_mutex_lock(&stage->lock);
  json_object *happened = stage->happened;
  stage->happened = json_object_new_array();
  pthread_mutex_unlock(&stage->lock);
  if (holds) return same("events", names, happened);
  json_object_put(happened);
  return false;
}

static bool step_use(struct stage *stage, json_object *use) {
  const tp_result *token = KNOWS("use", use, "token", "status") ? token_of(stage, text_member(use, "token").data) : NULL;
  if (token == NULL) return false;
  int status = simulator_use(&stage->simulator, part(tp_result_token, token));
  return same("the object store's status", member(use, "status"), json_object_new_int(status));
}

static bool step_invalidate(struct stage *stage, json_object *name) {
  const tp_result *token = token_of(stage, text_of(name).data);
  if (token == NULL) return false;
  tp_result *refusal = tp_provider_invalidate(stage->provider, token);
  bool holds = refusal == NULL || unexpected("invalidate", refusal);
  tp_result_free(refusal);
  return holds;
}

static bool step_control(struct stage *stage, json_object *call) {
  if (!KNOWS("control", call, "method", "path", "body")) return false;
  json_object *path = simulator_fill(&stage->simulator, member(call, "path")), *body = simulator_fill(&stage->simulator, member(call, "body"));
  bool holds = simulator_control(&stage->simulator, text_member(call, "method").data, text_of(path).data, body, NULL);
  json_object_put(path);
  json_object_put(body);
  return holds;
}

static bool run_step(struct stage *stage, json_object *step) {
  const char *name = step_name(step);
  if (name == NULL) return differs("a step is exactly one thing that a runner knows");
  json_object *parts = member(step, name);
  if (strcmp(name, "control") == 0) return step_control(stage, parts);
  if (strcmp(name, "cr_token_file") == 0) return simulator_token_file(&stage->simulator, parts);
  if (strcmp(name, "call") == 0) return step_call(stage, parts);
  if (strcmp(name, "invalidate") == 0) return step_invalidate(stage, parts);
  if (strcmp(name, "journal") == 0) return step_journal(stage, parts);
  if (strcmp(name, "events") == 0) return step_events(stage, parts);
  if (strcmp(name, "use") == 0) return step_use(stage, parts);
  if (strcmp(name, "wait_ms") != 0) return open_provider(stage) && wait_for(stage, name, parts);
  pause_ms(json_object_get_int(parts));
  return true;
}

bool is_fit(json_object *scenario) {
  if (!KNOWS("scenario", scenario, "name", "origin", "rules", "source", "policy", "steps", "variants")) return false;
  json_object *steps = member(scenario, "steps");
  for (size_t i = 0; i < json_object_array_length(steps); i++)
    if (step_name(json_object_array_get_idx(steps, i)) == NULL) return differs("step %zu is nothing that a runner knows", i + 1);
  return json_object_array_length(steps) > 0 || differs("no steps");
}

bool run_scenario(json_object *scenario) {
  struct stage stage = {.scenario = scenario, .lock = PTHREAD_MUTEX_INITIALIZER, .happened = json_object_new_array()};
  bool holds = is_fit(scenario) && simulator_start(&stage.simulator);
  json_object *steps = member(scenario, "steps");
  for (size_t i = 0; holds && i < json_object_array_length(steps); i++)
    holds = run_step(&stage, json_object_array_get_idx(steps, i)) || differs_at("step %zu", i + 1);
  tp_provider_free(stage.provider);
  for (size_t i = 0; i < stage.token_count; i++) tp_result_free(stage.tokens[i].ready);
  simulator_stop(&stage.simulator);
  json_object_put(stage.happened);
  return holds;
}
