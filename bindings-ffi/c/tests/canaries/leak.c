/* Forgets a result and a machine: whoever looks for leaks has to say so. */
#include "trusted_profile.h"

int main(void) {
  tp_machine *machine = NULL;
  tp_result *refusal = tp_machine_new(TP_TEXT("{\"source\": \"external\"}"), NULL, 0, NULL, 0, 1, &machine);
  tp_result *status = tp_machine_status(machine);
  int kind = (int)tp_result_kind(status);
  tp_result_free(refusal);
  machine = NULL;
  status = NULL;
  return kind == TP_JSON ? 0 : 1;
}
