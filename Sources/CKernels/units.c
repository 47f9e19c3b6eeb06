// The units that multiply 16-bit numbers, and which of them this processor has.
#include "transformer.h"

#include <stddef.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

// --- AVX2 ---

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#define KERNEL avx2
#include "rows_body.h"

static inline __attribute__((always_inline)) __m256i avx2_pairs(const uint16_t *x) {
  return _mm256_loadu_si256((const __m256i *)x);
}

static inline __attribute__((always_inline)) __m256i avx2_pair(const uint16_t *x) {
  int32_t pair;
  memcpy(&pair, x, sizeof pair);
  return _mm256_set1_epi32(pair);
}

static inline __attribute__((always_inline)) __m256i avx2_dot(__m256i sum, __m256i a, __m256i b) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
}

#define KERNEL avx2_int16
#define VECTOR __m256i
#define LANES 8
#define SUM __m256i
#define ROWS 6
#define VECTORS 2
#define LOAD avx2_pairs
#define SPLAT avx2_pair
#define DOT avx2_dot
#define KEEP(sum) __asm__ volatile("" : "+x"(sum))
#define FLOATS(x) (avx2_int16_row) _mm256_cvtepi32_ps(x)
#include "matrix_body.h"

// A pair of bfloat16 lies in 32 bits: the high half is a float32 as it stands, the low half once it is
// shifted up.
static inline __attribute__((always_inline)) __m256 avx2_dot_bfloat16(
    __m256 sum, __m256i a, __m256i b) {
  const __m256i high = _mm256_set1_epi32((int32_t)0xFFFF0000);
  sum = _mm256_fmadd_ps(
      _mm256_castsi256_ps(_mm256_slli_epi32(a, 16)), _mm256_castsi256_ps(_mm256_slli_epi32(b, 16)),
      sum);
  return _mm256_fmadd_ps(
      _mm256_castsi256_ps(_mm256_and_si256(a, high)),
      _mm256_castsi256_ps(_mm256_and_si256(b, high)), sum);
}

#define KERNEL avx2_bfloat16
#define VECTOR __m256i
#define LANES 8
#define SUM __m256
#define ROWS 3
#define VECTORS 2
#define LOAD avx2_pairs
#define SPLAT avx2_pair
#define DOT avx2_dot_bfloat16
#define KEEP(sum) __asm__ volatile("" : "+x"(sum))
#define FLOATS(x) (avx2_bfloat16_row)(x)
#include "matrix_body.h"
#pragma clang attribute pop

// --- AVX-512 ---

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#define LANES 16
#define KERNEL avx512
#include "rows_body.h"

static inline __attribute__((always_inline)) __m512i avx512_pairs(const uint16_t *x) {
  return _mm512_loadu_si512(x);
}

static inline __attribute__((always_inline)) __m512i avx512_pair(const uint16_t *x) {
  int32_t pair;
  memcpy(&pair, x, sizeof pair);
  return _mm512_set1_epi32(pair);
}

static inline __attribute__((always_inline)) __m512i avx512_dot(__m512i sum, __m512i a, __m512i b) {
  return _mm512_add_epi32(sum, _mm512_madd_epi16(a, b));
}

#define KERNEL avx512_int16
#define VECTOR __m512i
#define LANES 16
#define SUM __m512i
#define ROWS 12
#define VECTORS 2
#define LOAD avx512_pairs
#define SPLAT avx512_pair
#define DOT avx512_dot
#define KEEP(sum) __asm__ volatile("" : "+v"(sum))
#define FLOATS(x) (avx512_int16_row) _mm512_cvtepi32_ps(x)
#include "matrix_body.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)
#define KERNEL vnni_int16
#define VECTOR __m512i
#define LANES 16
#define SUM __m512i
#define ROWS 12
#define VECTORS 2
#define LOAD avx512_pairs
#define SPLAT avx512_pair
#define DOT _mm512_dpwssd_epi32
#define KEEP(sum) __asm__ volatile("" : "+v"(sum))
#define FLOATS(x) (vnni_int16_row) _mm512_cvtepi32_ps(x)
#include "matrix_body.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16"))), apply_to = function)
#define KERNEL avx512_bfloat16
#define VECTOR __m512i
#define LANES 16
#define SUM __m512
#define ROWS 12
#define VECTORS 2
#define LOAD avx512_pairs
#define SPLAT avx512_pair
#define DOT(sum, a, b) _mm512_dpbf16_ps(sum, (__m512bh)(a), (__m512bh)(b))
#define KEEP(sum) __asm__ volatile("" : "+v"(sum))
#define FLOATS(x) (avx512_bfloat16_row)(x)
#include "matrix_body.h"
#pragma clang attribute pop

// --- AMX ---

#pragma clang attribute push(__attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t bytes_per_row[16];
  uint8_t rows[16];
} tile_configuration;

static const tile_configuration whole_tiles __attribute__((aligned(64))) = {
    .palette = 1,
    .bytes_per_row = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {16, 16, 16, 16, 16, 16, 16, 16},
};

#define KERNEL amx_bfloat16
#define CONFIGURE _tile_loadconfig(&whole_tiles)
#define RELEASE _tile_release()
#define ZERO(tile) _tile_zero(tile)
#define LOAD(tile, address, stride) _tile_loadd(tile, address, stride)
#define DOT(sum, a, b) _tile_dpbf16ps(sum, a, b)
#define STORE(tile, address, stride) _tile_stored(tile, address, stride)
#include "tiles_body.h"
#pragma clang attribute pop

static const vk_unit_functions functions_of_x86[] = {
    [VK_INT16_AVX2] = {VK_INT16, avx2_int16_multiply, &avx2_rows},
    [VK_INT16_AVX512] = {VK_INT16, avx512_int16_multiply, &avx512_rows},
    [VK_INT16_VNNI] = {VK_INT16, vnni_int16_multiply, &avx512_rows},
    [VK_BFLOAT16_AVX2] = {VK_BFLOAT16, avx2_bfloat16_multiply, &avx2_rows},
    [VK_BFLOAT16_AVX512] = {VK_BFLOAT16, avx512_bfloat16_multiply, &avx512_rows},
    [VK_BFLOAT16_AMX] = {VK_BFLOAT16, amx_bfloat16_multiply, &avx512_rows},
};
#endif

const vk_unit_functions *vk_functions(vk_unit unit) {
#if defined(__x86_64__)
  if (unit < VK_INT16_PORTABLE) return functions_of_x86 + unit;
#endif
  return vk_plain_c_units + unit;
}

vk_number vk_unit_number(vk_unit unit) {
  switch (unit) {
    case VK_BFLOAT16_AVX2:
    case VK_BFLOAT16_AVX512:
    case VK_BFLOAT16_AMX:
    case VK_BFLOAT16_PORTABLE:
      return VK_BFLOAT16;
    default:
      return VK_INT16;
  }
}

bool vk_unit_available(vk_unit unit) {
  const vk_processor p = vk_processor_features();
  switch (unit) {
    case VK_INT16_AVX2:
    case VK_BFLOAT16_AVX2:
      return p.avx2 && p.fma;
    case VK_INT16_AVX512:
      return p.avx512;
    case VK_INT16_VNNI:
      return p.avx512_vnni;
    case VK_BFLOAT16_AVX512:
      return p.avx512_bf16;
    case VK_BFLOAT16_AMX:
      // The test also asks the kernel for the tiles, once for the whole process.
      return p.avx512 && vk_amx_self_test() == 1;
    case VK_INT16_PORTABLE:
    case VK_BFLOAT16_PORTABLE:
      return true;
    default:
      return false;
  }
}
