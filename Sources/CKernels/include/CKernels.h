// What the processor has, asked once at run time, and the kernels that are chosen by it.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "resampling.h"
#include "augmentation.h"
#include "transformer.h"
#include "views.h"
#include "voxel_sets.h"

/// Instruction sets that the processor advertises and the operating system saves.
typedef struct {
  bool avx2;
  bool fma;
  bool avx512;       ///< F, BW, DQ and VL together
  bool avx512_vnni;  ///< int8 dot products
  bool avx512_bf16;  ///< bfloat16 dot products
  bool avx512_fp16;
  bool amx_tile;
  bool amx_bf16;
  bool amx_int8;
  /// CPUID leaf 0x1D describes the AMX palette. Where a virtual machine hides it although AMX is
  /// advertised, oneDNN configures palette 0 and dies with SIGILL at its first bfloat16 product.
  bool amx_palette_described;
} vk_processor;

vk_processor vk_processor_features(void);

/// Runs one bfloat16 tile product in a child process: 1 right result, 0 no AMX or not granted by the
/// kernel, -1 the child died or computed something else.
int vk_amx_self_test(void);

#define VK_OVERREAD 16

/// The vector units that kernels are written for; libtorch computes where there is none of them.
typedef enum { VK_NO_VECTORS = 0, VK_AVX2 = 1, VK_AVX512 = 2 } vk_vectors;

/// The widest vectors of this processor.
vk_vectors vk_widest_vectors(void);

#include "feature_maps.h"
#include "gradients.h"

typedef enum { VK_NONE = 0, VK_RELU = 1, VK_ELU = 2 } vk_activation;

/// A 3×3×3 convolution of stride 1 in float32 with dilation, over a volume that already has a border of
/// `dilation` zeros on every side; strides count floats. Up to VK_OVERREAD floats behind each input row
/// are read and must be readable; their values do not matter.
typedef struct {
  const float *input;   ///< first float of the border
  int64_t input_channel, input_plane, input_row;
  const float *weights; ///< as vk_convolution_pack lays them out
  const float *bias;    ///< one per output channel
  float *output;
  int64_t output_channel, output_plane, output_row;
  int32_t in_channels, out_channels, dilation;
  int32_t planes, rows, columns;  ///< extent of the output
  vk_activation activation;
  vk_vectors vectors;  ///< for which the weights were packed
} vk_convolution;

/// Floats that packed weights need.
int64_t vk_convolution_packed_count(int32_t in_channels, int32_t out_channels);

/// Lays out weights (out, in, 3, 3, 3) for the kernel of one instruction set.
void vk_convolution_pack(
    const float *weights, int32_t in_channels, int32_t out_channels, vk_vectors vectors,
    float *packed);

/// Computes output rows `first` ..< `last`, counted over all planes. Rows are independent, so that
/// threads can share them.
void vk_convolution_run(const vk_convolution *convolution, int64_t first, int64_t last);

/// Writes offset + scale · v for `count` numbers v in [-1, 1), or their magnitudes, from the SplitMix64
/// stream of `seed`. Each v and each product is rounded to float32 on every processor alike.
void vk_formula(
    uint64_t seed, int64_t count, float scale, float offset, bool magnitude, float *out);

/// One place of a row or column that is resized linearly: the two old places and their weights.
typedef struct {
  int32_t first, second;
  float first_weight, second_weight;
} vk_linear_place;

/// Writes the `to` places of an axis of `from`, as libtorch computes them without aligned corners.
void vk_linear_axis(int32_t from, int32_t to, vk_linear_place *places);

/// Coarse scores that are resized to a square, whose upper left part is resized to an image.
typedef struct {
  const float *scores;
  int32_t rows, columns;  ///< of the scores
  const vk_linear_place *square_rows, *square_columns;
  int32_t square_height, square_width;
  const vk_linear_place *image_rows, *image_columns;
  int32_t height, width;  ///< of the image
  float low, middle, high;  ///< thresholds in this order
  float *scratch;  ///< 3 * square_width + 3 * width floats
  uint8_t *bytes;  ///< 2 * (width + 8)
  /// Column and row of each pixel that differs from the one above it, row by row; above the first row
  /// there is nothing.
  int32_t *crossings;
  int64_t capacity;  ///< pairs that fit into crossings
} vk_mask_scan;

typedef struct {
  int64_t above_low, above_middle, above_high;  ///< pixels
  int64_t crossings;  ///< all of them; when they are more than the capacity, the rest was not written
} vk_mask_summary;

/// Compares the scores, resized, with the three thresholds and traces the mask above `middle`.
vk_mask_summary vk_mask_scan_run(const vk_mask_scan *scan);

#endif
