/* What bodies are made of: forms, and base64 in scripts. */
#ifndef FORM_H
#define FORM_H

#include "check.h"

/* The decoded pairs of a form in their order, as lists of two; the caller puts it. */
json_object *form_pairs(struct text body);
/* The caller frees it. */
char *base64_decoded(struct text encoded, size_t *length);

#endif
