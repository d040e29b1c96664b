/* Arguments as no program should hand them over. */
#include "random.h"

#include <stdlib.h>
#include <string.h>

static uint64_t state;
static char *held[64];
static size_t held_count;

void seed_with(uint64_t seed) { state = seed; }

/* SplitMix64. */
uint64_t number(void) {
  uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);
  z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
  return z ^ z >> 31;
}

size_t below(size_t limit) { return (size_t)(number() % limit); }

void forget(void) {
  while (held_count > 0) free(held[--held_count]);
}

static struct text made(const char *bytes, size_t length) {
  if (held_count == sizeof held / sizeof *held) abort();
  char *copy = held[held_count++] = malloc(length == 0 ? 1 : length);
  if (bytes != NULL) memcpy(copy, bytes, length);
  return (struct text){copy, length};
}

struct text any_text(const char *const *fit) {
  size_t count = 0;
  while (fit[count] != NULL) count++;
  const char *chosen = fit[below(count)];
  struct text text = made(chosen, strlen(chosen));
  char *bytes = (char *)(uintptr_t)text.data;
  switch (below(12)) {
    case 0: return (struct text){NULL, 0};
    case 1: return (struct text){NULL, below(2) ? SIZE_MAX : below(100) + 1};
    case 2: text.length = text.length == 0 ? 0 : below(text.length); return made(chosen, text.length);
    case 3:
      for (size_t i = 0; i < text.length; i += 1 + below(8)) bytes[i] = (char)number();
      return text;
    case 4:
      if (text.length > 0) bytes[below(text.length)] = '\0';
      return text;
    case 5:
      if (text.length > 0) bytes[text.length - 1] = (char)0xf0; /* Begins a character that does not end. */
      return text;
    case 6:
      if (below(20) > 0) return text;
      struct text huge = made(NULL, 3 << 20);
      memset((char *)(uintptr_t)huge.data, below(2) ? '[' : 'a', huge.length);
      return huge;
    default: return text;
  }
}

uint32_t any_number(uint32_t known) { return below(5) == 0 ? (uint32_t)number() : (uint32_t)below(known + 2); }

uint64_t any_time(void) {
  static const uint64_t times[] = {0, 1, UINT64_C(1790000000000000000), UINT64_MAX - 1, UINT64_MAX};
  return below(2) ? times[below(5)] : number() >> below(64);
}
