/* Reads one byte past what the library handed out: whoever watches memory has to say so. */
#include "trusted_profile.h"

#include <stdlib.h>

int main(void) {
  tp_result *claims = tp_claims(TP_TEXT("e30.eyJpYW1faWQiOiJpYW0tUHJvZmlsZS0xIn0.c2ln"));
  size_t length = 0;
  const volatile char *json = tp_result_json(claims, &length);
  /* The zero byte behind it may be read. What is behind that is nobody's. */
  int sum = json[length] + json[length + 1];
  tp_result_free(claims);
  return sum == 0x7fffffff ? 1 : 0;
}
