// Resampling of lines by splines, of label maps by their indicators, and the byte order of stored blocks.
#include "CKernels.h"

#include <math.h>
#include <string.h>

// Ties between labels are decided by equality of sums: they must be rounded the same on every processor.
#pragma STDC FP_CONTRACT OFF

#define VK_INLINE static inline __attribute__((always_inline))
#define LANES VK_LINE_LANES

// Cubic B-spline coefficients of mirrored lines. Source: Unser, Aldroubi, Eden, IEEE TPAMI 13, 1991.
static void cubic_coefficients(double *line, int32_t count) {
  const double pole = -0.267949192431122706472553658494127633;  // √3 − 2
  // The pole's powers vanish in double precision beyond this many voxels.
  const int32_t reach = count < 48 ? count : 48;
  double start[LANES];
  memset(start, 0, sizeof start);
  double power = pole;
  for (int32_t i = 0; i < reach; i++, power *= pole)
    for (int32_t lane = 0; lane < LANES; lane++) start[lane] += power * line[i * LANES + lane];
  for (int32_t lane = 0; lane < LANES; lane++) line[lane] = (line[lane] + start[lane]) * 6;
  for (int32_t i = 1; i < count; i++) {
    double *now = line + (int64_t)i * LANES;
    for (int32_t lane = 0; lane < LANES; lane++)
      now[lane] = now[lane] * 6 + pole * now[lane - LANES];
  }
  double *last = line + (int64_t)(count - 1) * LANES;
  for (int32_t lane = 0; lane < LANES; lane++) last[lane] *= pole / (pole - 1);
  for (int32_t i = count - 2; i >= 0; i--) {
    double *now = line + (int64_t)i * LANES;
    for (int32_t lane = 0; lane < LANES; lane++) now[lane] = pole * (now[lane + LANES] - now[lane]);
  }
}

VK_INLINE void gather(
    const float *in, int64_t along, int64_t across, int32_t lines, int32_t length, double *line) {
  if (across == 1 && lines == LANES) {
    for (int32_t i = 0; i < length; i++)
      for (int32_t lane = 0; lane < LANES; lane++)
        line[(int64_t)i * LANES + lane] = in[i * along + lane];
    return;
  }
  for (int32_t lane = 0; lane < lines; lane++)
    for (int32_t i = 0; i < length; i++)
      line[(int64_t)i * LANES + lane] = in[lane * across + i * along];
  for (int32_t i = 0; i < length && lines < LANES; i++)
    memset(line + (int64_t)i * LANES + lines, 0, sizeof(double) * (size_t)(LANES - lines));
}

VK_INLINE void evaluate(
    const double *line, const vk_line_map *map, int32_t taps, float *out, int64_t along,
    int64_t across, int32_t lines, float low, float high) {
  for (int32_t i = 0; i < map->result; i++) {
    const double *at = line + (int64_t)map->starts[i] * LANES;
    const double *weights = map->weights + (int64_t)i * taps;
    float values[LANES];
    for (int32_t lane = 0; lane < LANES; lane++) {
      double sum = weights[0] * at[lane];
      for (int32_t tap = 1; tap < taps; tap++) sum += weights[tap] * at[tap * LANES + lane];
      const float value = (float)sum;
      // Comparisons with NaN are false, so NaN passes through.
      values[lane] = value < low ? low : value > high ? high : value;
    }
    if (across == 1 && lines == LANES) {
      memcpy(out + i * along, values, sizeof values);
    } else {
      for (int32_t lane = 0; lane < lines; lane++) out[lane * across + i * along] = values[lane];
    }
  }
}

void vk_resample_lines(
    const vk_line_map *map, const float *in, int64_t in_along, int64_t in_across, int32_t lines,
    float *out, int64_t out_along, int64_t out_across, float low, float high, double *scratch) {
  const int32_t pad = map->taps == 4 ? VK_SPLINE_PADDING : 0;
  double *body = scratch + pad * LANES;
  gather(in, in_along, in_across, lines, map->length, body);
  double *end = body + (int64_t)map->length * LANES;
  // A linear line needs one voxel behind its end, with weight 0.
  const int32_t behind = pad > 0 ? pad : 1;
  for (int32_t i = 0; i < pad; i++) memcpy(scratch + i * LANES, body, sizeof(double) * LANES);
  for (int32_t i = 0; i < behind; i++)
    memcpy(end + i * LANES, end - LANES, sizeof(double) * LANES);
  if (map->taps == 4) {
    cubic_coefficients(scratch, map->length + 2 * pad);
    evaluate(scratch, map, 4, out, out_along, out_across, lines, low, high);
  } else {
    evaluate(scratch, map, 2, out, out_along, out_across, lines, low, high);
  }
}

void vk_slice_bounds(
    const float *values, int64_t outer, int64_t count, int64_t inner, float *low, float *high) {
  for (int64_t slice = 0; slice < count; slice++) {
    float least = INFINITY, most = -INFINITY;
    for (int64_t block = 0; block < outer; block++) {
      const float *at = values + (block * count + slice) * inner;
      for (int64_t i = 0; i < inner; i++) {
        least = at[i] < least ? at[i] : least;
        most = at[i] > most ? at[i] : most;
      }
    }
    low[slice] = least;
    high[slice] = most;
  }
}

void vk_clip_slices(
    float *values, int64_t outer, int64_t count, int64_t inner, const float *low,
    const float *high) {
  for (int64_t slice = 0; slice < outer * count; slice++) {
    const float least = low[slice % count], most = high[slice % count];
    float *at = values + slice * inner;
    for (int64_t i = 0; i < inner; i++)
      at[i] = at[i] < least ? least : at[i] > most ? most : at[i];
  }
}

typedef struct {
  int32_t count;
  int16_t labels[8];
  double weights[8];
} corner_set;

// The winner among the labels around a voxel, whose scores are summed in the order of the corners.
static int16_t winner(const corner_set *corners, int16_t nearest) {
  int16_t best_label = 0;
  double best = -1;
  bool nearest_leads = false;
  uint32_t done = 0;
  while (done != (1u << corners->count) - 1) {
    int32_t label = INT32_MAX;
    for (int32_t i = 0; i < corners->count; i++)
      if (!(done >> i & 1) && corners->labels[i] < label) label = corners->labels[i];
    double score = 0;
    for (int32_t i = 0; i < corners->count; i++) {
      if (corners->labels[i] != label) continue;
      score += corners->weights[i];
      done |= 1u << i;
    }
    if (!(score > 0)) continue;
    if (score > best) {
      best = score;
      best_label = (int16_t)label;
      nearest_leads = label == nearest;
    } else if (score == best && label == nearest) {
      nearest_leads = true;
    }
  }
  return nearest_leads ? nearest : best_label;
}

void vk_resample_labels(
    const int16_t *labels, const int32_t shape[3], const vk_label_axis axes[3], int16_t *out,
    const int32_t out_shape[3], int32_t first, int32_t last) {
  const int32_t taps_z = axes[0].taps, taps_y = axes[1].taps, taps_x = axes[2].taps;
  const int32_t row_count = taps_z * taps_y;
  for (int32_t z = first; z < last; z++) {
    for (int32_t y = 0; y < out_shape[1]; y++) {
      const int16_t *rows[4];
      double row_weights[4];
      for (int32_t a = 0; a < taps_z; a++) {
        for (int32_t b = 0; b < taps_y; b++) {
          const int64_t plane = axes[0].sources[z * taps_z + a];
          const int64_t row = axes[1].sources[y * taps_y + b];
          rows[a * taps_y + b] = labels + (plane * shape[1] + row) * shape[2];
          row_weights[a * taps_y + b] =
              axes[0].weights[z * taps_z + a] * axes[1].weights[y * taps_y + b];
        }
      }
      const int16_t *nearest =
          labels
          + ((int64_t)axes[0].nearest[z] * shape[1] + axes[1].nearest[y]) * shape[2];
      int16_t *to = out + ((int64_t)z * out_shape[1] + y) * out_shape[2];
      for (int32_t x = 0; x < out_shape[2]; x++) {
        const int32_t *sources = axes[2].sources + (int64_t)x * taps_x;
        const int16_t label = rows[0][sources[0]];
        uint32_t differs = 0;
        for (int32_t row = 0; row < row_count; row++)
          for (int32_t c = 0; c < taps_x; c++) differs |= (uint32_t)(rows[row][sources[c]] ^ label);
        if (differs == 0) {
          to[x] = label;
          continue;
        }
        corner_set corners = {.count = row_count * taps_x};
        for (int32_t row = 0, i = 0; row < row_count; row++) {
          for (int32_t c = 0; c < taps_x; c++, i++) {
            corners.labels[i] = rows[row][sources[c]];
            corners.weights[i] = row_weights[row] * axes[2].weights[(int64_t)x * taps_x + c];
          }
        }
        to[x] = winner(&corners, nearest[axes[2].nearest[x]]);
      }
    }
  }
}

// A weighted sum of two arrays; an array without weight is never read, and not copied where it can be used.
static const float *mixed(
    const float *first, const float *second, const float weights[2], int64_t count,
    float *scratch) {
  if (weights[1] == 0 || first == second) return first;
  if (weights[0] == 0) return second;
  for (int64_t i = 0; i < count; i++) scratch[i] = weights[0] * first[i] + weights[1] * second[i];
  return scratch;
}

void vk_resample_plane(
    const float *image, const int32_t shape[3], const int32_t planes[2],
    const float plane_weights[2], const int32_t *rows, const float *row_weights,
    int32_t row_count, const int32_t *columns, const float *column_weights, int32_t column_count,
    float *out, float *scratch) {
  const int64_t width = shape[2], size = shape[1] * width;
  const float *plane =
      mixed(image + planes[0] * size, image + planes[1] * size, plane_weights, size, scratch);
  for (int32_t y = 0; y < row_count; y++, out += column_count) {
    const float *row = mixed(
        plane + rows[2 * y] * width, plane + rows[2 * y + 1] * width, row_weights + 2 * y, width,
        scratch + size);
    for (int32_t x = 0; x < column_count; x++) {
      const float first = row[columns[2 * x]], second = row[columns[2 * x + 1]];
      out[x] = column_weights[2 * x] * first + column_weights[2 * x + 1] * second;
    }
  }
}

void vk_shuffle_bytes(const uint8_t *in, int64_t count, int32_t size, uint8_t *out) {
  if (size == 4) {
    for (int64_t i = 0; i < count; i++)
      for (int32_t byte = 0; byte < 4; byte++) out[byte * count + i] = in[i * 4 + byte];
    return;
  }
  for (int64_t i = 0; i < count; i++)
    for (int32_t byte = 0; byte < size; byte++) out[byte * count + i] = in[i * size + byte];
}

void vk_unshuffle_bytes(const uint8_t *in, int64_t count, int32_t size, uint8_t *out) {
  if (size == 4) {
    for (int64_t i = 0; i < count; i++)
      for (int32_t byte = 0; byte < 4; byte++) out[i * 4 + byte] = in[byte * count + i];
    return;
  }
  for (int64_t i = 0; i < count; i++)
    for (int32_t byte = 0; byte < size; byte++) out[i * size + byte] = in[byte * count + i];
}
