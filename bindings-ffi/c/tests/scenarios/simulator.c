/* A simulator of one's own: the process, its control API and its journal. */
#include "simulator.h"

#include "http.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs the program with its output in a pipe. It ends with this process, however that ends. */
static pid_t run(FILE **output) {
  const char *program = getenv("TRUSTED_PROFILE_SIMULATOR"), *keys = getenv("TRUSTED_PROFILE_KEYS");
  int ends[2];
  if (program == NULL || keys == NULL || pipe(ends) != 0) return -1;
  pid_t process = fork();
  if (process == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    execl(program, program, "--account", "seed", "--json", "--keys", keys, (char *)NULL);
    _exit(127);
  }
  close(ends[1]);
  *output = process < 0 ? NULL : fdopen(ends[0], "r");
  return process;
}

static void add_value(struct simulator *simulator, const char *name, json_object *value) {
  json_object_object_add(simulator->values, name, json_object_get(value));
}

bool simulator_start(struct simulator *simulator) {
  FILE *output = NULL;
  const char *temporary = getenv("TMPDIR");
  *simulator = (struct simulator){.process = run(&output), .values = json_object_new_object()};
  snprintf(simulator->folder, sizeof simulator->folder, "%s/trusted-profile-scenario-XXXXXX", temporary == NULL ? "/tmp" : temporary);
  if (mkdtemp(simulator->folder) == NULL || output == NULL) return differs("the simulator could not be started");
  char *line = NULL;
  size_t capacity = 0;
  ssize_t length = getline(&line, &capacity, output);
  fclose(output);
  simulator->overview = length > 0 ? parse((struct text){line, (size_t)length}) : NULL;
  free(line);
  if (simulator->overview == NULL) return differs("the simulator did not say where it is");
  json_object *overview = simulator->overview, *seed = member(overview, "seed");
  static const char *const own[] = {"metadata_url", "iam_url", "object_store_url", "account_id", NULL};
  for (const char *const *name = own; *name != NULL; name++) add_value(simulator, *name, member(overview, *name));
  add_value(simulator, "instance_id", member(member(seed, "instance"), "id"));
  add_value(simulator, "instance_crn", member(member(seed, "instance"), "crn"));
  add_value(simulator, "instance_profile_id", member(member(seed, "instance_profile"), "id"));
  add_value(simulator, "instance_profile_iam_id", member(member(seed, "instance_profile"), "iam_id"));
  add_value(simulator, "pod_profile_id", member(member(seed, "pod_profile"), "id"));
  add_value(simulator, "pod_profile_crn", member(member(seed, "pod_profile"), "crn"));
  add_value(simulator, "cluster_id", member(member(seed, "cluster"), "id"));
  add_value(simulator, "bucket", member(seed, "bucket"));
  add_value(simulator, "api_key", member(member(seed, "api_key"), "value"));
  return true;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)status, (void)kind, (void)place;
  return remove(path);
}

void simulator_stop(struct simulator *simulator) {
  if (simulator->process > 0) {
    kill(simulator->process, SIGTERM);
    waitpid(simulator->process, NULL, 0);
  }
  nftw(simulator->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
  json_object_put(simulator->overview);
  json_object_put(simulator->values);
}

/* The text with its placeholders replaced. */
static json_object *filled(const struct simulator *simulator, const char *text) {
  char *made = NULL;
  size_t length = 0;
  FILE *stream = open_memstream(&made, &length);
  while (*text != '\0') {
    const char *end = *text == '{' ? strchr(text, '}') : NULL;
    char name[64] = "";
    if (end != NULL && (size_t)(end - text) < sizeof name) snprintf(name, sizeof name, "%.*s", (int)(end - text - 1), text + 1);
    if (has(simulator->values, name)) {
      fputs(json_object_get_string(member(simulator->values, name)), stream);
      text = end + 1;
    } else fputc(*text++, stream);
  }
  fclose(stream);
  json_object *value = json_object_new_string_len(made, (int)length);
  free(made);
  return value;
}

json_object *simulator_fill(const struct simulator *simulator, json_object *value) {
  if (json_object_is_type(value, json_type_string)) return filled(simulator, json_object_get_string(value));
  if (json_object_is_type(value, json_type_array)) {
    json_object *list = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(value); i++)
      json_object_array_add(list, simulator_fill(simulator, json_object_array_get_idx(value, i)));
    return list;
  }
  if (!json_object_is_type(value, json_type_object)) return json_object_get(value);
  json_object *object = json_object_new_object();
  json_object_object_foreach(value, name, one) { json_object_object_add(object, name, simulator_fill(simulator, one)); }
  return object;
}

bool simulator_control(const struct simulator *simulator, const char *method, const char *path, json_object *body, json_object **answer) {
  char place[2048];
  snprintf(place, sizeof place, "/control/v1/%s", path);
  struct text text = body == NULL ? literal("") : spelled(body);
  struct reply reply = http_send(text_member(simulator->overview, "control_url"), method, place, text_member(simulator->overview, "control_token"), text);
  bool holds = reply.status / 100 == 2 || differs("the control API answered %s %s with %d: %.500s", method, path, reply.status, reply.body.data);
  if (answer != NULL) *answer = holds ? parse(reply.body) : NULL;
  free(reply.whole);
  return holds;
}

int simulator_count(const struct simulator *simulator, const char *query) {
  char path[2048];
  snprintf(path, sizeof path, "journal/count?%s", query);
  json_object *answer = NULL;
  if (!simulator_control(simulator, "GET", path, NULL, &answer)) return -1;
  int count = json_object_get_int(member(answer, "count"));
  json_object_put(answer);
  return count;
}

bool simulator_token_file(struct simulator *simulator, json_object *given) {
  json_object *body = json_object_new_object(), *token = simulator_fill(simulator, given), *file = NULL;
  if (!has(token, "cluster_id")) add_value(&(struct simulator){.values = token}, "cluster_id", member(simulator->values, "cluster_id"));
  json_object_object_add(body, "directory", json_object_new_string(simulator->folder));
  json_object_object_add(body, "file_name", json_object_new_string("sa-token"));
  json_object_object_add(body, "token", token);
  bool holds = simulator_control(simulator, "POST", "cr_token_files", body, &file);
  add_value(simulator, "cr_token_file", member(file, "path"));
  add_value(simulator, "cr_token_file_id", member(file, "id"));
  json_object_put(file);
  json_object_put(body);
  return holds;
}

int simulator_use(const struct simulator *simulator, struct text token) {
  char path[1024];
  snprintf(path, sizeof path, "/%s/greeting.txt", text_member(simulator->values, "bucket").data);
  struct reply reply = http_send(text_member(simulator->values, "object_store_url"), "GET", path, token, literal(""));
  free(reply.whole);
  return reply.status;
}
