/* A simulator of one's own: the process, its control API and its journal. */
#ifndef SIMULATOR_H
#define SIMULATOR_H

#include "check.h"

#include <sys/types.h>

struct simulator {
  pid_t process;
  json_object *overview;
  /* What placeholders stand for. */
  json_object *values;
  /* A folder of the runner's own, below TMPDIR. */
  char folder[4096];
};

/* Starts the program that TRUSTED_PROFILE_SIMULATOR names, with the seeded account. */
bool simulator_start(struct simulator *simulator);
void simulator_stop(struct simulator *simulator);
/* `value` with every {placeholder} filled in; the caller puts it. */
json_object *simulator_fill(const struct simulator *simulator, json_object *value);
/* A call of the control API; `answer` may be NULL, and is put by the caller. */
bool simulator_control(const struct simulator *simulator, const char *method, const char *path, json_object *body, json_object **answer);
/* How many requests the journal holds that fit the query, or -1 after a difference. */
int simulator_count(const struct simulator *simulator, const char *query);
/* Projects a token file into the folder. Fills {cr_token_file} and {cr_token_file_id}. */
bool simulator_token_file(struct simulator *simulator, json_object *token);
/* The object store's status for a token, or 0. */
int simulator_use(const struct simulator *simulator, struct text token);

#endif
