// Passes over gradients: through leaky ReLU and normalisation, and sums over all pixels.

INLINE void NAME(_add_sums)(double *to, V sum) {
  D d;
  memcpy(&d, to, sizeof d);
  d += __builtin_convertvector(sum, D);
  memcpy(to, &d, sizeof d);
}

/// One row of one vector of channels.
INLINE void NAME(_normalised_row)(
    const vk_normalised *n, const float *x, float *g, const float *other, const float *scores,
    int channel, double *sums) {
  const int64_t pixel = n->map.channels;
  const NAME(_transform) t = NAME(_transform_at)(&n->map, channel);
  for (int class = 0; class < n->classes; ++class) {
    const V weight = NAME(_load)(n->class_weights + class * pixel + channel);
    const float *s = scores + class * n->class_stride;
    V product = 0;
    for (int i = 0; i < n->columns; ++i) {
      product += NAME(_transformed)(NAME(_load)(x + i * pixel), t) * s[i];
      NAME(_store)(g + i * pixel, NAME(_load)(g + i * pixel) + weight * s[i]);
    }
    NAME(_add_sums)(sums + (2 + class) * pixel, product);
  }
  const V mean = NAME(_load)(n->mean + channel), one = 1;
  V sum = 0, product = 0;
  for (int i = 0; i < n->columns; ++i) {
    const V value = NAME(_load)(x + i * pixel);
    V gradient = NAME(_load)(g + i * pixel);
    if (other) gradient += NAME(_load)(other + i * pixel);
    gradient *= value * t.scale + t.shift > 0 ? one : t.slope;
    NAME(_store)(g + i * pixel, gradient);
    sum += gradient;
    product += gradient * (value - mean);
  }
  NAME(_add_sums)(sums, sum);
  NAME(_add_sums)(sums + pixel, product);
}

static void NAME(_normalised_sums)(
    const vk_normalised *n, int32_t plane, int32_t first_row, int32_t last_row, double *sums) {
  for (int y = first_row; y < last_row; ++y) {
    const int64_t row = y * n->map.row;
    const float *scores =
        n->scores ? n->scores + ((int64_t)plane * n->rows + y) * n->columns : NULL;
    for (int channel = 0; channel < n->map.channels; channel += LANES)
      NAME(_normalised_row)(
          n, (const float *)n->map.planes[plane] + row + channel,
          (float *)n->gradients[plane] + row + channel,
          n->others ? (const float *)n->others[plane] + row + channel : NULL, scores, channel,
          sums + channel);
  }
}

static void NAME(_normalised_gradients)(
    const vk_normalised *n, int32_t plane, int32_t first_row, int32_t last_row,
    const float *factor, const float *centre, const float *share) {
  const int64_t pixel = n->map.channels;
  for (int y = first_row; y < last_row; ++y) {
    for (int channel = 0; channel < pixel; channel += LANES) {
      const V f = NAME(_load)(factor + channel), c = NAME(_load)(centre + channel);
      const V s = NAME(_load)(share + channel), mean = NAME(_load)(n->mean + channel);
      const float *x = (const float *)n->map.planes[plane] + y * n->map.row + channel;
      float *g = (float *)n->gradients[plane] + y * n->map.row + channel;
      for (int i = 0; i < n->columns; ++i)
        NAME(_store)(
            g + i * pixel, f * (NAME(_load)(g + i * pixel) - c) -
                               s * (NAME(_load)(x + i * pixel) - mean));
    }
  }
}

static void NAME(_totals)(
    const vk_map *map, int32_t plane, int32_t first_row, int32_t last_row, int32_t columns,
    double *sums) {
  const int64_t pixel = map->channels;
  for (int y = first_row; y < last_row; ++y) {
    for (int channel = 0; channel < pixel; channel += LANES) {
      const float *x = (const float *)map->planes[plane] + y * map->row + channel;
      V sum = 0;
      for (int i = 0; i < columns; ++i) sum += NAME(_load)(x + i * pixel);
      NAME(_add_sums)(sums + channel, sum);
    }
  }
}

/// Rows and columns are those of the larger map.
static void NAME(_average_gradient)(
    const vk_map *map, int32_t rows, int32_t columns, const int32_t *window, int32_t plane,
    float *out, int64_t out_row) {
  const int64_t pixel = map->channels;
  const V share = 1.0f / (float)(window[0] * window[1] * window[2]);
  const float *from = (const float *)map->planes[plane / window[0]];
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < columns; ++x)
      for (int channel = 0; channel < pixel; channel += LANES)
        NAME(_store)(
            out + y * out_row + x * pixel + channel,
            share * NAME(_load)(
                        from + y / window[1] * map->row + x / window[2] * pixel + channel));
}
