// Blurred, coarsened and mirrored patches.

#include "CKernels.h"
#include "augmentation_clones.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

static int32_t mirrored(int32_t index, int32_t count) {
  if (count == 1) return 0;
  const int32_t period = 2 * (count - 1);
  int32_t place = index % period;
  if (place < 0) place += period;
  return place < count ? place : period - place;
}

// rows[-radius … radius] weighted and added.
VK_CLONES
static void combine(
    const float *const *rows, int32_t radius, const float *weights, int64_t count,
    float *restrict out) {
  const float *middle = rows[radius];
  const float first = weights[0];
  for (int64_t i = 0; i < count; i++) out[i] = middle[i] * first;
  for (int32_t j = 1; j <= radius; j++) {
    const float *before = rows[radius - j], *after = rows[radius + j];
    const float weight = weights[j];
    for (int64_t i = 0; i < count; i++) out[i] += weight * (before[i] + after[i]);
  }
}

enum { most_rows = 2 * 64 + 1 };

int64_t vk_blur_scratch(const vk_blur *blur) {
  const int64_t plane = (int64_t)blur->shape[1] * blur->shape[2];
  return plane * (2 * blur->radius[0] + 2) + blur->shape[2] + 2 * blur->radius[2];
}

// Blurs the rows and columns of a plane.
static void blur_plane(const vk_blur *b, const float *plane, float *along_rows, float *out) {
  const int32_t height = b->shape[1], width = b->shape[2], ry = b->radius[1], rx = b->radius[2];
  float *padded = b->scratch + (int64_t)height * width * (2 * b->radius[0] + 2);
  const float *rows[most_rows];
  for (int32_t y = 0; y < height; y++) {
    const float *row = plane + (int64_t)y * width;
    memcpy(padded + rx, row, (size_t)width * sizeof(float));
    for (int32_t j = 1; j <= rx; j++) {
      padded[rx - j] = row[mirrored(-j, width)];
      padded[rx + width - 1 + j] = row[mirrored(width - 1 + j, width)];
    }
    for (int32_t j = 0; j <= 2 * rx; j++) rows[j] = padded + j;
    combine(rows, rx, b->weights[2], width, along_rows + (int64_t)y * width);
  }
  for (int32_t y = 0; y < height; y++) {
    for (int32_t j = -ry; j <= ry; j++) {
      rows[ry + j] = along_rows + (int64_t)mirrored(y + j, height) * width;
    }
    combine(rows, ry, b->weights[1], width, out + (int64_t)y * width);
  }
}

void vk_blur_run(const vk_blur *b, float *values) {
  const int32_t depth = b->shape[0], rz = b->radius[0], ring = 2 * rz + 1;
  const int64_t plane = (int64_t)b->shape[1] * b->shape[2];
  float *planes = b->scratch, *along_rows = b->scratch + plane * ring;
  const float *rows[most_rows];
  int32_t done = 0;
  // A plane is overwritten only after it has been blurred into the ring.
  for (int32_t z = 0; z < depth; z++) {
    for (; done < depth && done <= z + rz; done++) {
      blur_plane(b, values + plane * done, along_rows, planes + plane * (done % ring));
    }
    for (int32_t y = 0; y < b->shape[1]; y++) {
      for (int32_t j = -rz; j <= rz; j++) {
        rows[rz + j] = planes + plane * (mirrored(z + j, depth) % ring)
            + (int64_t)y * b->shape[2];
      }
      combine(rows, rz, b->weights[0], b->shape[2],
          values + plane * z + (int64_t)y * b->shape[2]);
    }
  }
}

static int32_t nearest_place(int32_t index, int32_t from, int32_t to) {
  const float ratio = (float)from / (float)to;
  const int32_t place = (int32_t)floorf(((float)index + 0.5f) * ratio);
  return place < from ? place : from - 1;
}

// Columns are looked up once for a block of them, not for every row.
#define VK_NEAREST(NAME, TYPE)                                                                     \
  void NAME(const TYPE *source, const int32_t from[3], const int32_t to[3], TYPE *target) {        \
    enum { block = 256 };                                                                          \
    for (int32_t begin = 0; begin < to[2]; begin += block) {                                       \
      const int32_t end = to[2] - begin < block ? to[2] : begin + block;                           \
      int32_t columns[block];                                                                      \
      for (int32_t x = begin; x < end; x++) columns[x - begin] = nearest_place(x, from[2], to[2]); \
      for (int32_t z = 0; z < to[0]; z++) {                                                        \
        const int64_t plane = (int64_t)nearest_place(z, from[0], to[0]) * from[1];                 \
        for (int32_t y = 0; y < to[1]; y++) {                                                      \
          const TYPE *row = source + (plane + nearest_place(y, from[1], to[1])) * from[2];         \
          TYPE *out = target + ((int64_t)z * to[1] + y) * to[2];                                   \
          for (int32_t x = begin; x < end; x++) out[x] = row[columns[x - begin]];                  \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
  }

VK_NEAREST(vk_nearest_image, float)
VK_NEAREST(vk_nearest_labels, int16_t)

VK_INLINE void linear_place(
    int32_t index, int32_t from, float ratio, int32_t *first, int32_t *second, float *part) {
  const float middle = ratio * ((float)index + 0.5f) - 0.5f, place = middle < 0 ? 0 : middle;
  *first = (int32_t)place < from - 1 ? (int32_t)place : from - 1;
  *second = *first + (*first < from - 1);
  const float rest = place - (float)*first;
  *part = rest < 1 ? rest : 1;
}

VK_CLONES
static void blend(
    const float *one, const float *other, float part, int64_t count, float *restrict out) {
  const float rest = 1 - part;
  for (int64_t i = 0; i < count; i++) out[i] = one[i] * rest + other[i] * part;
}

static void widen_row(
    const float *row, const int32_t *first, const int32_t *second, const float *part,
    int32_t count, float *restrict out) {
  for (int32_t i = 0; i < count; i++) {
    out[i] = row[first[i]] * (1 - part[i]) + row[second[i]] * part[i];
  }
}

// Resizes one plane of the source to the target's rows and columns.
static void widen_plane(
    const float *plane, const int32_t from[3], const int32_t to[3], float *rows, float *out) {
  const float column_ratio = (float)from[2] / (float)to[2];
  const float row_ratio = (float)from[1] / (float)to[1];
  enum { block = 64 };
  for (int32_t begin = 0; begin < to[2]; begin += block) {
    const int32_t count = to[2] - begin < block ? to[2] - begin : block;
    int32_t first[block], second[block];
    float part[block];
    for (int32_t i = 0; i < count; i++) {
      linear_place(begin + i, from[2], column_ratio, first + i, second + i, part + i);
    }
    for (int32_t y = 0; y < from[1]; y++) {
      widen_row(plane + (int64_t)y * from[2], first, second, part, count,
          rows + (int64_t)y * to[2] + begin);
    }
  }
  for (int32_t y = 0; y < to[1]; y++) {
    int32_t first, second;
    float part;
    linear_place(y, from[1], row_ratio, &first, &second, &part);
    blend(rows + (int64_t)first * to[2], rows + (int64_t)second * to[2], part, to[2],
        out + (int64_t)y * to[2]);
  }
}

void vk_linear_image(
    const float *source, const int32_t from[3], const int32_t to[3], float *scratch,
    float *target) {
  const int64_t plane = (int64_t)to[1] * to[2], source_plane = (int64_t)from[1] * from[2];
  const float ratio = (float)from[0] / (float)to[0];
  float *wide[2] = {scratch, scratch + plane};
  float *rows = scratch + 2 * plane;
  int32_t held[2] = {-1, -1};
  for (int32_t z = 0; z < to[0]; z++) {
    int32_t needed[2];
    float part;
    linear_place(z, from[0], ratio, &needed[0], &needed[1], &part);
    for (int i = 0; i < 2; i++) {
      const int32_t slot = needed[i] & 1;
      if (held[slot] == needed[i]) continue;
      widen_plane(source + source_plane * needed[i], from, to, rows, wide[slot]);
      held[slot] = needed[i];
    }
    blend(wide[needed[0] & 1], wide[needed[1] & 1], part, plane, target + plane * z);
  }
}

VK_CLONES
static void reverse_words(const int32_t *row, int32_t count, int32_t *restrict out) {
  for (int32_t i = 0; i < count; i++) out[i] = row[count - 1 - i];
}

VK_CLONES
static void reverse_halves(const int16_t *row, int32_t count, int16_t *restrict out) {
  for (int32_t i = 0; i < count; i++) out[i] = row[count - 1 - i];
}

void vk_mirror(
    const void *source, const int32_t shape[3], const bool reversed[3], int32_t bytes,
    void *target) {
  const int32_t depth = shape[0], height = shape[1], width = shape[2];
  for (int32_t z = 0; z < depth; z++) {
    for (int32_t y = 0; y < height; y++) {
      const int64_t from = (int64_t)(reversed[0] ? depth - 1 - z : z) * height
          + (reversed[1] ? height - 1 - y : y);
      const char *row = (const char *)source + from * width * bytes;
      char *out = (char *)target + ((int64_t)z * height + y) * width * bytes;
      if (!reversed[2]) {
        memcpy(out, row, (size_t)width * (size_t)bytes);
      } else if (bytes == 4) {
        reverse_words((const int32_t *)(const void *)row, width, (int32_t *)(void *)out);
      } else {
        reverse_halves((const int16_t *)(const void *)row, width, (int16_t *)(void *)out);
      }
    }
  }
}
