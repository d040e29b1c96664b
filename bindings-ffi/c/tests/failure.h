/* Compares an error with what is expected of it. */
#ifndef FAILURE_H
#define FAILURE_H

#include "check.h"
#include "trusted_profile.h"

/* `errors` is core/spec/errors.json: what number each code has. */
void know_errors(json_object *errors);
bool check_failure(json_object *expected, const tp_result *found);

#endif
