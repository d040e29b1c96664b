/* Mistakes, bounds, ends and secrets of calls with transport. */
#include "services.h"
#include "results.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* How long something that happens on another thread may take, in milliseconds. */
#define PATIENCE 30000

#define REFUSED TP_ERROR_INVALID_ARGUMENT, 0

static bool refuses(const tp_provider *tokens, const tp_client *vpc, const char *operation, const char *arguments, const char *words) {
  return fails(arguments, call(tokens, vpc, operation, "%s", arguments), REFUSED, words);
}

static bool refuses_options(const char *name, const char *options, const char *words) {
  tp_client *client = (tp_client *)(uintptr_t)1;
  bool holds = fails(options, tp_client_new(name, strlen(name), options, strlen(options), &client), REFUSED, words);
  return holds && (client == NULL || differs("a client of %s", options));
}

static bool refuses_null(const tp_provider *tokens, const tp_client *vpc) {
  tp_pages *pages = NULL;
  return fails("no provider", tp_provider_call(NULL, vpc, TP_TEXT("list_vpcs"), NULL, 0, 0), REFUSED, "provider: expected a handle, got NULL") &&
         fails("no client", tp_provider_call(tokens, NULL, TP_TEXT("list_vpcs"), NULL, 0, 0), REFUSED, "client: expected a handle, got NULL") &&
         fails("no operation", tp_provider_call(tokens, vpc, NULL, 9, NULL, 0, 0), REFUSED, "operation: expected 9 bytes, got NULL") &&
         fails("no text", tp_provider_call(tokens, vpc, TP_TEXT("get_vpc"), "\xff", 1, 0), REFUSED, "arguments: expected UTF-8") &&
         fails("no place", tp_provider_pages(tokens, vpc, TP_TEXT("list_vpcs"), NULL, 0, NULL), REFUSED, "pages: expected a place") &&
         fails("no pages", tp_pages_next(NULL, 0), REFUSED, "pages: expected a handle") &&
         fails("no walk", tp_provider_pages(NULL, vpc, TP_TEXT("list_vpcs"), NULL, 0, &pages), REFUSED, "provider: expected") && pages == NULL;
}

bool nothing_is_sent(const tp_provider *tokens, const tp_client *vpc) {
  tp_client *nowhere = NULL;
  tp_result_free(tp_client_new(TP_TEXT("vpc"), NULL, 0, &nowhere));
  bool holds = refuses(tokens, vpc, "get_vpc", "{}", "the argument id is missing") && refuses(tokens, vpc, "get_vpc", "{\"id\": \"x\", \"idd\": 1}", "did you mean id") &&
               refuses(tokens, vpc, "get_vpc", "{\"id\": 7}", "id: expected") && refuses(tokens, vpc, "get_vpc", "{\"id\": \"..\"}", "id") &&
               refuses(tokens, vpc, "get_vpc", "[]", "arguments") && refuses(tokens, vpc, "get_vpc", "{\"id\": ", "arguments") &&
               refuses(tokens, vpc, "list_vpc", "", "did you mean vpc.list_vpcs?") && refuses(tokens, vpc, "iam_identity.get_profile", "{}", "vpc") &&
               refuses(tokens, nowhere, "list_vpcs", "", "region") && refuses_options("vcp", "", "vpc, metadata, iam or containers") &&
               refuses_options("vpc", "{\"regoin\": \"eu-de\"}", "regoin") && refuses_options("vpc", "{\"deadline\": 0}", "deadline: expected milliseconds") &&
               refuses_options("vpc", "7", "options") && refuses_options("metadata", "{\"region\": \"eu-de\"}", "metadata") && refuses_null(tokens, vpc);
  int asked = simulator_count(&simulator, "service=iam&method=POST&path=/identity/token");
  tp_client_free(nowhere);
  return holds && (asked == 0 || differs("%d tokens were asked for", asked));
}

bool ends_in_time(const tp_provider *tokens, const tp_client *vpc) {
  tp_client *hasty = client_at("vpc", "vpc_url", ", \"deadline\": 700");
  tp_pages *pages = NULL;
  tp_result_free(tp_provider_pages(tokens, vpc, TP_TEXT("list_vpcs"), NULL, 0, &pages));
  bool holds = fault("{\"service\": \"vpc\", \"fault\": {\"kind\": \"hang\"}}") &&
               fails("the caller's bound", tp_provider_call(tokens, vpc, TP_TEXT("list_vpcs"), NULL, 0, 200), TP_ERROR_DEADLINE_EXCEEDED, 0,
                     "vpc.list_vpcs: no answer within the 0.2 s that the caller allowed; the request was sent") &&
               fails("no time", tp_provider_call(tokens, vpc, TP_TEXT("list_vpcs"), NULL, 0, 0), TP_ERROR_DEADLINE_EXCEEDED, 0, "nothing more is sent") &&
               fails("the client's deadline", call(tokens, hasty, "list_vpcs", "{}"), TP_ERROR_SERVICE_UNREACHABLE, 0, "1 attempt in") &&
               fails("the bound of a page", tp_pages_next(pages, 200), TP_ERROR_DEADLINE_EXCEEDED, 0, "the request was sent") && heal() &&
               fault("{\"service\": \"vpc\", \"fault\": {\"kind\": \"status\", \"status\": 500}}") &&
               fails("what is not repeated", call(tokens, vpc, "create_vpc", "{\"body\": {\"name\": \"x\"}}"), TP_ERROR_SERVICE_FAILED, 500, "was not asked again");
  /* A walk that was broken off has not come to its end, also where the service has recovered. */
  holds = heal() && holds;
  for (int i = 0; holds && i < 2; i++) holds = fails("after the bound of a page", tp_pages_next(pages, 30000), TP_ERROR_DEADLINE_EXCEEDED, 0, "the request was sent");
  tp_pages_free(pages);
  tp_client_free(hasty);
  return heal() && holds;
}

/* The first page comes, the second one is refused: that is no end either. */
bool a_refused_page_is_no_end(const tp_provider *tokens, const tp_client *vpc) {
  tp_pages *pages = NULL;
  tp_result_free(tp_provider_pages(tokens, vpc, TP_TEXT("list_vpcs"), TP_TEXT("{\"limit\": 1}"), &pages));
  tp_result *first = tp_pages_next(pages, 30000);
  bool holds = tp_result_kind(first) == TP_PAGE || unexpected("a page", first);
  tp_result_free(first);
  holds = holds && fault("{\"service\": \"vpc\", \"fault\": {\"kind\": \"status\", \"status\": 403}}");
  for (int i = 0; holds && i < 2; i++) {
    holds = fails("a refused page", tp_pages_next(pages, 30000), TP_ERROR_FORBIDDEN, 403, "vpc.list_vpcs") && heal();
  }
  tp_pages_free(pages);
  return heal() && holds;
}

/* Who gives up before the second attempt is told that there was a first one. */
bool an_earlier_attempt_is_told_of(const tp_provider *tokens, const tp_client *vpc) {
  return fault("{\"service\": \"vpc\", \"fault\": {\"kind\": \"status\", \"status\": 503, \"retry_after\": \"5\"}}") &&
         fails("between two attempts", tp_provider_call(tokens, vpc, TP_TEXT("list_vpcs"), NULL, 0, 300), TP_ERROR_DEADLINE_EXCEEDED, 0, "the request was sent") && heal();
}

static void *list(void *user) {
  const struct caller *caller = user;
  return tp_provider_call(caller->tokens, caller->client, TP_TEXT("list_vpcs"), NULL, 0, -1);
}

bool ends_with_its_provider(const tp_client *vpc) {
  tp_provider *tokens = provider_of_key();
  struct caller caller = {tokens, vpc};
  pthread_t thread;
  tp_pages *pages = NULL;
  void *found = NULL;
  tp_result_free(tp_provider_pages(tokens, vpc, TP_TEXT("list_vpcs"), NULL, 0, &pages));
  tp_result_free(tp_provider_token(tokens, 30000));
  int before = simulator_count(&simulator, "service=vpc&method=GET&path=/v1/vpcs");
  if (!fault("{\"service\": \"vpc\", \"fault\": {\"kind\": \"hang\"}}") || pthread_create(&thread, NULL, list, &caller) != 0) return false;
  int waited = 0;
  while (simulator_count(&simulator, "service=vpc&method=GET&path=/v1/vpcs") == before && waited++ < PATIENCE / 10) usleep(10000);
  tp_result_free(tp_provider_close(tokens));
  pthread_join(thread, &found);
  bool holds = fails("a call that was under way", found, TP_ERROR_CLOSED, 0, "closed") && fails("a later one", list(&caller), TP_ERROR_CLOSED, 0, "closed");
  /* What was begun knows that its provider is gone. */
  tp_provider_free(tokens);
  holds = fails("a page", tp_pages_next(pages, -1), TP_ERROR_CLOSED, 0, "closed") && holds;
  tp_pages_free(pages);
  return heal() && holds;
}

/* The JSON of a result is for logs: it says nothing of what an answer holds. Errors say nothing of what was sent. */
bool secrets_are_not_shown(const tp_provider *tokens, const tp_client *vpc) {
  tp_client *iam = client_at("iam", "iam_url", "");
  tp_result *refusal = call(tokens, vpc, "create_instance", "{\"body\": {\"name\": \"x\", \"user_data\": \"pa55word-of-mine\"}}");
  bool holds = tp_result_error(refusal) == TP_ERROR_REQUEST_REFUSED || unexpected("a refusal", refusal);
  holds = holds && ((!is_in(literal("pa55word"), part(tp_result_json, refusal)) && !is_in(literal("pa55word"), part(tp_result_message, refusal))) ||
                    differs("a secret in %s", tp_result_json(refusal, NULL)));
  tp_result_free(refusal);
  tp_result *key = call(tokens, iam, "create_api_key", "{\"body\": {\"name\": \"k\", \"iam_id\": \"%s\"}}", seed_text("api_key", "iam_id"));
  json_object *made = parse(part(tp_result_content, key));
  struct text value = text_member(made, "apikey");
  holds = holds && ((tp_result_kind(key) == TP_ANSWER && value.length > 0) || unexpected("a key", key));
  holds = holds && (!is_in(value, part(tp_result_json, key)) || differs("a key in %s", tp_result_json(key, NULL)));
  json_object_put(made);
  tp_result_free(key);
  tp_client_free(iam);
  return holds;
}
