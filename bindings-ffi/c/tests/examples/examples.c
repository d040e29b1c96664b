/* Runs the examples as they are, against a simulator, and shows what they print to a service that verifies it.
 *
 *   examples FOLDER     where the programs are
 */
#include "check.h"
#include "simulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct simulator simulator;

struct example {
  const char *command;
  /* Of an example that does what it is for: what it prints of the account. NULL: a token. */
  const char *prints;
  /* Of one that cannot: what it says. */
  const char *explains;
};

static const struct example EXAMPLES[] = {
    {"./token", NULL, NULL},
    {"./first_boot", NULL, NULL},
    {"./first_boot 2>&1 >/dev/null", "\"fetched\"", NULL},
    {"./bare_metal $INSTANCE_PROFILE $METADATA", NULL, NULL},
    {"./bare_metal Profile-of-nobody $METADATA", NULL, "does not exist"},
    {"./curl '{\"source\": \"vpc_instance\", \"endpoint\": \"'$METADATA'\"}'", NULL, NULL},
    {"./curl '{\"source\": \"container\", \"profile_id\": \"'$POD_PROFILE'\", \"cr_token_file\": \"'$CR_TOKEN_FILE'\", \"endpoint\": \"'$IAM'\"}'", NULL, NULL},
    {"./curl '{\"source\": \"api_key\", \"api_key\": \"wrong\", \"endpoint\": \"'$IAM'\"}'", NULL, "api_key_refused"},
    {"./epoll $METADATA", NULL, NULL},
    {"./epoll http://127.0.0.1:9", NULL, "metadata_unreachable"},
    {"echo token-of-the-agent 3600 >$FOLDER/agent && ./own_tokens $FOLDER/agent", "Bearer token-of-the-agent", NULL},
    {"./own_tokens $FOLDER/nobody", NULL, "No such file"},
    {"./instance_metadata", "\"seed-instance\"", NULL},
    {"./list_instances $VPC", "\"instances\":[{", NULL},
    {"./list_instances Mars", NULL, "region"},
    {"./change_safely $VPC example renamed", "\"name\":\"renamed\"", NULL},
    {"./change_safely $VPC nobody renamed", NULL, "not_found"},
};

/* All that a command prints, without its last line end; the caller frees it. */
static char *printed(const char *command) {
  FILE *output = popen(command, "r");
  char *line = NULL;
  size_t capacity = 0;
  /* No zero ends it before its end. */
  ssize_t length = getdelim(&line, &capacity, 0, output);
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
  return holds;
}

static bool prints(const char *command, const char *words) {
  char *line = printed(command);
  bool holds = line != NULL && (strstr(line, words) != NULL || differs("no '%s' in %s", words, line));
  free(line);
  return holds;
}

/* It fails, and says why. */
static bool explains(const char *command, const char *words) {
  char whole[1024];
  snprintf(whole, sizeof whole, "! %s 2>&1 >/dev/null", command);
  return prints(whole, words);
}

static bool runs(const struct example *example) {
  const char *command = example->command;
  bool holds = example->explains != NULL ? explains(command, example->explains) : example->prints != NULL ? prints(command, example->prints) : gives_a_token(command);
  return holds || differs_at("%s", command);
}

/* The commands find the account in variables, and their tokens by the settings of the first two. */
static void surround(void) {
  static const char *const names[][2] = {{"TRUSTED_PROFILE_AUTH_URL", "metadata_url"}, {"METADATA", "metadata_url"}, {"IAM", "iam_url"},
                                         {"INSTANCE_PROFILE", "instance_profile_id"}, {"POD_PROFILE", "pod_profile_id"}, {"CR_TOKEN_FILE", "cr_token_file"}};
  setenv("TRUSTED_PROFILE_AUTH_TYPE", "vpc", 1);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) setenv(names[i][0], text_member(simulator.values, names[i][1]).data, 1);
  setenv("VPC", text_member(simulator.overview, "vpc_url").data, 1);
  setenv("FOLDER", simulator.folder, 1);
}

int main(int count, char **arguments) {
  if (count != 2 || chdir(arguments[1]) != 0) return EXIT_FAILURE;
  json_object *file = json_object_new_object();
  bool holds = simulator_start(&simulator) && simulator_token_file(&simulator, file);
  json_object_put(file);
  if (holds) surround();
  size_t run = 0;
  for (; holds && run < sizeof EXAMPLES / sizeof *EXAMPLES; run++) holds = runs(&EXAMPLES[run]);
  simulator_stop(&simulator);
  if (holds) printf("examples: %zu runs: tokens accepted, listed, changed and read, mistakes named\n", run);
  else fprintf(stderr, "examples: %s\n", difference());
  return holds ? EXIT_SUCCESS : EXIT_FAILURE;
}
