/* Errors and failures as scripts name them. */
#ifndef FAILURE_H
#define FAILURE_H

#include "check.h"
#include "trusted_profile.h"

/* `errors` is core/spec/errors.json: what number each code has. */
void know_errors(json_object *errors);
/* Compares an error with what is expected of it. */
bool check_failure(json_object *expected, const tp_result *found);
/* TP_FAILURE_... of a kind, and TP_ERROR_... of a code; nobody knows 0. */
uint32_t failure_number(const char *kind);
uint32_t error_number(const char *code);

#endif
