/* What an instance knows about itself, as JSON:
 *
 *   ./instance_metadata
 *   TRUSTED_PROFILE_AUTH_TYPE=vpc TRUSTED_PROFILE_AUTH_URL=METADATA_ENDPOINT ./instance_metadata     on a laptop, with a simulator
 */
#include <stdio.h>
#include <trusted_profile.h>

int main(void) {
  tp_provider *tokens = NULL;
  tp_client *metadata = NULL;
  tp_result *result = tp_provider_from_environment(TP_TEXT(""), TP_TEXT(""), NULL, &tokens);
  if (result == NULL) result = tp_client_new(TP_TEXT("metadata"), TP_TEXT(""), &metadata);
  /* It is called where the tokens come from, with the identity token. */
  if (result == NULL) result = tp_provider_call(tokens, metadata, TP_TEXT("get_instance"), TP_TEXT(""), 10000);
  int has_failed = tp_result_kind(result) == TP_FAILED;
  if (has_failed) fprintf(stderr, "%s\n", tp_result_message(result, NULL));
  else printf("%s\n", tp_result_content(result, NULL));
  tp_result_free(result);
  tp_client_free(metadata);
  tp_provider_free(tokens);
  return has_failed;
}
