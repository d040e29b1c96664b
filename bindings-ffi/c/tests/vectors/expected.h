/* Compares what a poll returned with what a script expects. */
#ifndef EXPECTED_H
#define EXPECTED_H

#include "check.h"
#include "trusted_profile.h"

bool check_action(json_object *expected, const tp_result *found);
/* Alone: what has to be sent. */
bool check_send(json_object *expected, const tp_result *found);
/* The name that a script gives to what is returned, or NULL. */
const char *given_name(json_object *expected);
bool check_status(json_object *expected, json_object *found);
/* An event as scripts write it; the caller puts it. */
json_object *event_of(json_object *happened);

#endif
