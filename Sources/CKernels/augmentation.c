// Rotated and scaled patches, sampled in one pass from the patch that was read.

#include "CKernels.h"
#include "augmentation_clones.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

// The columns of a row whose neighbours all lie inside the source.
static void inner_columns(
    const vk_affine *a, const double start[3], int32_t *first, int32_t *last) {
  double low = 0, high = a->target[2];
  for (int s = a->planar ? 1 : 0; s < 3; s++) {
    // Coordinates are rounded to float32 later; the margin keeps them inside.
    const double minimum = 1e-3, maximum = a->source[s] - 1 - 1e-3, step = a->along[2][s];
    if (fabs(step) < 1e-9) {
      if (start[s] < minimum || start[s] > maximum) high = 0;
      continue;
    }
    const double one = (minimum - start[s]) / step, other = (maximum - start[s]) / step;
    low = fmax(low, fmin(one, other));
    high = fmin(high, fmax(one, other) + 1);
  }
  *first = (int32_t)fmin(ceil(low), a->target[2]);
  *last = (int32_t)fmax(floor(high), 0);
  // One past the last place on or before `high - 1`.
  if (*last > a->target[2]) *last = a->target[2];
  if (*last < *first) *last = *first;
}

static void row_start(const vk_affine *a, int32_t z, int32_t y, double start[3]) {
  for (int s = 0; s < 3; s++) start[s] = a->origin[s] + z * a->along[0][s] + y * a->along[1][s];
}

/// The voxels around a point, and how far it lies from the first of them along each axis.
typedef struct {
  int32_t first[3];
  float part[3];
} cell;

/// False for a point of which no voxel is a neighbour.
static bool cell_around(const vk_affine *a, const float at[3], cell *c) {
  for (int s = 0; s < 3; s++) {
    if (!(at[s] > -1 && at[s] < (float)a->source[s])) return false;
    c->first[s] = (int32_t)floorf(at[s]);
    c->part[s] = at[s] - (float)c->first[s];
  }
  return true;
}

/// The weight of one of the eight voxels, and its place; -1 outside the image.
static float corner_weight(const vk_affine *a, const cell *c, int corner, int64_t *place) {
  float weight = 1;
  bool inside = true;
  *place = 0;
  for (int s = 0; s < 3; s++) {
    const int32_t upper = corner >> (2 - s) & 1, index = c->first[s] + upper;
    inside = inside && index >= 0 && index < a->source[s];
    *place = *place * a->source[s] + index;
    weight *= upper ? c->part[s] : 1 - c->part[s];
  }
  if (!inside) *place = -1;
  return weight;
}

static float value_at(const vk_affine *a, const float *source, const float at[3]) {
  cell around;
  if (!cell_around(a, at, &around)) return 0;
  float sum = 0;
  for (int corner = 0; corner < 8; corner++) {
    int64_t place;
    const float weight = corner_weight(a, &around, corner, &place);
    if (place >= 0 && weight != 0) sum += weight * source[place];
  }
  return sum;
}

static void border_row(
    const vk_affine *a, const float *source, const double start[3], int32_t first, int32_t last,
    float *row) {
  for (int32_t x = first; x < last; x++) {
    float at[3];
    for (int s = 0; s < 3; s++) at[s] = (float)start[s] + (float)x * (float)a->along[2][s];
    if (a->planar) at[0] = 0;
    row[x] = value_at(a, source, at);
  }
}

VK_CLONES
static void inner_row_3d(
    const float *restrict source, const int32_t *restrict shape, const float *restrict start,
    const float *restrict step, int32_t first, int32_t last, float *restrict row) {
  const int32_t columns = shape[2], plane = shape[1] * shape[2];
  const float z0 = start[0], y0 = start[1], x0 = start[2];
  const float dz = step[0], dy = step[1], dx = step[2];
  for (int32_t x = first; x < last; x++) {
    const float place = (float)x;
    const float pz = z0 + place * dz, py = y0 + place * dy, px = x0 + place * dx;
    const int32_t iz = (int32_t)pz, iy = (int32_t)py, ix = (int32_t)px;
    const float fz = pz - (float)iz, fy = py - (float)iy, fx = px - (float)ix;
    const float *c = source + (iz * plane + iy * columns + ix);
    const float *d = c + plane;
    const float a00 = c[0] + fx * (c[1] - c[0]);
    const float a01 = c[columns] + fx * (c[columns + 1] - c[columns]);
    const float a10 = d[0] + fx * (d[1] - d[0]);
    const float a11 = d[columns] + fx * (d[columns + 1] - d[columns]);
    const float a0 = a00 + fy * (a01 - a00), a1 = a10 + fy * (a11 - a10);
    row[x] = a0 + fz * (a1 - a0);
  }
}

VK_CLONES
static void inner_row_2d(
    const float *restrict source, const int32_t *restrict shape, const float *restrict start,
    const float *restrict step, int32_t first, int32_t last, float *restrict row) {
  const int32_t columns = shape[2];
  const float y0 = start[1], x0 = start[2], dy = step[1], dx = step[2];
  for (int32_t x = first; x < last; x++) {
    const float place = (float)x;
    const float py = y0 + place * dy, px = x0 + place * dx;
    const int32_t iy = (int32_t)py, ix = (int32_t)px;
    const float fy = py - (float)iy, fx = px - (float)ix;
    const float *c = source + (iy * columns + ix);
    const float a0 = c[0] + fx * (c[1] - c[0]);
    const float a1 = c[columns] + fx * (c[columns + 1] - c[columns]);
    row[x] = a0 + fy * (a1 - a0);
  }
}

void vk_affine_image(const vk_affine *a, const float *source, float *target) {
  for (int32_t z = 0; z < a->target[0]; z++) {
    for (int32_t y = 0; y < a->target[1]; y++) {
      float *row = target + ((int64_t)z * a->target[1] + y) * a->target[2];
      double start[3];
      float from[3], step[3];
      int32_t first, last;
      row_start(a, z, y, start);
      inner_columns(a, start, &first, &last);
      for (int s = 0; s < 3; s++) {
        from[s] = (float)start[s];
        step[s] = (float)a->along[2][s];
      }
      border_row(a, source, start, 0, first, row);
      (a->planar ? inner_row_2d : inner_row_3d)(source, a->source, from, step, first, last, row);
      border_row(a, source, start, last, a->target[2], row);
    }
  }
}

// A thousandth share as float16 holds it: what makes near ties exact ones in the rule that is followed.
static float rounded_share(float weight) {
  const float share = weight * 1000;
  if (share <= 0) return 0;
  int exponent;
  frexpf(share, &exponent);
  const float unit = ldexpf(1, exponent - 11);
  return rintf(share / unit) * unit;
}

static int16_t label_at(
    const vk_affine *a, const int16_t *source, int16_t outside, const float at[3]) {
  cell around;
  if (!cell_around(a, at, &around)) return outside;
  int32_t nearest = 0;
  for (int s = 0; s < 3; s++) nearest = nearest * 2 + ((int32_t)rintf(at[s]) - around.first[s]);
  int16_t found[8], nearest_label = outside;
  float weights[8];
  int count = 0;
  for (int corner = 0; corner < 8; corner++) {
    int64_t place;
    const float weight = corner_weight(a, &around, corner, &place);
    const int16_t label = place >= 0 ? source[place] : outside;
    if (corner == nearest) nearest_label = label;
    if (weight == 0) continue;
    int entry = 0;
    while (entry < count && found[entry] != label) entry++;
    if (entry == count) {
      found[count] = label;
      weights[count++] = 0;
    }
    weights[entry] += weight;
  }
  float best = -1, nearest_share = -2;
  int16_t label = outside;
  for (int entry = 0; entry < count; entry++) {
    const float share = rounded_share(weights[entry]);
    if (share > best || (share == best && found[entry] < label)) {
      best = share;
      label = found[entry];
    }
    if (found[entry] == nearest_label) nearest_share = share;
  }
  return nearest_share == best ? nearest_label : label;
}

static void border_labels(
    const vk_affine *a, const int16_t *source, int16_t outside, const double start[3],
    int32_t first, int32_t last, int16_t *row) {
  for (int32_t x = first; x < last; x++) {
    float at[3];
    for (int s = 0; s < 3; s++) at[s] = (float)start[s] + (float)x * (float)a->along[2][s];
    if (a->planar) at[0] = 0;
    row[x] = label_at(a, source, outside, at);
  }
}

VK_INLINE uint32_t pair_at(const int16_t *labels) {
  uint32_t pair;
  memcpy(&pair, labels, sizeof pair);
  return pair;
}

// Most cells have one label at all corners, so that nothing needs to be interpolated.
static void inner_labels(
    const vk_affine *a, const int16_t *source, int16_t outside, const double start[3],
    int32_t first, int32_t last, int16_t *row) {
  const int32_t columns = a->source[2], plane = a->planar ? 0 : a->source[1] * a->source[2];
  const float z0 = (float)start[0], y0 = (float)start[1], x0 = (float)start[2];
  const float dz = (float)a->along[2][0], dy = (float)a->along[2][1], dx = (float)a->along[2][2];
  for (int32_t x = first; x < last; x++) {
    const float place = (float)x;
    const float pz = a->planar ? 0 : z0 + place * dz, py = y0 + place * dy, px = x0 + place * dx;
    const int32_t iz = (int32_t)pz, iy = (int32_t)py, ix = (int32_t)px;
    const int16_t *c = source + (iz * plane + iy * columns + ix);
    const uint32_t pair = pair_at(c), same = (uint32_t)(uint16_t)c[0] * 0x10001u;
    const uint32_t other = (pair_at(c + columns) ^ same) | (pair_at(c + plane) ^ same)
        | (pair_at(c + plane + columns) ^ same);
    if (((pair ^ same) | other) == 0) {
      row[x] = c[0];
    } else {
      const float at[3] = {pz, py, px};
      row[x] = label_at(a, source, outside, at);
    }
  }
}

void vk_affine_labels(
    const vk_affine *a, const int16_t *source, int16_t outside, int16_t *target) {
  for (int32_t z = 0; z < a->target[0]; z++) {
    for (int32_t y = 0; y < a->target[1]; y++) {
      int16_t *row = target + ((int64_t)z * a->target[1] + y) * a->target[2];
      double start[3];
      int32_t first, last;
      row_start(a, z, y, start);
      inner_columns(a, start, &first, &last);
      border_labels(a, source, outside, start, 0, first, row);
      inner_labels(a, source, outside, start, first, last, row);
      border_labels(a, source, outside, start, last, a->target[2], row);
    }
  }
}
