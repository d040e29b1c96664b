/* What a check found that is otherwise than expected. Each check returns whether all is as it has to be. */
#ifndef CHECK_H
#define CHECK_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

/* A text with its length; it may hold zero bytes. */
struct text {
  const char *data;
  size_t length;
};

/* Notes a difference for this thread, and returns false. */
bool differs(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Says where the noted difference is, and returns false. */
bool differs_at(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *difference(void);

/* As JSON. `found` is taken over, `expected` is not. */
bool same(const char *what, json_object *expected, json_object *found);
/* The same for the member of an expectation that need not be there. */
bool same_if_given(const char *what, json_object *expectation, const char *member, json_object *found);
/* Every wanted text is in one of the texts. */
bool all_in(const char *what, json_object *wanted, json_object *texts);

/* A member that may be missing, which is NULL as null is. */
json_object *member(json_object *object, const char *name);
bool has(json_object *object, const char *name);
struct text text_member(json_object *object, const char *name);
struct text text_of(json_object *string);
json_object *json_of(struct text text);
struct text literal(const char *text);
/* The text of a value, which lives as long as the value and until it is asked for again. */
struct text spelled(json_object *value);
bool is_in(struct text part, struct text whole);

/* An object has no other members than those named, up to NULL; and whichever of them are there. */
bool knows(const char *where, json_object *object, const char *const *names);
#define KNOWS(where, object, ...) knows(where, object, (const char *const[]){__VA_ARGS__, NULL})
/* The one of these members that is there, or NULL. */
const char *only(json_object *object, const char *const *names);

/* A whole file; NULL when it cannot be read. The caller frees it. */
char *read_file(const char *path, size_t *length);
/* A JSON text, read strictly; NULL after a difference. */
json_object *parse(struct text text);

#endif
