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
    portable_weight_sums_inputs,
    portable_weight_sums_gradients,
    portable_weight_sums_multiply,
    portable_weight_sums_weights,
    portable_direct_weights,
    portable_normalised_sums,
    portable_normalised_gradients,
    portable_totals,
    portable_average_gradient,
    portable_shared,
    portable_largest,
    portable_largest_gradient,
    portable_doubled,
    portable_doubled_gradient,
};
