/* Differences, and JSON as corpora have it. */
#include "check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local char noted[16384];

bool differs(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(noted, sizeof noted, format, arguments);
  va_end(arguments);
  return false;
}

bool differs_at(const char *format, ...) {
  char where[1024], before[sizeof noted];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(where, sizeof where, format, arguments);
  va_end(arguments);
  memcpy(before, noted, sizeof before);
  size_t length = strlen(where);
  snprintf(noted, sizeof noted, "%s: %.*s", where, (int)(sizeof noted - length - 3), before);
  return false;
}

const char *difference(void) { return noted; }

bool same(const char *what, json_object *expected, json_object *found) {
  bool is_same = json_object_equal(expected, found) != 0;
  if (!is_same) {
    struct text wanted = spelled(expected), got = spelled(found);
    differs("%s: expected %.4000s, found %.4000s", what, wanted.data, got.data);
  }
  json_object_put(found);
  return is_same;
}

bool same_if_given(const char *what, json_object *expectation, const char *name, json_object *found) {
  json_object *expected = NULL;
  if (!json_object_object_get_ex(expectation, name, &expected)) {
    json_object_put(found);
    return true;
  }
  return same(what, expected, found);
}

bool all_in(const char *what, json_object *wanted, json_object *texts) {
  for (size_t i = 0; wanted != NULL && i < json_object_array_length(wanted); i++) {
    struct text part = text_of(json_object_array_get_idx(wanted, i));
    bool is_found = false;
    for (size_t j = 0; j < json_object_array_length(texts); j++)
      is_found = is_found || is_in(part, text_of(json_object_array_get_idx(texts, j)));
    if (!is_found) return differs("%s: '%s' is missing", what, part.data);
  }
  return true;
}

json_object *member(json_object *object, const char *name) {
  json_object *found = NULL;
  json_object_object_get_ex(object, name, &found);
  return found;
}

bool has(json_object *object, const char *name) { return json_object_object_get_ex(object, name, NULL) != 0; }

struct text text_of(json_object *string) {
  if (!json_object_is_type(string, json_type_string)) return literal("");
  return (struct text){json_object_get_string(string), (size_t)json_object_get_string_len(string)};
}

struct text text_member(json_object *object, const char *name) { return text_of(member(object, name)); }

json_object *json_of(struct text text) { return json_object_new_string_len(text.data, (int)text.length); }

struct text literal(const char *text) { return (struct text){text, strlen(text)}; }

struct text spelled(json_object *value) {
  if (value == NULL) return literal("null");
  size_t length = 0;
  const char *text = json_object_to_json_string_length(value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
  return (struct text){text, length};
}

bool is_in(struct text part, struct text whole) {
  return part.length == 0 || memmem(whole.data, whole.length, part.data, part.length) != NULL;
}

bool knows(const char *where, json_object *object, const char *const *names) {
  if (!json_object_is_type(object, json_type_object)) return differs("%s: expected an object, got %s", where, spelled(object).data);
  json_object_object_foreach(object, key, value) {
    (void)value;
    bool is_known = false;
    for (const char *const *name = names; *name != NULL; name++) is_known = is_known || strcmp(*name, key) == 0;
    if (!is_known) return differs("%s: nobody knows the member %s", where, key);
  }
  return true;
}

const char *only(json_object *object, const char *const *names) {
  const char *found = NULL;
  for (const char *const *name = names; *name != NULL; name++) {
    if (!has(object, *name)) continue;
    if (found != NULL) return NULL;
    found = *name;
  }
  return found;
}

char *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return NULL;
  size_t capacity = 4096;
  char *bytes = malloc(capacity + 1);
  *length = 0;
  for (size_t got; bytes != NULL && (got = fread(bytes + *length, 1, capacity - *length, file)) > 0;) {
    *length += got;
    if (*length == capacity) {
      capacity *= 2;
      char *larger = realloc(bytes, capacity + 1);
      if (larger == NULL) free(bytes);
      bytes = larger;
    }
  }
  if (bytes != NULL) bytes[*length] = '\0';
  fclose(file);
  return bytes;
}

json_object *parse(struct text text) {
  struct json_tokener *tokener = json_tokener_new_ex(64);
  json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
  json_object *value = json_tokener_parse_ex(tokener, text.data, (int)text.length);
  enum json_tokener_error error = json_tokener_get_error(tokener);
  if (error == json_tokener_continue) {
    // A number at the end could go on.
    value = json_tokener_parse_ex(tokener, "", -1);
    error = json_tokener_get_error(tokener);
  }
  if (error != json_tokener_success) differs("not JSON: %s: %.200s", json_tokener_error_desc(error), text.data);
  json_tokener_free(tokener);
  return error == json_tokener_success ? value : NULL;
}
