/* The machine without I/O, with libcurl for its requests: the least that a driver of one thread can be.
 *
 *   ./curl '{"source": "container", "profile_id": "Profile-..."}'
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <trusted_profile.h>

struct buffer {
  char *bytes;
  size_t length, most;
};

static uint64_t clock_of(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}
/* Both clocks of a report or a poll. The first one runs on while the machine is suspended. */
#define NOW clock_of(CLOCK_BOOTTIME), clock_of(CLOCK_REALTIME)

static size_t keep(const char *data, size_t size, size_t count, void *to) {
  struct buffer *buffer = to;
  size_t length = size * count;
  if (length > buffer->most - buffer->length) return 0; /* Ends the request with CURLE_WRITE_ERROR. */
  char *larger = realloc(buffer->bytes, buffer->length + length + 1);
  if (larger == NULL) return 0;
  memcpy(larger + buffer->length, data, length);
  buffer->bytes = larger;
  buffer->length += length;
  return length;
}

static size_t keep_header(const char *data, size_t size, size_t count, void *to) {
  struct buffer *buffer = to;
  /* What came before was of an interim answer, or of a proxy. */
  if (size * count >= 5 && memcmp(data, "HTTP/", 5) == 0) buffer->length = 0;
  return keep(data, size, count, to);
}

static uint32_t failure_of(CURLcode code, CURL *curl) {
  curl_off_t connected = 0;
  long refused = 0;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return TP_FAILURE_DNS;
    case CURLE_COULDNT_RESOLVE_PROXY: return TP_FAILURE_PROXY;
    case CURLE_COULDNT_CONNECT:
      curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &refused);
      return refused == 101 || refused == 113 ? TP_FAILURE_UNREACHABLE : TP_FAILURE_REFUSED; /* ENETUNREACH, EHOSTUNREACH */
    case CURLE_OPERATION_TIMEDOUT:
      curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected);
      return connected == 0 ? TP_FAILURE_CONNECT_TIMEOUT : TP_FAILURE_READ_TIMEOUT;
    case CURLE_PEER_FAILED_VERIFICATION: return TP_FAILURE_TLS_UNKNOWN_ISSUER;
    case CURLE_SSL_CONNECT_ERROR: return TP_FAILURE_TLS;
    case CURLE_WRITE_ERROR:
    case CURLE_FILESIZE_EXCEEDED: return TP_FAILURE_TOO_LARGE;
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE: return TP_FAILURE_INTERRUPTED;
    default: return TP_FAILURE_OTHER;
  }
}

static struct curl_slist *headers_of(const tp_result *send) {
  struct curl_slist *list = NULL;
  for (size_t i = 0; i < tp_result_header_count(send); i++) {
    const char *name = tp_result_header_name(send, i, NULL), *value = (const char *)tp_result_header_value(send, i, NULL);
    size_t size = strlen(name) + strlen(value) + 3;
    char *line = malloc(size);
    snprintf(line, size, "%s: %s", name, value);
    list = curl_slist_append(list, line);
    memset(line, 0, size);
    free(line);
  }
  return list;
}

/* One request within its limits, and its report. */
static void perform(tp_machine *machine, CURL *curl, const tp_result *send) {
  struct buffer headers = {.most = 65536}, body = {.most = tp_result_max_bytes(send)};
  struct curl_slist *lines = headers_of(send);
  size_t length = 0;
  const uint8_t *sent = tp_result_body(send, &length);
  curl_easy_reset(curl);
  curl_easy_setopt(curl, CURLOPT_URL, tp_result_url(send, NULL));
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, tp_result_method(send, NULL));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
  if (length > 0) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)length);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, sent);
  }
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)(tp_result_connect_timeout(send) / 1000000));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(tp_result_timeout(send) / 1000000));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L); /* A redirect is an answer, and the machine refuses it. */
  if (tp_result_network(send) != TP_NETWORK_PUBLIC) curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* Not even one of the environment. */
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, keep_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &headers);
  CURLcode code = curl_easy_perform(curl);
  long status = 0, connections = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connections);
  const char *words = curl_easy_strerror(code);
  tp_result *refusal = NULL;
  if (code == CURLE_OK)
    refusal = tp_machine_handle(machine, tp_result_id(send), (uint32_t)status, (const uint8_t *)headers.bytes, headers.length,
                                (const uint8_t *)body.bytes, body.length, NOW);
  else refusal = tp_machine_handle_failure(machine, tp_result_id(send), failure_of(code, curl), words, strlen(words), connections == 0, NOW);
  tp_result_free(refusal);
  curl_slist_free_all(lines);
  if (body.bytes != NULL) memset(body.bytes, 0, body.length);
  free(headers.bytes);
  free(body.bytes);
}

static void wait_for(uint64_t nanoseconds) {
  struct timespec time = {(time_t)(nanoseconds / 1000000000), (long)(nanoseconds % 1000000000)};
  nanosleep(&time, NULL);
}

/* Drives the machine until it has a token, or says why there is none. */
static tp_result *token(tp_machine *machine, CURL *curl) {
  tp_ticket *ticket = tp_ticket_new();
  for (;;) {
    tp_result *action = tp_machine_poll(machine, ticket, TP_SLOT_LAST, NOW);
    tp_files *files = NULL;
    switch (tp_result_kind(action)) {
      case TP_SEND: perform(machine, curl, action); break;
      case TP_NEED_FILES:
        tp_result_free(tp_files_read(action, &files));
        tp_result_free(tp_machine_provide_files(machine, tp_result_id(action), files, NOW));
        tp_files_free(files);
        break;
      case TP_WAIT: wait_for(tp_result_timeout(action)); break;
      default: tp_ticket_free(ticket); return action;
    }
    tp_result_free(action);
  }
}

int main(int count, char **arguments) {
  const char *source = count > 1 ? arguments[1] : "{\"source\": \"vpc_instance\"}";
  tp_machine *machine = NULL;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURL *curl = curl_easy_init();
  tp_result *result = tp_machine_new(source, strlen(source), TP_TEXT(""), TP_TEXT(""), tp_seed(), &machine);
  if (result == NULL) result = token(machine, curl);
  int is_ready = tp_result_kind(result) == TP_READY;
  fprintf(is_ready ? stdout : stderr, "%s\n", is_ready ? tp_result_authorization(result, NULL) : tp_result_message(result, NULL));
  tp_result_free(result);
  tp_machine_free(machine);
  curl_easy_cleanup(curl);
  curl_global_cleanup();
  return !is_ready;
}
