/* What is shared by the tests of operations that send nothing. */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "check.h"
#include "trusted_profile.h"

/* A new client of the service that an operation's id begins with, or NULL after a difference. */
tp_client *client_of(const char *operation, json_object *options);
/* How the metadata service at this address is reached, by the machine of this source; `version` may be empty. */
tp_result *metadata_service(const char *source, struct text endpoint, struct text version);

/* The request of every line of this file is the one that Rust makes; says how many operations there were. */
bool same_requests(const char *path);
/* Plays the corpus tests/vectors/calls of this repository, as far as calls here have what it sets. */
bool play_calls(const char *repository);

#endif
