/* No secret in anything that a program may log. */
#ifndef LEAKS_H
#define LEAKS_H

#include "check.h"
#include "trusted_profile.h"

/* The secrets of one file, in every spelling they could be shown in. */
struct leaks {
  json_object *needles;
};

struct leaks leaks_of(json_object *secrets);
void leaks_free(struct leaks *leaks);
/* Looks at what a log would show. */
bool leaks_none(const struct leaks *leaks, const char *what, struct text shown);
/* The same for all of a result that may be logged. */
bool leaks_none_of(const struct leaks *leaks, const char *what, const tp_result *result);

#endif
