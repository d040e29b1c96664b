/* A service that starts while the instance is still being set up. What happens goes to stderr, as a log would:
 *
 *   ./first_boot
 *   TRUSTED_PROFILE_AUTH_TYPE=vpc TRUSTED_PROFILE_AUTH_URL=METADATA_ENDPOINT ./first_boot     on a laptop, with a simulator
 */
#include <stdio.h>
#include <trusted_profile.h>

static void tell(void *log, const char *event, size_t length) {
  fprintf(log, "%.*s\n", (int)length, event);
}

int main(void) {
  tp_settings *settings = tp_settings_new();
  tp_result *result = tp_settings_on_event(settings, tell, stderr);
  /* Until there was a first token, "not linked" and "unreachable" are tried again, for five minutes. */
  tp_provider *tokens = NULL;
  if (result == NULL) result = tp_provider_from_environment(TP_TEXT(""), TP_TEXT("{\"wait_until_ready\": 300000}"), settings, &tokens);
  tp_settings_free(settings);
  if (result == NULL) result = tp_provider_token(tokens, -1);
  int is_ready = tp_result_kind(result) == TP_READY;
  fprintf(is_ready ? stdout : stderr, "%s\n", is_ready ? tp_result_authorization(result, NULL) : tp_result_message(result, NULL));
  tp_result_free(result);
  tp_provider_free(tokens);
  return !is_ready;
}
