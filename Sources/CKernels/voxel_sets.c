// Sets of voxels as bits, 64 at a time: where labels lie, and what belongs to the border of a set.
#include "CKernels.h"

#include <string.h>

typedef int32_t int32x16 __attribute__((ext_vector_type(16)));
typedef uint8_t uint8x16 __attribute__((ext_vector_type(16)));
typedef bool boolx16 __attribute__((ext_vector_type(16)));

#define VK_INLINE static inline __attribute__((always_inline))

// One bit for each of sixteen labels.
VK_INLINE uint64_t equal_labels(const int32_t *labels, int32_t label) {
  int32x16 values;
  memcpy(&values, labels, sizeof values);
  const boolx16 equal = __builtin_convertvector(values == (int32x16)label, boolx16);
  uint16_t bits;
  memcpy(&bits, &equal, sizeof bits);
  return bits;
}

VK_INLINE uint64_t zero_bytes(const uint8_t *bytes) {
  uint8x16 values;
  memcpy(&values, bytes, sizeof values);
  const boolx16 equal = __builtin_convertvector(values == (uint8x16)(uint8_t)0, boolx16);
  uint16_t bits;
  memcpy(&bits, &equal, sizeof bits);
  return bits;
}

static int32_t run_end(const int32_t *row, int32_t begin, int32_t columns) {
  const int32_t label = row[begin];
  int32_t x = begin + 1;
  for (; x + 16 <= columns; x += 16) {
    const uint64_t equal = equal_labels(row + x, label);
    if (equal != 0xFFFF) return x + __builtin_ctzll(~equal);
  }
  while (x < columns && row[x] == label) x++;
  return x;
}

static vk_label_box *place(vk_label_box *table, int64_t capacity, int32_t label) {
  uint64_t hash = ((uint64_t)(uint32_t)label * 0x9E3779B97F4A7C15u) >> 32;
  for (;; hash++) {
    vk_label_box *box = table + (hash & (uint64_t)(capacity - 1));
    if (box->voxels == 0 || box->label == label) return box;
  }
}

bool vk_label_boxes(
    const int32_t *labels, int32_t columns, int32_t rows, int32_t first, int32_t last,
    vk_label_box *table, int64_t capacity) {
  int64_t used = 0;
  for (int64_t i = 0; i < capacity; i++) used += table[i].voxels != 0;
  for (int32_t z = first; z < last; z++) {
    for (int32_t y = 0; y < rows; y++) {
      const int32_t *row = labels + ((int64_t)z * rows + y) * columns;
      for (int32_t begin = 0, end; begin < columns; begin = end) {
        end = run_end(row, begin, columns);
        vk_label_box *box = place(table, capacity, row[begin]);
        if (box->voxels == 0) {
          if (2 * ++used > capacity) return false;
          *box = (vk_label_box){0, row[begin], {begin, y, z}, {end - 1, y, z}};
        }
        box->voxels += end - begin;
        if (begin < box->low[0]) box->low[0] = begin;
        if (end - 1 > box->high[0]) box->high[0] = end - 1;
        if (y < box->low[1]) box->low[1] = y;
        if (y > box->high[1]) box->high[1] = y;
        if (z > box->high[2]) box->high[2] = z;
      }
    }
  }
  return true;
}

VK_INLINE int64_t row_start(const vk_window *window, int64_t row) {
  const int32_t rows = window->grid.rows;
  return window->origin + row / rows * window->plane + row % rows * window->row;
}

void vk_label_bits(
    const int32_t *labels, int32_t label, const vk_window *window, int64_t first, int64_t last,
    uint64_t *bits) {
  const vk_grid grid = window->grid;
  for (int64_t row = first; row < last; row++) {
    const int32_t *source = labels + row_start(window, row);
    for (int64_t w = 0; w < grid.words; w++) {
      const int32_t begin = (int32_t)w * 64;
      const int32_t count = grid.columns - begin < 64 ? grid.columns - begin : 64;
      uint64_t word = 0;
      int32_t i = 0;
      for (; i + 16 <= count; i += 16) word |= equal_labels(source + begin + i, label) << i;
      for (; i < count; i++) word |= (uint64_t)(source[begin + i] == label) << i;
      bits[row * grid.words + w] = word;
    }
  }
}

void vk_byte_bits(
    const uint8_t *bytes, bool zeros, const vk_window *window, int64_t first, int64_t last,
    uint64_t *bits) {
  const vk_grid grid = window->grid;
  for (int64_t row = first; row < last; row++) {
    const uint8_t *source = bytes + row_start(window, row);
    for (int64_t w = 0; w < grid.words; w++) {
      const int32_t begin = (int32_t)w * 64;
      const int32_t count = grid.columns - begin < 64 ? grid.columns - begin : 64;
      uint64_t word = 0;
      int32_t i = 0;
      for (; i + 16 <= count; i += 16) word |= zero_bytes(source + begin + i) << i;
      for (; i < count; i++) word |= (uint64_t)(source[begin + i] == 0) << i;
      if (!zeros) word = ~word & (count == 64 ? ~0ull : (1ull << count) - 1);
      bits[row * grid.words + w] = word;
    }
  }
}

// The row `rows` and `planes` further on, or NULL beyond the grid.
VK_INLINE const uint64_t *other_row(
    const vk_grid *grid, const uint64_t *bits, int64_t row, int32_t rows, int32_t planes) {
  const int64_t y = row % grid->rows + rows, z = row / grid->rows + planes;
  if (y < 0 || y >= grid->rows || z < 0 || z >= grid->planes) return NULL;
  return bits + (z * grid->rows + y) * grid->words;
}

// Each bit has its neighbour at x - 1, or at x + 1.
VK_INLINE uint64_t from_left(const uint64_t *row, int64_t w) {
  return row[w] << 1 | (w > 0 ? row[w - 1] >> 63 : 0);
}

VK_INLINE uint64_t from_right(const uint64_t *row, int64_t w, int64_t words) {
  return row[w] >> 1 | (w + 1 < words ? row[w + 1] << 63 : 0);
}

int64_t vk_border_bits(
    const vk_grid *grid, const uint64_t *bits, bool planar, int64_t first, int64_t last,
    uint64_t *border) {
  int64_t count = 0;
  for (int64_t row = first; row < last; row++) {
    const uint64_t *own = bits + row * grid->words;
    const uint64_t *sides[4] = {
        other_row(grid, bits, row, -1, 0), other_row(grid, bits, row, 1, 0),
        planar ? own : other_row(grid, bits, row, 0, -1),
        planar ? own : other_row(grid, bits, row, 0, 1)};
    const bool is_edge = !sides[0] || !sides[1] || !sides[2] || !sides[3];
    for (int64_t w = 0; w < grid->words; w++) {
      uint64_t inner = 0;
      if (!is_edge && own[w] != 0) {
        inner = from_left(own, w) & from_right(own, w, grid->words) & sides[0][w] & sides[1][w] &
                sides[2][w] & sides[3][w];
      }
      const uint64_t found = own[w] & ~inner;
      border[row * grid->words + w] = found;
      count += __builtin_popcountll(found);
    }
  }
  return count;
}

void vk_erode_bits(
    const vk_grid *grid, const uint64_t *bits, bool planar, int64_t first, int64_t last,
    uint64_t *eroded) {
  const int32_t depth = planar ? 0 : 1;
  for (int64_t row = first; row < last; row++) {
    uint64_t *out = eroded + row * grid->words;
    memset(out, 0xFF, (size_t)grid->words * sizeof *out);
    for (int32_t planes = -depth; planes <= depth; planes++) {
      for (int32_t rows = -1; rows <= 1; rows++) {
        const uint64_t *other = other_row(grid, bits, row, rows, planes);
        for (int64_t w = 0; w < grid->words; w++) {
          out[w] &= other
                        ? other[w] & from_left(other, w) & from_right(other, w, grid->words)
                        : 0;
        }
      }
    }
  }
}

int64_t vk_corner_bits(
    const vk_grid *grid, const uint64_t *bits, bool planar, const vk_grid *corners, int64_t first,
    int64_t last, uint64_t *found) {
  int64_t count = 0;
  for (int64_t corner = first; corner < last; corner++) {
    const int64_t y = corner % corners->rows, z = corner / corners->rows;
    const uint64_t *around[4] = {NULL, NULL, NULL, NULL};
    const int32_t near = planar ? 2 : 4;
    bool is_edge = false;
    for (int32_t i = 0; i < near; i++) {
      const int64_t row = y - 1 + i % 2, plane = planar ? z : z - 1 + i / 2;
      if (row >= 0 && row < grid->rows && plane >= 0 && plane < grid->planes) {
        around[i] = bits + (plane * grid->rows + row) * grid->words;
      } else {
        is_edge = true;
      }
    }
    uint64_t any_before = 0, all_before = 0;
    for (int64_t w = 0; w < corners->words; w++) {
      uint64_t any = 0, all = is_edge || w >= grid->words ? 0 : ~0ull;
      for (int32_t i = 0; i < near && w < grid->words; i++) {
        if (!around[i]) continue;
        any |= around[i][w];
        all &= around[i][w];
      }
      const uint64_t touched = any | any << 1 | any_before >> 63;
      const uint64_t surrounded = all & (all << 1 | all_before >> 63);
      found[corner * corners->words + w] = touched & ~surrounded;
      count += __builtin_popcountll(touched & ~surrounded);
      any_before = any;
      all_before = all;
    }
  }
  return count;
}

int64_t vk_count_common(const uint64_t *a, const uint64_t *b, int64_t words) {
  int64_t count = 0;
  for (int64_t w = 0; w < words; w++) count += __builtin_popcountll(a[w] & b[w]);
  return count;
}
