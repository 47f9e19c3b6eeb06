// Gradients of convolutions and normalisations of feature maps, for training.
#ifndef GRADIENTS_H
#define GRADIENTS_H

#include "feature_maps.h"

/// The other way round from vk_map_weights_pack: weights (output, input, tap) of packed ones (outputs
/// first ..< last); entries whose source is negative are left out.
void vk_map_weights_unpack(
    const float *packed, const int32_t *source, int32_t inputs, int32_t taps, int32_t total,
    int32_t first, int32_t last, vk_vectors vectors, float *to);

// --- Gradient of the weights by Winograd's filtering, transposed ---

/// Sums over tiles of products of transformed inputs and transformed gradients. Channels lie in blocks of
/// two vectors; the blocks of inputs begin anew with each map.
typedef struct {
  int32_t products;       ///< per tile: 36, 144 or 216
  int32_t input_blocks;
  const int32_t *rows;    ///< channels of each block of inputs
  int32_t channels;       ///< of the gradients, padded
  int64_t count;          ///< tiles for which there is room
  vk_vectors vectors;
} vk_weight_sums;

/// Floats of the transformed inputs and gradients, and of the sums.
int64_t vk_weight_sums_inputs_count(const vk_weight_sums *s);
int64_t vk_weight_sums_gradients_count(const vk_weight_sums *s);
int64_t vk_weight_sums_count(const vk_weight_sums *s);

/// Transforms the inputs of `c` of tiles first ..< last into the room of tile `place` and the following.
void vk_weight_sums_inputs(
    const vk_weight_sums *s, const vk_map_convolution *c, int64_t first, int64_t last,
    int64_t place, float *to);

/// The same for gradients: the only input of `c` is the map of gradients.
void vk_weight_sums_gradients(
    const vk_weight_sums *s, const vk_map_convolution *c, int64_t first, int64_t last,
    int64_t place, float *to);

/// sums = inputsᵀ gradients (`adds`: sums += …) over `tiles` tiles for products first ..< last.
void vk_weight_sums_multiply(
    const vk_weight_sums *s, int32_t first, int32_t last, int64_t tiles, bool adds,
    const float *inputs, const float *gradients, float *sums);

/// Packed gradients of the weights (input blocks padded) of pair `pair` (output block, input block).
void vk_weight_sums_weights(
    const vk_weight_sums *s, int32_t pair, const float *sums, float *packed);

// --- Gradient of the weights directly ---

/// packed += Σ over pixels of inputs[pixel[i] + row[r]] · gradients[i · channels + …] for the rows
/// first ..< last (of `rows`: tap and input) and one block of outputs.
void vk_direct_weights(
    const float *inputs, const int32_t *pixel, int64_t pixels, const int32_t *row, int32_t rows,
    int32_t first, int32_t last, const float *gradients, int32_t channels, int32_t block,
    vk_vectors vectors, float *packed);

// --- Passes ---

/// The gradient of normalisation and leaky ReLU. On the way, scores that a 1×1×1 convolution made of the
/// activated map take part: their gradient flows into the map, and into that convolution's weights.
typedef struct {
  vk_map map;                ///< what was normalised, with what happens when it is read
  const float *mean;         ///< per channel, padded
  void *const *gradients;    ///< planes laid out like the map's
  const void *const *others; ///< planes that are added to the gradients, or NULL
  const float *scores;       ///< gradients (class, depth, rows, columns), or NULL
  int64_t class_stride;
  const float *class_weights;  ///< (class, channels), padded
  int32_t classes;
  int32_t rows, columns;
  vk_vectors vectors;
} vk_normalised;

/// Replaces gradients by those before the leaky ReLU and adds to `sums`, for each channel: their sum, their
/// sum times the distance from the mean, and per class the sum of score gradients times activations.
void vk_normalised_sums(
    const vk_normalised *n, int32_t plane, int32_t first_row, int32_t last_row, double *sums);

/// gradient = factor · (gradient − centre) − share · (value − mean), per channel.
void vk_normalised_gradients(
    const vk_normalised *n, int32_t plane, int32_t first_row, int32_t last_row,
    const float *factor, const float *centre, const float *share);

/// Adds the sum of each channel over some rows of a plane to `sums`.
void vk_map_totals(
    const vk_map *map, int32_t plane, int32_t first_row, int32_t last_row, int32_t columns,
    double *sums, vk_vectors vectors);

/// The gradient of vk_map_average: one plane of the larger map, each pixel its box's gradient divided by the
/// number of pixels in a box.
void vk_map_average_gradient(
    const vk_map *map, int32_t rows, int32_t columns, const int32_t window[3], int32_t plane,
    float *out, int64_t out_row, vk_vectors vectors);

/// The gradient of vk_map_largest, added to `out`, which lies like the plane; of equal values the first had been
/// taken. Values are compared as they are stored: what is done to them when they are read must keep their order.
void vk_map_largest_gradient(
    const vk_map *map, int32_t rows, int32_t columns, int32_t plane, const float *gradient,
    int64_t gradient_row, float *out, vk_vectors vectors);

/// The gradient of vk_map_doubled: `map` is that of the larger map, rows and columns are those of the smaller
/// one, one plane of which is `out`.
void vk_map_doubled_gradient(
    const vk_map *map, int32_t rows, int32_t columns, int32_t plane, float *out, int64_t out_row,
    vk_vectors vectors);

/// The sum of numbers that lie side by side, in double precision.
double vk_total(const float *values, int64_t count);

#endif
