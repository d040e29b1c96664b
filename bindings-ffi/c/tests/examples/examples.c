/* Runs the examples as they are, against a simulator, and shows what they print to a service that verifies it.
 *
 *   examples FOLDER     where the programs are
 */
#include "check.h"
#include "simulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct simulator simulator;

/* What a command prints, without its line end; the caller frees it. */
static char *printed(const char *command) {
  FILE *output = popen(command, "r");
  char *line = NULL;
  size_t capacity = 0;
  ssize_t length = getline(&line, &capacity, output);
  int status = pclose(output);
  if (length > 0 && line[length - 1] == '\n') line[length - 1] = '\0';
  if (status == 0 && length > 0) return line;
  free(line);
  differs("%s ended with %d", command, status);
  return NULL;
}

static bool gives_a_token(const char *command) {
  char *line = printed(command);
  if (line == NULL) return false;
  static const char scheme[] = "Bearer ";
  bool holds = strncmp(line, scheme, strlen(scheme)) == 0 || differs("no token: %s", line);
  int status = holds ? simulator_use(&simulator, literal(line + strlen(scheme))) : 0;
  holds = holds && (status == 200 || differs("the object store answered %d", status));
  free(line);
  return holds || differs_at("%s", command);
}

/* What an example prints of the account. */
static bool prints(const char *command, const char *words) {
  char *line = printed(command);
  bool holds = line != NULL && (strstr(line, words) != NULL || differs("no '%s' in %s", words, line));
  free(line);
  return holds || differs_at("%s", command);
}

/* An example that cannot have a token says why, and fails. */
static bool says_why(const char *command, const char *words) {
  char whole[4096];
  snprintf(whole, sizeof whole, "%s 2>&1 >/dev/null | grep -c '%s'", command, words);
  char *line = printed(whole);
  bool holds = line != NULL;
  free(line);
  return holds || differs_at("%s", command);
}

int main(int count, char **arguments) {
  if (count != 2) return EXIT_FAILURE;
  char token[4096], curl[4096], pod[4096], epoll[4096], none[4096], wrong[4096], list[4096], nowhere[4096], change[4096], gone[4096], reading[4096];
  json_object *file = json_object_new_object();
  bool holds = simulator_start(&simulator) && simulator_token_file(&simulator, file);
  const char *folder = arguments[1], *metadata = text_member(simulator.values, "metadata_url").data, *iam = text_member(simulator.values, "iam_url").data;
  snprintf(token, sizeof token, "TRUSTED_PROFILE_AUTH_TYPE=vpc TRUSTED_PROFILE_AUTH_URL=%s %s/token", metadata, folder);
  snprintf(curl, sizeof curl, "%s/curl '{\"source\": \"vpc_instance\", \"endpoint\": \"%s\"}'", folder, metadata);
  snprintf(pod, sizeof pod, "%s/curl '{\"source\": \"container\", \"profile_id\": \"%s\", \"cr_token_file\": \"%s\", \"endpoint\": \"%s\"}'", folder,
           text_member(simulator.values, "pod_profile_id").data, text_member(simulator.values, "cr_token_file").data, iam);
  snprintf(epoll, sizeof epoll, "%s/epoll %s", folder, metadata);
  snprintf(none, sizeof none, "%s/epoll http://127.0.0.1:9", folder);
  snprintf(wrong, sizeof wrong, "%s/curl '{\"source\": \"api_key\", \"api_key\": \"wrong\", \"endpoint\": \"%s\"}'", folder, iam);
  snprintf(list, sizeof list, "TRUSTED_PROFILE_AUTH_TYPE=vpc TRUSTED_PROFILE_AUTH_URL=%s %s/list_vpcs %s", metadata, folder,
           text_member(simulator.overview, "vpc_url").data);
  snprintf(nowhere, sizeof nowhere, "TRUSTED_PROFILE_AUTH_TYPE=vpc TRUSTED_PROFILE_AUTH_URL=%s %s/list_vpcs Mars", metadata, folder);
  snprintf(change, sizeof change, "TRUSTED_PROFILE_AUTH_TYPE=vpc TRUSTED_PROFILE_AUTH_URL=%s %s/change_safely %s example renamed", metadata, folder,
           text_member(simulator.overview, "vpc_url").data);
  snprintf(gone, sizeof gone, "TRUSTED_PROFILE_AUTH_TYPE=vpc TRUSTED_PROFILE_AUTH_URL=%s %s/change_safely %s nobody renamed", metadata, folder,
           text_member(simulator.overview, "vpc_url").data);
  snprintf(reading, sizeof reading, "TRUSTED_PROFILE_AUTH_TYPE=vpc TRUSTED_PROFILE_AUTH_URL=%s %s/instance_metadata", metadata, folder);
  holds = holds && prints(change, "\"name\":\"renamed\"") && says_why(gone, "not_found") && prints(reading, "\"seed-instance\"");
  holds = holds && prints(list, "\"vpcs\"") && says_why(nowhere, "region") && gives_a_token(token) && gives_a_token(curl) && gives_a_token(pod) && gives_a_token(epoll) &&
          says_why(none, "metadata_unreachable") && says_why(wrong, "api_key_refused");
  json_object_put(file);
  simulator_stop(&simulator);
  if (holds) printf("examples: token, curl, epoll: 4 tokens accepted, 2 failures explained; list_vpcs, change_safely, instance_metadata: listed, changed, read, 2 mistakes named\n");
  else fprintf(stderr, "examples: %s\n", difference());
  return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}
