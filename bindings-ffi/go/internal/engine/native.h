/* The functions of the library by their names, with numbers as arguments: what WebAssembly has by itself. */

#ifndef TP_GO_NATIVE_H
#define TP_GO_NATIVE_H

#include <stddef.h>
#include <stdint.h>

size_t tp_go_functions(void);
const char *tp_go_name(size_t number);
uint64_t tp_go_run(size_t number, const uint64_t *arguments);

/* How many results, handles and pieces of memory are there that somebody has to free. */
int64_t tp_go_live(void);

/* Memory for what is passed in. */
uint64_t tp_go_allocate(size_t size);
void tp_go_release(uint64_t address, size_t size);
void tp_go_write(uint64_t address, const void *content, size_t size);
void tp_go_read(uint64_t address, void *content, size_t size);
uint64_t tp_go_word(uint64_t address);

#endif
