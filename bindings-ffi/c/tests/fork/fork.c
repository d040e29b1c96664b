/* A child of fork goes on: with its parent's token, and with exchanges of its own where its parent had one under way. */
#include "check.h"
#include "results.h"
#include "simulator.h"
#include "trusted_profile.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a child may take, in seconds: it is killed then, and does not hang. */
#define PATIENCE 30

static struct simulator simulator;

static tp_provider *provider_of_key(void) {
  char source[512];
  tp_provider *provider = NULL;
  snprintf(source, sizeof source, "{\"source\": \"api_key\", \"api_key\": \"%s\", \"endpoint\": \"%s\"}", text_member(simulator.values, "api_key").data,
           text_member(simulator.values, "iam_url").data);
  tp_result *refusal = tp_provider_new(source, strlen(source), NULL, 0, NULL, &provider);
  if (refusal != NULL) unexpected("a provider", refusal);
  tp_result_free(refusal);
  return provider;
}

/* Runs `check` in a child, which frees what it has like any program. */
static bool in_child(const char *what, bool (*check)(tp_provider *provider, const tp_result *before), tp_provider *provider, const tp_result *before) {
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    alarm(PATIENCE);
    bool holds = check(provider, before);
    if (!holds) fprintf(stderr, "%s: %s\n", what, difference());
    tp_provider_free(provider);
    _exit(holds ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return differs("%s: the child failed (%d)", what, status);
  printf("fork: %s\n", what);
  return true;
}

static bool has_token(tp_provider *provider, const tp_result *before) {
  tp_result *token = tp_provider_token(provider, 20000);
  bool holds = tp_result_kind(token) == TP_READY || unexpected("a token", token);
  if (holds && before != NULL && strcmp(tp_result_token(token, NULL), tp_result_token(before, NULL)) != 0) holds = differs("another token");
  if (holds && before == NULL && tp_result_token(token, NULL)[0] == '\0') holds = differs("no token");
  tp_result_free(token);
  return holds;
}

static bool fetches_anew(tp_provider *provider, const tp_result *before) {
  tp_result_free(tp_provider_invalidate(provider, before));
  return has_token(provider, NULL);
}

static void *fetch(void *provider) { return tp_provider_token(provider, -1); }

static int requests(void) { return simulator_count(&simulator, "service=iam&method=POST&path=/identity/token"); }

static bool is_fetching(const tp_provider *provider) {
  tp_result *description = tp_provider_describe(provider);
  const char *said = tp_result_json(description, NULL);
  bool found = said != NULL && strstr(said, "\"fetching\":true") != NULL;
  tp_result_free(description);
  return found;
}

static bool unreachable(void) {
  json_object *body = parse(literal("{\"service\": \"iam\", \"fault\": {\"kind\": \"unreachable\"}}"));
  bool holds = simulator_control(&simulator, "POST", "faults", body, NULL);
  json_object_put(body);
  return holds;
}

static bool reachable(void) { return simulator_control(&simulator, "DELETE", "faults", NULL, NULL); }

/* Until then, the fetch of its parent cannot have ended. */
static bool has_token_once_reachable(tp_provider *provider, const tp_result *before) { return reachable() && has_token(provider, before); }

/* The parent's exchange is under way when it forks, and goes on when the child has begun. Both get a token, by a request each. */
static bool fork_during_a_fetch(void) {
  tp_provider *provider = provider_of_key();
  pthread_t caller;
  int before = requests();
  if (provider == NULL || !unreachable() || pthread_create(&caller, NULL, fetch, provider) != 0) return false;
  for (int waited = 0; !is_fetching(provider) && waited < PATIENCE * 1000; waited++) usleep(1000);
  bool holds = is_fetching(provider) || differs("no fetch began");
  /* Its thread has begun by then, and holds nothing that a child would wait for: what it waits for is the next attempt. */
  usleep(50 * 1000);
  holds = holds && in_child("during a fetch of its parent", has_token_once_reachable, provider, NULL);
  holds = reachable() && holds;
  void *token = NULL;
  pthread_join(caller, &token);
  holds = holds && (tp_result_kind(token) == TP_READY || unexpected("the parent's token", token));
  holds = holds && (requests() == before + 2 || differs("%d requests, not 2", requests() - before));
  tp_result_free(token);
  tp_provider_free(provider);
  return holds;
}

static bool fork_with_a_token(void) {
  tp_provider *provider = provider_of_key();
  tp_result *token = provider == NULL ? NULL : tp_provider_token(provider, 20000);
  int before = requests();
  bool holds = tp_result_kind(token) == TP_READY && in_child("with its parent's token", has_token, provider, token) &&
               (requests() == before || differs("a child asked for what it had"));
  holds = holds && in_child("with a token that was refused", fetches_anew, provider, token) && (requests() == before + 1 || differs("it did not fetch"));
  holds = holds && has_token(provider, token);
  tp_result_free(token);
  tp_provider_free(provider);
  return holds;
}

/* The machine without I/O: an exchange of the parent is nothing that the child would wait for. */
static bool fork_of_a_machine(void) {
  tp_machine *machine = NULL;
  tp_ticket *ticket = tp_ticket_new(), *other = tp_ticket_new();
  tp_result_free(tp_machine_new(TP_TEXT("{\"source\": \"external\"}"), NULL, 0, NULL, 0, 1, &machine));
  tp_result *asked = tp_machine_poll(machine, ticket, TP_SLOT_LAST, 1, 1), *waits = tp_machine_poll(machine, other, TP_SLOT_LAST, 1, 1);
  bool holds = tp_result_kind(asked) == TP_NEED_TOKEN && tp_result_kind(waits) == TP_WAIT;
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    tp_result_free(tp_machine_after_fork(machine, 2));
    tp_result *anew = tp_machine_poll(machine, other, TP_SLOT_LAST, 2, 2);
    _exit(tp_result_kind(anew) == TP_NEED_TOKEN && tp_result_id(anew) > tp_result_id(asked) ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  int status = -1;
  holds = holds && waitpid(child, &status, 0) == child && status == 0;
  tp_result_free(asked);
  tp_result_free(waits);
  tp_ticket_free(ticket);
  tp_ticket_free(other);
  tp_machine_free(machine);
  if (holds) printf("fork: of a machine without I/O\n");
  return holds || differs("a child waits for its parent's exchange (%d)", status);
}

int main(void) {
  bool holds = simulator_start(&simulator) && fork_of_a_machine() && fork_with_a_token() && fork_during_a_fetch();
  simulator_stop(&simulator);
  if (!holds) fprintf(stderr, "fork: %s\n", difference());
  return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}
