/* Tokens of one's own: an agent beside this program leaves them in a file, "TOKEN SECONDS", with the seconds that it lives:
 *
 *   ./own_tokens FILE
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <trusted_profile.h>

/* Called whenever a token is needed. Caching, refreshing ahead of time and keeping a good token while the agent is away are
 * the provider's part. The words of a failure hold no secret. */
static void from_agent(void *user, tp_answer *answer) {
  char token[8192];
  unsigned seconds = 0;
  FILE *file = fopen(user, "r");
  const char *why = file == NULL ? strerror(errno) : fscanf(file, "%8191s %u", token, &seconds) == 2 ? NULL : "the file holds no token";
  if (file != NULL) fclose(file);
  tp_result_free(why == NULL ? tp_answer_token(answer, token, strlen(token), seconds * UINT64_C(1000000000))
                             : tp_answer_failure(answer, why, strlen(why)));
}

int main(int count, char **arguments) {
  if (count != 2) return fprintf(stderr, "usage: own_tokens FILE\n"), 2;
  tp_settings *settings = tp_settings_new();
  tp_provider *tokens = NULL;
  tp_result *result = tp_settings_on_token(settings, from_agent, arguments[1]);
  if (result == NULL) result = tp_provider_new(TP_TEXT("{\"source\": \"external\"}"), TP_TEXT(""), settings, &tokens);
  tp_settings_free(settings);
  if (result == NULL) result = tp_provider_token(tokens, 15000);
  int is_ready = tp_result_kind(result) == TP_READY;
  fprintf(is_ready ? stdout : stderr, "%s\n", is_ready ? tp_result_authorization(result, NULL) : tp_result_message(result, NULL));
  tp_result_free(result);
  tp_provider_free(tokens);
  return !is_ready;
}
