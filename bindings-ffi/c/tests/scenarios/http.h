/* As much HTTP as a runner needs to talk to its simulator: one request on a connection of its own. */
#ifndef HTTP_H
#define HTTP_H

#include "check.h"

struct reply {
  /* 0 where none came. */
  int status;
  struct text body;
  /* What came; the caller frees it. */
  char *whole;
};

struct reply http_send(struct text url, const char *method, const char *path, struct text bearer, struct text body);

#endif
