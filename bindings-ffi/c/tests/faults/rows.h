/* The faults, and what is expected under each. Their names are those of docs/faults.md. */
#ifndef ROWS_H
#define ROWS_H

#include <stdbool.h>
#include <stddef.h>

struct row {
  const char *name;
  /* As the simulator's control API takes it; one `%s` is another host. */
  const char *fault;
  /* The code of an error, "unreachable", or "token" where the answer is odd, yet right. */
  const char *expected;
  /* Answers come late or never. Under the others short times would only measure how busy this computer is. */
  bool is_slow;
};

extern const struct row ROWS[];
extern const size_t ROW_COUNT;

#endif
