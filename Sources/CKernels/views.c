// Views of pictures and geodesic distances in them, for networks that are led by prompts.
#include "include/views.h"

#include <math.h>
#include <stdbool.h>

static inline double clamped(double value, double last) {
  return value < 0 ? 0 : value > last ? last : value;
}

static inline float linear(const vk_view *v, const float *source, double x, double y) {
  x = clamped(x, v->width - 1);
  y = clamped(y, v->height - 1);
  int32_t left = (int32_t)x, top = (int32_t)y;
  int32_t right = left + 1 < v->width ? left + 1 : left;
  int32_t bottom = top + 1 < v->height ? top + 1 : top;
  float a = (float)(x - left), b = (float)(y - top);
  const float *upper = source + (int64_t)top * v->width;
  const float *lower = source + (int64_t)bottom * v->width;
  float above = upper[left] + a * (upper[right] - upper[left]);
  float below = lower[left] + a * (lower[right] - lower[left]);
  return above + b * (below - above);
}

void vk_view_image(const vk_view *v, const float *source, float *target) {
  int32_t n = v->fineness < 1 ? 1 : v->fineness;
  for (int32_t row = 0; row < v->side; row++) {
    for (int32_t column = 0; column < v->side; column++) {
      float sum = 0;
      for (int32_t i = 0; i < n; i++) {
        double r = row + (i + 0.5) / n - 0.5;
        for (int32_t j = 0; j < n; j++) {
          double c = column + (j + 0.5) / n - 0.5;
          sum += linear(
              v, source, v->origin[0] + c * v->across[0] + r * v->down[0],
              v->origin[1] + c * v->across[1] + r * v->down[1]);
        }
      }
      target[row * v->side + column] = sum / (float)(n * n);
    }
  }
}

void vk_view_members(
    const vk_view *v, const int32_t *source, const uint8_t *is_member, float *target) {
  int32_t n = v->fineness < 1 ? 1 : v->fineness;
  for (int32_t row = 0; row < v->side; row++) {
    for (int32_t column = 0; column < v->side; column++) {
      int32_t found = 0;
      for (int32_t i = 0; i < n; i++) {
        double r = row + (i + 0.5) / n - 0.5;
        for (int32_t j = 0; j < n; j++) {
          double c = column + (j + 0.5) / n - 0.5;
          double x = floor(v->origin[0] + c * v->across[0] + r * v->down[0] + 0.5);
          double y = floor(v->origin[1] + c * v->across[1] + r * v->down[1] + 0.5);
          if (x < 0 || y < 0 || x >= v->width || y >= v->height) continue;
          found += is_member[source[(int64_t)y * v->width + (int64_t)x]] != 0;
        }
      }
      target[row * v->side + column] = (float)found / (float)(n * n);
    }
  }
}

static inline void relax(
    const float *picture, float *distances, int32_t here, int32_t there, float contrast,
    float length) {
  float difference = contrast * (picture[here] - picture[there]);
  float candidate = distances[there] + sqrtf(difference * difference + length * length);
  if (candidate < distances[here]) distances[here] = candidate;
}

void vk_geodesic_distances(
    const float *picture, const uint8_t *seeds, int32_t side, float contrast, float step,
    float *distances) {
  bool any = false;
  for (int32_t i = 0; i < side * side; i++) {
    distances[i] = seeds[i] ? 0 : INFINITY;
    any = any || seeds[i];
  }
  if (!any) return;
  float diagonal = step * sqrtf(2);
  for (int32_t round = 0; round < 2; round++) {
    for (int32_t y = 0; y < side; y++) {
      for (int32_t x = 0; x < side; x++) {
        int32_t here = y * side + x;
        if (x > 0) relax(picture, distances, here, here - 1, contrast, step);
        if (y == 0) continue;
        relax(picture, distances, here, here - side, contrast, step);
        if (x > 0) relax(picture, distances, here, here - side - 1, contrast, diagonal);
        if (x + 1 < side) relax(picture, distances, here, here - side + 1, contrast, diagonal);
      }
      // A path may also run against the reading direction.
      for (int32_t x = side - 2; x >= 0; x--) {
        relax(picture, distances, y * side + x, y * side + x + 1, contrast, step);
      }
    }
    for (int32_t y = side - 1; y >= 0; y--) {
      for (int32_t x = side - 1; x >= 0; x--) {
        int32_t here = y * side + x;
        if (x + 1 < side) relax(picture, distances, here, here + 1, contrast, step);
        if (y + 1 == side) continue;
        relax(picture, distances, here, here + side, contrast, step);
        if (x > 0) relax(picture, distances, here, here + side - 1, contrast, diagonal);
        if (x + 1 < side) relax(picture, distances, here, here + side + 1, contrast, diagonal);
      }
      for (int32_t x = 1; x < side; x++) {
        relax(picture, distances, y * side + x, y * side + x - 1, contrast, step);
      }
    }
  }
}
