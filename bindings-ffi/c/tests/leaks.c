/* The spellings of secrets. */
#include "leaks.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct leaks *leaks, const char *bytes, size_t length) {
  if (length > 0) json_object_array_add(leaks->needles, json_object_new_string_len(bytes, (int)length));
}

/* Percent-encoded, but for letters, digits and what is kept; a blank is a plus if that is kept as one. */
static void add_escaped(struct leaks *leaks, struct text secret, const char *kept, bool blank_is_plus) {
  char *escaped = malloc(3 * secret.length + 1);
  size_t length = 0;
  for (size_t i = 0; i < secret.length; i++) {
    unsigned char byte = (unsigned char)secret.data[i];
    if (byte < 128 && (isalnum(byte) || (byte != 0 && strchr(kept, byte) != NULL))) escaped[length++] = (char)byte;
    else if (blank_is_plus && byte == ' ') escaped[length++] = '+';
    else length += (size_t)sprintf(escaped + length, "%%%02X", byte);
  }
  add(leaks, escaped, length);
  free(escaped);
}

/* Without padding. */
static void add_base64(struct leaks *leaks, struct text secret, const char *last_two) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  char *encoded = malloc(secret.length * 4 / 3 + 4);
  size_t length = 0;
  unsigned bits = 0, held = 0;
  for (size_t i = 0; i <= secret.length; i++) {
    bool is_end = i == secret.length;
    if (is_end && held == 0) break;
    bits = is_end ? bits << (6 - held) : bits << 8 | (unsigned char)secret.data[i];
    held = is_end ? 6 : held + 8;
    while (held >= 6) {
      held -= 6;
      unsigned six = bits >> held & 63;
      encoded[length++] = six < 62 ? alphabet[six] : last_two[six - 62];
    }
  }
  add(leaks, encoded, length);
  free(encoded);
}

struct leaks leaks_of(json_object *secrets) {
  struct leaks leaks = {json_object_new_array()};
  for (size_t i = 0; secrets != NULL && i < json_object_array_length(secrets); i++) {
    struct text secret = text_of(json_object_array_get_idx(secrets, i));
    add(&leaks, secret.data, secret.length);
    add_escaped(&leaks, secret, "", false);
    add_escaped(&leaks, secret, "*-._", true);
    add_base64(&leaks, secret, "+/");
    add_base64(&leaks, secret, "-_");
  }
  return leaks;
}

void leaks_free(struct leaks *leaks) { json_object_put(leaks->needles); }

bool leaks_none(const struct leaks *leaks, const char *what, struct text shown) {
  for (size_t i = 0; i < json_object_array_length(leaks->needles); i++) {
    struct text needle = text_of(json_object_array_get_idx(leaks->needles, i));
    if (is_in(needle, shown)) return differs("%s shows the secret %s: %.4000s", what, needle.data, shown.data);
  }
  return true;
}

bool leaks_none_of(const struct leaks *leaks, const char *what, const tp_result *result) {
  struct text json, message;
  json.data = tp_result_json(result, &json.length);
  message.data = tp_result_message(result, &message.length);
  return leaks_none(leaks, what, json) && leaks_none(leaks, what, message);
}
