/* One fault at one request: with an empty cache, after recovery, and with a good token. */
#ifndef CELL_H
#define CELL_H

#include "rows.h"
#include "simulator.h"

/* A request on the way to a token, which a fault can strike. */
struct hop {
  const char *name, *service, *method, *path;
  bool is_pod;
};

extern const struct hop HOPS[3];

/* Whether all is as it has to be. `elsewhere` is where redirects lead. */
bool run_cell(const struct row *row, const struct hop *hop, const char *elsewhere);
/* The code of the error that is expected here; NULL for a token. */
const char *expected_code(const struct row *row, const struct hop *hop);

#endif
