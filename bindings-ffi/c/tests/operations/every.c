/* Every operation is built as Rust builds it: each set of arguments that `every-request` prints, compared as canonical JSON. */
#include "operations.h"
#include "results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where every request goes, and the clients of the four services. */
static const char BASE[] = "https://oracle.example";
static struct {
  const char *name;
  tp_client *client;
} clients[] = {{"vpc", NULL}, {"iam", NULL}, {"metadata", NULL}, {"containers", NULL}};

#define OPERATIONS 706
#define CLIENTS (sizeof clients / sizeof *clients)

static tp_client *client_named(const char *service) {
  const char *name = strncmp(service, "iam_", 4) == 0 ? "iam" : service;
  for (size_t i = 0; i < CLIENTS; i++) {
    if (strcmp(clients[i].name, name) == 0) return clients[i].client;
  }
  return NULL;
}

/* As {method, url, headers, body}; the caller puts it. */
static json_object *canonical(const tp_result *request) {
  json_object *made = json_object_new_object(), *headers = json_object_new_object();
  for (size_t i = 0; i < tp_result_header_count(request); i++) {
    struct text value;
    value.data = (const char *)tp_result_header_value(request, i, &value.length);
    json_object_object_add(headers, tp_result_header_name(request, i, NULL), json_of(value));
  }
  struct text body;
  body.data = (const char *)tp_result_body(request, &body.length);
  json_object_object_add(made, "method", json_part(tp_result_method, request));
  json_object_object_add(made, "url", json_part(tp_result_url, request));
  json_object_object_add(made, "headers", headers);
  json_object_object_add(made, "body", json_of(body));
  return made;
}

static bool same_request(json_object *line, struct text metadata, json_object *seen) {
  if (!KNOWS("line", line, "service", "operation", "set", "arguments", "request")) return false;
  char id[256];
  const char *service = text_member(line, "service").data;
  snprintf(id, sizeof id, "%s.%s", service, text_member(line, "operation").data);
  struct text arguments = spelled(member(line, "arguments"));
  if (strcmp(service, "metadata") != 0) metadata = literal("");
  tp_result *request =
      tp_client_request(client_named(service), id, strlen(id), arguments.data, arguments.length, metadata.data, metadata.length);
  bool holds = tp_result_kind(request) == TP_REQUEST || unexpected("a request", request);
  holds = holds && same("the request", member(line, "request"), canonical(request));
  json_object_object_add(seen, id, NULL);
  tp_result_free(request);
  return holds || differs_at("%s, %s", id, text_member(line, "set").data);
}

static bool same_lines(FILE *lines, struct text metadata) {
  json_object *seen = json_object_new_object();
  char *line = NULL;
  size_t capacity = 0;
  bool holds = true;
  int sets = 0;
  for (ssize_t length; holds && (length = getline(&line, &capacity, lines)) > 0; sets++) {
    json_object *one = parse((struct text){line, (size_t)length - (line[length - 1] == '\n')});
    holds = one != NULL && same_request(one, metadata, seen);
    json_object_put(one);
  }
  free(line);
  int built = json_object_object_length(seen);
  json_object_put(seen);
  if (holds) printf("operations: %d built, %d skipped; %d sets of arguments\n", built, OPERATIONS - built, sets);
  /* Whether these are all is for the script to say: valgrind gets a part of them. */
  return holds && sets > 0;
}

bool same_requests(const char *path) {
  FILE *lines = fopen(path, "r");
  json_object *options = json_object_new_object();
  json_object_object_add(options, "endpoint", json_object_new_string(BASE));
  for (size_t i = 0; i < CLIENTS; i++) clients[i].client = client_of(clients[i].name, strcmp(clients[i].name, "metadata") == 0 ? NULL : options);
  tp_result *service = metadata_service("vpc_instance", literal(BASE), literal(""));
  bool holds = lines != NULL && same_lines(lines, part(tp_result_json, service));
  tp_result_free(service);
  for (size_t i = 0; i < CLIENTS; i++) tp_client_free(clients[i].client);
  json_object_put(options);
  if (lines != NULL) fclose(lines);
  return holds || differs_at("%s", path);
}
