/* Runs a scenario against a simulator of its own. */
#ifndef STAGE_H
#define STAGE_H

#include "check.h"

/* Whether all steps hold. */
bool run_scenario(json_object *scenario);
/* Whether the file says nothing that a runner does not know. */
bool is_fit(json_object *scenario);

/* The one name of a step, or NULL. */
const char *step_name(json_object *step);

#endif
