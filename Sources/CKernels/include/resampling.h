// Lines of voxels onto other lines, label maps onto other grids, and bytes sorted by their significance:
// the inner loops of preparing images. Arrays are row-major, the outermost of three axes first.
#ifndef CKERNELS_RESAMPLING_H
#define CKERNELS_RESAMPLING_H

#include <stdint.h>

enum {
  VK_LINE_LANES = 16,    ///< lines that are worked on together
  VK_SPLINE_PADDING = 12  ///< voxels by which a line is continued at either end before the cubic filter
};

/// How the voxels of one line become those of another.
typedef struct {
  int32_t taps;   ///< 2 linear, 4 cubic
  int32_t length, result;  ///< voxels of the line and of what it becomes
  const int32_t *starts;   ///< first tap of each result, counted from the start of the padding
  const double *weights;   ///< `taps` per result
} vk_line_map;

/// Up to VK_LINE_LANES lines at once. `along` is the distance between the voxels of a line and `across`
/// that between lines; results are held within `low` ... `high`. Cubic lines are continued with their end
/// values and turned into coefficients first. `scratch` holds VK_LINE_LANES doubles for every voxel of
/// the line, its padding, and one more.
void vk_resample_lines(
    const vk_line_map *map, const float *in, int64_t in_along, int64_t in_across, int32_t lines,
    float *out, int64_t out_along, int64_t out_across, float low, float high, double *scratch);

/// The least and greatest value of each of `count` slices of an array (outer, count, inner); NaN is
/// passed over. Slices without a number get +∞ and −∞.
void vk_slice_bounds(
    const float *values, int64_t outer, int64_t count, int64_t inner, float *low, float *high);

/// Holds every slice within its bounds.
void vk_clip_slices(
    float *values, int64_t outer, int64_t count, int64_t inner, const float *low,
    const float *high);

/// The voxels of the source around each voxel of the result, along one axis.
typedef struct {
  int32_t taps;            ///< 2, or 1 for an axis that stays as it is
  const int32_t *sources;  ///< `taps` per result
  const double *weights;   ///< `taps` per result
  const int32_t *nearest;  ///< one per result
} vk_label_axis;

/// Planes `first` ..< `last` of a label map on another grid: every voxel gets the label whose indicator,
/// interpolated linearly, is greatest; of equals the nearest voxel's label, else the smallest.
void vk_resample_labels(
    const int16_t *labels, const int32_t shape[3], const vk_label_axis axes[3], int16_t *out,
    const int32_t out_shape[3], int32_t first, int32_t last);

/// One plane of an image on another grid, linearly, from two planes of the source. For every row and
/// column of the result there are two sources with their weights. `scratch` holds one plane and one row
/// of the source.
void vk_resample_plane(
    const float *image, const int32_t shape[3], const int32_t planes[2],
    const float plane_weights[2], const int32_t *rows, const float *row_weights,
    int32_t row_count, const int32_t *columns, const float *column_weights, int32_t column_count,
    float *out, float *scratch);

/// Sorts `count` elements of `size` bytes into `size` runs of bytes, the least significant first as
/// little-endian memory has it.
void vk_shuffle_bytes(const uint8_t *in, int64_t count, int32_t size, uint8_t *out);
/// The elements back from runs of bytes.
void vk_unshuffle_bytes(const uint8_t *in, int64_t count, int32_t size, uint8_t *out);

#endif
