// Changes of image patches while a network trains: every function works on one channel, on one core, and
// gives the same values on every processor. Swift sees these declarations through CKernels.h.
#ifndef CKERNELS_AUGMENTATION_H
#define CKERNELS_AUGMENTATION_H

#include <stdbool.h>
#include <stdint.h>

/// Where the voxels of a target lie in a source; axes are planes, rows, columns.
typedef struct {
  int32_t source[3], target[3];
  double origin[3];    ///< source coordinates of the target's first voxel
  double along[3][3];  ///< [t][s]: how source coordinate s changes from one voxel to the next along t
  /// One plane to one plane: only rows and columns are interpolated.
  bool planar;
} vk_affine;

/// Samples linearly; outside the source lie zeros.
void vk_affine_image(const vk_affine *affine, const float *source, float *target);

/// Samples the label whose indicator, interpolated linearly, is the highest; ties go to the nearest voxel's
/// label if it takes part in them, else to the lowest. Outside the source lies `outside`.
void vk_affine_labels(
    const vk_affine *affine, const int16_t *source, int16_t outside, int16_t *target);

/// Adds sigma · n, n from the standard normal distribution, by the SplitMix64 stream of `seed`.
void vk_add_noise(uint64_t seed, float sigma, int64_t count, float *values);

typedef struct {
  double mean;
  double deviation;  ///< divided by count − 1
  float minimum, maximum;
} vk_value_summary;

vk_value_summary vk_value_summary_of(const float *values, int64_t count);

/// values · factor + offset, kept inside minimum … maximum.
void vk_scale(
    float *values, int64_t count, float factor, float offset, float minimum, float maximum);

/// range · ((values · sign − minimum) / range)^exponent + minimum.
void vk_power(
    float *values, int64_t count, float sign, float minimum, float range, float exponent);

/// A symmetric filter along each axis; borders are mirrored about the outermost voxel's centre.
typedef struct {
  int32_t shape[3];
  int32_t radius[3];
  const float *weights[3];  ///< radius + 1 numbers, the middle one first
  float *scratch;           ///< vk_blur_scratch floats
} vk_blur;

int64_t vk_blur_scratch(const vk_blur *blur);
void vk_blur_run(const vk_blur *blur, float *values);

/// Picks the nearest voxel for each voxel of a grid of another shape.
void vk_nearest_image(
    const float *source, const int32_t source_shape[3], const int32_t shape[3], float *target);
void vk_nearest_labels(
    const int16_t *source, const int32_t source_shape[3], const int32_t shape[3], int16_t *target);

/// Resizes linearly without aligned corners; `scratch` holds 3 · shape[1] · shape[2] floats.
void vk_linear_image(
    const float *source, const int32_t source_shape[3], const int32_t shape[3], float *scratch,
    float *target);

/// Copies an array of elements of 2 or 4 bytes, reversed along the flagged axes.
void vk_mirror(
    const void *source, const int32_t shape[3], const bool reversed[3], int32_t bytes,
    void *target);

/// Voxels within `radius` (0 … 100) of the mask, or those of the mask farther than it from every voxel
/// outside the mask. Beyond the array lies nothing. `scratch` holds twice the voxels.
void vk_dilate(
    const uint8_t *mask, const int32_t shape[3], double radius, bool erode, uint16_t *scratch,
    uint8_t *result);

/// Numbers the pieces of a mask, joined by faces, edges and corners, from 1 in the order of their first
/// voxels; returns how many there are.
int32_t vk_label_pieces(const uint8_t *mask, const int32_t shape[3], int32_t *pieces);

#endif
