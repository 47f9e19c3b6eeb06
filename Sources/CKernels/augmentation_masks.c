// Masks of a previous stage, grown, shrunk and taken apart.

#include "CKernels.h"
#include "augmentation_clones.h"

#include <stddef.h>

enum { far_away = 30000 };

// Squared distance along a row to the nearest voxel that is set.
static void row_distances(
    const uint8_t *mask, int32_t width, bool erode, int32_t reach, uint16_t *out) {
  int32_t distance = reach + 1;
  for (int32_t x = 0; x < width; x++) {
    distance = (mask[x] != 0) != erode ? 0 : distance + 1;
    out[x] = (uint16_t)(distance > reach ? far_away : distance * distance);
  }
  distance = reach + 1;
  for (int32_t x = width - 1; x >= 0; x--) {
    distance = (mask[x] != 0) != erode ? 0 : distance + 1;
    const uint16_t square = (uint16_t)(distance > reach ? far_away : distance * distance);
    if (square < out[x]) out[x] = square;
  }
}

VK_CLONES
static void lower(
    const uint16_t *other, uint16_t added, int64_t count, uint16_t *restrict out) {
  for (int64_t i = 0; i < count; i++) {
    const uint16_t value = (uint16_t)(other[i] + added);
    out[i] = value < out[i] ? value : out[i];
  }
}

// Takes the minimum over `count` lines of `length` values, each raised by the square of how far it lies.
static void spread(
    const uint16_t *lines, int32_t count, int64_t length, int32_t reach, uint16_t *out) {
  for (int32_t line = 0; line < count; line++) {
    uint16_t *to = out + length * line;
    for (int64_t i = 0; i < length; i++) to[i] = far_away;
    const int32_t first = line > reach ? line - reach : 0;
    const int32_t last = line + reach < count ? line + reach : count - 1;
    for (int32_t other = first; other <= last; other++) {
      const int32_t apart = other - line;
      lower(lines + length * other, (uint16_t)(apart * apart), length, to);
    }
  }
}

void vk_dilate(
    const uint8_t *mask, const int32_t shape[3], double radius, bool erode, uint16_t *scratch,
    uint8_t *result) {
  const int64_t plane = (int64_t)shape[1] * shape[2], count = plane * shape[0];
  const int32_t reach = (int32_t)radius, square = (int32_t)(radius * radius);
  uint16_t *one = scratch, *other = scratch + count;
  for (int64_t row = 0; row < (int64_t)shape[0] * shape[1]; row++) {
    row_distances(mask + row * shape[2], shape[2], erode, reach, one + row * shape[2]);
  }
  for (int32_t z = 0; z < shape[0]; z++) {
    spread(one + plane * z, shape[1], shape[2], reach, other + plane * z);
  }
  spread(other, shape[0], plane, reach, one);
  for (int64_t i = 0; i < count; i++) result[i] = (one[i] <= square) != erode;
}

static int32_t root(int32_t *parents, int32_t voxel) {
  while (parents[voxel] != voxel) {
    parents[voxel] = parents[parents[voxel]];
    voxel = parents[voxel];
  }
  return voxel;
}

// The earlier voxel stays the root, so that numbers follow the order of first voxels.
static void join(int32_t *parents, int32_t one, int32_t other) {
  const int32_t a = root(parents, one), b = root(parents, other);
  if (a < b) parents[b] = a;
  if (b < a) parents[a] = b;
}

int32_t vk_label_pieces(const uint8_t *mask, const int32_t shape[3], int32_t *pieces) {
  const int32_t depth = shape[0], height = shape[1], width = shape[2];
  int32_t voxel = 0;
  for (int32_t z = 0; z < depth; z++) {
    for (int32_t y = 0; y < height; y++) {
      for (int32_t x = 0; x < width; x++, voxel++) {
        pieces[voxel] = mask[voxel] ? voxel : -1;
        if (!mask[voxel]) continue;
        for (int neighbour = 0; neighbour < 13; neighbour++) {
          const int32_t dz = neighbour / 9 - 1, dy = neighbour / 3 % 3 - 1, dx = neighbour % 3 - 1;
          if (z + dz < 0 || y + dy < 0 || y + dy >= height || x + dx < 0 || x + dx >= width) {
            continue;
          }
          const int32_t before = voxel + (dz * height + dy) * width + dx;
          if (mask[before]) join(pieces, voxel, before);
        }
      }
    }
  }
  int32_t count = 0;
  // A root precedes its voxels, so that it has its number, kept as -2 - number, when they are met.
  for (int32_t i = 0; i < voxel; i++) {
    if (pieces[i] < 0) continue;
    if (pieces[i] == i) {
      pieces[i] = -2 - ++count;
    } else {
      // Every voxel on the way to the root has been numbered already.
      pieces[i] = pieces[pieces[i]];
    }
  }
  for (int32_t i = 0; i < voxel; i++) pieces[i] = pieces[i] == -1 ? 0 : -2 - pieces[i];
  return count;
}
