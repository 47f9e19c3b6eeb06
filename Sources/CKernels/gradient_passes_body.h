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

static void NAME(_largest_gradient)(
    const vk_map *map, int32_t rows, int32_t columns, int32_t plane, const float *gradient,
    int64_t gradient_row, float *out) {
  const float *from = (const float *)map->planes[plane];
  const int64_t right = map->channels, below = map->row;
  for (int y = 0; y < rows / 2; ++y) {
    for (int x = 0; x < columns / 2; ++x) {
      for (int channel = 0; channel < map->channels; channel += LANES) {
        const int64_t at = 2 * y * map->row + 2 * (int64_t)x * map->channels + channel;
        const V a = NAME(_load)(from + at), b = NAME(_load)(from + at + right);
        const V c = NAME(_load)(from + at + below), d = NAME(_load)(from + at + below + right);
        const V g = NAME(_load)(gradient + y * gradient_row + (int64_t)x * map->channels + channel);
        const V upper = a >= b ? a : b, lower = c >= d ? c : d, zero = 0;
        // Of equal values the first has been taken.
        const V up = upper >= lower ? g : zero, down = upper >= lower ? zero : g;
        float *to = out + at;
        NAME(_store)(to, NAME(_load)(to) + (a >= b ? up : zero));
        NAME(_store)(to + right, NAME(_load)(to + right) + (a >= b ? zero : up));
        NAME(_store)(to + below, NAME(_load)(to + below) + (c >= d ? down : zero));
        NAME(_store)(
            to + below + right, NAME(_load)(to + below + right) + (c >= d ? zero : down));
      }
    }
  }
}

/// Rows and columns are those of the smaller map, whose plane is `out`.
static void NAME(_doubled_gradient)(
    const vk_map *map, int32_t rows, int32_t columns, int32_t plane, float *out, int64_t out_row) {
  const int64_t pixel = map->channels;
  const float *from = (const float *)map->planes[plane];
  for (int y = 0; y < rows; ++y) memset(out + y * out_row, 0, sizeof(float) * columns * pixel);
  for (int y = 0; y < 2 * rows; ++y) {
    const vk_between v = vk_between_at(y, rows);
    for (int x = 0; x < 2 * columns; ++x) {
      const vk_between h = vk_between_at(x, columns);
      for (int channel = 0; channel < pixel; channel += LANES) {
        const V g = NAME(_load)(from + y * map->row + x * pixel + channel);
        float *above = out + v.first * out_row + channel, *below = out + v.second * out_row + channel;
        const V up = g * (1 - v.share), down = g * v.share;
        float *to = above + h.first * pixel;
        NAME(_store)(to, NAME(_load)(to) + up * (1 - h.share));
        to = above + h.second * pixel;
        NAME(_store)(to, NAME(_load)(to) + up * h.share);
        to = below + h.first * pixel;
        NAME(_store)(to, NAME(_load)(to) + down * (1 - h.share));
        to = below + h.second * pixel;
        NAME(_store)(to, NAME(_load)(to) + down * h.share);
      }
    }
  }
}
