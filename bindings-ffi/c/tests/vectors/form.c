/* What bodies are made of: forms, and base64 in scripts. */
#include "form.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static int hex(char digit) { return isdigit((unsigned char)digit) ? digit - '0' : tolower((unsigned char)digit) - 'a' + 10; }

static json_object *decoded(const char *text, size_t length) {
  char *bytes = malloc(length + 1);
  size_t count = 0;
  for (size_t i = 0; i < length; i++) {
    bool is_escape = text[i] == '%' && i + 2 < length && isxdigit((unsigned char)text[i + 1]) && isxdigit((unsigned char)text[i + 2]);
    if (is_escape) {
      bytes[count++] = (char)(hex(text[i + 1]) << 4 | hex(text[i + 2]));
      i += 2;
    } else bytes[count++] = text[i] == '+' ? ' ' : text[i];
  }
  json_object *made = json_object_new_string_len(bytes, (int)count);
  free(bytes);
  return made;
}

json_object *form_pairs(struct text body) {
  json_object *pairs = json_object_new_array();
  const char *at = body.data, *end = body.data + body.length;
  while (at < end) {
    const char *stop = memchr(at, '&', (size_t)(end - at));
    if (stop == NULL) stop = end;
    const char *equals = memchr(at, '=', (size_t)(stop - at));
    json_object *pair = json_object_new_array();
    json_object_array_add(pair, decoded(at, (size_t)((equals == NULL ? stop : equals) - at)));
    json_object_array_add(pair, equals == NULL ? json_object_new_string("") : decoded(equals + 1, (size_t)(stop - equals - 1)));
    json_object_array_add(pairs, pair);
    at = stop + 1;
  }
  return pairs;
}

char *base64_decoded(struct text encoded, size_t *length) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char *bytes = malloc(encoded.length + 1);
  unsigned bits = 0, held = 0;
  *length = 0;
  for (size_t i = 0; i < encoded.length; i++) {
    const char *place = encoded.data[i] == '\0' ? NULL : strchr(alphabet, encoded.data[i]);
    if (place == NULL) continue;
    bits = (bits << 6 | (unsigned)(place - alphabet)) & 0xffffff;
    held += 6;
    if (held >= 8) bytes[(*length)++] = (char)(bits >> (held -= 8) & 0xff);
  }
  return bytes;
}
