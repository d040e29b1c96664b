/* Calls of operations with transport, against a simulator: what comes, changes and goes, pages, and everything that goes wrong. */
#include "services.h"
#include "results.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct simulator simulator;

const char *seed_text(const char *of, const char *name) { return text_member(member(member(simulator.overview, "seed"), of), name).data; }

tp_provider *provider_of(const char *format, ...) {
  char source[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(source, sizeof source, format, arguments);
  va_end(arguments);
  tp_provider *provider = NULL;
  tp_result *refusal = tp_provider_new(source, strlen(source), NULL, 0, NULL, &provider);
  if (refusal != NULL) unexpected("a provider", refusal);
  tp_result_free(refusal);
  return provider;
}

tp_provider *provider_of_key(void) {
  return provider_of("{\"source\": \"api_key\", \"api_key\": \"%s\", \"endpoint\": \"%s\"}", seed_text("api_key", "value"),
                     text_member(simulator.overview, "iam_url").data);
}

tp_client *client_at(const char *name, const char *url, const char *more) {
  char options[1024] = "";
  if (url != NULL) snprintf(options, sizeof options, "{\"endpoint\": \"%s\"%s}", text_member(simulator.overview, url).data, more);
  tp_client *client = NULL;
  tp_result *refusal = tp_client_new(name, strlen(name), options, strlen(options), &client);
  if (refusal != NULL) unexpected("a client", refusal);
  tp_result_free(refusal);
  return client;
}

tp_result *call(const tp_provider *provider, const tp_client *client, const char *operation, const char *format, ...) {
  char text[2048];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return tp_provider_call(provider, client, operation, strlen(operation), text, strlen(text), 30000);
}

bool answers(const char *what, tp_result *found, uint32_t status, uint32_t kind, const char *words) {
  bool holds = tp_result_kind(found) == TP_ANSWER && tp_result_status(found) == status && tp_result_content_kind(found) == kind &&
               strstr(tp_result_content(found, NULL), words) != NULL;
  if (!holds) unexpected(what, found);
  tp_result_free(found);
  return holds;
}

bool fails(const char *what, tp_result *found, uint32_t error, uint32_t status, const char *words) {
  bool holds = tp_result_error(found) == error && tp_result_status(found) == status && strstr(tp_result_message(found, NULL), words) != NULL;
  if (!holds) unexpected(what, found);
  tp_result_free(found);
  return holds;
}

bool fault(const char *text) {
  json_object *body = parse(literal(text));
  bool holds = body != NULL && simulator_control(&simulator, "POST", "faults", body, NULL);
  json_object_put(body);
  return holds;
}

bool heal(void) { return simulator_control(&simulator, "DELETE", "faults", NULL, NULL); }

/* A text of the JSON that an answer holds. */
static void copy_text(const tp_result *answer, const char *name, char *to, size_t size) {
  json_object *json = parse(part(tp_result_content, answer));
  snprintf(to, size, "%s", text_member(json, name).data);
  json_object_put(json);
}

static void copy_header(const tp_result *answer, const char *name, char *to, size_t size) {
  to[0] = '\0';
  for (size_t i = 0; i < tp_result_header_count(answer); i++) {
    if (strcmp(tp_result_header_name(answer, i, NULL), name) == 0) snprintf(to, size, "%s", (const char *)tp_result_header_value(answer, i, NULL));
  }
}

/* What was read is what is changed: its tag goes along where the service demands it, and an old one is refused. */
static bool come_change_and_go(const tp_provider *tokens, const tp_client *vpc) {
  char id[256], tag[256];
  tp_result *made = call(tokens, vpc, "create_vpc", "{\"body\": {\"name\": \"first\"}}");
  copy_text(made, "id", id, sizeof id);
  if (!answers("a new one", made, 201, TP_CONTENT_JSON, "\"first\"")) return false;
  tp_result *read = call(tokens, vpc, "vpc.get_vpc", "{\"id\": \"%s\"}", id);
  copy_header(read, "etag", tag, sizeof tag);
  bool holds = answers("what was read", read, 200, TP_CONTENT_JSON, "\"first\"") && (tag[0] != '\0' || differs("no tag"));
  json_object *stale = json_object_new_object(), *body = json_object_new_object();
  json_object_object_add(body, "name", json_object_new_string("third"));
  json_object_object_add(stale, "id", json_object_new_string(id));
  json_object_object_add(stale, "if_match", json_object_new_string(tag));
  json_object_object_add(stale, "body", body);
  holds = holds && answers("a change", call(tokens, vpc, "update_vpc", "{\"id\": \"%s\", \"body\": {\"name\": \"second\"}}", id), 200, TP_CONTENT_JSON, "\"second\"");
  holds = holds && fails("a change of what has changed", call(tokens, vpc, "update_vpc", "%s", spelled(stale).data), TP_ERROR_REQUEST_REFUSED, 412, "412");
  holds = holds && answers("the end", call(tokens, vpc, "delete_vpc", "{\"id\": \"%s\"}", id), 204, TP_CONTENT_NOTHING, "");
  holds = holds && fails("what is gone", call(tokens, vpc, "get_vpc", "{\"id\": \"%s\"}", id), TP_ERROR_NOT_FOUND, 404, "vpc.get_vpc");
  json_object_put(stale);
  return holds;
}

static size_t items_of(const tp_result *page, const char *name) {
  json_object *json = parse(part(tp_result_content, page));
  size_t count = json == NULL ? 0 : json_object_array_length(member(json, name));
  json_object_put(json);
  return count;
}

static bool walk(const tp_provider *tokens, const tp_client *vpc) {
  bool holds = true;
  for (int i = 0; holds && i < 4; i++) holds = answers("one of many", call(tokens, vpc, "create_vpc", "{\"body\": {\"name\": \"vpc-%d\"}}", i), 201, TP_CONTENT_JSON, "");
  tp_pages *pages = NULL;
  tp_result_free(tp_provider_pages(tokens, vpc, TP_TEXT("list_vpcs"), TP_TEXT("{\"limit\": 2}"), &pages));
  static const size_t lengths[] = {2, 2, 1};
  for (size_t i = 0; holds && i < 3; i++) {
    tp_result *page = tp_pages_next(pages, 30000);
    holds = tp_result_kind(page) == TP_PAGE && tp_result_status(page) == 200 && items_of(page, "vpcs") == lengths[i];
    if (!holds) unexpected("a page", page);
    tp_result_free(page);
  }
  for (int i = 0; holds && i < 2; i++) {
    tp_result *end = tp_pages_next(pages, 30000);
    holds = tp_result_kind(end) == TP_END || unexpected("the end", end);
    tp_result_free(end);
  }
  tp_pages_free(pages);
  tp_result *refusal = tp_provider_pages(tokens, vpc, TP_TEXT("get_vpc"), TP_TEXT("{\"id\": \"x\"}"), &pages);
  return fails("what has no pages", refusal, TP_ERROR_INVALID_ARGUMENT, 0, "vpc.get_vpc") && holds && pages == NULL;
}

static bool every_service(const tp_provider *tokens) {
  tp_provider *instance = provider_of("{\"source\": \"vpc_instance\", \"endpoint\": \"%s\"}", text_member(simulator.overview, "metadata_url").data);
  tp_client *iam = client_at("iam", "iam_url", ""), *containers = client_at("containers", "containers_url", ""), *metadata = client_at("metadata", NULL, "");
  const char *account = text_member(simulator.overview, "account_id").data;
  bool holds =
      answers("settings", call(tokens, iam, "iam_identity_get_account_settings", "{\"account_id\": \"%s\"}", account), 200, TP_CONTENT_JSON, account) &&
      answers("clusters", call(tokens, containers, "list_clusters", "{}"), 200, TP_CONTENT_JSON, seed_text("cluster", "id")) &&
      answers("an instance", call(instance, metadata, "get_instance", "{}"), 200, TP_CONTENT_JSON, seed_text("instance", "id")) &&
      fails("a misspelling", call(instance, metadata, "get_key", "{\"idd\": \"x\"}"), TP_ERROR_INVALID_ARGUMENT, 0, "did you mean") &&
      fails("no such service", call(tokens, metadata, "get_instance", "{}"), TP_ERROR_INVALID_ARGUMENT, 0, "source");
  tp_client_free(iam);
  tp_client_free(containers);
  tp_client_free(metadata);
  tp_provider_free(instance);
  return holds;
}

static bool a_refused_token_is_replaced_once(const tp_client *vpc) {
  tp_provider *tokens = provider_of_key();
  int before = simulator_count(&simulator, "service=iam&method=POST&path=/identity/token");
  json_object *all = parse(literal("{\"all\": \"iam\"}"));
  bool holds = answers("a list", call(tokens, vpc, "list_vpcs", "{}"), 200, TP_CONTENT_JSON, "vpcs") &&
               simulator_control(&simulator, "POST", "tokens/revoke", all, NULL) &&
               answers("a list", call(tokens, vpc, "list_vpcs", "{}"), 200, TP_CONTENT_JSON, "vpcs");
  int asked = simulator_count(&simulator, "service=iam&method=POST&path=/identity/token") - before;
  json_object_put(all);
  tp_provider_free(tokens);
  return holds && (asked == 2 || differs("%d tokens, not 2", asked));
}

static void *list(void *user) {
  const struct caller *caller = user;
  return call(caller->tokens, caller->client, "list_vpcs", "{}");
}

static bool threads_share_a_client(const tp_provider *tokens, const tp_client *vpc) {
  struct caller caller = {tokens, vpc};
  pthread_t threads[16];
  bool holds = true;
  for (size_t i = 0; i < 16; i++) {
    if (pthread_create(&threads[i], NULL, list, &caller) != 0) abort();
  }
  for (size_t i = 0; i < 16; i++) {
    void *found = NULL;
    pthread_join(threads[i], &found);
    holds = answers("a list", found, 200, TP_CONTENT_JSON, "vpcs") && holds;
  }
  return holds;
}

static bool a_child_calls(const tp_provider *tokens, const tp_client *vpc) {
  bool holds = answers("a list", call(tokens, vpc, "list_vpcs", "{}"), 200, TP_CONTENT_JSON, "vpcs");
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    alarm(30);
    _exit(answers("a list", call(tokens, vpc, "list_vpcs", "{}"), 200, TP_CONTENT_JSON, "vpcs") ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return holds && answers("a list", call(tokens, vpc, "list_vpcs", "{}"), 200, TP_CONTENT_JSON, "vpcs") && (status == 0 || differs("the child failed (%d)", status));
}

int main(void) {
  bool holds = simulator_start(&simulator);
  tp_provider *tokens = holds ? provider_of_key() : NULL;
  tp_client *vpc = holds ? client_at("vpc", "vpc_url", "") : NULL;
  holds = holds && nothing_is_sent(tokens, vpc) && come_change_and_go(tokens, vpc) && walk(tokens, vpc) && every_service(tokens) &&
          a_refused_token_is_replaced_once(vpc) && threads_share_a_client(tokens, vpc) && a_child_calls(tokens, vpc) && ends_in_time(tokens, vpc) &&
          a_refused_page_is_no_end(tokens, vpc) && an_earlier_attempt_is_told_of(tokens, vpc) &&
          secrets_are_not_shown(tokens, vpc) && ends_with_its_provider(vpc);
  tp_client_free(vpc);
  tp_provider_free(tokens);
  simulator_stop(&simulator);
  if (holds) printf("services: resources, pages, every service, mistakes, 401, threads, fork, bounds, secrets, close\n");
  else fprintf(stderr, "services: %s\n", difference());
  return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}
