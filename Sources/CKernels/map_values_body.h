// Values of feature maps in vectors, as they are read and written; included once per instruction set,
// which defines KERNEL (name prefix) and LANES.

#define CONCAT_(a, b) a##b
#define CONCAT(a, b) CONCAT_(a, b)
#define NAME(suffix) CONCAT(KERNEL, suffix)
#define INLINE static inline __attribute__((always_inline))

typedef float NAME(_v) __attribute__((ext_vector_type(LANES)));
typedef double NAME(_d) __attribute__((ext_vector_type(LANES)));
typedef _Float16 NAME(_h) __attribute__((ext_vector_type(LANES)));
#define V NAME(_v)
#define D NAME(_d)
#define H NAME(_h)

INLINE V NAME(_load)(const float *from) {
  V x;
  memcpy(&x, from, sizeof x);
  return x;
}

INLINE void NAME(_store)(float *to, V x) { memcpy(to, &x, sizeof x); }

/// The vector that begins at number `at` of a plane.
INLINE V NAME(_value)(const void *plane, int64_t at, const bool half) {
  if (!half) return NAME(_load)((const float *)plane + at);
  H x;
  memcpy(&x, (const uint16_t *)plane + at, sizeof x);
  return __builtin_convertvector(x, V);
}

INLINE void NAME(_put)(void *plane, int64_t at, V x, const bool half) {
  if (!half) return NAME(_store)((float *)plane + at, x);
  const H y = __builtin_convertvector(x, H);
  memcpy((uint16_t *)plane + at, &y, sizeof y);
}

/// What is done to the values of a map when they are read.
typedef struct {
  V scale, shift, slope;
} NAME(_transform);

INLINE NAME(_transform) NAME(_transform_at)(const vk_map *map, int channel) {
  NAME(_transform) t = {1, 0, map->slope};
  if (map->scale) {
    t.scale = NAME(_load)(map->scale + channel);
    t.shift = NAME(_load)(map->shift + channel);
  }
  return t;
}

INLINE V NAME(_leaky)(V x, V slope) {
  const V negative = x * slope;
  // A NaN fails the comparison and stays.
  return x > negative ? x : negative;
}

INLINE V NAME(_transformed)(V x, NAME(_transform) t) {
  return NAME(_leaky)(x * t.scale + t.shift, t.slope);
}

/// Sums for the moments of one vector of channels: single precision over a few values around a value
/// of their own, double precision over these sums, so that a large mean takes no digits.
typedef struct {
  V pivot;
  D sum, square;
} NAME(_moments);

INLINE void NAME(_add_moments)(NAME(_moments) *m, V sum, V square) {
  m->sum += __builtin_convertvector(sum, D);
  m->square += __builtin_convertvector(square, D);
}

INLINE void NAME(_store_moments)(
    const vk_map_convolution *c, const NAME(_moments) *m, int vectors, int64_t count,
    int64_t moments_block, int block) {
  const vk_moments to = vk_moments_at(c, moments_block, block, LANES);
  *to.count = (double)count;
  for (int v = 0; v < vectors; ++v) {
    const D mean = m[v].sum / (double)count;
    const D square = m[v].square - m[v].sum * mean;
    const D centre = __builtin_convertvector(m[v].pivot, D) + mean;
    memcpy(to.mean + v * LANES, &centre, sizeof centre);
    memcpy(to.square + v * LANES, &square, sizeof square);
  }
}

/// Vectors of channels in a block of outputs.
INLINE int NAME(_vectors)(const vk_map_convolution *c, int block) {
  return c->channels - block * 2 * LANES >= 2 * LANES ? 2 : 1;
}

#include "winograd_body.h"
#include "direct_body.h"
#include "map_passes_body.h"
#include "weight_gradient_body.h"
#include "gradient_passes_body.h"

static const vk_map_functions NAME(_maps) = {
    LANES,
    NAME(_winograd_weights),
    NAME(_winograd_inputs),
    NAME(_winograd_multiply),
    NAME(_winograd_outputs),
    NAME(_direct_inputs),
    NAME(_direct_multiply),
    NAME(_sum),
    NAME(_average),
    NAME(_weight_sums_inputs),
    NAME(_weight_sums_gradients),
    NAME(_weight_sums_multiply),
    NAME(_weight_sums_weights),
    NAME(_direct_weights),
    NAME(_normalised_sums),
    NAME(_normalised_gradients),
    NAME(_totals),
    NAME(_average_gradient),
    NAME(_shared),
    NAME(_largest),
    NAME(_largest_gradient),
    NAME(_doubled),
    NAME(_doubled_gradient),
};

#undef V
#undef D
#undef H
#undef INLINE
#undef NAME
#undef CONCAT
#undef CONCAT_
#undef KERNEL
#undef LANES
#undef ROWS
