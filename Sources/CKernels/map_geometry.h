// Sizes that every body of the feature map kernels computes alike, and the table of their functions.
#ifndef MAP_GEOMETRY_H
#define MAP_GEOMETRY_H

#include "CKernels.h"

#include <stddef.h>
#include <string.h>

/// Pixels of a Winograd tile along a row, and products along it.
#define VK_TILE 4
#define VK_LINE 6

static inline int vk_ceiling(int count, int size) { return (count + size - 1) / size; }

/// Outputs of a block of packed weights.
static inline int vk_block_width(vk_vectors vectors) { return 2 * vk_map_lanes(vectors); }

static inline int vk_map_output(const vk_map_convolution *c, int axis) {
  const int extent = axis == 0 ? c->depth : axis == 1 ? c->rows : c->columns;
  return (extent - 1) / c->stride[axis] + 1;
}

/// Products along the depth of a tile.
static inline int vk_depth_products(const vk_map_convolution *c) {
  return c->kernel[0] == 1 ? 1 : c->depth_step + 2;
}

/// Floats from one product's rows to the next. Without the extra line all products of a pixel would
/// fall into one set of the cache.
static inline int64_t vk_product_stride(int64_t rows, int width) { return rows * width + 16; }

/// Floats from one product to the next of transformed tiles in so many blocks of channels, and of their sums.
static inline int64_t vk_weight_sums_stride(const vk_weight_sums *s, int blocks, int width) {
  return s->count * blocks * width + 16;
}

static inline int64_t vk_weight_sums_product(const vk_weight_sums *s, int width) {
  return (int64_t)s->input_blocks * vk_ceiling(s->channels, width) * width * width + 16;
}

/// Where the moments of one block of pixels lie: a count for every block of channels, means, squares.
typedef struct {
  double *count, *mean, *square;
} vk_moments;

static inline vk_moments vk_moments_at(
    const vk_map_convolution *c, int64_t moments_block, int32_t block, int lanes) {
  const int blocks = vk_ceiling(c->channels, 2 * lanes);
  double *start = c->moments + moments_block * (blocks + 2 * (int64_t)c->channels);
  return (vk_moments){
      start + block, start + blocks + block * 2 * lanes,
      start + blocks + c->channels + block * 2 * lanes};
}

/// The two pixels that a pixel of a doubled axis lies between, and how much of the second it is; the ends stay
/// in place.
typedef struct {
  int first, second;
  float share;
} vk_between;

static inline vk_between vk_between_at(int place, int extent) {
  const float at = extent > 1 ? (float)(extent - 1) / (float)(2 * extent - 1) * (float)place : 0;
  const int first = (int)at < extent - 1 ? (int)at : extent - 1;
  return (vk_between){first, first < extent - 1 ? first + 1 : first, at - (float)first};
}

/// The kernels in the vectors of one instruction set.
typedef struct {
  int32_t lanes;
  void (*winograd_weights)(const vk_map_convolution *, int32_t, int32_t, float *);
  void (*winograd_inputs)(
      const vk_map_convolution *, int64_t, int64_t, int64_t, int64_t, float *);
  void (*winograd_multiply)(
      const vk_map_convolution *, int32_t, int32_t, int32_t, int64_t, const float *, const float *,
      float *);
  void (*winograd_outputs)(
      const vk_map_convolution *, int32_t, int64_t, int64_t, int64_t, int64_t, const float *,
      int64_t);
  void (*direct_inputs)(const vk_map_convolution *, vk_region, int32_t, int32_t, float *);
  void (*direct_multiply)(
      const vk_map_convolution *, vk_region, const float *, int32_t, int64_t, int64_t, float *,
      int64_t);
  void (*sum)(const vk_map *, const vk_map *, int32_t, int32_t, int32_t, float, void *, bool);
  void (*average)(const vk_map *, int32_t, int32_t, const int32_t *, int32_t, void *, int64_t, bool);
  void (*weight_sums_inputs)(
      const vk_weight_sums *, const vk_map_convolution *, int64_t, int64_t, int64_t, float *);
  void (*weight_sums_gradients)(
      const vk_weight_sums *, const vk_map_convolution *, int64_t, int64_t, int64_t, float *);
  void (*weight_sums_multiply)(
      const vk_weight_sums *, int32_t, int32_t, int64_t, bool, const float *, const float *,
      float *);
  void (*weight_sums_weights)(const vk_weight_sums *, int32_t, const float *, float *);
  void (*direct_weights)(
      const float *, const int32_t *, int64_t, const int32_t *, int32_t, int32_t, int32_t,
      const float *, int32_t, int32_t, float *);
  void (*normalised_sums)(const vk_normalised *, int32_t, int32_t, int32_t, double *);
  void (*normalised_gradients)(
      const vk_normalised *, int32_t, int32_t, int32_t, const float *, const float *,
      const float *);
  void (*totals)(const vk_map *, int32_t, int32_t, int32_t, int32_t, double *);
  void (*average_gradient)(
      const vk_map *, int32_t, int32_t, const int32_t *, int32_t, float *, int64_t);
  void (*shared)(
      const vk_map *, int32_t, int32_t, int32_t, const float *, float, float *, float);
  void (*largest)(const vk_map *, int32_t, int32_t, int32_t, float *, int64_t);
  void (*largest_gradient)(
      const vk_map *, int32_t, int32_t, int32_t, const float *, int64_t, float *);
  void (*doubled)(const vk_map *, int32_t, int32_t, int32_t, float *, int64_t);
  void (*doubled_gradient)(const vk_map *, int32_t, int32_t, int32_t, float *, int64_t);
} vk_map_functions;

const vk_map_functions *vk_map_functions_of(vk_vectors vectors);

extern const vk_map_functions vk_plain_c_maps;

#endif
