/* As much HTTP as a runner needs to talk to its simulator. */
#include "http.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int connected(const char *host, const char *port) {
  struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
  if (getaddrinfo(host, port, &wanted, &found) != 0) return -1;
  int socket_of = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, 0);
  if (connect(socket_of, found->ai_addr, found->ai_addrlen) != 0) {
    close(socket_of);
    socket_of = -1;
  }
  freeaddrinfo(found);
  return socket_of;
}

static char *all_of(int from, size_t *length) {
  char *bytes = NULL, part[4096];
  FILE *stream = open_memstream(&bytes, length);
  for (ssize_t got; (got = read(from, part, sizeof part)) > 0;) fwrite(part, 1, (size_t)got, stream);
  fclose(stream);
  return bytes;
}

struct reply http_send(struct text url, const char *method, const char *path, struct text bearer, struct text body) {
  struct reply reply = {.body = {"", 0}};
  char host[256], port[16];
  if (sscanf(url.data, "http://%255[^:/]:%15[0-9]", host, port) != 2) return reply;
  int connection = connected(host, port);
  if (connection < 0) return reply;
  FILE *stream = fdopen(dup(connection), "w");
  fprintf(stream, "%s %s HTTP/1.1\r\nhost: %s:%s\r\nauthorization: Bearer %s\r\nconnection: close\r\ncontent-length: %zu\r\n", method, path, host, port,
          bearer.data, body.length);
  fprintf(stream, "content-type: application/json\r\n\r\n");
  fwrite(body.data, 1, body.length, stream);
  fclose(stream);
  size_t length = 0;
  reply.whole = all_of(connection, &length);
  close(connection);
  char *end = reply.whole == NULL ? NULL : strstr(reply.whole, "\r\n\r\n");
  if (end == NULL || sscanf(reply.whole, "HTTP/1.1 %d", &reply.status) != 1) return reply;
  reply.body = (struct text){end + 4, length - (size_t)(end + 4 - reply.whole)};
  return reply;
}
