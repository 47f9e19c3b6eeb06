// What the processor has, asked once at run time, and the kernels that are chosen by it.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "transformer.h"

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

#endif
