/*
 * What C made by wasm2c (wabt 1.0.39) of odenet's core asks of its run time: one memory that grows, and a trap. wabt has a
 * larger one, with guard pages and threads.
 */
#ifndef WASM_RT_H_
#define WASM_RT_H_

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define wasm_rt_memcpy memcpy
#define wasm_rt_unreachable abort

typedef enum {
  WASM_RT_TRAP_NONE,
  WASM_RT_TRAP_OOB,
  WASM_RT_TRAP_INT_OVERFLOW,
  WASM_RT_TRAP_DIV_BY_ZERO,
  WASM_RT_TRAP_INVALID_CONVERSION,
  WASM_RT_TRAP_UNREACHABLE,
  WASM_RT_TRAP_CALL_INDIRECT,
  WASM_RT_TRAP_EXHAUSTION
} wasm_rt_trap_t;

static inline _Noreturn void wasm_rt_trap(wasm_rt_trap_t reason) {
  fprintf(stderr, "the core trapped: %d\n", reason);
  abort();
}

static inline bool wasm_rt_is_initialized(void) { return true; }

typedef struct {
  uint8_t* data;
  uint64_t pages, max_pages, size;
  uint32_t page_size;
  bool is64;
} wasm_rt_memory_t;

static inline void wasm_rt_allocate_memory(wasm_rt_memory_t* m, uint64_t pages, uint64_t max, bool is64, uint32_t page) {
  *m = (wasm_rt_memory_t){calloc(pages ? pages : 1, page), pages, max, pages * page, page, is64};
  if (!m->data) abort();
}

/* The pages before, or -1. */
static inline uint64_t wasm_rt_grow_memory(wasm_rt_memory_t* m, uint64_t pages) {
  const uint64_t old = m->pages;
  if (pages > m->max_pages - old) return (uint64_t)-1;
  uint8_t* data = realloc(m->data, (old + pages) * m->page_size);
  if (!data) return (uint64_t)-1;
  memset(data + old * m->page_size, 0, pages * m->page_size);
  m->data = data;
  m->pages = old + pages;
  m->size = m->pages * m->page_size;
  return old;
}

static inline void wasm_rt_free_memory(wasm_rt_memory_t* m) { free(m->data); }

/* Tables and function types: the core has none, the generated code names them. */
typedef const char* wasm_rt_func_type_t;
typedef enum { WASM_RT_I32, WASM_RT_I64, WASM_RT_F32, WASM_RT_F64, WASM_RT_V128, WASM_RT_FUNCREF, WASM_RT_EXTERNREF } wasm_rt_type_t;
typedef void (*wasm_rt_function_ptr_t)(void);
typedef struct { wasm_rt_function_ptr_t fn; } wasm_rt_tailcallee_t;
typedef struct {
  wasm_rt_func_type_t func_type;
  wasm_rt_function_ptr_t func;
  wasm_rt_tailcallee_t func_tailcallee;
  void* module_instance;
} wasm_rt_funcref_t;
typedef void* wasm_rt_externref_t;
typedef struct { wasm_rt_funcref_t* data; uint32_t max_size, size; } wasm_rt_funcref_table_t;
typedef struct { wasm_rt_externref_t* data; uint32_t max_size, size; } wasm_rt_externref_table_t;
static const wasm_rt_funcref_t wasm_rt_funcref_null_value = {0};
static const wasm_rt_externref_t wasm_rt_externref_null_value = 0;

#endif
