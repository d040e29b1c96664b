/* Plays the corpus tests/vectors through the public interface of the library.
 *
 *   vectors REPOSITORY             every file: how many ran, and the hash of what was read
 *   vectors REPOSITORY FOLDER      the falsified files of `canary --write FOLDER`: each of them has to fail
 */
#include "check.h"
#include "failure.h"
#include "operations.h"
#include "player.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char root[4096];

/* The paths of every file below tests/vectors/`folder`, added to `paths`. */
static void find(const char *folder, json_object *paths) {
  char path[8192];
  snprintf(path, sizeof path, "%s/tests/vectors/%s", root, folder);
  DIR *open = opendir(path);
  if (open == NULL) return;
  for (struct dirent *entry; (entry = readdir(open)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (entry->d_type == DT_DIR) find(path, paths);
    else json_object_array_add(paths, json_object_new_string(path));
  }
  closedir(open);
}

static int by_text(const void *a, const void *b) {
  return strcmp(json_object_get_string(*(json_object *const *)a), json_object_get_string(*(json_object *const *)b));
}

/* Plays a file whose path below tests/vectors is `path`. */
static bool run(const char *path, struct text bytes, json_object *left_out) {
  json_object *file = parse(bytes);
  if (file == NULL) return false;
  bool is_script = strncmp(path, "scripts/", strlen("scripts/")) == 0;
  char by_name[4096];
  snprintf(by_name, sizeof by_name, "%s/%s.json", is_script ? "scripts" : "operations", text_member(file, "name").data);
  bool holds = strcmp(path, by_name) == 0 || differs("its name says %s", by_name);
  holds = holds && (is_script ? play_script(file) : play_operations(file, left_out));
  json_object_put(file);
  return holds;
}

static int run_all(void) {
  json_object *paths = json_object_new_array(), *without = json_object_new_object();
  find("operations", paths);
  find("scripts", paths);
  json_object_array_sort(paths, by_text);
  // The hash is that of the bytes that are played.
  printf("corpus: sha256 ");
  fflush(stdout);
  FILE *hash = popen("sha256sum | cut -d ' ' -f 1", "w");
  int scripts = 0, operations = 0, failures = 0;
  for (size_t i = 0; i < json_object_array_length(paths); i++) {
    const char *path = json_object_get_string(json_object_array_get_idx(paths, i));
    char place[8192];
    snprintf(place, sizeof place, "%s/tests/vectors/%s", root, path);
    struct text bytes;
    bytes.data = read_file(place, &bytes.length);
    json_object *left_out = json_object_new_object();
    if (bytes.data == NULL || !run(path, bytes, left_out)) {
      fprintf(stderr, "%s: %s\n", path, bytes.data == NULL ? strerror(errno) : difference());
      failures++;
    } else if (json_object_object_length(left_out) > 0) json_object_object_add(without, path, json_object_get(left_out));
    else if (path[0] == 's') scripts++;
    else operations++;
    json_object_put(left_out);
    fwrite(path, 1, strlen(path) + 1, hash);
    if (bytes.data != NULL) fwrite(bytes.data, 1, bytes.length + 1, hash);
    free((char *)bytes.data);
  }
  pclose(hash);
  printf("vectors: %d run, 0 skipped\n", scripts);
  printf("operations: %d files run; %d left out, which the library has no public interface for:", operations, json_object_object_length(without));
  json_object_object_foreach(without, path, lists) {
    printf(" %.*s", (int)(strlen(path) - strlen("operations/.json")), path + strlen("operations/"));
    json_object_object_foreach(lists, list, nothing) { printf(" (%s)", nothing == NULL ? list : ""); }
  }
  printf("\n");
  json_object_put(without);
  json_object_put(paths);
  return failures == 0 && scripts > 0 && operations > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Whether a falsified file is noticed, or is of a list that is left out. */
static bool is_noticed(const char *folder, json_object *flip, int *caught) {
  char path[8192];
  snprintf(path, sizeof path, "%s/%s", folder, text_member(flip, "file").data);
  struct text bytes;
  bytes.data = read_file(path, &bytes.length);
  if (bytes.data == NULL) return false;
  json_object *left_out = json_object_new_object();
  bool passed = run(text_member(flip, "from").data, bytes, left_out);
  *caught += !passed;
  bool is_left_out = json_object_object_length(left_out) > 0;
  if (passed && !is_left_out) fprintf(stderr, "not noticed: %s %s\n", text_member(flip, "from").data, text_member(flip, "pointer").data);
  if (passed && is_left_out) printf("in a list without a public interface: %s\n", text_member(flip, "rule").data);
  json_object_put(left_out);
  free((char *)bytes.data);
  return !passed || is_left_out;
}

static int run_canary(const char *folder) {
  char path[8192];
  snprintf(path, sizeof path, "%s/canary.json", folder);
  struct text bytes;
  bytes.data = read_file(path, &bytes.length);
  json_object *flips = bytes.data == NULL ? NULL : parse(bytes);
  free((char *)bytes.data);
  size_t count = flips == NULL ? 0 : json_object_array_length(flips);
  int caught = 0;
  bool holds = count > 0;
  for (size_t i = 0; i < count; i++) holds = is_noticed(folder, json_object_array_get_idx(flips, i), &caught) && holds;
  json_object_put(flips);
  printf("vectors canary: %zu flipped, %d caught\n", count, caught);
  return holds && caught > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int count, char **arguments) {
  if (count < 2) return EXIT_FAILURE;
  snprintf(root, sizeof root, "%s", arguments[1]);
  char path[8192];
  snprintf(path, sizeof path, "%s/core/spec/errors.json", root);
  struct text bytes;
  bytes.data = read_file(path, &bytes.length);
  json_object *errors = bytes.data == NULL ? NULL : parse(bytes);
  free((char *)bytes.data);
  if (errors == NULL) return EXIT_FAILURE;
  know_errors(errors);
  int status = count > 2 ? run_canary(arguments[2]) : run_all();
  json_object_put(errors);
  return status;
}
