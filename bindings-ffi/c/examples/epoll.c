/* The machine without I/O in a loop of epoll that nothing blocks: on an instance, whose metadata service speaks plain http.
 *
 *   ./epoll [http://169.254.169.254]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <trusted_profile.h>
#include <unistd.h>

/* The longest head of an answer. */
#define HEAD 16384

static uint64_t clock_of(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}
#define NOW clock_of(CLOCK_BOOTTIME), clock_of(CLOCK_REALTIME)

/* A request on its way. */
struct exchange {
  uint64_t id, deadline, connect_deadline;
  size_t most, out_length, sent, in_length, in_capacity;
  char *out, *in;
  int connection;
  bool is_connected;
};

struct loop {
  int epoll;
  tp_machine *machine;
  struct exchange *live;
};

/* The request as it goes over the wire. An answer of HTTP/1.1 could come in chunks. */
static char *written(const tp_result *send, const char *host, const char *path, size_t *length) {
  char *text = NULL;
  size_t body_length = 0;
  const uint8_t *body = tp_result_body(send, &body_length);
  FILE *stream = open_memstream(&text, length);
  fprintf(stream, "%s %s HTTP/1.0\r\nhost: %s\r\ncontent-length: %zu\r\n", tp_result_method(send, NULL), path, host, body_length);
  for (size_t i = 0; i < tp_result_header_count(send); i++)
    fprintf(stream, "%s: %s\r\n", tp_result_header_name(send, i, NULL), (const char *)tp_result_header_value(send, i, NULL));
  fprintf(stream, "\r\n");
  fwrite(body, 1, body_length, stream);
  fclose(stream);
  return text;
}

static void end(struct loop *loop) {
  struct exchange *live = loop->live;
  close(live->connection);
  memset(live->out, 0, live->out_length);
  if (live->in != NULL) memset(live->in, 0, live->in_length);
  free(live->out);
  free(live->in);
  free(live);
  loop->live = NULL;
}

/* Reports that no answer came; there is no exchange any more. */
static bool fail(struct loop *loop, uint32_t failure, const char *words) {
  tp_result_free(tp_machine_handle_failure(loop->machine, loop->live->id, failure, words, strlen(words), false, NOW));
  end(loop);
  return false;
}

static uint32_t failure_of(int error) {
  return error == ECONNREFUSED ? TP_FAILURE_REFUSED : error == ENETUNREACH || error == EHOSTUNREACH ? TP_FAILURE_UNREACHABLE : TP_FAILURE_INTERRUPTED;
}

/* Begins to connect. The machine gives an address of digits; a name would have to be looked up without blocking. */
static bool begin(struct loop *loop, const tp_result *send) {
  char host[64] = "", path[1024] = "/";
  unsigned port = 80;
  int digits = sscanf(tp_result_url(send, NULL), "http://%63[^/]%1023s", host, path);
  struct sockaddr_in address = {.sin_family = AF_INET};
  char name[64];
  snprintf(name, sizeof name, "%s", host);
  char *colon = strchr(name, ':');
  if (colon != NULL) *colon = '\0', port = (unsigned)strtoul(colon + 1, NULL, 10);
  address.sin_port = htons((uint16_t)port);
  struct exchange *live = loop->live = calloc(1, sizeof *live);
  *live = (struct exchange){.id = tp_result_id(send), .most = tp_result_max_bytes(send)};
  live->connect_deadline = clock_of(CLOCK_BOOTTIME) + tp_result_connect_timeout(send);
  live->deadline = clock_of(CLOCK_BOOTTIME) + tp_result_timeout(send);
  live->out = written(send, host, path, &live->out_length);
  live->connection = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (digits < 1 || inet_pton(AF_INET, name, &address.sin_addr) != 1) return fail(loop, TP_FAILURE_DNS, "no address of digits");
  if (connect(live->connection, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS)
    return fail(loop, failure_of(errno), strerror(errno));
  return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, live->connection, &(struct epoll_event){.events = EPOLLIN | EPOLLOUT}) == 0;
}

/* The whole answer is there. Its length is told by the end of the connection, or in its head. */
static bool report(struct loop *loop) {
  struct exchange *live = loop->live;
  char *body = live->in == NULL ? NULL : memmem(live->in, live->in_length, "\r\n\r\n", 4);
  unsigned status = 0;
  if (body == NULL || sscanf(live->in, "HTTP/1.%*c %u", &status) != 1) return fail(loop, TP_FAILURE_INTERRUPTED, "no whole answer");
  size_t head = (size_t)(body - live->in) + 2, length = live->in_length - head - 2, told = length;
  *body = '\0';
  char *announced = strcasestr(live->in, "\r\ncontent-length:");
  if (announced != NULL) told = strtoul(announced + strlen("\r\ncontent-length:"), NULL, 10);
  *body = '\r';
  if (length < told) return fail(loop, TP_FAILURE_INTERRUPTED, "half an answer");
  if (length > live->most) return fail(loop, TP_FAILURE_TOO_LARGE, "");
  tp_result_free(tp_machine_handle(loop->machine, live->id, status, (const uint8_t *)live->in, head, (const uint8_t *)body + 4, length, NOW));
  end(loop);
  return true;
}

static bool read_some(struct loop *loop) {
  struct exchange *live = loop->live;
  for (;;) {
    if (live->in_capacity - live->in_length < 4096) live->in = realloc(live->in, (live->in_capacity += 16384) + 1);
    ssize_t got = read(live->connection, live->in + live->in_length, live->in_capacity - live->in_length);
    if (got < 0 && errno == EAGAIN) return true;
    if (got < 0) return fail(loop, failure_of(errno), strerror(errno));
    live->in_length += (size_t)got;
    live->in[live->in_length] = '\0';
    if (live->in_length > live->most + HEAD) return fail(loop, TP_FAILURE_TOO_LARGE, "");
    if (got == 0) return report(loop);
  }
}

static bool write_some(struct loop *loop) {
  struct exchange *live = loop->live;
  int error = 0;
  getsockopt(live->connection, SOL_SOCKET, SO_ERROR, &error, &(socklen_t){sizeof error});
  if (error != 0) return fail(loop, failure_of(error), strerror(error));
  live->is_connected = true;
  while (live->sent < live->out_length) {
    ssize_t gone = send(live->connection, live->out + live->sent, live->out_length - live->sent, MSG_NOSIGNAL);
    if (gone < 0 && errno == EAGAIN) return true;
    if (gone < 0) return fail(loop, failure_of(errno), strerror(errno));
    live->sent += (size_t)gone;
  }
  return epoll_ctl(loop->epoll, EPOLL_CTL_MOD, live->connection, &(struct epoll_event){.events = EPOLLIN}) == 0;
}

/* One turn of the loop. A real one has other things to wait for as well. */
static void turn(struct loop *loop, uint64_t until) {
  struct epoll_event event;
  uint64_t now = clock_of(CLOCK_BOOTTIME);
  if (loop->live != NULL) until = loop->live->is_connected ? loop->live->deadline : loop->live->connect_deadline;
  int count = epoll_wait(loop->epoll, &event, 1, until > now ? (int)((until - now) / 1000000 + 1) : 0);
  if (loop->live == NULL) return;
  if (count == 1 && (event.events & EPOLLOUT)) write_some(loop);
  if (count == 1 && loop->live != NULL && (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR))) read_some(loop);
  if (loop->live != NULL && clock_of(CLOCK_BOOTTIME) >= until)
    fail(loop, loop->live->is_connected ? TP_FAILURE_READ_TIMEOUT : TP_FAILURE_CONNECT_TIMEOUT, "");
}

int main(int count, char **arguments) {
  struct loop loop = {.epoll = epoll_create1(EPOLL_CLOEXEC)};
  char source[512];
  const char *endpoint = count > 1 ? arguments[1] : "http://169.254.169.254";
  snprintf(source, sizeof source, "{\"source\": \"vpc_instance\", \"endpoint\": \"%s\"}", endpoint);
  uint64_t seed = clock_of(CLOCK_REALTIME) ^ (uint64_t)getpid() << 32;
  tp_result *result = tp_machine_new(source, strlen(source), TP_TEXT(""), TP_TEXT(""), seed, &loop.machine);
  tp_ticket *ticket = tp_ticket_new();
  while (result == NULL) {
    tp_result *action = tp_machine_poll(loop.machine, ticket, TP_SLOT_LAST, NOW);
    uint32_t kind = tp_result_kind(action);
    if (kind == TP_READY || kind == TP_FAILED) result = action;
    else if (kind == TP_SEND) begin(&loop, action);
    else turn(&loop, clock_of(CLOCK_BOOTTIME) + tp_result_timeout(action));
    if (result == NULL) tp_result_free(action);
  }
  int is_ready = tp_result_kind(result) == TP_READY;
  fprintf(is_ready ? stdout : stderr, "%s\n", is_ready ? tp_result_authorization(result, NULL) : tp_result_message(result, NULL));
  tp_result_free(result);
  tp_ticket_free(ticket);
  tp_machine_free(loop.machine);
  close(loop.epoll);
  return !is_ready;
}
