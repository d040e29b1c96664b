/* The second corpus, as far as the library has a public interface for it. */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "check.h"

/* Plays every case of a file that can be played. The names of the lists that cannot are added to `left_out`. */
bool play_operations(json_object *file, json_object *left_out);

#endif
