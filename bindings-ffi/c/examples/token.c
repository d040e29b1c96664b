/* The token of this machine, for the shell:
 *
 *   curl -H "Authorization: $(./token)" ...
 *   TRUSTED_PROFILE_AUTH_TYPE=vpc TRUSTED_PROFILE_AUTH_URL=METADATA_ENDPOINT ./token     on a laptop, with a simulator
 */
#include <stdio.h>
#include <trusted_profile.h>

int main(void) {
  tp_provider *tokens = NULL;
  tp_result *result = tp_provider_from_environment(TP_TEXT(""), TP_TEXT(""), NULL, &tokens);
  if (result == NULL) result = tp_provider_token(tokens, 15000);
  int is_ready = tp_result_kind(result) == TP_READY;
  fprintf(is_ready ? stdout : stderr, "%s\n", is_ready ? tp_result_authorization(result, NULL) : tp_result_message(result, NULL));
  tp_result_free(result);
  tp_provider_free(tokens);
  return !is_ready;
}
