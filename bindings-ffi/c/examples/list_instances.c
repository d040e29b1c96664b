/* The instances of a region, page by page, with the token of this machine:
 *
 *   ./list_instances us-south
 *   TRUSTED_PROFILE_AUTH_TYPE=vpc TRUSTED_PROFILE_AUTH_URL=METADATA_ENDPOINT ./list_instances VPC_ENDPOINT     on a laptop, with a simulator
 */
#include <stdio.h>
#include <string.h>
#include <trusted_profile.h>

static int failed(tp_result *result) {
  fprintf(stderr, "%s\n", tp_result_message(result, NULL));
  tp_result_free(result);
  return 1;
}

int main(int count, char **arguments) {
  if (count != 2) return fprintf(stderr, "usage: list_instances REGION, or an endpoint such as http://127.0.0.1:1234/v1\n"), 2;
  char options[512];
  const char *name = strstr(arguments[1], "://") == NULL ? "region" : "endpoint";
  snprintf(options, sizeof options, "{\"%s\": \"%s\"}", name, arguments[1]);

  tp_provider *tokens = NULL;
  tp_client *vpc = NULL;
  tp_pages *pages = NULL;
  tp_result *result = tp_provider_from_environment(TP_TEXT(""), TP_TEXT(""), NULL, &tokens);
  if (result == NULL) result = tp_client_new(TP_TEXT("vpc"), options, strlen(options), &vpc);
  if (result == NULL) result = tp_provider_pages(tokens, vpc, TP_TEXT("list_instances"), TP_TEXT("{\"limit\": 50}"), &pages);
  /* Each page is JSON, as the service sent it. */
  while (result == NULL && (result = tp_pages_next(pages, 30000), tp_result_kind(result) == TP_PAGE)) {
    printf("%s\n", tp_result_content(result, NULL));
    tp_result_free(result);
    result = NULL;
  }
  int status = tp_result_kind(result) == TP_FAILED ? failed(result) : (tp_result_free(result), 0);
  tp_pages_free(pages);
  tp_client_free(vpc);
  tp_provider_free(tokens);
  return status;
}
