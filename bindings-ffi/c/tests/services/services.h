/* What the tests of calls over the simulator share. */
#ifndef SERVICES_H
#define SERVICES_H

#include "simulator.h"
#include "trusted_profile.h"

extern struct simulator simulator;

/* Who calls, for a thread. */
struct caller {
  const tp_provider *tokens;
  const tp_client *client;
};

const char *seed_text(const char *of, const char *name);
tp_provider *provider_of(const char *format, ...) __attribute__((format(printf, 1, 2)));
tp_provider *provider_of_key(void);
/* A client at that address of the simulator's, or at none; `more` are further options, each after a comma. */
tp_client *client_at(const char *name, const char *url, const char *more);
tp_result *call(const tp_provider *provider, const tp_client *client, const char *operation, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Both free what was found. */
bool answers(const char *what, tp_result *found, uint32_t status, uint32_t kind, const char *words);
bool fails(const char *what, tp_result *found, uint32_t error, uint32_t status, const char *words);

bool fault(const char *text);
bool heal(void);

/* Mistakes, bounds and ends. */
bool nothing_is_sent(const tp_provider *tokens, const tp_client *vpc);
bool ends_in_time(const tp_provider *tokens, const tp_client *vpc);
bool a_refused_page_is_no_end(const tp_provider *tokens, const tp_client *vpc);
bool an_earlier_attempt_is_told_of(const tp_provider *tokens, const tp_client *vpc);
bool ends_with_its_provider(const tp_client *vpc);
bool secrets_are_not_shown(const tp_provider *tokens, const tp_client *vpc);

#endif
