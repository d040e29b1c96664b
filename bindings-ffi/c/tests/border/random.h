/* Arguments as no program should hand them over. Everything is allocated in its exact size, so that reading past it shows. */
#ifndef RANDOM_H
#define RANDOM_H

#include "check.h"

#include <stdint.h>

void seed_with(uint64_t seed);
uint64_t number(void);
/* Less than `limit`. */
size_t below(size_t limit);
/* A text of any kind: fit, cut short, not UTF-8, with zero bytes, huge, none at all. It lives until `forget`. */
struct text any_text(const char *const *fit);
/* Any number, also those that are known. */
uint32_t any_number(uint32_t known);
uint64_t any_time(void);
void forget(void);

#endif
