/* Gives a VPC another name, unless somebody changes it meanwhile:
 *
 *   ./change_safely us-south r006-... NAME
 *   TRUSTED_PROFILE_AUTH_TYPE=vpc TRUSTED_PROFILE_AUTH_URL=METADATA_ENDPOINT ./change_safely VPC_ENDPOINT ID NAME     on a laptop, with a simulator
 */
#include <stdio.h>
#include <string.h>
#include <trusted_profile.h>

static tp_result *change(tp_provider *tokens, tp_client *vpc, const char *id, const char *name) {
  char which[256], change[512];
  snprintf(which, sizeof which, "{\"id\": \"%s\"}", id);
  snprintf(change, sizeof change, "{\"id\": \"%s\", \"body\": {\"name\": \"%s\"}}", id, name);
  /* The client has `always_if_match`: it remembers the tag of what it reads, and sends it with the change, as `If-Match`. */
  tp_result *result = tp_provider_call(tokens, vpc, TP_TEXT("get_vpc"), which, strlen(which), 30000);
  if (tp_result_kind(result) == TP_FAILED) return result;
  tp_result_free(result);
  result = tp_provider_call(tokens, vpc, TP_TEXT("update_vpc"), change, strlen(change), 30000);
  if (tp_result_status(result) == 412) fprintf(stderr, "somebody else was faster: read it again, and decide anew\n");
  return result;
}

int main(int count, char **arguments) {
  if (count != 4) return fprintf(stderr, "usage: change_safely REGION ID NAME, or an endpoint in place of the region\n"), 2;
  char options[512];
  const char *place = strstr(arguments[1], "://") == NULL ? "region" : "endpoint";
  snprintf(options, sizeof options, "{\"%s\": \"%s\", \"always_if_match\": true}", place, arguments[1]);

  tp_provider *tokens = NULL;
  tp_client *vpc = NULL;
  tp_result *result = tp_provider_from_environment(TP_TEXT(""), TP_TEXT(""), NULL, &tokens);
  if (result == NULL) result = tp_client_new(TP_TEXT("vpc"), options, strlen(options), &vpc);
  if (result == NULL) result = change(tokens, vpc, arguments[2], arguments[3]);
  int has_failed = tp_result_kind(result) == TP_FAILED;
  if (has_failed) fprintf(stderr, "%s\n", tp_result_message(result, NULL));
  else printf("%s\n", tp_result_content(result, NULL));
  tp_result_free(result);
  tp_client_free(vpc);
  tp_provider_free(tokens);
  return has_failed;
}
