// Gradients of feature maps: what needs no vectors, and the way to the body that has them.
#include "map_geometry.h"

void vk_map_weights_unpack(
    const float *packed, const int32_t *source, int32_t inputs, int32_t taps, int32_t total,
    int32_t first, int32_t last, vk_vectors vectors, float *to) {
  const int columns = vk_block_width(vectors);
  for (int o = first; o < last; ++o) {
    const float *from = packed + (int64_t)(o / columns) * taps * inputs * columns + o % columns;
    float *row = to + (int64_t)o * total * taps;
    for (int i = 0; i < inputs; ++i) {
      if (source[i] < 0) continue;
      float *place = row + (int64_t)source[i] * taps;
      for (int tap = 0; tap < taps; ++tap)
        place[tap] = from[((int64_t)tap * inputs + i) * columns];
    }
  }
}

int64_t vk_weight_sums_inputs_count(const vk_weight_sums *s) {
  return s->products * vk_weight_sums_stride(s, s->input_blocks, vk_block_width(s->vectors));
}

int64_t vk_weight_sums_gradients_count(const vk_weight_sums *s) {
  return s->products *
         vk_weight_sums_stride(s, vk_ceiling(s->channels, vk_block_width(s->vectors)), vk_block_width(s->vectors));
}

int64_t vk_weight_sums_count(const vk_weight_sums *s) {
  return s->products * vk_weight_sums_product(s, vk_block_width(s->vectors));
}

void vk_weight_sums_inputs(
    const vk_weight_sums *s, const vk_map_convolution *c, int64_t first, int64_t last,
    int64_t place, float *to) {
  vk_map_functions_of(s->vectors)->weight_sums_inputs(s, c, first, last, place, to);
}

void vk_weight_sums_gradients(
    const vk_weight_sums *s, const vk_map_convolution *c, int64_t first, int64_t last,
    int64_t place, float *to) {
  vk_map_functions_of(s->vectors)->weight_sums_gradients(s, c, first, last, place, to);
}

void vk_weight_sums_multiply(
    const vk_weight_sums *s, int32_t first, int32_t last, int64_t tiles, bool adds,
    const float *inputs, const float *gradients, float *sums) {
  vk_map_functions_of(s->vectors)
      ->weight_sums_multiply(s, first, last, tiles, adds, inputs, gradients, sums);
}

void vk_weight_sums_weights(
    const vk_weight_sums *s, int32_t pair, const float *sums, float *packed) {
  vk_map_functions_of(s->vectors)->weight_sums_weights(s, pair, sums, packed);
}

void vk_direct_weights(
    const float *inputs, const int32_t *pixel, int64_t pixels, const int32_t *row, int32_t rows,
    int32_t first, int32_t last, const float *gradients, int32_t channels, int32_t block,
    vk_vectors vectors, float *packed) {
  vk_map_functions_of(vectors)->direct_weights(
      inputs, pixel, pixels, row, rows, first, last, gradients, channels, block, packed);
}

void vk_normalised_sums(
    const vk_normalised *n, int32_t plane, int32_t first_row, int32_t last_row, double *sums) {
  vk_map_functions_of(n->vectors)->normalised_sums(n, plane, first_row, last_row, sums);
}

void vk_normalised_gradients(
    const vk_normalised *n, int32_t plane, int32_t first_row, int32_t last_row,
    const float *factor, const float *centre, const float *share) {
  vk_map_functions_of(n->vectors)
      ->normalised_gradients(n, plane, first_row, last_row, factor, centre, share);
}

void vk_map_totals(
    const vk_map *map, int32_t plane, int32_t first_row, int32_t last_row, int32_t columns,
    double *sums, vk_vectors vectors) {
  vk_map_functions_of(vectors)->totals(map, plane, first_row, last_row, columns, sums);
}

void vk_map_average_gradient(
    const vk_map *map, int32_t rows, int32_t columns, const int32_t window[3], int32_t plane,
    float *out, int64_t out_row, vk_vectors vectors) {
  vk_map_functions_of(vectors)->average_gradient(map, rows, columns, window, plane, out, out_row);
}

void vk_map_largest_gradient(
    const vk_map *map, int32_t rows, int32_t columns, int32_t plane, const float *gradient,
    int64_t gradient_row, float *out, vk_vectors vectors) {
  vk_map_functions_of(vectors)
      ->largest_gradient(map, rows, columns, plane, gradient, gradient_row, out);
}

void vk_map_doubled_gradient(
    const vk_map *map, int32_t rows, int32_t columns, int32_t plane, float *out, int64_t out_row,
    vk_vectors vectors) {
  vk_map_functions_of(vectors)->doubled_gradient(map, rows, columns, plane, out, out_row);
}

double vk_total(const float *values, int64_t count) {
  // Sums that do not wait for each other.
  double sums[8] = {0};
  int64_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (int lane = 0; lane < 8; ++lane) sums[lane] += values[i + lane];
  for (; i < count; ++i) sums[0] += values[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}
