//go:build trusted_profile_cgo

#include "native.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TP_NO_TRANSPORT
#include <trusted_profile.h>

#define AT(number) (uintptr_t) arguments[number]
#define NUMBER(call) return (uint64_t)(call)
/* What belongs to somebody else, such as to the result that is asked. */
#define ADDRESS(call) return (uint64_t)(uintptr_t)(call)
/* What the caller has to free; NULL is nothing. */
#define OWNED(call) return counted((uintptr_t)(call))
/* Makes a thing, or else a result that says why not: one of them is there to free. */
#define MADE(call) \
  live++;          \
  return (uint64_t)(uintptr_t)(call)
#define FREE(free, type) \
  if (AT(0) != 0) live--; \
  free((type *)AT(0));    \
  return 0

/* How many things are there that somebody has to free. */
static _Atomic int64_t live;

static uint64_t counted(uintptr_t address) {
  if (address != 0) live++;
  return (uint64_t)address;
}

#define FUNCTION(name, body) \
  static uint64_t run_##name(const uint64_t *arguments) { (void)arguments; body; }

FUNCTION(tp_call_free, FREE(tp_call_free, tp_call))
FUNCTION(tp_call_handle, OWNED(tp_call_handle((tp_call *)AT(0), (uint64_t)arguments[1], (uint32_t)arguments[2], (const uint8_t *)AT(3), (size_t)arguments[4], (const uint8_t *)AT(5), (size_t)arguments[6], (uint64_t)arguments[7], (uint64_t)arguments[8])))
FUNCTION(tp_call_handle_failure, OWNED(tp_call_handle_failure((tp_call *)AT(0), (uint64_t)arguments[1], (uint32_t)arguments[2], (const char *)AT(3), (size_t)arguments[4], arguments[5] != 0, (uint64_t)arguments[6], (uint64_t)arguments[7])))
FUNCTION(tp_call_poll, OWNED(tp_call_poll((tp_call *)AT(0), (uint64_t)arguments[1], (uint64_t)arguments[2])))
FUNCTION(tp_call_served_by, OWNED(tp_call_served_by((tp_call *)AT(0), (const char *)AT(1), (size_t)arguments[2])))
FUNCTION(tp_call_token, OWNED(tp_call_token((tp_call *)AT(0), (const char *)AT(1), (size_t)arguments[2], (uint64_t)arguments[3], (uint64_t)arguments[4], (uint64_t)arguments[5])))
FUNCTION(tp_client_begin, MADE(tp_client_begin((const tp_client *)AT(0), (const char *)AT(1), (size_t)arguments[2], (const char *)AT(3), (size_t)arguments[4], arguments[5] != 0, (const char *)AT(6), (size_t)arguments[7], (uint64_t)arguments[8], (tp_call **)AT(9))))
FUNCTION(tp_client_free, FREE(tp_client_free, tp_client))
FUNCTION(tp_client_learn_from, OWNED(tp_client_learn_from((const tp_client *)AT(0), (const tp_call *)AT(1))))
FUNCTION(tp_client_new, MADE(tp_client_new((const char *)AT(0), (size_t)arguments[1], (const char *)AT(2), (size_t)arguments[3], (tp_client **)AT(4))))
FUNCTION(tp_client_operations, OWNED(tp_client_operations((const tp_client *)AT(0))))
FUNCTION(tp_client_parse, OWNED(tp_client_parse((const tp_client *)AT(0), (const char *)AT(1), (size_t)arguments[2], (uint32_t)arguments[3], (const uint8_t *)AT(4), (size_t)arguments[5], (const uint8_t *)AT(6), (size_t)arguments[7])))
FUNCTION(tp_client_request, OWNED(tp_client_request((const tp_client *)AT(0), (const char *)AT(1), (size_t)arguments[2], (const char *)AT(3), (size_t)arguments[4], (const char *)AT(5), (size_t)arguments[6])))
FUNCTION(tp_claims, OWNED(tp_claims((const char *)AT(0), (size_t)arguments[1])))
FUNCTION(tp_configuration, OWNED(tp_configuration((const char *)AT(0), (size_t)arguments[1], (const char *)AT(2), (size_t)arguments[3])))
FUNCTION(tp_configuration_wanted, OWNED(tp_configuration_wanted((const char *)AT(0), (size_t)arguments[1])))
FUNCTION(tp_files_add, OWNED(tp_files_add((tp_files *)AT(0), (const char *)AT(1), (size_t)arguments[2], (const uint8_t *)AT(3), (size_t)arguments[4], (uint32_t)arguments[5])))
FUNCTION(tp_files_free, FREE(tp_files_free, tp_files))
FUNCTION(tp_files_new, OWNED(tp_files_new()))
FUNCTION(tp_machine_abandon, OWNED(tp_machine_abandon((tp_machine *)AT(0), (uint64_t)arguments[1], (uint64_t)arguments[2], (uint64_t)arguments[3])))
FUNCTION(tp_machine_after_fork, OWNED(tp_machine_after_fork((tp_machine *)AT(0), (uint64_t)arguments[1])))
FUNCTION(tp_machine_free, FREE(tp_machine_free, tp_machine))
FUNCTION(tp_machine_from_surroundings, MADE(tp_machine_from_surroundings((const char *)AT(0), (size_t)arguments[1], (const char *)AT(2), (size_t)arguments[3], (const char *)AT(4), (size_t)arguments[5], (const char *)AT(6), (size_t)arguments[7], (uint64_t)arguments[8], (tp_machine **)AT(9))))
FUNCTION(tp_machine_handle, OWNED(tp_machine_handle((tp_machine *)AT(0), (uint64_t)arguments[1], (uint32_t)arguments[2], (const uint8_t *)AT(3), (size_t)arguments[4], (const uint8_t *)AT(5), (size_t)arguments[6], (uint64_t)arguments[7], (uint64_t)arguments[8])))
FUNCTION(tp_machine_handle_failure, OWNED(tp_machine_handle_failure((tp_machine *)AT(0), (uint64_t)arguments[1], (uint32_t)arguments[2], (const char *)AT(3), (size_t)arguments[4], arguments[5] != 0, (uint64_t)arguments[6], (uint64_t)arguments[7])))
FUNCTION(tp_machine_invalidate, OWNED(tp_machine_invalidate((tp_machine *)AT(0), (uint32_t)arguments[1], (uint64_t)arguments[2], (uint64_t)arguments[3], (uint64_t)arguments[4])))
FUNCTION(tp_machine_last_slot, NUMBER(tp_machine_last_slot((const tp_machine *)AT(0))))
FUNCTION(tp_machine_metadata_service, OWNED(tp_machine_metadata_service((const tp_machine *)AT(0))))
FUNCTION(tp_machine_new, MADE(tp_machine_new((const char *)AT(0), (size_t)arguments[1], (const char *)AT(2), (size_t)arguments[3], (const char *)AT(4), (size_t)arguments[5], (uint64_t)arguments[6], (tp_machine **)AT(7))))
FUNCTION(tp_machine_poll, OWNED(tp_machine_poll((tp_machine *)AT(0), (tp_ticket *)AT(1), (uint32_t)arguments[2], (uint64_t)arguments[3], (uint64_t)arguments[4])))
FUNCTION(tp_machine_poll_event, OWNED(tp_machine_poll_event((tp_machine *)AT(0))))
FUNCTION(tp_machine_poll_refresh, OWNED(tp_machine_poll_refresh((tp_machine *)AT(0), (uint64_t)arguments[1], (uint64_t)arguments[2])))
FUNCTION(tp_machine_provide_failure, OWNED(tp_machine_provide_failure((tp_machine *)AT(0), (uint64_t)arguments[1], (const char *)AT(2), (size_t)arguments[3], (uint64_t)arguments[4], (uint64_t)arguments[5])))
FUNCTION(tp_machine_provide_files, OWNED(tp_machine_provide_files((tp_machine *)AT(0), (uint64_t)arguments[1], (const tp_files *)AT(2), (uint64_t)arguments[3], (uint64_t)arguments[4])))
FUNCTION(tp_machine_provide_token, OWNED(tp_machine_provide_token((tp_machine *)AT(0), (uint64_t)arguments[1], (const char *)AT(2), (size_t)arguments[3], (uint64_t)arguments[4], (uint64_t)arguments[5], (uint64_t)arguments[6])))
FUNCTION(tp_machine_status, OWNED(tp_machine_status((const tp_machine *)AT(0))))
FUNCTION(tp_origins_allows, NUMBER(tp_origins_allows((const tp_origins *)AT(0), (const char *)AT(1), (size_t)arguments[2])))
FUNCTION(tp_origins_new, MADE(tp_origins_new((const char *)AT(0), (size_t)arguments[1], (tp_origins **)AT(2))))
FUNCTION(tp_origins_free, FREE(tp_origins_free, tp_origins))
FUNCTION(tp_result_body, ADDRESS(tp_result_body((const tp_result *)AT(0), (size_t *)AT(1))))
FUNCTION(tp_result_connect_timeout, NUMBER(tp_result_connect_timeout((const tp_result *)AT(0))))
FUNCTION(tp_result_content, ADDRESS(tp_result_content((const tp_result *)AT(0), (size_t *)AT(1))))
FUNCTION(tp_result_expires_at_monotonic, NUMBER(tp_result_expires_at_monotonic((const tp_result *)AT(0))))
FUNCTION(tp_result_expires_at_unix, NUMBER(tp_result_expires_at_unix((const tp_result *)AT(0))))
FUNCTION(tp_result_free, FREE(tp_result_free, tp_result))
FUNCTION(tp_result_generation, NUMBER(tp_result_generation((const tp_result *)AT(0))))
FUNCTION(tp_result_header_count, NUMBER(tp_result_header_count((const tp_result *)AT(0))))
FUNCTION(tp_result_header_name, ADDRESS(tp_result_header_name((const tp_result *)AT(0), (size_t)arguments[1], (size_t *)AT(2))))
FUNCTION(tp_result_header_value, ADDRESS(tp_result_header_value((const tp_result *)AT(0), (size_t)arguments[1], (size_t *)AT(2))))
FUNCTION(tp_result_id, NUMBER(tp_result_id((const tp_result *)AT(0))))
FUNCTION(tp_result_json, ADDRESS(tp_result_json((const tp_result *)AT(0), (size_t *)AT(1))))
FUNCTION(tp_result_kind, NUMBER(tp_result_kind((const tp_result *)AT(0))))
FUNCTION(tp_result_max_bytes, NUMBER(tp_result_max_bytes((const tp_result *)AT(0))))
FUNCTION(tp_result_method, ADDRESS(tp_result_method((const tp_result *)AT(0), (size_t *)AT(1))))
FUNCTION(tp_result_network, NUMBER(tp_result_network((const tp_result *)AT(0))))
FUNCTION(tp_result_path, ADDRESS(tp_result_path((const tp_result *)AT(0), (size_t)arguments[1], (size_t *)AT(2))))
FUNCTION(tp_result_path_count, NUMBER(tp_result_path_count((const tp_result *)AT(0))))
FUNCTION(tp_result_refresh_at_monotonic, NUMBER(tp_result_refresh_at_monotonic((const tp_result *)AT(0))))
FUNCTION(tp_result_refresh_at_unix, NUMBER(tp_result_refresh_at_unix((const tp_result *)AT(0))))
FUNCTION(tp_result_slot, NUMBER(tp_result_slot((const tp_result *)AT(0))))
FUNCTION(tp_result_status, NUMBER(tp_result_status((const tp_result *)AT(0))))
FUNCTION(tp_result_timeout, NUMBER(tp_result_timeout((const tp_result *)AT(0))))
FUNCTION(tp_result_token, ADDRESS(tp_result_token((const tp_result *)AT(0), (size_t *)AT(1))))
FUNCTION(tp_result_url, ADDRESS(tp_result_url((const tp_result *)AT(0), (size_t *)AT(1))))
FUNCTION(tp_result_usable_until_monotonic, NUMBER(tp_result_usable_until_monotonic((const tp_result *)AT(0))))
FUNCTION(tp_result_usable_until_unix, NUMBER(tp_result_usable_until_unix((const tp_result *)AT(0))))
FUNCTION(tp_ticket_free, FREE(tp_ticket_free, tp_ticket))
FUNCTION(tp_ticket_new, OWNED(tp_ticket_new()))

static const struct {
  const char *name;
  uint64_t (*run)(const uint64_t *arguments);
} functions[] = {
    {"tp_call_free", run_tp_call_free},
    {"tp_call_handle", run_tp_call_handle},
    {"tp_call_handle_failure", run_tp_call_handle_failure},
    {"tp_call_poll", run_tp_call_poll},
    {"tp_call_served_by", run_tp_call_served_by},
    {"tp_call_token", run_tp_call_token},
    {"tp_client_begin", run_tp_client_begin},
    {"tp_client_free", run_tp_client_free},
    {"tp_client_learn_from", run_tp_client_learn_from},
    {"tp_client_new", run_tp_client_new},
    {"tp_client_operations", run_tp_client_operations},
    {"tp_client_parse", run_tp_client_parse},
    {"tp_client_request", run_tp_client_request},
    {"tp_claims", run_tp_claims},
    {"tp_configuration", run_tp_configuration},
    {"tp_configuration_wanted", run_tp_configuration_wanted},
    {"tp_files_add", run_tp_files_add},
    {"tp_files_free", run_tp_files_free},
    {"tp_files_new", run_tp_files_new},
    {"tp_machine_abandon", run_tp_machine_abandon},
    {"tp_machine_after_fork", run_tp_machine_after_fork},
    {"tp_machine_free", run_tp_machine_free},
    {"tp_machine_from_surroundings", run_tp_machine_from_surroundings},
    {"tp_machine_handle", run_tp_machine_handle},
    {"tp_machine_handle_failure", run_tp_machine_handle_failure},
    {"tp_machine_invalidate", run_tp_machine_invalidate},
    {"tp_machine_last_slot", run_tp_machine_last_slot},
    {"tp_machine_metadata_service", run_tp_machine_metadata_service},
    {"tp_machine_new", run_tp_machine_new},
    {"tp_machine_poll", run_tp_machine_poll},
    {"tp_machine_poll_event", run_tp_machine_poll_event},
    {"tp_machine_poll_refresh", run_tp_machine_poll_refresh},
    {"tp_machine_provide_failure", run_tp_machine_provide_failure},
    {"tp_machine_provide_files", run_tp_machine_provide_files},
    {"tp_machine_provide_token", run_tp_machine_provide_token},
    {"tp_machine_status", run_tp_machine_status},
    {"tp_origins_allows", run_tp_origins_allows},
    {"tp_origins_new", run_tp_origins_new},
    {"tp_origins_free", run_tp_origins_free},
    {"tp_result_body", run_tp_result_body},
    {"tp_result_connect_timeout", run_tp_result_connect_timeout},
    {"tp_result_content", run_tp_result_content},
    {"tp_result_expires_at_monotonic", run_tp_result_expires_at_monotonic},
    {"tp_result_expires_at_unix", run_tp_result_expires_at_unix},
    {"tp_result_free", run_tp_result_free},
    {"tp_result_generation", run_tp_result_generation},
    {"tp_result_header_count", run_tp_result_header_count},
    {"tp_result_header_name", run_tp_result_header_name},
    {"tp_result_header_value", run_tp_result_header_value},
    {"tp_result_id", run_tp_result_id},
    {"tp_result_json", run_tp_result_json},
    {"tp_result_kind", run_tp_result_kind},
    {"tp_result_max_bytes", run_tp_result_max_bytes},
    {"tp_result_method", run_tp_result_method},
    {"tp_result_network", run_tp_result_network},
    {"tp_result_path", run_tp_result_path},
    {"tp_result_path_count", run_tp_result_path_count},
    {"tp_result_refresh_at_monotonic", run_tp_result_refresh_at_monotonic},
    {"tp_result_refresh_at_unix", run_tp_result_refresh_at_unix},
    {"tp_result_slot", run_tp_result_slot},
    {"tp_result_status", run_tp_result_status},
    {"tp_result_timeout", run_tp_result_timeout},
    {"tp_result_token", run_tp_result_token},
    {"tp_result_url", run_tp_result_url},
    {"tp_result_usable_until_monotonic", run_tp_result_usable_until_monotonic},
    {"tp_result_usable_until_unix", run_tp_result_usable_until_unix},
    {"tp_ticket_free", run_tp_ticket_free},
    {"tp_ticket_new", run_tp_ticket_new},
};

size_t tp_go_functions(void) { return sizeof functions / sizeof *functions; }

const char *tp_go_name(size_t number) { return functions[number].name; }

uint64_t tp_go_run(size_t number, const uint64_t *arguments) { return functions[number].run(arguments); }

int64_t tp_go_live(void) { return live; }

uint64_t tp_go_allocate(size_t size) { return counted((uintptr_t)calloc(1, size)); }

/* What was passed in may be a secret: not a memset, which compilers leave out before a free. */
void tp_go_release(uint64_t address, size_t size) {
  volatile unsigned char *bytes = (unsigned char *)(uintptr_t)address;
  for (size_t i = 0; bytes != NULL && i < size; i++) bytes[i] = 0;
  if (bytes != NULL) live--;
  free((void *)(uintptr_t)address);
}

void tp_go_write(uint64_t address, const void *content, size_t size) { memcpy((void *)(uintptr_t)address, content, size); }

void tp_go_read(uint64_t address, void *content, size_t size) { memcpy(content, (const void *)(uintptr_t)address, size); }

uint64_t tp_go_word(uint64_t address) { return *(const size_t *)(uintptr_t)address; }
