/* Parts of results as JSON values, to be compared. */
#ifndef RESULTS_H
#define RESULTS_H

#include "check.h"
#include "trusted_profile.h"

typedef const char *text_part(const tp_result *result, size_t *length);

struct text part(text_part *read, const tp_result *result);
json_object *json_part(text_part *read, const tp_result *result);
/* tp_result_json, read; the caller puts it. */
json_object *read_result(const tp_result *result);

/* The first whole millisecond at which an instant has come, or "never". */
json_object *instant(uint64_t nanoseconds);
uint64_t whole_ms(uint64_t nanoseconds);

/* Says what a result is, when it is not what was expected. */
bool unexpected(const char *what, const tp_result *found);

#endif
