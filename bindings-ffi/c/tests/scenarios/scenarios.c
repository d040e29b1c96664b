/* Runs the corpus tests/scenarios through providers and their transport, several at a time, each in a process of its own.
 *
 *   scenarios REPOSITORY [FILE]...     those files, or all of them
 *   scenarios REPOSITORY --canary      one of each rule, with an expectation turned round: each has to fail there
 *   scenarios REPOSITORY --memory      all of them, for a tool that watches memory and makes everything too slow for the times of a
 *                                      scenario: only what the tool finds counts
 */
#include "check.h"
#include "stage.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT_ONCE 4

enum purpose { HOLDS, CANARY, MEMORY };

static char root[4096];

/* The bytes of a file, followed by a zero byte; the caller frees them. */
static struct text bytes_of(const char *name) {
  char path[8192];
  snprintf(path, sizeof path, "%s/tests/scenarios/scripts/%s", root, name);
  struct text bytes;
  bytes.data = read_file(path, &bytes.length);
  return bytes;
}

static json_object *scenario_of(const char *name) {
  struct text bytes = bytes_of(name);
  json_object *scenario = bytes.data == NULL ? NULL : parse(bytes);
  free((char *)bytes.data);
  return scenario;
}

static int by_text(const void *a, const void *b) {
  return strcmp(json_object_get_string(*(json_object *const *)a), json_object_get_string(*(json_object *const *)b));
}

static json_object *all_names(void) {
  char path[8192];
  snprintf(path, sizeof path, "%s/tests/scenarios/scripts", root);
  json_object *names = json_object_new_array();
  DIR *folder = opendir(path);
  for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
    if (entry->d_name[0] != '.') json_object_array_add(names, json_object_new_string(entry->d_name));
  if (folder != NULL) closedir(folder);
  json_object_array_sort(names, by_text);
  return names;
}

/* Prints the hash of the corpus, as the runners of other languages do. */
static void print_hash(json_object *names) {
  printf("scenarios: sha256 ");
  fflush(stdout);
  FILE *hash = popen("sha256sum | cut -d ' ' -f 1", "w");
  for (size_t i = 0; i < json_object_array_length(names); i++) {
    const char *name = json_object_get_string(json_object_array_get_idx(names, i));
    struct text bytes = bytes_of(name);
    fprintf(hash, "scripts/%s%c", name, '\0');
    if (bytes.data != NULL) fwrite(bytes.data, 1, bytes.length + 1, hash);
    free((char *)bytes.data);
  }
  pclose(hash);
}

/* Those that show a rule which none before them shows. */
static json_object *one_per_rule(json_object *names) {
  json_object *chosen = json_object_new_array(), *rules = json_object_new_object();
  for (size_t i = 0; i < json_object_array_length(names); i++) {
    json_object *name = json_object_array_get_idx(names, i), *scenario = scenario_of(json_object_get_string(name)), *shown = member(scenario, "rules");
    bool is_new = false;
    for (size_t j = 0; j < json_object_array_length(shown); j++) {
      const char *rule = json_object_get_string(json_object_array_get_idx(shown, j));
      is_new = is_new || !has(rules, rule);
      json_object_object_add(rules, rule, NULL);
    }
    if (is_new) json_object_array_add(chosen, json_object_get(name));
    json_object_put(scenario);
  }
  json_object_put(rules);
  return chosen;
}

/* Another count, or another name, in the place of the first. */
static void turn(json_object *step, const char *name) {
  json_object *parts = member(step, name);
  if (strcmp(name, "call") == 0) {
    json_object *nobody = json_object_new_object();
    json_object_object_add(nobody, "token_of", json_object_new_string("nobody's"));
    bool is_error = has(member(parts, "expect"), "error");
    json_object_object_add(parts, "expect", is_error ? json_object_new_string("new_token") : nobody);
    if (is_error) json_object_put(nobody);
  } else if (strcmp(name, "journal") == 0) {
    json_object *first = json_object_array_get_idx(parts, 0);
    json_object_object_add(first, "count", json_object_new_int(json_object_get_int(member(first, "count")) + 1));
  } else if (strcmp(name, "use") == 0) json_object_object_add(parts, "status", json_object_new_int(json_object_get_int(member(parts, "status")) + 1));
  else json_object_array_put_idx(parts, 0, json_object_new_string("other"));
}

/* Turns the last expectation round, and returns the number of its step. */
static size_t flip(json_object *scenario) {
  json_object *steps = member(scenario, "steps");
  for (size_t i = json_object_array_length(steps); i > 0; i--) {
    json_object *step = json_object_array_get_idx(steps, i - 1);
    const char *name = step_name(step);
    if (name == NULL || (strcmp(name, "call") != 0 && strcmp(name, "journal") != 0 && strcmp(name, "use") != 0 && strcmp(name, "events") != 0)) continue;
    turn(step, name);
    return i;
  }
  return 0;
}

/* Runs one in this process; the exit status is 0 when it went as it has to. */
static int run_one(const char *name, enum purpose purpose) {
  json_object *scenario = scenario_of(name);
  if (scenario == NULL) return EXIT_FAILURE;
  size_t step = purpose == CANARY ? flip(scenario) : 0;
  bool holds = run_scenario(scenario);
  char place[32];
  snprintf(place, sizeof place, "step %zu: ", step);
  bool is_right = purpose == CANARY ? !holds && strncmp(difference(), place, strlen(place)) == 0 : holds || purpose == MEMORY;
  if (!is_right) fprintf(stderr, "%s: %s\n", name, holds ? "a wrong expectation passed" : difference());
  json_object_put(scenario);
  return is_right ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(json_object *names, enum purpose purpose) {
  size_t begun = 0, failed = 0, count = json_object_array_length(names);
  for (size_t running = 0, ended = 0; ended < count;) {
    if (begun < count && running < AT_ONCE) {
      const char *name = json_object_get_string(json_object_array_get_idx(names, begun++));
      pid_t process = fork();
      if (process == 0) {
        int status = run_one(name, purpose);
        json_object_put(names);
        exit(status);
      }
      running++;
      continue;
    }
    int status = 0;
    if (wait(&status) < 0) return EXIT_FAILURE;
    running--, ended++;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) failed++;
  }
  if (failed > 0) fprintf(stderr, "%zu of %zu failed\n", failed, count);
  else if (purpose == CANARY) printf("scenarios canary: %zu flipped, %zu caught\n", count, count);
  else if (purpose == MEMORY) printf("scenarios: %zu run for their memory\n", count);
  else printf("scenarios: %zu run, 0 skipped\n", count);
  return failed == 0 && count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int count, char **arguments) {
  if (count < 2) return EXIT_FAILURE;
  snprintf(root, sizeof root, "%s", arguments[1]);
  enum purpose purpose = HOLDS;
  if (count == 3 && strcmp(arguments[2], "--canary") == 0) purpose = CANARY;
  if (count == 3 && strcmp(arguments[2], "--memory") == 0) purpose = MEMORY;
  json_object *names = count > 2 && purpose == HOLDS ? json_object_new_array() : all_names();
  for (int i = 2; i < count && purpose == HOLDS; i++) json_object_array_add(names, json_object_new_string(arguments[i]));
  if (purpose == CANARY) {
    json_object *chosen = one_per_rule(names);
    json_object_put(names);
    names = chosen;
  }
  if (count == 2) print_hash(names);
  fflush(stdout);
  int status = run(names, purpose);
  json_object_put(names);
  return status;
}
