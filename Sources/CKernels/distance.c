// Euclidean distances between sets of voxels: of every voxel of a grid, and only of those that are asked for.
#include "CKernels.h"

#include <math.h>
#include <string.h>

#define VK_INLINE static inline __attribute__((always_inline))

enum { BLOCK = 8 };  // lines that share a cache line

void vk_distance_rows(
    const vk_grid *grid, const uint64_t *bits, double spacing, int64_t first, int64_t last,
    double *squared) {
  for (int64_t row = first; row < last; row++) {
    const uint64_t *words = bits + row * grid->words;
    double *out = squared + row * grid->columns;
    double steps = INFINITY;
    for (int32_t x = 0; x < grid->columns; x++) {
      steps = words[x >> 6] >> (x & 63) & 1 ? 0 : steps + 1;
      out[x] = steps;
    }
    steps = INFINITY;
    for (int32_t x = grid->columns - 1; x >= 0; x--) {
      steps = out[x] == 0 ? 0 : steps + 1;
      const double way = (steps < out[x] ? steps : out[x]) * spacing;
      out[x] = way * way;
    }
  }
}

int64_t vk_distance_scratch(int32_t count) { return (int64_t)count * (BLOCK + 2) + 1; }

// The lower envelope of the parabolas that stand on the finite values of one line.
static void envelope(
    const double *heights, int32_t count, double spacing, double *starts, double *feet,
    double *out, int64_t stride) {
  const double step = spacing * spacing;
  int32_t top = -1;
  for (int32_t q = 0; q < count; q++) {
    if (isinf(heights[q])) continue;
    double start = -INFINITY;
    while (top >= 0) {
      const int32_t v = (int32_t)feet[top];
      const double apart = (double)q - (double)v;
      start = (heights[q] - heights[v]) / (2 * step * apart) + 0.5 * ((double)q + (double)v);
      if (start > starts[top]) break;
      top--;
      start = -INFINITY;
    }
    top++;
    feet[top] = q;
    starts[top] = start;
  }
  if (top < 0) return;
  const int32_t last = top;
  for (int32_t q = 0, k = 0; q < count; q++) {
    while (k < last && starts[k + 1] < q) k++;
    const double way = ((double)q - feet[k]) * spacing;
    out[q * stride] = way * way + heights[(int32_t)feet[k]];
  }
}

void vk_distance_lines(
    double *squared, int64_t stride, int32_t count, int32_t lines, double spacing, double *scratch) {
  double *starts = scratch + (int64_t)BLOCK * count, *feet = starts + count;
  for (int32_t begin = 0; begin < lines; begin += BLOCK) {
    const int32_t width = lines - begin < BLOCK ? lines - begin : BLOCK;
    for (int32_t q = 0; q < count; q++) {
      for (int32_t i = 0; i < width; i++) {
        scratch[(int64_t)i * count + q] = squared[begin + i + q * stride];
      }
    }
    for (int32_t i = 0; i < width; i++) {
      envelope(
          scratch + (int64_t)i * count, count, spacing, starts, feet, squared + begin + i, stride);
    }
  }
}

VK_INLINE uint64_t hash_of(double squared) {
  uint64_t bits;
  memcpy(&bits, &squared, sizeof bits);
  return (bits * 0x9E3779B97F4A7C15u) >> 24;
}

void vk_distance_tally_add(vk_distance_tally *tally, vk_distance_entry entry) {
  for (uint64_t hash = hash_of(entry.squared);; hash++) {
    vk_distance_entry *place = tally->entries + (hash & (uint64_t)(tally->capacity - 1));
    if (place->count == 0) {
      *place = entry;
      tally->used++;
      return;
    }
    if (place->squared == entry.squared) {
      place->weight += entry.weight;
      place->count += entry.count;
      return;
    }
  }
}

// Columns to the nearest set bit of a row, if they are at most `reach`; else something above `reach`.
VK_INLINE int32_t nearest_bit(const uint64_t *row, int64_t words, int32_t x, int32_t reach) {
  const int64_t w = x >> 6;
  const int32_t b = x & 63;
  int32_t nearest = INT32_MAX;
  const uint64_t left = row[w] << (63 - b), right = row[w] >> b;
  if (left) nearest = __builtin_clzll(left);
  if (right && __builtin_ctzll(right) < nearest) nearest = __builtin_ctzll(right);
  if (nearest < reach) reach = nearest;
  for (int64_t i = w - 1, gap = b + 1; i >= 0 && gap <= reach; i--, gap += 64) {
    if (!row[i]) continue;
    const int32_t found = (int32_t)gap + __builtin_clzll(row[i]);
    if (found < nearest) nearest = found;
    break;
  }
  for (int64_t i = w + 1, gap = 64 - b; i < words && gap <= reach; i++, gap += 64) {
    if (!row[i]) continue;
    const int32_t found = (int32_t)gap + __builtin_ctzll(row[i]);
    if (found < nearest) nearest = found;
    break;
  }
  return nearest;
}

typedef struct {
  double squared;
  int32_t reach;  // columns beyond which nothing is nearer
} vk_best;

// Looks at the row of the targets that lies so many rows and planes away.
VK_INLINE void look(
    const vk_surface_search *s, int32_t x, int32_t row, int32_t plane, double offset,
    vk_best *best) {
  const uint64_t *words = s->targets + ((int64_t)plane * s->grid.rows + row) * s->grid.words;
  const int32_t columns = nearest_bit(words, s->grid.words, x, best->reach);
  if (columns > best->reach) return;
  const double way = columns * s->spacing;
  const double found = way * way + offset;
  if (found >= best->squared) return;
  best->squared = found;
  // One column more covers rounding.
  const double reach = sqrt(found) / s->spacing + 1;
  if (reach < best->reach) best->reach = (int32_t)reach;
}

// The squared distance of one query by rows in the order of their distance, or -1 when they are too few.
static double nearest(
    const vk_surface_search *s, int32_t x, int32_t y, int32_t z, int64_t *effort) {
  vk_best best = {INFINITY, s->grid.columns};
  for (int64_t i = 0; i < s->offset_count; i++) {
    const vk_row_offset offset = s->offsets[i];
    if (offset.squared >= best.squared || isinf(offset.squared)) {
      *effort -= i;
      return best.squared;
    }
    const int32_t row = y + offset.rows, plane = z + offset.planes;
    if ((uint32_t)row >= (uint32_t)s->grid.rows || (uint32_t)plane >= (uint32_t)s->grid.planes) {
      continue;
    }
    look(s, x, row, plane, offset.squared, &best);
  }
  *effort -= s->offset_count;
  return -1;
}

// The same by all rows, plane by plane from the query's own outwards.
static double nearest_of_all(const vk_surface_search *s, int32_t x, int32_t y, int32_t z) {
  vk_best best = {INFINITY, s->grid.columns};
  for (int32_t i = 0; i < 2 * s->grid.planes; i++) {
    const int32_t planes = (i + 1) / 2, plane = i % 2 ? z - planes : z + planes;
    const double across = planes * s->plane_spacing * (planes * s->plane_spacing);
    if (across >= best.squared) break;
    if (plane < 0 || plane >= s->grid.planes) continue;
    for (int32_t j = 0; j < 2 * s->grid.rows; j++) {
      const int32_t rows = (j + 1) / 2, row = j % 2 ? y - rows : y + rows;
      const double offset = rows * s->row_spacing * (rows * s->row_spacing) + across;
      if (offset >= best.squared) break;
      if (row >= 0 && row < s->grid.rows) look(s, x, row, plane, offset, &best);
    }
  }
  return best.squared;
}

// The voxels on both sides of corner x in a row of the mask.
VK_INLINE uint32_t pair(const vk_surface_search *s, int32_t x, int32_t y, int32_t z) {
  const vk_grid *g = &s->mask_grid;
  if ((uint32_t)y >= (uint32_t)g->rows || (uint32_t)z >= (uint32_t)g->planes) return 0;
  const uint64_t *row = s->mask + ((int64_t)z * g->rows + y) * g->words;
  const uint32_t left = x > 0 ? row[(x - 1) >> 6] >> ((x - 1) & 63) & 1 : 0;
  const uint32_t right = x < g->columns ? row[x >> 6] >> (x & 63) & 1 : 0;
  return left | right << 1;
}

static double weight(const vk_surface_search *s, int32_t x, int32_t y, int32_t z) {
  if (!s->mask) return 1;
  if (s->planar) return s->areas[pair(s, x, y - 1, z) | pair(s, x, y, z) << 2];
  return s->areas
      [pair(s, x, y - 1, z - 1) | pair(s, x, y, z - 1) << 2 | pair(s, x, y - 1, z) << 4 |
       pair(s, x, y, z) << 6];
}

int64_t vk_surface_search_run(
    const vk_surface_search *s, int64_t first, int64_t last, int64_t *effort,
    vk_distance_tally *tally) {
  for (int64_t row = first; row < last; row++) {
    // At most so many distances of a row can be new.
    if (2 * (tally->used + s->grid.columns) > tally->capacity) return row;
    const int32_t y = (int32_t)(row % s->grid.rows), z = (int32_t)(row / s->grid.rows);
    for (int64_t w = 0; w < s->grid.words; w++) {
      for (uint64_t left = s->queries[row * s->grid.words + w]; left; left &= left - 1) {
        const int32_t x = (int32_t)w * 64 + __builtin_ctzll(left);
        double squared = -1;
        if (s->squared) {
          squared = s->squared[row * s->grid.columns + x];
        } else if (!s->offsets) {
          squared = nearest_of_all(s, x, y, z);
        } else if (*effort > 0) {
          squared = nearest(s, x, y, z, effort);
        }
        if (squared < 0) {
          s->given_up[row * s->grid.words + w] |= left & -left;
        } else {
          vk_distance_tally_add(tally, (vk_distance_entry){squared, weight(s, x, y, z), 1});
        }
      }
    }
  }
  return last;
}
