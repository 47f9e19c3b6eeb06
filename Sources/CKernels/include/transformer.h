// Transformers on x86-64 processors: matrix products in 16 bits with weights packed once, and attention
// that never holds all scores. Swift sees these declarations through CKernels.h.
#ifndef CKERNELS_TRANSFORMER_H
#define CKERNELS_TRANSFORMER_H

#include <stdbool.h>
#include <stdint.h>

/// What a matrix product's factors are rounded to.
typedef enum {
  /// Whole numbers of 16 bits. Every row of either factor is scaled so that its length (the square root
  /// of the sum of its squares) is at most 46340: by the Cauchy–Schwarz inequality no sum of products
  /// then leaves 32 bits, so the product of the rounded factors is exact.
  VK_INT16 = 0,
  /// bfloat16, to nearest even; products are summed in float32.
  VK_BFLOAT16 = 1,
} vk_number;

/// Ways to compute a matrix product. A unit that the processor lacks must not be run.
typedef enum {
  VK_INT16_AVX2 = 0,         ///< multiply-add of pairs (PMADDWD), 8 sums at once
  VK_INT16_AVX512 = 1,       ///< the same, 16 sums at once
  VK_INT16_VNNI = 2,         ///< with the sum in the same instruction (VPDPWSSD)
  VK_BFLOAT16_AVX2 = 3,      ///< widened to float32: no faster than it, the same rounding as below
  VK_BFLOAT16_AVX512 = 4,    ///< dot products of pairs (VDPBF16PS)
  VK_BFLOAT16_AMX = 5,       ///< tiles of 16 × 32 values (TDPBF16PS)
  VK_INT16_PORTABLE = 6,     ///< the 512-bit kernels in plain C, for tests of their logic anywhere
  VK_BFLOAT16_PORTABLE = 7,  ///< the tile kernels in plain C, likewise
  VK_UNIT_COUNT = 8,
} vk_unit;

/// Whether this processor has the unit and the operating system grants it.
bool vk_unit_available(vk_unit unit);

/// What the unit's factors are rounded to.
vk_number vk_unit_number(vk_unit unit);

/// The smallest multiple of 32 that holds `inputs` values: the length of rows in packed form.
int32_t vk_padded(int32_t inputs);

/// A linear layer with packed weights: y = W · f(x) + b for rows x, where f is what `vk_input` names.
typedef struct {
  vk_unit unit;
  int32_t inputs, outputs;
  const uint16_t *weights;  ///< as vk_pack lays them out
  const float *scales;      ///< one per output, up to vk_padded(outputs)
  const float *bias;        ///< one per output, up to vk_padded(outputs), or null
} vk_linear;

/// What happens to a row before it is multiplied: layer normalisation, then an activation, each optional.
typedef struct {
  const float *norm_weight, *norm_bias;  ///< one per input, or null for no normalisation
  float epsilon;
  int32_t activation;  ///< 0 none, 1 ReLU, 3 GELU by the error function
} vk_input;

enum { VK_GELU = 3 };

/// Elements of 16 bits that packed weights need.
int64_t vk_packed_count(int32_t inputs, int32_t outputs);

/// Packs outputs `first` ..< `last` of weights w[output · output_stride + input · input_stride]; both
/// bounds are multiples of 16, except that `last` may be `outputs`. Panels of 16 outputs follow one
/// another; in a panel, pairs of inputs, and for every pair the 16 outputs.
void vk_pack(
    const float *weights, int64_t output_stride, int64_t input_stride, int32_t inputs,
    int32_t outputs, int32_t first, int32_t last, vk_number number, uint16_t *packed, float *scales);

/// Bytes of scratch that `rows` rows of `inputs` values need; scratch is aligned to 64 bytes.
int64_t vk_linear_scratch(int32_t inputs, int32_t rows);

/// Computes rows y[r · y_stride] = W · f(x[r · x_stride]) + b, added to what is there when `add` is set.
void vk_linear_run(
    const vk_linear *linear, const vk_input *input, const float *x, int64_t x_stride, int32_t rows,
    float *y, int64_t y_stride, bool add, void *scratch);

/// Applies f of `vk_input` to rows without multiplying: y may be x.
void vk_rows_run(
    vk_unit unit, const vk_input *input, const float *x, int64_t x_stride, int32_t width,
    int32_t rows, float *y, int64_t y_stride);

/// c[i] = a[i] + b[i].
void vk_add(vk_unit unit, const float *a, const float *b, int64_t count, float *c);

/// Softmax among the tokens that rows look at, for 8 heads: values token · 8 + head of every row.
void vk_softmax_tokens(vk_unit unit, float *scores, int64_t stride, int32_t tokens, int32_t rows);

/// What each column of `scores` finds among rows of values: with w = exp(score − largest),
/// sums[c] = Σ w and found[c · width …] = Σ w · values. The scores are overwritten by w.
/// `columns` and `width` are multiples of 8 and 16.
void vk_collect(
    vk_unit unit, float *scores, int64_t stride, int32_t columns, const float *values, int32_t width,
    int32_t rows, float *largest, float *sums, float *found);

/// A 3×3 convolution of each channel by itself over a map in channels-last layout, in float32, with a
/// border of zeros; strides 1 and 2.
typedef struct {
  const float *input;
  int32_t height, width, channels, stride;
  const float *weights;  ///< (3, 3, channels)
  const float *bias;     ///< one per channel
  int32_t activation;    ///< as in vk_input
  float *output;
  int32_t output_width;
} vk_depthwise;

/// Computes output pixels `first` ..< `last`, counted row by row.
void vk_depthwise_run(vk_unit unit, const vk_depthwise *job, int64_t first, int64_t last);

/// Attention of one sequence of tokens with itself, head by head:
/// out = softmax(scale · q·kᵀ + bias) · v.
typedef struct {
  vk_unit unit;
  int32_t head_width;  ///< values of a head, at most 128
  int32_t tokens;      ///< length of the sequence
  float scale;
  /// Row t of queries, keys and values is at qkv + index[t] · stride (t itself without an index); a
  /// negative index means the row `padding`. Head h begins at h · head_stride in it; its keys lie
  /// `key_offset` further on and its values `value_offset`.
  const float *qkv;
  const int32_t *index;
  const float *padding;
  int64_t stride, head_stride, key_offset, value_offset;
  /// Decomposed relative positions over a square grid of tokens, side² = tokens: one linear layer from
  /// a query to 2 · vk_padded(2 · side − 1) values, tables of rows then columns, each in reversed order
  /// (the entry for the largest distance first). Null for none.
  const vk_linear *distances;
  int32_t side;
  /// Or one number for every pair of tokens and head: bias[(h · tokens + query) · tokens + key].
  const float *bias;
  /// Head h of query t goes to out + index[t] · out_stride + h · head_width; queries with a negative
  /// index are left out.
  float *out;
  int64_t out_stride;
} vk_attention;

/// Bytes that the packed keys and values of one head need, aligned to 64 bytes.
int64_t vk_attention_packed(const vk_attention *attention);

/// Bytes of scratch for vk_attention_pack and vk_attention_run, aligned to 64 bytes.
int64_t vk_attention_scratch(const vk_attention *attention);

/// Packs the keys and values of one head.
void vk_attention_pack(const vk_attention *attention, int32_t head, void *packed, void *scratch);

/// Answers queries `first` ..< `last` of one head.
void vk_attention_run(
    const vk_attention *attention, int32_t head, const void *packed, int32_t first, int32_t last,
    void *scratch);

#endif
