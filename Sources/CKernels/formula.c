// The deterministic numbers of the parity checks: a SplitMix64 stream as float32.

#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

void vk_formula(uint64_t seed, int64_t count, float scale, float offset, bool magnitude, float *out) {
  for (int64_t index = 0; index < count; index++) {
    uint64_t z = seed + (uint64_t)(index + 1) * UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    const float unit = (float)(int32_t)(z >> 40) * 0x1p-24f;
    const float value = 2 * unit - 1;
    const float scaled = (magnitude && value < 0 ? -value : value) * scale;
    out[index] = scaled + offset;
  }
}
