/*
 * A host of odenet's core in C, without a WebAssembly engine: the core as C by wasm2c, a plan by model.toPlan.
 *
 *   wasm2c core.wasm -n odenet -o odenet.c
 *   cc -O2 -ffp-contract=off -I. host.c odenet.c -lm -o host
 *   ./host model.plan features targets 50
 *
 * -ffp-contract=off: a product and a sum are rounded twice, as everywhere else, so that the bits are the same. `features`
 * and `targets` hold the rows of one batch in the plan's precision, without padding. The program trains, predicts, and
 * prints hashes of the parameters and of the scores.
 */
#include <odenet/core.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "odenet.h"

static w2c_odenet core;

static void fail(const char* what) {
  fprintf(stderr, "host: %s\n", what);
  exit(1);
}

static uint8_t* at(odenet_address address) { return core.w2c_memory.data + address; }

static uint32_t word(odenet_address address) {
  uint32_t value;
  memcpy(&value, at(address), 4);
  return value;
}

static uint8_t* read_file(const char* path, size_t* bytes) {
  FILE* file = fopen(path, "rb");
  if (!file) fail(path);
  fseek(file, 0, SEEK_END);
  *bytes = (size_t)ftell(file);
  rewind(file);
  uint8_t* content = malloc(*bytes);
  if (!content || fread(content, 1, *bytes, file) != *bytes) fail(path);
  fclose(file);
  return content;
}

/* Where the blob and the private block lie. */
static odenet_address blob, hidden;

static odenet_address allocate(uint32_t bytes) {
  const odenet_address address = w2c_odenet_arena_alloc(&core, bytes);
  if (!address) fail("no memory");
  return address;
}

static void open_plan(const uint8_t* bytes, size_t size) {
  blob = allocate((uint32_t)size);
  memcpy(at(blob), bytes, size);
  if (w2c_odenet_blob_check(&core, blob, (uint32_t)size)) fail("not a plan for this core");
  const uint32_t bytes_hidden = word(blob + ODENET_BLOB_HEADER_PRIVATE_BYTES);
  hidden = allocate(bytes_hidden);
  memset(at(hidden), 0, bytes_hidden);
}

static odenet_address entry(int table, int size, uint32_t k) { return blob + word(blob + table) + size * k; }

static void run(const char* name) {
  for (uint32_t k = 0; k < word(blob + ODENET_BLOB_HEADER_PLAN_COUNT); k++) {
    const odenet_address plan = entry(ODENET_BLOB_HEADER_PLANS, ODENET_BLOB_PLAN_SIZE, k);
    if (strcmp((char*)at(blob + word(plan + ODENET_BLOB_PLAN_NAME)), name) != 0) continue;
    const odenet_address records = blob + word(plan + ODENET_BLOB_PLAN_RECORDS);
    const odenet_address shared = blob + word(blob + ODENET_BLOB_HEADER_SHARED);
    const uint32_t count = word(plan + ODENET_BLOB_PLAN_COUNT);
    if (w2c_odenet_plan_run(&core, shared, hidden, records, count)) fail("an unknown operation");
    return;
  }
  fail(name);
}

typedef struct { uint8_t* data; uint32_t rows, columns, stride, size; } tensor;

static tensor find(const char* name) {
  for (uint32_t k = 0; k < word(blob + ODENET_BLOB_HEADER_TENSOR_COUNT); k++) {
    const odenet_address t = entry(ODENET_BLOB_HEADER_TENSORS, ODENET_BLOB_TENSOR_SIZE, k);
    if (strcmp((char*)at(blob + word(t + ODENET_BLOB_TENSOR_NAME)), name) != 0) continue;
    const int is_shared = word(t + ODENET_BLOB_TENSOR_PLACE) == ODENET_PLACE_SHARED;
    const odenet_address block = is_shared ? blob + word(blob + ODENET_BLOB_HEADER_SHARED) : hidden;
    return (tensor){at(block + word(t + ODENET_BLOB_TENSOR_OFFSET)),
                    word(t + ODENET_BLOB_TENSOR_COUNT) * word(t + ODENET_BLOB_TENSOR_ROWS),
                    word(t + ODENET_BLOB_TENSOR_COLUMNS), word(t + ODENET_BLOB_TENSOR_STRIDE),
                    word(t + ODENET_BLOB_TENSOR_TYPE) == ODENET_TYPE_F32 ? 4 : 8};
  }
  fail(name);
  return (tensor){0};
}

/* Whole rows: what pads them is zero. */
static void fill(const char* name, const uint8_t* values, size_t bytes) {
  const tensor t = find(name);
  const size_t row = (size_t)t.columns * t.size;
  if (bytes != t.rows * row) fail("a batch of another size");
  memset(t.data, 0, (size_t)t.rows * t.stride * t.size);
  for (uint32_t r = 0; r < t.rows; r++) memcpy(t.data + (size_t)r * t.stride * t.size, values + r * row, row);
}

/* FNV-1a of a tensor's rows. */
static uint32_t hash(const char* name) {
  const tensor t = find(name);
  uint32_t h = 0x811c9dc5;
  for (uint32_t r = 0; r < t.rows; r++)
    for (uint32_t i = 0; i < t.columns * t.size; i++) h = (h ^ t.data[(size_t)r * t.stride * t.size + i]) * 0x01000193;
  return h;
}

int main(int count, char** arguments) {
  if (count != 5) fail("expected a plan, features, targets and a number of steps");
  size_t plan_bytes, feature_bytes, target_bytes;
  const uint8_t* plan = read_file(arguments[1], &plan_bytes);
  const uint8_t* features = read_file(arguments[2], &feature_bytes);
  const uint8_t* targets = read_file(arguments[3], &target_bytes);
  wasm2c_odenet_instantiate(&core);
  open_plan(plan, plan_bytes);
  for (int step = 0; step < atoi(arguments[4]); step++) {
    fill("step/features", features, feature_bytes);
    fill("step/targets", targets, target_bytes);
    run("step");
  }
  fill("predict/features", features, feature_bytes);
  run("predict");
  printf("%08x %08x\n", hash("theta"), hash("predict/scores"));
  wasm2c_odenet_free(&core);
  return 0;
}
