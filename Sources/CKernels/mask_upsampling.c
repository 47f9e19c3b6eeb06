// Coarse scores of a mask on the grid of its image, counted, compared and traced row by row in one pass,
// so that no image of floats is ever stored. The arithmetic is that of libtorch's bilinear resizing.
#include "CKernels.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#define VK_FUSED_TARGET __attribute__((target("avx2,fma")))
#define VK_ALWAYS_FUSED false
#else
#define VK_FUSED_TARGET
#define VK_ALWAYS_FUSED true  // arm64 has fused products everywhere, and compilers use them
#endif

#define VK_INLINE static inline __attribute__((always_inline))

// libtorch's kernels are compiled with products and sums fused where the processor can.
VK_INLINE float product_sum(float a, float b, float c, bool fused) {
  return fused ? __builtin_fmaf(a, b, c) : a * b + c;
}

static bool has_fused_products(void) { return VK_ALWAYS_FUSED || vk_processor_features().fma; }

void vk_linear_axis(int32_t from, int32_t to, vk_linear_place *places) {
  const float scale = (float)from / (float)to;
  const bool fused = has_fused_products();
  for (int32_t i = 0; i < to; i++) {
    if (from == to) {
      places[i] = (vk_linear_place){i, i, 1, 0};
      continue;
    }
    const float centre = (float)i + 0.5f;
    float place = fused ? fmaf(scale, centre, -0.5f) : scale * centre - 0.5f;
    if (place < 0) place = 0;
    int32_t first = (int32_t)floorf(place);
    if (first > from - 1) first = from - 1;
    const float weight = fminf(fmaxf(place - (float)first, 0), 1);
    places[i] = (vk_linear_place){first, first + (first < from - 1), 1 - weight, weight};
  }
}

// The places that read any of the old places `low` ... `high`: `first` ... `last`, or none.
static bool reach(
    const vk_linear_place *places, int32_t count, int32_t low, int32_t high, int32_t *first,
    int32_t *last) {
  int32_t a = 0, b = count - 1;
  while (a < count && places[a].second < low) a++;
  while (b >= 0 && places[b].first > high) b--;
  *first = a;
  *last = b;
  return a <= b;
}

// The rows and columns of the scores that hold a value above `floor`.
static bool extent(const vk_mask_scan *s, float floor, int32_t rows[2], int32_t columns[2]) {
  rows[0] = columns[0] = INT32_MAX;
  rows[1] = columns[1] = -1;
  for (int32_t y = 0; y < s->rows; y++) {
    const float *row = s->scores + (int64_t)y * s->columns;
    for (int32_t x = 0; x < s->columns; x++) {
      if (!(row[x] > floor)) continue;
      if (y < rows[0]) rows[0] = y;
      rows[1] = y;
      if (x < columns[0]) columns[0] = x;
      if (x > columns[1]) columns[1] = x;
    }
  }
  return rows[1] >= 0;
}

VK_INLINE void across(
    const float *row, const vk_linear_place *places, int32_t first, int32_t last, float *out,
    bool fused) {
  for (int32_t i = first; i <= last; i++) {
    const vk_linear_place p = places[i];
    out[i] = product_sum(row[p.second], p.second_weight, row[p.first] * p.first_weight, fused);
  }
}

VK_INLINE void down(
    const float *above, const float *below, vk_linear_place p, int32_t first, int32_t last,
    float *restrict out, bool fused) {
  for (int32_t i = first; i <= last; i++) {
    out[i] = product_sum(below[i], p.second_weight, above[i] * p.first_weight, fused);
  }
}

// Notes each column in which `row` differs from the row before it.
static void trace(
    const vk_mask_scan *s, const uint8_t *row, const uint8_t *before, int32_t left, int32_t count,
    int32_t y, vk_mask_summary *found) {
  for (int32_t i = 0; i < count; i += 8) {
    uint64_t a, b;
    memcpy(&a, row + i, 8);
    memcpy(&b, before + i, 8);
    if (a == b) continue;
    for (int32_t x = i; x < i + 8 && x < count; x++) {
      if (row[x] == before[x]) continue;
      if (found->crossings < s->capacity) {
        s->crossings[2 * found->crossings] = left + x;
        s->crossings[2 * found->crossings + 1] = y;
      }
      found->crossings++;
    }
  }
}

// Whether an axis keeps its places: each then reads itself alone.
static bool is_kept(const vk_linear_place *places, int32_t count) {
  return places[0].second == 0 && places[count - 1].second == count - 1;
}

VK_INLINE vk_mask_summary scan(const vk_mask_scan *s, bool fused) {
  vk_mask_summary found = {0, 0, 0, 0};
  // A weighted mean is no larger than its parts but for rounding, which the margin covers: pixels that
  // read only scores below it are above no threshold and need not be computed.
  int32_t rows[2], columns[2], top, bottom, left, right;
  if (!extent(s, s->low - 1e-5f * fabsf(s->low), rows, columns) ||
      !reach(s->square_rows, s->square_height, rows[0], rows[1], &top, &bottom) ||
      !reach(s->image_rows, s->height, top, bottom, &top, &bottom) ||
      !reach(s->square_columns, s->square_width, columns[0], columns[1], &left, &right) ||
      !reach(s->image_columns, s->width, left, right, &left, &right))
    return found;
  const bool keeps_columns = is_kept(s->image_columns, s->width);
  const int32_t first = s->image_columns[left].first, last = s->image_columns[right].second;

  // Two rows of each kind are kept: those between which the current row lies have different parity.
  float *coarse[2] = {s->scratch, s->scratch + s->square_width};
  float *square = s->scratch + 2 * (int64_t)s->square_width;
  float *wide[2] = {square + s->square_width, square + s->square_width + s->width};
  float *values = wide[1] + s->width;
  uint8_t *masks[2] = {s->bytes, s->bytes + s->width + 8};
  memset(s->bytes, 0, 2 * ((size_t)s->width + 8));
  int32_t coarse_row[2] = {-1, -1}, wide_row[2] = {-1, -1};
  const int32_t count = right - left + 1;

  for (int32_t y = top; y <= bottom; y++) {
    const vk_linear_place image = s->image_rows[y];
    for (int32_t r = image.first; r <= image.second; r++) {
      if (wide_row[r & 1] == r) continue;
      const vk_linear_place place = s->square_rows[r];
      for (int32_t c = place.first; c <= place.second; c++) {
        if (coarse_row[c & 1] == c) continue;
        across(
            s->scores + (int64_t)c * s->columns, s->square_columns, first, last, coarse[c & 1],
            fused);
        coarse_row[c & 1] = c;
      }
      float *mixed = keeps_columns ? wide[r & 1] : square;
      down(coarse[place.first & 1], coarse[place.second & 1], place, first, last, mixed, fused);
      if (!keeps_columns) across(mixed, s->image_columns, left, right, wide[r & 1], fused);
      wide_row[r & 1] = r;
    }
    down(wide[image.first & 1], wide[image.second & 1], image, left, right, values, fused);

    uint8_t *mask = masks[y & 1];
    int32_t low = 0, middle = 0, high = 0;
    for (int32_t x = 0; x < count; x++) {
      const float value = values[left + x];
      low += value > s->low;
      middle += value > s->middle;
      high += value > s->high;
    }
    for (int32_t x = 0; x < count; x++) mask[x] = values[left + x] > s->middle;
    found.above_low += low;
    found.above_middle += middle;
    found.above_high += high;
    trace(s, mask, masks[~y & 1], left, count, y, &found);
  }
  if (bottom + 1 < s->height) {
    uint8_t *after = masks[(bottom + 1) & 1];
    memset(after, 0, (size_t)s->width + 8);
    trace(s, after, masks[bottom & 1], left, count, bottom + 1, &found);
  }
  return found;
}

VK_FUSED_TARGET static vk_mask_summary scan_fused(const vk_mask_scan *s) { return scan(s, true); }

static vk_mask_summary scan_apart(const vk_mask_scan *s) { return scan(s, false); }

vk_mask_summary vk_mask_scan_run(const vk_mask_scan *s) {
  return has_fused_products() ? scan_fused(s) : scan_apart(s);
}
