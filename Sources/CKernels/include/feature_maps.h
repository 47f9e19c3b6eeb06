// Convolutions of U-Nets over feature maps whose channels lie innermost.
#ifndef FEATURE_MAPS_H
#define FEATURE_MAPS_H

#include <stdbool.h>
#include <stdint.h>

/// Numbers of one vector, to a multiple of which the channels of a map are padded with zeros. Without
/// vectors of the processor (`VK_NO_VECTORS`) the same kernels run in plain C.
int32_t vk_map_lanes(vk_vectors vectors);

/// A map (depth, rows, columns, channels) as one address per plane, and what is done to a value x
/// when it is read: y = scale · x + shift, then y where y ≥ 0 and slope · y elsewhere.
typedef struct {
  const void *const *planes;  ///< NULL for planes that are not read
  const float *scale, *shift; ///< per channel; both NULL for values that are taken as they are
  float slope;                ///< 1 leaves negative values
  int32_t channels;           ///< numbers from pixel to pixel
  int64_t row;                ///< numbers from row to row
  bool half;                  ///< values are stored in 16 bits, IEEE 754
} vk_map;

/// A convolution with zeros around the maps, of one map or of two that lie one behind the other along
/// the channels. Weights are packed by vk_map_weights_pack.
typedef struct {
  vk_map inputs[2];
  int32_t input_count;
  int32_t depth, rows, columns;  ///< of the inputs
  int32_t kernel[3], stride[3];  ///< 1 or 3 along each axis with (k − 1) / 2 zeros around
  /// Each input pixel becomes so many pixels along each axis (transposed convolution of a 1×1×1 kernel
  /// per place); 1 elsewhere.
  int32_t enlargement[3];
  /// The gradient of a convolution's inputs: along an axis that is enlarged by 2 the kernel, here 2, was 3 at
  /// stride 2. Weights of the pixels of an enlargement lie one after the other, each with its own taps.
  bool sub_pixel;
  const float *weights;
  const float *bias;      ///< padded; NULL for none
  void *const *outputs;   ///< one address per plane
  float *classes;         ///< (class, depth, rows, columns) instead of outputs, or NULL
  int64_t class_stride;   ///< floats from class to class
  int32_t class_count;
  int32_t channels;       ///< of the output, padded
  int64_t row;            ///< numbers from row to row of the output
  bool half;              ///< outputs are stored in 16 bits
  double *moments;        ///< vk_moments_count numbers per block, or NULL
  vk_vectors vectors;
  int32_t depth_step;     ///< planes of a Winograd tile: 1 (kernel depth 1), 2 or 4
} vk_map_convolution;

/// Input channels as the product sees them, padded.
int32_t vk_map_inputs(const vk_map_convolution *c);

/// Floats of packed weights: blocks of two vectors of outputs, then taps, then inputs.
int64_t vk_map_weights_count(
    int32_t inputs, int32_t taps, int32_t outputs, vk_vectors vectors);

/// Lays out weights: `from` has strides (in floats) over outputs and inputs; tap t lies at[t] floats
/// behind the first, or t where `at` is NULL; input i of the product is input source[i] of the weights,
/// or zero where that is negative.
void vk_map_weights_pack(
    const float *from, int64_t output_stride, int64_t input_stride, const int32_t *at,
    const int32_t *source, int32_t inputs, int32_t taps, int32_t outputs,
    vk_vectors vectors, float *packed);

// --- Winograd's minimal filtering: stride 1, kernels 3×3 and 3×3×3 ---

/// Tiles of 4 × 4 pixels and depth_step planes, numbered along x, y and z: the rows of 36, 144 or 216
/// matrix products.
int64_t vk_winograd_rows(const vk_map_convolution *c);

/// Products per tile.
int32_t vk_winograd_products_count(const vk_map_convolution *c);

/// Floats of the transformed weights of one block of outputs.
int64_t vk_winograd_weights_count(const vk_map_convolution *c);

/// Floats that `rows` transformed inputs, and the products of one block of outputs with them, take.
int64_t vk_winograd_inputs_count(const vk_map_convolution *c, int64_t rows);
int64_t vk_winograd_sums_count(const vk_map_convolution *c, int64_t rows);

/// Transforms the weights of `block` for one line (of six) of the tile into their place in `to`.
void vk_winograd_weights(const vk_map_convolution *c, int32_t block, int32_t line, float *to);

/// Transforms the tiles first ..< last into rows of `to`, which has room for `count` from `origin`.
void vk_winograd_inputs(
    const vk_map_convolution *c, int64_t first, int64_t last, int64_t origin, int64_t count, float *to);

/// Multiplies `count` transformed tiles with the weights of one block, for the lines of six given.
void vk_winograd_multiply(
    const vk_map_convolution *c, int32_t block, int32_t first_line, int32_t last_line,
    int64_t count, const float *inputs, const float *weights, float *sums);

/// Makes pixels of the sums of tiles first ..< last, and their moments as number `moments_block`.
void vk_winograd_outputs(
    const vk_map_convolution *c, int32_t block, int64_t first, int64_t last, int64_t origin,
    int64_t count, const float *sums, int64_t moments_block);

// --- Direct convolution: any stride, 1×1×1 kernels, transposed convolution, classes ---

/// A box of pixels of the output grid (before enlargement).
typedef struct {
  int32_t first_plane, last_plane, first_row, last_row;
} vk_region;

/// Floats of the inputs that a region needs, with zeros around them.
int64_t vk_direct_inputs_count(const vk_map_convolution *c, vk_region region);

/// Reads the planes first ..< last (counted from the first that the region needs) of those inputs.
void vk_direct_inputs(
    const vk_map_convolution *c, vk_region region, int32_t first, int32_t last, float *to);

/// Floats of scratch that vk_direct_multiply needs for so many pixels.
int64_t vk_direct_scratch_count(const vk_map_convolution *c, int64_t pixels);

/// Blocks of outputs, over all places of an enlargement.
int32_t vk_map_blocks(const vk_map_convolution *c);

/// Computes pixels first ..< last of a region (numbered along x, y, z) for one block of outputs.
void vk_direct_multiply(
    const vk_map_convolution *c, vk_region region, const float *inputs, int32_t block, int64_t first,
    int64_t last, float *scratch, int64_t moments_block);

// --- Moments ---

/// Doubles per block: a count for each block of outputs, means, and sums of squared deviations.
int64_t vk_moments_count(int32_t channels, vk_vectors vectors);

/// Mean and population variance of each channel over `blocks`, merged in their order.
void vk_moments_merge(
    const double *moments, int64_t blocks, int32_t channels, vk_vectors vectors,
    double *mean, double *variance);

// --- Passes over maps ---

/// out = a + b (with slope: of what is negative in the sum) over one plane; all have rows alike.
void vk_map_sum(
    const vk_map *a, const vk_map *b, int32_t plane, int32_t rows, int32_t columns, float slope,
    void *out, bool half, vk_vectors vectors);

/// Puts channels that lie `channel_stride` floats apart side by side, with zeros up to `pixel` of them:
/// one plane of an image.
void vk_map_interleave(
    const float *from, int64_t channel_stride, int32_t channels, int64_t pixels, int32_t pixel,
    float *to);

/// Means of boxes of `window` pixels: one plane of the result.
void vk_map_average(
    const vk_map *map, int32_t rows, int32_t columns, const int32_t window[3], int32_t plane,
    void *out, int64_t out_row, bool half, vk_vectors vectors);

/// For one row of all planes: adds share · other to each plane in place, and writes factor times the sum of the
/// planes to `total`. Either may be NULL; both lie like the planes. Planes that are changed are read as they are.
void vk_map_shared(
    const vk_map *map, int32_t planes, int32_t row, int32_t columns, const float *other, float share,
    float *total, float factor, vk_vectors vectors);

/// The largest of each 2 × 2 pixels of one plane.
void vk_map_largest(
    const vk_map *map, int32_t rows, int32_t columns, int32_t plane, float *out, int64_t out_row,
    vk_vectors vectors);

/// One plane twice as high and wide, linearly between its pixels, the corners staying in place.
void vk_map_doubled(
    const vk_map *map, int32_t rows, int32_t columns, int32_t plane, float *out, int64_t out_row,
    vk_vectors vectors);

// --- Memory ---

/// Memory in pages as large as the system has them, not yet set; NULL where there is none left.
void *vk_pages_allocate(int64_t bytes);
void vk_pages_free(void *memory);

#endif
