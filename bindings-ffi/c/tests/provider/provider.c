/* What a provider does with the program's own callbacks, bounds and mistakes. Nothing is sent. */
#include "check.h"
#include "results.h"
#include "trusted_profile.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long something that happens on another thread may take, in milliseconds. */
#define PATIENCE 30000

/* The program's own source of tokens, and what came of it. */
struct vault {
  enum manner { ANSWERS, FAILS, IS_SILENT, ANSWERS_TWICE, ANSWERS_NONSENSE, HANGS } manner;
  atomic_int asked;
  atomic_int events;
  atomic_bool is_over;
  atomic_bool has_ended;
};

/* One for each provider. They live to the end: a call that is under way when its provider is freed is not waited for. */
static struct vault vaults[6];

static struct vault *next_vault(enum manner manner) {
  static size_t used = 0;
  struct vault *vault = &vaults[used++];
  vault->manner = manner;
  return vault;
}

static void on_token(void *user, tp_answer *answer) {
  struct vault *vault = user;
  char token[64];
  int length = snprintf(token, sizeof token, "token-of-the-vault-%d", ++vault->asked);
  switch (vault->manner) {
    case HANGS:
      while (!vault->is_over) usleep(1000);
      vault->has_ended = true;
      return;
    case IS_SILENT: return;
    case FAILS: tp_result_free(tp_answer_failure(answer, TP_TEXT("the vault is sealed"))); return;
    case ANSWERS_NONSENSE:
      tp_result_free(tp_answer_token(answer, "\xff", 1, 1));
      tp_result_free(tp_answer_token(answer, TP_TEXT("two words"), UINT64_C(3600000000000)));
      return;
    case ANSWERS_TWICE: tp_result_free(tp_answer_failure(answer, TP_TEXT("not this one")));
    /* fall through */
    case ANSWERS: tp_result_free(tp_answer_token(answer, token, (size_t)length, UINT64_C(3600000000000)));
  }
}

static void on_event(void *user, const char *event, size_t length) {
  struct vault *vault = user;
  json_object *told = parse((struct text){event, length});
  if (told != NULL && has(told, "event")) vault->events++;
  json_object_put(told);
}

static tp_provider *provider_of(struct vault *vault, const char *source) {
  tp_provider *provider = NULL;
  tp_settings *settings = tp_settings_new();
  tp_result_free(tp_settings_on_token(settings, on_token, vault));
  tp_result_free(tp_settings_on_event(settings, on_event, vault));
  tp_result *refusal = tp_provider_new(source, strlen(source), TP_TEXT("{\"max_attempts\": 1, \"cooldown\": 0}"), settings, &provider);
  if (refusal != NULL) unexpected("a provider", refusal);
  tp_result_free(refusal);
  tp_settings_free(settings);
  return provider;
}

/* Callers are woken before anything is told of. */
static bool was_told(struct vault *vault, int events) {
  for (int waited = 0; vault->events < events && waited < PATIENCE; waited++) usleep(1000);
  return vault->events >= events || differs("%d events, not %d", vault->events, events);
}

static bool fails_with(const char *what, tp_result *found, uint32_t error, const char *words) {
  bool holds = tp_result_error(found) == error && strstr(tp_result_message(found, NULL), words) != NULL;
  if (!holds) unexpected(what, found);
  tp_result_free(found);
  return holds;
}

static const char EXTERNAL[] = "{\"source\": \"external\"}";

static bool gives(enum manner manner, const char *token) {
  struct vault *vault = next_vault(manner);
  tp_provider *provider = provider_of(vault, EXTERNAL);
  tp_result *found = tp_provider_token(provider, 20000), *again = tp_provider_token(provider, 20000);
  bool holds = (strcmp(tp_result_token(found, NULL), token) == 0 && strcmp(tp_result_token(again, NULL), token) == 0) || unexpected("a token", found);
  holds = holds && (vault->asked == 1 || differs("the vault was asked %d times", vault->asked));
  holds = holds && fails_with("an identity token", tp_provider_identity_token(provider, -1), TP_ERROR_INVALID_ARGUMENT, "identity");
  /* Refused by a service: the next one is another. */
  tp_result_free(tp_provider_invalidate(provider, found));
  tp_result_free(again);
  again = tp_provider_token(provider, 20000);
  holds = holds && (strcmp(tp_result_token(again, NULL), "token-of-the-vault-2") == 0 || unexpected("a new token", again));
  holds = holds && fails_with("what is no token", tp_provider_invalidate(provider, NULL), TP_ERROR_INVALID_ARGUMENT, "ready");
  tp_result_free(found);
  tp_result *description = tp_provider_describe(provider);
  holds = holds && fails_with("a text", tp_provider_invalidate(provider, description), TP_ERROR_INVALID_ARGUMENT, "ready");
  holds = holds && (strstr(tp_result_json(description, NULL), "\"source\":\"external") != NULL || unexpected("a description", description));
  tp_result_free(description);
  /* What is cached can be had after the end. */
  tp_result_free(tp_provider_close(provider));
  found = tp_provider_token(provider, -1);
  holds = holds && (tp_result_kind(found) == TP_READY || unexpected("the cached token", found));
  tp_result_free(found);
  tp_result_free(again);
  holds = holds && was_told(vault, 2);
  tp_provider_free(provider);
  return holds;
}

static bool refuses(enum manner manner, const char *words) {
  struct vault *vault = next_vault(manner);
  tp_provider *provider = provider_of(vault, EXTERNAL);
  bool holds = fails_with("a failure", tp_provider_token(provider, 20000), TP_ERROR_EXTERNAL_SOURCE_FAILED, words) && was_told(vault, 1);
  tp_provider_free(provider);
  return holds;
}

static void *wait_for_token(void *provider) { return tp_provider_token(provider, -1); }

/* A caller's bound is kept, and whoever waits is told of the end. */
static bool waits(void) {
  struct vault *vault = next_vault(HANGS);
  tp_provider *provider = provider_of(vault, EXTERNAL);
  bool holds = fails_with("too late", tp_provider_token(provider, 20), TP_ERROR_DEADLINE_EXCEEDED, "the caller allowed");
  pthread_t caller;
  void *found = NULL;
  if (pthread_create(&caller, NULL, wait_for_token, provider) != 0) return differs("no thread");
  usleep(50000);
  tp_result_free(tp_provider_close(provider));
  pthread_join(caller, &found);
  holds = fails_with("closed", found, TP_ERROR_CLOSED, "closed") && holds;
  tp_provider_free(provider);
  /* The thread that calls back cannot be stopped; it ends on its own. */
  vault->is_over = true;
  for (int waited = 0; !vault->has_ended && waited < PATIENCE; waited++) usleep(1000);
  return holds && (vault->has_ended || differs("the callback did not end"));
}

static bool mistakes(void) {
  tp_provider *provider = (tp_provider *)1;
  tp_settings *settings = tp_settings_new();
  bool holds = fails_with("no callback", tp_provider_new(EXTERNAL, strlen(EXTERNAL), NULL, 0, NULL, &provider), TP_ERROR_INVALID_ARGUMENT, "callback") &&
               (provider == NULL || differs("a place that was not cleared")) &&
               fails_with("no provider", tp_provider_token(NULL, -1), TP_ERROR_INVALID_ARGUMENT, "provider: expected a handle, got NULL") &&
               fails_with("no place", tp_provider_new(EXTERNAL, strlen(EXTERNAL), NULL, 0, NULL, NULL), TP_ERROR_INVALID_ARGUMENT, "provider: expected a place");
  tp_result_free(tp_settings_ca_bundle(settings, TP_TEXT("/nonexistent/roots.pem")));
  holds = holds && fails_with("no roots", tp_provider_new(TP_TEXT("{\"source\": \"vpc_instance\"}"), NULL, 0, settings, &provider), TP_ERROR_INVALID_ARGUMENT,
                              "ca_bundle");
  tp_result_free(tp_settings_ca_bundle(settings, NULL, 0));
  tp_result_free(tp_settings_on_token(settings, on_token, NULL));
  holds = holds && fails_with("a callback of another source", tp_provider_new(TP_TEXT("{\"source\": \"vpc_instance\"}"), NULL, 0, settings, &provider),
                              TP_ERROR_INVALID_ARGUMENT, "callback: expected none, since the source is vpc_instance, not external");
  tp_settings_free(settings);
  uint64_t monotonic = 0, unix_time = 0;
  tp_clocks(&monotonic, &unix_time);
  tp_clocks(NULL, NULL);
  return holds && ((monotonic > 0 && unix_time > UINT64_C(1700000000000000000)) || differs("no time")) && (tp_seed() != tp_seed() || differs("one seed"));
}

int main(void) {
  bool holds = gives(ANSWERS, "token-of-the-vault-1") && gives(ANSWERS_TWICE, "token-of-the-vault-1") && refuses(FAILS, "the vault is sealed") &&
               refuses(IS_SILENT, "it gave no answer") && refuses(ANSWERS_NONSENSE, "cannot be sent as a token") && waits() && mistakes();
  if (holds) printf("provider: callbacks, events, bounds, mistakes\n");
  else fprintf(stderr, "provider: %s\n", difference());
  return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}
