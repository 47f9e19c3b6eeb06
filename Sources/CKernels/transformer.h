// What the kernels of transformers share: one table of functions per unit.
#ifndef TRANSFORMER_INTERNAL_H
#define TRANSFORMER_INTERNAL_H

#include "CKernels.h"

/// y[r][c] (+)= a_scale[r] · b_scale[c] · Σ a[r][k] · b[k][c] + bias[c], with a in rows of 16-bit numbers
/// and b in panels as vk_pack lays them out. `depth` is a multiple of 32; rows up to the next multiple
/// of VK_ROW_MULTIPLE are read from a and must be readable.
typedef struct {
  const uint16_t *a;
  int64_t a_stride;
  const float *a_scale;
  const uint16_t *b;
  const float *b_scale;
  const float *bias;
  int32_t rows, columns, depth;
  float *y;
  int64_t y_stride;
  bool add;
} vk_product;

#define VK_ROW_MULTIPLE 48

/// The longest row of whole numbers of 16 bits, see VK_INT16; rounding may lengthen a row by half the
/// square root of its count.
#define VK_LONGEST 46339.0f

/// Operations on rows of float32, in the vectors of one instruction set.
typedef struct {
  /// f of `vk_input`, in place allowed.
  void (*apply)(const vk_input *input, const float *x, int32_t width, float *y);
  /// Rounds a row to 16-bit numbers, zeros behind it up to `padded`; returns the scale to multiply by.
  float (*round)(const float *x, int32_t width, int32_t padded, vk_number number, uint16_t *out);
  /// Turns scores into unnormalised weights exp(score − largest) and returns their sum; `largest` comes
  /// in as that of earlier scores and goes out as that of all.
  float (*weigh)(float *scores, int32_t count, float *largest);
  /// x[i] += y[i] + offset.
  void (*add)(float *x, const float *y, float offset, int32_t count);
  /// y[i] = x[i] · factor, in place allowed.
  void (*scale)(float *x, float factor, float *y, int32_t count);
  void (*depthwise)(const vk_depthwise *job, int64_t first, int64_t last);
  void (*sum)(const float *a, const float *b, int64_t count, float *c);
  void (*softmax_tokens)(float *scores, int64_t stride, int32_t tokens, int32_t rows);
  void (*collect)(
      float *scores, int64_t stride, int32_t columns, const float *values, int32_t width, int32_t rows,
      float *largest, float *sums, float *found);
} vk_row_functions;

typedef struct {
  vk_number number;
  void (*multiply)(const vk_product *product);
  const vk_row_functions *rows;
} vk_unit_functions;

const vk_unit_functions *vk_functions(vk_unit unit);

/// Those in plain C, at their own numbers.
extern const vk_unit_functions vk_plain_c_units[VK_UNIT_COUNT];

static inline int64_t whole_lines(int64_t bytes) { return (bytes + 63) / 64 * 64; }

/// Takes `bytes` from scratch, whole cache lines.
static inline void *take(uint8_t **scratch, int64_t bytes) {
  void *taken = *scratch;
  *scratch += whole_lines(bytes);
  return taken;
}

#endif
