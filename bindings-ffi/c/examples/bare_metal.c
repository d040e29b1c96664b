/* The token of a bare metal server, for a trusted profile that is linked to it:
 *
 *   ./bare_metal PROFILE_ID [METADATA_ENDPOINT]
 */
#include <stdio.h>
#include <trusted_profile.h>

int main(int count, char **arguments) {
  if (count < 2 || count > 3) return fprintf(stderr, "usage: bare_metal PROFILE_ID [METADATA_ENDPOINT]\n"), 2;
  /* The endpoint only where the service is elsewhere, as in tests. */
  const char *quote = count == 3 ? "\"" : "", *endpoint = count == 3 ? arguments[2] : "null";
  char source[512];
  int length = snprintf(source, sizeof source, "{\"source\": \"bare_metal\", \"profile_id\": \"%s\", \"endpoint\": %s%s%s}", arguments[1], quote,
                        endpoint, quote);
  if (length < 0 || (size_t)length >= sizeof source) return fprintf(stderr, "the arguments are too long\n"), 2;

  tp_provider *tokens = NULL;
  tp_result *result = tp_provider_new(source, (size_t)length, TP_TEXT(""), NULL, &tokens);
  if (result == NULL) result = tp_provider_token(tokens, 15000);
  int is_ready = tp_result_kind(result) == TP_READY;
  fprintf(is_ready ? stdout : stderr, "%s\n", is_ready ? tp_result_authorization(result, NULL) : tp_result_message(result, NULL));
  tp_result_free(result);
  tp_provider_free(tokens);
  return !is_ready;
}
