// The feature map kernels in plain C, with the sizes of AVX-512: tests run their logic on any processor.
#include "map_geometry.h"

// Wide vectors are split where the processor has none, within this file alone.
#pragma clang diagnostic ignored "-Wpsabi"

#define LANES 16
#define ROWS 12
#define KERNEL portable
#include "map_values_body.h"

const vk_map_functions vk_plain_c_maps = {
    16,
    portable_winograd_weights,
    portable_winograd_inputs,
    portable_winograd_multiply,
    portable_winograd_outputs,
    portable_direct_inputs,
    portable_direct_multiply,
    portable_sum,
    portable_average,
};
