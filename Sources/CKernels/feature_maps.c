// Chooses the body of the feature map kernels, and what needs no vectors: sizes, packing, moments, pages.
#include "map_geometry.h"

#include <stdlib.h>

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,prfchw"))), apply_to = function)
#define LANES 8
#define ROWS 6
#define KERNEL avx2
#include "map_values_body.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c,prfchw"))), apply_to = function)
#define LANES 16
#define ROWS 12
#define KERNEL avx512
#include "map_values_body.h"
#pragma clang attribute pop
#endif

static const vk_map_functions *functions(vk_vectors vectors) {
#if defined(__x86_64__)
  if (vectors == VK_AVX512) return &avx512_maps;
  if (vectors == VK_AVX2) return &avx2_maps;
#endif
  (void)vectors;
  return &vk_plain_c_maps;
}

const vk_map_functions *vk_map_functions_of(vk_vectors vectors) { return functions(vectors); }

int32_t vk_map_lanes(vk_vectors vectors) { return functions(vectors)->lanes; }

int32_t vk_map_inputs(const vk_map_convolution *c) {
  return c->inputs[0].channels + (c->input_count > 1 ? c->inputs[1].channels : 0);
}

int32_t vk_map_blocks(const vk_map_convolution *c) {
  return vk_ceiling(c->channels, vk_block_width(c->vectors)) * c->enlargement[0] * c->enlargement[1] *
         c->enlargement[2];
}

int64_t vk_map_weights_count(int32_t inputs, int32_t taps, int32_t outputs, vk_vectors vectors) {
  return (int64_t)vk_ceiling(outputs, vk_block_width(vectors)) * taps * inputs * vk_block_width(vectors);
}

void vk_map_weights_pack(
    const float *from, int64_t output_stride, int64_t input_stride, const int32_t *at,
    const int32_t *source, int32_t inputs, int32_t taps, int32_t outputs, vk_vectors vectors,
    float *packed) {
  const int columns = vk_block_width(vectors);
  for (int block = 0; block < vk_ceiling(outputs, columns); ++block)
    for (int tap = 0; tap < taps; ++tap)
      for (int i = 0; i < inputs; ++i)
        for (int column = 0; column < columns; ++column) {
          const int o = block * columns + column;
          *packed++ = o < outputs && source[i] >= 0
                          ? from[o * output_stride + source[i] * input_stride + (at ? at[tap] : tap)]
                          : 0;
        }
}

int64_t vk_winograd_rows(const vk_map_convolution *c) {
  return (int64_t)vk_ceiling(c->depth, c->depth_step) * vk_ceiling(c->rows, VK_TILE) *
         vk_ceiling(c->columns, VK_TILE);
}

int32_t vk_winograd_products_count(const vk_map_convolution *c) {
  return VK_LINE * VK_LINE * vk_depth_products(c);
}

int64_t vk_winograd_weights_count(const vk_map_convolution *c) {
  return (int64_t)vk_winograd_products_count(c) * vk_map_inputs(c) * vk_block_width(c->vectors);
}

int64_t vk_winograd_inputs_count(const vk_map_convolution *c, int64_t rows) {
  return vk_winograd_products_count(c) * vk_product_stride(rows, vk_map_inputs(c));
}

int64_t vk_winograd_sums_count(const vk_map_convolution *c, int64_t rows) {
  return vk_winograd_products_count(c) * vk_product_stride(rows, vk_block_width(c->vectors));
}

void vk_winograd_weights(const vk_map_convolution *c, int32_t block, int32_t line, float *to) {
  functions(c->vectors)->winograd_weights(c, block, line, to);
}

void vk_winograd_inputs(
    const vk_map_convolution *c, int64_t first, int64_t last, int64_t origin, int64_t count,
    float *to) {
  functions(c->vectors)->winograd_inputs(c, first, last, origin, count, to);
}

void vk_winograd_multiply(
    const vk_map_convolution *c, int32_t block, int32_t first_line, int32_t last_line,
    int64_t count, const float *inputs, const float *weights, float *sums) {
  functions(c->vectors)
      ->winograd_multiply(c, block, first_line, last_line, count, inputs, weights, sums);
}

void vk_winograd_outputs(
    const vk_map_convolution *c, int32_t block, int64_t first, int64_t last, int64_t origin,
    int64_t count, const float *sums, int64_t moments_block) {
  functions(c->vectors)
      ->winograd_outputs(c, block, first, last, origin, count, sums, moments_block);
}

int64_t vk_direct_inputs_count(const vk_map_convolution *c, vk_region r) {
  const int64_t planes = (r.last_plane - r.first_plane - 1) * c->stride[0] + c->kernel[0];
  const int64_t rows = (r.last_row - r.first_row - 1) * c->stride[1] + c->kernel[1];
  const int64_t columns = (vk_map_output(c, 2) - 1) * c->stride[2] + c->kernel[2];
  return planes * rows * columns * vk_map_inputs(c);
}

void vk_direct_inputs(
    const vk_map_convolution *c, vk_region region, int32_t first, int32_t last, float *to) {
  functions(c->vectors)->direct_inputs(c, region, first, last, to);
}

int64_t vk_direct_scratch_count(const vk_map_convolution *c, int64_t pixels) {
  return pixels * vk_block_width(c->vectors);
}

void vk_direct_multiply(
    const vk_map_convolution *c, vk_region region, const float *inputs, int32_t block, int64_t first,
    int64_t last, float *scratch, int64_t moments_block) {
  functions(c->vectors)
      ->direct_multiply(c, region, inputs, block, first, last, scratch, moments_block);
}

int64_t vk_moments_count(int32_t channels, vk_vectors vectors) {
  return vk_ceiling(channels, vk_block_width(vectors)) + 2 * (int64_t)channels;
}

void vk_moments_merge(
    const double *moments, int64_t blocks, int32_t channels, vk_vectors vectors, double *mean,
    double *variance) {
  const int groups = vk_ceiling(channels, vk_block_width(vectors));
  const int64_t stride = vk_moments_count(channels, vectors);
  for (int channel = 0; channel < channels; ++channel) {
    // Chan, Golub and LeVeque, 1979: means and squared deviations of two samples together.
    double count = 0, centre = 0, square = 0;
    for (int64_t block = 0; block < blocks; ++block) {
      const double *from = moments + block * stride;
      const double other = from[channel / vk_block_width(vectors)], total = count + other;
      if (other == 0) continue;
      const double distance = from[groups + channel] - centre;
      square += from[groups + channels + channel] + distance * distance * count * other / total;
      centre += distance * other / total;
      count = total;
    }
    mean[channel] = centre;
    variance[channel] = square / count;
  }
}

void vk_map_sum(
    const vk_map *a, const vk_map *b, int32_t plane, int32_t rows, int32_t columns, float slope,
    void *out, bool half, vk_vectors vectors) {
  functions(vectors)->sum(a, b, plane, rows, columns, slope, out, half);
}

void vk_map_interleave(
    const float *from, int64_t channel_stride, int32_t channels, int64_t pixels, int32_t pixel,
    float *to) {
  for (int channel = 0; channel < pixel; ++channel)
    for (int64_t i = 0; i < pixels; ++i)
      to[i * pixel + channel] = channel < channels ? from[channel * channel_stride + i] : 0;
}

void vk_map_average(
    const vk_map *map, int32_t rows, int32_t columns, const int32_t window[3], int32_t plane,
    void *out, int64_t out_row, bool half, vk_vectors vectors) {
  functions(vectors)->average(map, rows, columns, window, plane, out, out_row, half);
}

void vk_map_shared(
    const vk_map *map, int32_t planes, int32_t row, int32_t columns, const float *other, float share,
    float *total, float factor, vk_vectors vectors) {
  functions(vectors)->shared(map, planes, row, columns, other, share, total, factor);
}

void vk_map_largest(
    const vk_map *map, int32_t rows, int32_t columns, int32_t plane, float *out, int64_t out_row,
    vk_vectors vectors) {
  functions(vectors)->largest(map, rows, columns, plane, out, out_row);
}

void vk_map_doubled(
    const vk_map *map, int32_t rows, int32_t columns, int32_t plane, float *out, int64_t out_row,
    vk_vectors vectors) {
  functions(vectors)->doubled(map, rows, columns, plane, out, out_row);
}

#if defined(__linux__)
#include <sys/mman.h>
#define HUGE_PAGE ((int64_t)2 << 20)

void *vk_pages_allocate(int64_t bytes) {
  const bool large = bytes >= HUGE_PAGE;
  void *memory = NULL;
  if (posix_memalign(&memory, large ? HUGE_PAGE : 4096, (size_t)bytes) != 0) return NULL;
  if (large) madvise(memory, (size_t)bytes, MADV_HUGEPAGE);
  return memory;
}
#else
void *vk_pages_allocate(int64_t bytes) {
  void *memory = NULL;
  return posix_memalign(&memory, 4096, (size_t)bytes) == 0 ? memory : NULL;
}
#endif

void vk_pages_free(void *memory) { free(memory); }
