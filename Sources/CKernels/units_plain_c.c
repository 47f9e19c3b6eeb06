// The wide kernels and the tile kernels in plain C: tests run their logic on any processor.
#include "transformer.h"

#include <stddef.h>
#include <string.h>

// Wide vectors are split where the processor has none, within this file alone.
#pragma clang diagnostic ignored "-Wpsabi"

#define LANES 16
#define KERNEL portable
#include "rows_body.h"

typedef struct {
  int16_t value[32];
} portable_pairs;

static portable_pairs plain_load(const uint16_t *x) {
  portable_pairs pairs;
  memcpy(&pairs, x, sizeof pairs);
  return pairs;
}

static portable_pairs plain_splat(const uint16_t *x) {
  portable_pairs pairs;
  for (int lane = 0; lane < 16; ++lane) memcpy(pairs.value + 2 * lane, x, 4);
  return pairs;
}

static portable_integers plain_dot(
    portable_integers sum, portable_pairs a, portable_pairs b) {
  for (int lane = 0; lane < 16; ++lane)
    sum[lane] += a.value[2 * lane] * b.value[2 * lane] + a.value[2 * lane + 1] * b.value[2 * lane + 1];
  return sum;
}

#define KERNEL portable_int16
#define VECTOR portable_pairs
#define LANES 16
#define SUM portable_integers
#define ROWS 12
#define VECTORS 2
#define LOAD plain_load
#define SPLAT plain_splat
#define DOT plain_dot
#define KEEP(sum) (void)sum
#define FLOATS(x) __builtin_convertvector(x, portable_floats)
#include "matrix_body.h"

typedef struct {
  uint8_t row[16][64];
} portable_tile;

static void portable_tile_load(portable_tile *tile, const void *from, int64_t stride) {
  for (int r = 0; r < 16; ++r) memcpy(tile->row[r], (const uint8_t *)from + r * stride, 64);
}

static void portable_tile_store(const portable_tile *tile, void *to, int64_t stride) {
  for (int r = 0; r < 16; ++r) memcpy((uint8_t *)to + r * stride, tile->row[r], 64);
}

static float bfloat16(uint16_t bits) {
  const uint32_t wide = (uint32_t)bits << 16;
  float value;
  memcpy(&value, &wide, sizeof value);
  return value;
}

static void portable_tile_dot(portable_tile *sum, const portable_tile *a, const portable_tile *b) {
  float s[16][16];
  uint16_t x[16][32], y[16][32];
  memcpy(s, sum, sizeof s);
  memcpy(x, a, sizeof x);
  memcpy(y, b, sizeof y);
  for (int r = 0; r < 16; ++r)
    for (int k = 0; k < 16; ++k)
      for (int c = 0; c < 16; ++c)
        s[r][c] += bfloat16(x[r][2 * k]) * bfloat16(y[k][2 * c]) +
                   bfloat16(x[r][2 * k + 1]) * bfloat16(y[k][2 * c + 1]);
  memcpy(sum, s, sizeof s);
}

#define KERNEL portable_bfloat16
#define CONFIGURE portable_tile tiles[8]
#define RELEASE (void)tiles
#define ZERO(tile) memset(&tiles[tile], 0, sizeof tiles[tile])
#define LOAD(tile, address, stride) portable_tile_load(&tiles[tile], address, stride)
#define DOT(sum, a, b) portable_tile_dot(&tiles[sum], &tiles[a], &tiles[b])
#define STORE(tile, address, stride) portable_tile_store(&tiles[tile], address, stride)
#include "tiles_body.h"

const vk_unit_functions vk_plain_c_units[VK_UNIT_COUNT] = {
    [VK_INT16_PORTABLE] = {VK_INT16, portable_int16_multiply, &portable_rows},
    [VK_BFLOAT16_PORTABLE] = {VK_BFLOAT16, portable_bfloat16_multiply, &portable_rows},
};
