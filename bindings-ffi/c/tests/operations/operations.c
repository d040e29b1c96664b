/* Every operation and every call without I/O, through the public interface of the library.
 *
 *   operations REPOSITORY LINES     where the corpora are, and what `every-request` printed
 */
#include "operations.h"
#include "failure.h"
#include "results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

tp_client *client_of(const char *operation, json_object *options) {
  size_t length = strcspn(operation, ".");
  if (strncmp(operation, "iam", 3) == 0) length = 3;
  struct text given = options == NULL ? literal("") : spelled(options);
  tp_client *client = NULL;
  tp_result *refusal = tp_client_new(operation, length, given.data, given.length, &client);
  if (refusal != NULL) unexpected("a client", refusal);
  tp_result_free(refusal);
  return client;
}

tp_result *metadata_service(const char *kind, struct text endpoint, struct text version) {
  json_object *source = json_object_new_object();
  json_object_object_add(source, "source", json_object_new_string(kind));
  json_object_object_add(source, "endpoint", json_of(endpoint));
  if (version.length > 0) json_object_object_add(source, "version", json_of(version));
  struct text text = spelled(source);
  tp_machine *machine = NULL;
  tp_result *service = tp_machine_new(text.data, text.length, NULL, 0, NULL, 0, 1, &machine);
  if (service == NULL) service = tp_machine_metadata_service(machine);
  if (tp_result_kind(service) != TP_JSON) unexpected("the metadata service", service);
  tp_machine_free(machine);
  json_object_put(source);
  return service;
}

/* What clients say of themselves: every operation is there once, by its id, and by the name of its method. */
static bool all_are_described(void) {
  static const char *const names[] = {"vpc", "iam", "metadata", "containers"};
  size_t found = 0;
  bool holds = true;
  for (size_t i = 0; holds && i < sizeof names / sizeof *names; i++) {
    tp_client *client = client_of(names[i], NULL);
    tp_result *described = tp_client_operations(client);
    json_object *all = read_result(described), *methods = json_object_new_object();
    for (size_t j = 0; holds && j < json_object_array_length(all); j++) {
      json_object *one = json_object_array_get_idx(all, j);
      holds = KNOWS("operation", one, "method_name", "id", "service", "name", "method", "path", "auth", "idempotent", "deprecated", "arguments", "answer", "pages", "items");
      json_object_object_add(methods, text_member(one, "method_name").data, NULL);
    }
    holds = holds && ((size_t)json_object_object_length(methods) == json_object_array_length(all) || differs("methods of %s share a name", names[i]));
    found += json_object_array_length(all);
    json_object_put(methods);
    json_object_put(all);
    tp_result_free(described);
    tp_client_free(client);
  }
  return holds && (found == 706 || differs("%zu operations", found));
}

int main(int count, char **arguments) {
  if (count != 3) return EXIT_FAILURE;
  char path[8192];
  snprintf(path, sizeof path, "%s/core/spec/errors.json", arguments[1]);
  struct text bytes;
  bytes.data = read_file(path, &bytes.length);
  json_object *errors = bytes.data == NULL ? NULL : parse(bytes);
  free((char *)bytes.data);
  if (errors == NULL) return EXIT_FAILURE;
  know_errors(errors);
  bool holds = all_are_described() && same_requests(arguments[2]) && play_calls(arguments[1]);
  if (!holds) fprintf(stderr, "operations: %s\n", difference());
  json_object_put(errors);
  return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}
