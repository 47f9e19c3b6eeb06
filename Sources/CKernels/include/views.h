// Square views of a picture, and how far their pixels lie from marks: what a network sees that is led by
// prompts. Swift sees these declarations through CKernels.h.
#ifndef CKERNELS_VIEWS_H
#define CKERNELS_VIEWS_H

#include <stdint.h>

/// A grid of side × side samples of a picture of width × height pixels; the centre of the first pixel is (0, 0).
typedef struct {
  int32_t width, height;
  int32_t side;
  double origin[2];  ///< x and y of the first sample
  double across[2];  ///< how x and y change from one column of samples to the next
  double down[2];    ///< how x and y change from one row of samples to the next
  int32_t fineness;  ///< a sample is the mean of fineness × fineness places
} vk_view;

/// Interpolates linearly; beyond the picture its outermost pixels go on.
void vk_view_image(const vk_view *view, const float *source, float *target);

/// The share of each sample's places whose nearest pixel is a member; none beyond the picture.
void vk_view_members(
    const vk_view *view, const int32_t *source, const uint8_t *is_member, float *target);

/// Geodesic distances from seeds (not 0) over a side × side picture: between neighbours, corners included, the
/// square root of (contrast · difference)² + (step · distance in pixels)². Two rounds of sweeps in either
/// direction, which for pictures without spirals come close to the minimum over all paths. Without seeds all
/// distances are infinite.
void vk_geodesic_distances(
    const float *picture, const uint8_t *seeds, int32_t side, float contrast, float step,
    float *distances);

#endif
