/* Callers are threads; giving up is a short timeout of the caller's own. */
#include "callers.h"

#include <pthread.h>
#include <stdatomic.h>

struct caller {
  struct callers *all;
  size_t number;
  int requests_before;
  pthread_barrier_t *start;
};

static int requests(const struct simulator *simulator) {
  int metadata = simulator_count(simulator, "service=metadata"), iam = simulator_count(simulator, "service=iam");
  return metadata < 0 || iam < 0 ? -1 : metadata + iam;
}

static void *ask(void *argument) {
  const struct caller *caller = argument;
  struct callers *all = caller->all;
  bool gives_up = caller->number < all->cancelled;
  int64_t limit = gives_up ? 5 : all->timeout_ms;
  pthread_barrier_wait(caller->start);
  for (;;) {
    tp_result *answer = tp_provider_token(all->provider, limit);
    bool is_late = tp_result_error(answer) == TP_ERROR_DEADLINE_EXCEEDED && limit >= 0;
    if (!is_late) {
      all->answers[caller->number] = answer;
      return NULL;
    }
    tp_result_free(answer);
    // A thread that gives up asks again until its time has come, like a caller that polls.
    if (!gives_up || requests(all->simulator) > caller->requests_before) return NULL;
  }
}

bool callers_ask(struct callers *all) {
  pthread_t threads[MOST_CALLERS];
  struct caller callers[MOST_CALLERS];
  pthread_barrier_t start;
  int before = requests(all->simulator);
  if (before < 0 || all->count == 0 || all->count > MOST_CALLERS) return differs("%zu callers, %d requests before", all->count, before);
  pthread_barrier_init(&start, NULL, (unsigned)all->count);
  for (size_t i = 0; i < all->count; i++) {
    callers[i] = (struct caller){all, i, before, &start};
    if (pthread_create(&threads[i], NULL, ask, &callers[i]) != 0) return differs("no thread for a caller");
  }
  for (size_t i = 0; i < all->count; i++) pthread_join(threads[i], NULL);
  pthread_barrier_destroy(&start);
  return true;
}
