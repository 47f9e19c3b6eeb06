// Dilated 3-D convolution for processors with AVX-512 or AVX2; libtorch computes it everywhere else.
#include "CKernels.h"

#include <string.h>

/// Channels of the block that begins at output channel `at`: blocks as equal as possible.
static int vk_block(int channels, int at, int largest) {
  const int blocks = (channels + largest - 1) / largest;
  const int size = (channels + blocks - 1) / blocks;
  return channels - at < size ? channels - at : size;
}

#if defined(__x86_64__)
#include <immintrin.h>

// exp(x) for −87 ≤ x ≤ 0: x = n·ln 2 + r, a polynomial in r (Cephes expf), times 2ⁿ; error below 2 ulp.
#define EXPONENTIAL(V, SPLAT, FMA, MAX, ROUND, POWER)                     \
  x = MAX(x, SPLAT(-87.0f));                                              \
  const V n = ROUND(x * SPLAT(1.44269504f));                              \
  V r = FMA(n, SPLAT(-0.693359375f), x);                                  \
  r = FMA(n, SPLAT(2.12194440e-4f), r);                                   \
  V p = SPLAT(1.9875691500e-4f);                                          \
  p = FMA(p, r, SPLAT(1.3981999507e-3f));                                 \
  p = FMA(p, r, SPLAT(8.3334519073e-3f));                                 \
  p = FMA(p, r, SPLAT(4.1665795894e-2f));                                 \
  p = FMA(p, r, SPLAT(1.6666665459e-1f));                                 \
  p = FMA(p, r, SPLAT(5.0000001201e-1f));                                 \
  p = FMA(p, r * r, r + SPLAT(1.0f));                                     \
  return p * POWER(n);

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
static inline __m512 exp512(__m512 x) {
#define POWER(n) \
  _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127)), 23))
#define ROUND(x) _mm512_roundscale_ps(x, 0)
  EXPONENTIAL(__m512, _mm512_set1_ps, _mm512_fmadd_ps, _mm512_max_ps, ROUND, POWER)
#undef POWER
#undef ROUND
}
#define V __m512
#define LANES 16
#define LOAD _mm512_loadu_ps
#define STORE _mm512_storeu_ps
#define SPLAT _mm512_set1_ps
#define FMA _mm512_fmadd_ps
#define MAX _mm512_max_ps
#define MIN _mm512_min_ps
#define EXP exp512
#define KERNEL avx512
#define BLOCK 8
#include "convolution_body.h"
#undef V
#undef LANES
#undef LOAD
#undef STORE
#undef SPLAT
#undef FMA
#undef MAX
#undef MIN
#undef EXP
#undef KERNEL
#undef BLOCK
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
static inline __m256 exp256(__m256 x) {
#define POWER(n) \
  _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23))
#define ROUND(x) _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
  EXPONENTIAL(__m256, _mm256_set1_ps, _mm256_fmadd_ps, _mm256_max_ps, ROUND, POWER)
#undef POWER
#undef ROUND
}
#define V __m256
#define LANES 8
#define LOAD _mm256_loadu_ps
#define STORE _mm256_storeu_ps
#define SPLAT _mm256_set1_ps
#define FMA _mm256_fmadd_ps
#define MAX _mm256_max_ps
#define MIN _mm256_min_ps
#define EXP exp256
#define KERNEL avx2
#define BLOCK 4
#include "convolution_body.h"
#pragma clang attribute pop

vk_vectors vk_widest_vectors(void) {
  const vk_processor p = vk_processor_features();
  return p.avx512 ? VK_AVX512 : p.avx2 && p.fma ? VK_AVX2 : VK_NO_VECTORS;
}

void vk_convolution_pack(
    const float *weights, int32_t in_channels, int32_t out_channels, vk_vectors vectors,
    float *packed) {
  const int largest = vectors == VK_AVX512 ? 8 : 4;
  for (int o = 0; o < out_channels;) {
    const int channels = vk_block(out_channels, o, largest);
    for (int i = 0; i < in_channels; ++i)
      for (int tap = 0; tap < 27; ++tap)
        for (int k = 0; k < channels; ++k)
          *packed++ = weights[((int64_t)(o + k) * in_channels + i) * 27 + tap];
    o += channels;
  }
}

void vk_convolution_run(const vk_convolution *c, int64_t first, int64_t last) {
  for (int64_t index = first; index < last; ++index) {
    const int64_t plane = index / c->rows, row = index % c->rows;
    const float *input = c->input + plane * c->input_plane + row * c->input_row;
    float *output = c->output + plane * c->output_plane + row * c->output_row;
    if (c->vectors == VK_AVX512)
      avx512_row(c, input, output);
    else
      avx2_row(c, input, output);
  }
}

#else

vk_vectors vk_widest_vectors(void) { return VK_NO_VECTORS; }
void vk_convolution_pack(
    const float *weights, int32_t in, int32_t out, vk_vectors vectors, float *packed) {
  (void)vectors;
  memcpy(packed, weights, sizeof(float) * 27 * in * out);
}
void vk_convolution_run(const vk_convolution *c, int64_t first, int64_t last) {
  (void)c, (void)first, (void)last;
}
#endif

int64_t vk_convolution_packed_count(int32_t in_channels, int32_t out_channels) {
  return (int64_t)27 * in_channels * out_channels;
}
