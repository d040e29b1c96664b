/* Calls every function with arguments of every kind, and holds what comes back against what the header promises.
 *
 *   border CALLS [SEED]
 */
#include "check.h"
#include "random.h"
#include "trusted_profile.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT 4

/* Handles that live for a while, and may be NULL. */
static struct {
  tp_machine *machines[KEPT];
  tp_ticket *tickets[KEPT];
  tp_files *files[KEPT];
  tp_origins *origins[KEPT];
  tp_settings *settings[KEPT];
  tp_provider *providers[KEPT];
  tp_client *clients[KEPT];
  tp_call *calls[KEPT];
  tp_pages *pages[KEPT];
  tp_result *results[KEPT];
  uint64_t ids[KEPT];
} kept;

static const char *const SOURCES[] = {"{\"source\": \"external\"}",
                                      "{\"source\": \"api_key\", \"api_key\": \"secret-0123456789\", \"endpoint\": \"http://127.0.0.1:9\"}",
                                      "{\"source\": \"vpc_instance\", \"endpoint\": \"http://127.0.0.1:9\"}",
                                      "{\"source\": \"bearer\", \"token\": \"secret-0123456789\"}",
                                      "{\"source\": \"container\", \"profile_id\": \"Profile-1\", \"endpoint\": \"http://127.0.0.1:9\"}",
                                      "{\"source\": \"assume\", \"base\": {\"source\": \"external\"}, \"profile_id\": \"Profile-1\"}", NULL};
static const char *const POLICIES[] = {"", "{}", "{\"max_attempts\": 1}", "{\"refresh_at\": 0.5, \"refresh_jitter\": 0.0}", "{\"cooldown\": 1e400}", "[[[[", NULL};
static const char *const FACTS[] = {"", "{\"kubernetes\": true}", "{\"arch\": 1}", NULL};
static const char *const WORDS[] = {"", "words", "secret-0123456789", "\xc3\xa4\xf0\x9f\x98\x80", NULL};
/* Machines and calls know no secrets but those that they were given, and may not have been given this one. */
static const char *const FAILURES[] = {"", "words", "\xc3\xa4\xf0\x9f\x98\x80", NULL};
static const char *const BODIES[] = {"{\"access_token\": \"secret-0123456789\", \"expires_in\": 3600, \"expiration\": 1790003600}",
                                     "{\"access_token\": \"secret-0123456789\", \"created_at\": \"2026-09-21T14:13:20Z\", \"expires_at\": \"2026-09-21T15:13:20Z\", \"expires_in\": 3600}",
                                     "{\"errors\": [{\"code\": \"not_found\", \"message\": \"no\"}], \"trace\": \"t\"}", "<html>", "", NULL};
static const char *const HEADERS[] = {"", "HTTP/1.1 200 OK\r\nDate: Mon, 21 Sep 2026 14:13:20 GMT\r\nRetry-After: 5\r\n", "retry-after:\n:\n::\nx", "date: \xff\xfe\r\n", NULL};
static const char *const ORIGINS[] = {"https://us-south.iaas.cloud.ibm.com\nhttp://127.0.0.1:80", "", "https://a/b", "ftp://a", "\n\n", NULL};
static const char *const URLS[] = {"https://us-south.iaas.cloud.ibm.com/v1", "http://127.0.0.1:80/", "https://us-south.iaas.cloud.ibm.com@evil", "", NULL};
static const char *const TOKENS[] = {"e30.eyJpYW1faWQiOiJpYW0tUHJvZmlsZS0xIn0.c2ln", "a.b.c", "...", "", NULL};
static const char *const SURROUNDINGS[] = {"{\"variables\": {\"HOME\": \"/h\", \"MY_APIKEY\": \"secret-0123456789\"}, \"working_directory\": \"/w\"}",
                                           "{\"variables\": {}, \"files\": [{\"path\": \"/h/ibm-credentials.env\", \"text\": \"MY_APIKEY=\"}], \"token_folders\": []}",
                                           "{}", NULL};
static const char *const SERVICES[] = {"my", "", "\xc3\xa4", NULL};
static const char *const CLIENTS[] = {"vpc", "iam", "metadata", "containers", "", NULL};
static const char *const OPTIONS[] = {"{\"endpoint\": \"http://127.0.0.1:9\", \"always_if_match\": true}", "", "{\"region\": \"eu-de\", \"deadline\": 1}", "{\"x\": 1}", "[", NULL};
static const char *const OPERATIONS[] = {"list_vpcs", "vpc.update_vpc", "iam_identity.update_profile", "get_instance", "metadata.list_placement_groups", "list_clusters", "",
                                         NULL};
static const char *const ARGUMENTS[] = {"{}", "", "{\"id\": \"x\", \"body\": {\"name\": \"secret-0123456789\"}}", "{\"profile_id\": \"p\", \"if_match\": \"*\", \"body\": {}}",
                                        "{\"limit\": 2}", "[[[", NULL};
static const char *const SERVED[] = {"", "{\"endpoint\": \"http://127.0.0.1:9\", \"version\": \"2025-08-26\", \"bare_metal\": false}", "{}", NULL};
static const char *const ANSWERS[] = {"{\"vpcs\": [], \"next\": {\"href\": \"https://a/?start=s\"}}", "{\"id\": \"x\", \"entity_tag\": \"1\"}", "[]", "<html>", "", NULL};
static const char *const PATHS[] = {"/var/run/secrets/tokens/sa-token", "", NULL};

static bool is_text(const char *what, struct text text) {
  if (text.data == NULL || text.data[text.length] != '\0') return differs("%s: no text with a zero byte behind it", what);
  return true;
}

#define TEXT(part, result) is_text(#part, (part##_text.data = part(result, &part##_text.length), part##_text))
#define PART(part) \
  struct text part##_text = {0}; \
  if (!TEXT(part, result)) return false

#define NO_TOKEN "there is none"

/* Every accessor may be asked of every result. */
static bool check_result(const tp_result *result) {
  uint32_t kind = tp_result_kind(result), error = tp_result_error(result);
  if (kind > TP_END || (kind == TP_DONE) != (result == NULL)) return differs("a result of kind %u", kind);
  if ((kind == TP_FAILED) != (error != 0) || error > TP_ERROR_TOKEN_NOT_TRUSTED) return differs("kind %u with error %u", kind, error);
  /* A call that is over says so when it is polled again, and one without a token is told any number why. */
  const char *message = tp_result_message(result, NULL);
  if (error == TP_ERROR_INTERNAL && strstr(message, ": the call is over") == NULL && strstr(message, ": " NO_TOKEN) == NULL) return differs("a defect: %s", message);
  PART(tp_result_json);
  PART(tp_result_message);
  PART(tp_result_token);
  PART(tp_result_authorization);
  PART(tp_result_method);
  PART(tp_result_url);
  PART(tp_result_content);
  struct text body, index_text;
  body.data = (const char *)tp_result_body(result, &body.length);
  if (!is_text("tp_result_body", body)) return false;
  size_t headers = tp_result_header_count(result), paths = tp_result_path_count(result), index = below(8) == 0 ? SIZE_MAX : below(6);
  index_text.data = (const char *)tp_result_header_value(result, index, &index_text.length);
  if (!is_text("tp_result_header_value", index_text) || (index >= headers && index_text.length > 0)) return differs("a header that is none");
  index_text.data = tp_result_header_name(result, index, &index_text.length);
  if (!is_text("tp_result_header_name", index_text) || (index < headers) != (index_text.length > 0)) return differs("a header without a name");
  index_text.data = tp_result_path(result, index, &index_text.length);
  if (!is_text("tp_result_path", index_text) || (index >= paths && index_text.length > 0)) return differs("a path that is none");
  bool wants = kind == TP_NEED_TOKEN || kind == TP_REJECTED, is_answer = kind == TP_ANSWER || kind == TP_PAGE;
  if ((kind == TP_READY) != (tp_result_token_text.length > 0) || (kind == TP_READY) != (tp_result_slot(result) != 0 && !wants)) return differs("a token, or none");
  if ((kind == TP_SEND || kind == TP_REQUEST) != (tp_result_url_text.length > 0) || (kind == TP_SEND) != (tp_result_network(result) != 0))
    return differs("a request, or none");
  if ((is_answer && tp_result_content_kind(result) != TP_CONTENT_NOTHING) != (tp_result_content_text.length > 0) ||
      (tp_result_status(result) != 0 && !is_answer && kind != TP_FAILED))
    return differs("an answer, or none");
  if (is_in(literal("secret-0123456789"), tp_result_json_text) && kind != TP_JSON) return differs("a secret: %s", tp_result_json_text.data);
  if (is_in(literal("secret-0123456789"), tp_result_message_text)) return differs("a secret: %s", tp_result_message_text.data);
  if (kind == TP_DONE) return true;
  json_object *json = parse(tp_result_json_text);
  if (json == NULL) return false;
  json_object_put(json);
  (void)tp_result_is_transient(result), (void)tp_result_generation(result), (void)tp_result_timeout(result), (void)tp_result_max_bytes(result);
  (void)tp_result_connect_timeout(result), (void)tp_result_expires_at_unix(result), (void)tp_result_expires_at_monotonic(result);
  (void)tp_result_usable_until_unix(result), (void)tp_result_usable_until_monotonic(result), (void)tp_result_refresh_at_unix(result);
  return tp_result_refresh_at_monotonic(result) <= tp_result_usable_until_monotonic(result) || differs("refreshed after its end");
}

/* Takes a handle's place, if it is to live. */
#define REPLACE(list, freed, made) \
  do { \
    size_t at = below(KEPT); \
    freed(kept.list[at]); \
    kept.list[at] = made; \
  } while (0)

static tp_result *make_one(void) {
  struct text source = any_text(SOURCES), policy = any_text(POLICIES), facts = any_text(FACTS);
  struct text found = any_text(SURROUNDINGS), service = any_text(SERVICES), lines = any_text(ORIGINS);
  tp_machine *machine = NULL;
  tp_origins *origins = NULL;
  tp_result *result = NULL;
  switch (below(6)) {
    case 0: REPLACE(tickets, tp_ticket_free, below(4) ? tp_ticket_new() : NULL); return NULL;
    case 1: REPLACE(files, tp_files_free, below(4) ? tp_files_new() : NULL); return NULL;
    case 2:
      result = tp_origins_new(lines.data, lines.length, below(9) ? &origins : NULL);
      REPLACE(origins, tp_origins_free, origins);
      return result;
    case 3:
      result = tp_machine_from_surroundings(service.data, service.length, found.data, found.length, policy.data, policy.length, facts.data, facts.length,
                                            number(), below(9) ? &machine : NULL);
      break;
    default:
      result = tp_machine_new(source.data, source.length, policy.data, policy.length, facts.data, facts.length, number(), below(9) ? &machine : NULL);
  }
  if ((result == NULL) != (machine != NULL)) abort();
  REPLACE(machines, tp_machine_free, machine);
  return result;
}

static tp_result *report_one(tp_machine *machine, uint64_t id) {
  struct text words = any_text(WORDS), headers = any_text(HEADERS), body = any_text(BODIES), path = any_text(PATHS), failure = any_text(FAILURES);
  uint64_t monotonic = any_time(), unix_time = any_time();
  tp_files *files = kept.files[below(KEPT)];
  switch (below(9)) {
    case 0: return tp_machine_handle_failure(machine, id, any_number(TP_FAILURE_OTHER), failure.data, failure.length, below(2), monotonic, unix_time);
    case 1: return tp_files_add(files, path.data, path.length, (const uint8_t *)words.data, words.length, any_number(TP_FILE_NOT_TEXT));
    case 2: return tp_machine_provide_files(machine, id, files, monotonic, unix_time);
    case 3: return tp_machine_provide_token(machine, id, words.data, words.length, any_time(), monotonic, unix_time);
    case 4: return tp_machine_provide_failure(machine, id, failure.data, failure.length, monotonic, unix_time);
    case 5: return tp_machine_abandon(machine, id, monotonic, unix_time);
    case 6: return tp_machine_invalidate(machine, any_number(TP_SLOT_ASSUMED), below(4), monotonic, unix_time);
    case 7: return tp_machine_after_fork(machine, number());
    default:
      return tp_machine_handle(machine, id, below(3) ? 200 : any_number(600), (const uint8_t *)headers.data, headers.length, (const uint8_t *)body.data,
                               body.length, monotonic, unix_time);
  }
}

static tp_result *ask_one(tp_machine *machine) {
  struct text found = any_text(SURROUNDINGS), service = any_text(SERVICES), token = any_text(TOKENS), url = any_text(URLS);
  switch (below(8)) {
    case 0: return tp_machine_poll_refresh(machine, any_time(), any_time());
    case 1: return tp_machine_status(machine);
    case 2: return tp_machine_poll_event(machine);
    case 3: return tp_claims(token.data, token.length);
    case 4: return tp_configuration(service.data, service.length, found.data, found.length);
    case 5: return tp_configuration_wanted(found.data, found.length);
    case 6: (void)tp_machine_last_slot(machine), (void)tp_origins_allows(kept.origins[below(KEPT)], url.data, url.length); return NULL;
    default: return tp_machine_poll(machine, kept.tickets[below(KEPT)], any_number(TP_SLOT_ASSUMED), any_time(), any_time());
  }
}

/* What is mostly right, so that what follows from it is reached as well. */
static struct text mostly(const char *const *texts) { return below(12) ? literal(texts[0]) : any_text(texts); }

static tp_result *make_client(void) {
  struct text name = mostly(CLIENTS), options = mostly(OPTIONS);
  tp_client *client = NULL;
  tp_result *result = tp_client_new(name.data, name.length, options.data, options.length, below(9) ? &client : NULL);
  if ((result == NULL) != (client != NULL)) abort();
  REPLACE(clients, tp_client_free, client);
  return result;
}

static tp_result *begin_one(const tp_client *client) {
  struct text operation = mostly(OPERATIONS), arguments = mostly(ARGUMENTS), served = mostly(SERVED);
  tp_call *call = NULL;
  tp_result *result = tp_client_begin(client, operation.data, operation.length, arguments.data, arguments.length, below(2), served.data, served.length, number(),
                                      below(9) ? &call : NULL);
  if ((result == NULL) != (call != NULL)) abort();
  REPLACE(calls, tp_call_free, call);
  return result;
}

/* Clients and their calls. Nothing is sent from here. */
static tp_result *operate_one(uint64_t id) {
  tp_client *client = kept.clients[below(KEPT)];
  tp_call *call = kept.calls[below(KEPT)];
  struct text operation = mostly(OPERATIONS), arguments = mostly(ARGUMENTS), served = mostly(SERVED), headers = any_text(HEADERS), body = mostly(ANSWERS),
              words = any_text(WORDS), failure = any_text(FAILURES);
  uint64_t monotonic = below(9) ? 1 : any_time(), unix_time = any_time();
  uint32_t status = below(4) ? 200 : any_number(600);
  switch (below(20)) {
    case 0: return below(3) ? begin_one(client) : make_client();
    case 1: return begin_one(client);
    case 2: return tp_client_request(client, operation.data, operation.length, arguments.data, arguments.length, served.data, served.length);
    case 3:
      return tp_client_parse(client, operation.data, operation.length, status, (const uint8_t *)headers.data, headers.length, (const uint8_t *)body.data, body.length);
    case 4: return tp_client_learn_from(client, call);
    case 5: return tp_call_no_token(call, any_number(TP_ERROR_TOKEN_NOT_TRUSTED), TP_TEXT(NO_TOKEN));
    case 6: return tp_call_served_by(call, served.data, served.length);
    case 7: return tp_call_abandon(call, id, monotonic, unix_time);
    case 8: return tp_call_handle_failure(call, id, any_number(TP_FAILURE_OTHER), failure.data, failure.length, below(2), monotonic, unix_time);
    case 9: return tp_machine_metadata_service(kept.machines[below(KEPT)]);
    case 10: return below(20) ? NULL : tp_client_operations(client);
    case 11:
    case 12: return tp_call_token(call, words.data, words.length, below(4), monotonic, unix_time);
    case 13:
    case 14: return tp_call_handle(call, id, status, (const uint8_t *)headers.data, headers.length, (const uint8_t *)body.data, body.length, monotonic, unix_time);
    default: return tp_call_poll(call, monotonic, unix_time);
  }
}

/* Of a provider that was closed. */
static tp_result *operate_with(tp_provider *provider) {
  struct text operation = any_text(OPERATIONS), arguments = any_text(ARGUMENTS);
  tp_client *client = kept.clients[below(KEPT)];
  tp_pages *pages = NULL;
  if (below(3) == 0) return tp_provider_call(provider, client, operation.data, operation.length, arguments.data, arguments.length, (int64_t)below(2) - 1);
  if (below(2)) return tp_pages_next(kept.pages[below(KEPT)], 0);
  tp_result *result = tp_provider_pages(provider, client, operation.data, operation.length, arguments.data, arguments.length, below(9) ? &pages : NULL);
  if ((result == NULL) != (pages != NULL)) abort();
  REPLACE(pages, tp_pages_free, pages);
  return result;
}

/* Nothing is sent from here: a provider is asked only after it was closed. */
static tp_result *provide_one(void) {
  struct text source = any_text(SOURCES), policy = any_text(POLICIES), path = any_text(PATHS);
  tp_settings *settings = kept.settings[below(KEPT)];
  tp_provider *provider = kept.providers[below(KEPT)];
  tp_files *files = NULL;
  tp_result *result = NULL;
  switch (below(9)) {
    case 0: REPLACE(settings, tp_settings_free, below(4) ? tp_settings_new() : NULL); return NULL;
    case 1: return tp_settings_ca_bundle(settings, path.data, path.length);
    case 2: return tp_settings_private_proxy(settings, path.data, path.length);
    case 3: return below(2) ? tp_settings_on_token(settings, NULL, NULL) : tp_settings_on_event(settings, NULL, NULL);
    case 4: return tp_provider_describe(provider);
    case 5: return tp_provider_invalidate(provider, kept.results[below(KEPT)]);
    case 6:
      result = tp_files_read(kept.results[below(KEPT)], below(9) ? &files : NULL);
      REPLACE(files, tp_files_free, files);
      return result;
    case 7:
      tp_result_free(tp_provider_close(provider));
      if (below(2)) return operate_with(provider);
      return below(2) ? tp_provider_token(provider, (int64_t)below(2) - 1) : tp_provider_identity_token(provider, 0);
    default:
      provider = NULL;
      if (below(8) > 0) return NULL; /* Roots are read anew for each. */
      result = tp_provider_new(source.data, source.length, policy.data, policy.length, settings, &provider);
      if ((result == NULL) != (provider != NULL)) abort();
      REPLACE(providers, tp_provider_free, provider);
      return result;
  }
}

static bool call_one(void) {
  size_t at = below(KEPT);
  tp_machine *machine = kept.machines[below(KEPT)];
  uint64_t id = below(3) ? kept.ids[below(KEPT)] : number() >> below(64);
  tp_result *result = NULL;
  switch (below(12)) {
    case 0: result = make_one(); break;
    case 1: result = provide_one(); break;
    case 2:
    case 3: result = report_one(machine, id); break;
    case 4:
    case 5:
    case 6:
    case 7: result = operate_one(below(4) ? below(4) : id); break;
    default: result = ask_one(machine);
  }
  if (tp_result_id(result) != 0) kept.ids[at] = tp_result_id(result);
  bool holds = check_result(result);
  tp_result_free(kept.results[at]);
  kept.results[at] = result;
  forget();
  return holds;
}

static void free_all(void) {
  for (size_t i = 0; i < KEPT; i++) {
    tp_provider_free(kept.providers[i]);
    tp_pages_free(kept.pages[i]);
    tp_call_free(kept.calls[i]);
    tp_client_free(kept.clients[i]);
    tp_settings_free(kept.settings[i]);
    tp_machine_free(kept.machines[i]);
    tp_ticket_free(kept.tickets[i]);
    tp_files_free(kept.files[i]);
    tp_origins_free(kept.origins[i]);
    tp_result_free(kept.results[i]);
  }
}

struct shared {
  tp_machine *machine;
  int refusals;
};

/* One of two threads that use a machine without a lock: each call works, or is refused. */
static void *use(void *argument) {
  struct shared *shared = argument;
  for (int i = 0; i < 3000; i++) {
    tp_result *status = tp_machine_status(shared->machine);
    if (tp_result_error(status) == TP_ERROR_INVALID_ARGUMENT) shared->refusals++;
    else if (tp_result_kind(status) != TP_JSON) shared->refusals = -1000000;
    tp_result_free(status);
  }
  return NULL;
}

static bool two_threads(void) {
  tp_machine *machine = NULL;
  tp_result_free(tp_machine_new(TP_TEXT("{\"source\": \"external\"}"), NULL, 0, NULL, 0, 1, &machine));
  struct shared one = {machine, 0}, other = {machine, 0};
  pthread_t threads[2];
  if (pthread_create(&threads[0], NULL, use, &one) != 0 || pthread_create(&threads[1], NULL, use, &other) != 0) return differs("no threads");
  pthread_join(threads[0], NULL);
  pthread_join(threads[1], NULL);
  tp_machine_free(machine);
  printf("two threads on one machine: %d of 6000 calls refused\n", one.refusals + other.refusals);
  return (one.refusals >= 0 && other.refusals >= 0) || differs("two threads at once broke a machine");
}

int main(int count, char **arguments) {
  unsigned long calls = count > 1 ? strtoul(arguments[1], NULL, 10) : 1000;
  uint64_t seed = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
  seed_with(seed);
  bool holds = two_threads();
  for (unsigned long i = 0; holds && i < calls; i++) holds = call_one() || differs_at("call %lu of seed %llu", i, (unsigned long long)seed);
  free_all();
  if (holds) printf("border: %lu calls, seed %llu\n", calls, (unsigned long long)seed);
  else fprintf(stderr, "border: %s\n", difference());
  return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}
