// What the processor has, asked once at run time; kernels are chosen by it.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stdint.h>

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

#endif
