/* Callers that ask a provider for its token, all at once, each a thread. */
#ifndef CALLERS_H
#define CALLERS_H

#include "simulator.h"
#include "trusted_profile.h"

#define MOST_CALLERS 64

struct callers {
  const tp_provider *provider;
  const struct simulator *simulator;
  size_t count, cancelled;
  /* Less than 0 without one. */
  int64_t timeout_ms;
  /* What each got; NULL means that it gave up. The one who asks frees them. */
  tp_result *answers[MOST_CALLERS];
};

/* Returns when all are answered or have given up: the first ones as soon as a request shows in the journal. */
bool callers_ask(struct callers *callers);

#endif
