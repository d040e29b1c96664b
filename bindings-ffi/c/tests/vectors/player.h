/* Plays a script against a machine. */
#ifndef PLAYER_H
#define PLAYER_H

#include "check.h"

/* Whether everything comes out as the script expects. */
bool play_script(json_object *script);

#endif
