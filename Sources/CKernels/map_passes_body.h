// Passes over whole maps, for what cannot be done while a convolution reads or writes them.

INLINE V NAME(_read)(const vk_map *map, const void *plane, int64_t at, NAME(_transform) t) {
  const V x = map->half ? NAME(_value)(plane, at, true) : NAME(_value)(plane, at, false);
  return NAME(_transformed)(x, t);
}

static void NAME(_sum)(
    const vk_map *a, const vk_map *b, int32_t plane, int32_t rows, int32_t columns, float slope,
    void *out, bool half) {
  const V negative = slope;
  for (int channel = 0; channel < a->channels; channel += LANES) {
    const NAME(_transform) s = NAME(_transform_at)(a, channel), t = NAME(_transform_at)(b, channel);
    for (int y = 0; y < rows; ++y) {
      for (int x = 0; x < columns; ++x) {
        const int64_t at = y * a->row + (int64_t)x * a->channels + channel;
        const V sum =
            NAME(_read)(a, a->planes[plane], at, s) + NAME(_read)(b, b->planes[plane], at, t);
        const V result = NAME(_leaky)(sum, negative);
        half ? NAME(_put)(out, at, result, true) : NAME(_put)(out, at, result, false);
      }
    }
  }
}

static void NAME(_average)(
    const vk_map *map, int32_t rows, int32_t columns, const int32_t *window, int32_t plane,
    void *out, int64_t out_row, bool half) {
  const int height = rows / window[1], width = columns / window[2];
  const V share = 1.0f / (float)(window[0] * window[1] * window[2]);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int channel = 0; channel < map->channels; channel += LANES) {
        const NAME(_transform) t = NAME(_transform_at)(map, channel);
        V sum = 0;
        for (int dz = 0; dz < window[0]; ++dz)
          for (int dy = 0; dy < window[1]; ++dy)
            for (int dx = 0; dx < window[2]; ++dx)
              sum += NAME(_read)(
                  map, map->planes[plane * window[0] + dz],
                  (y * window[1] + dy) * map->row +
                      (int64_t)(x * window[2] + dx) * map->channels + channel,
                  t);
        const int64_t at = y * out_row + (int64_t)x * map->channels + channel;
        half ? NAME(_put)(out, at, sum * share, true) : NAME(_put)(out, at, sum * share, false);
      }
    }
  }
}

static void NAME(_shared)(
    const vk_map *map, int32_t planes, int32_t row, int32_t columns, const float *other, float share,
    float *total, float factor) {
  const int64_t start = row * map->row, count = (int64_t)columns * map->channels;
  for (int plane = 0; plane < planes; ++plane) {
    for (int channel = 0; channel < map->channels; channel += LANES) {
      const NAME(_transform) t = NAME(_transform_at)(map, channel);
      for (int64_t at = start + channel; at < start + count; at += map->channels) {
        V x = NAME(_read)(map, map->planes[plane], at, t);
        if (other) {
          x += NAME(_load)(other + at) * share;
          NAME(_store)((float *)map->planes[plane] + at, x);
        }
        if (total) {
          const V before = plane > 0 ? NAME(_load)(total + at) : (V)0;
          const V sum = before + x;
          NAME(_store)(total + at, plane == planes - 1 ? sum * factor : sum);
        }
      }
    }
  }
}

static void NAME(_largest)(
    const vk_map *map, int32_t rows, int32_t columns, int32_t plane, float *out, int64_t out_row) {
  const void *from = map->planes[plane];
  for (int y = 0; y < rows / 2; ++y) {
    for (int x = 0; x < columns / 2; ++x) {
      for (int channel = 0; channel < map->channels; channel += LANES) {
        const NAME(_transform) t = NAME(_transform_at)(map, channel);
        const int64_t at = 2 * y * map->row + 2 * (int64_t)x * map->channels + channel;
        const V a = NAME(_read)(map, from, at, t);
        const V b = NAME(_read)(map, from, at + map->channels, t);
        const V c = NAME(_read)(map, from, at + map->row, t);
        const V d = NAME(_read)(map, from, at + map->row + map->channels, t);
        const V upper = a > b ? a : b, lower = c > d ? c : d;
        NAME(_store)(
            out + y * out_row + (int64_t)x * map->channels + channel,
            upper > lower ? upper : lower);
      }
    }
  }
}

static void NAME(_doubled)(
    const vk_map *map, int32_t rows, int32_t columns, int32_t plane, float *out, int64_t out_row) {
  const int64_t pixel = map->channels;
  const void *from = map->planes[plane];
  for (int y = 0; y < 2 * rows; ++y) {
    const vk_between v = vk_between_at(y, rows);
    for (int x = 0; x < 2 * columns; ++x) {
      const vk_between h = vk_between_at(x, columns);
      for (int channel = 0; channel < pixel; channel += LANES) {
        const NAME(_transform) t = NAME(_transform_at)(map, channel);
        const int64_t upper = v.first * map->row + channel, lower = v.second * map->row + channel;
        const V above = (1 - h.share) * NAME(_read)(map, from, upper + h.first * pixel, t) +
                        h.share * NAME(_read)(map, from, upper + h.second * pixel, t);
        const V below = (1 - h.share) * NAME(_read)(map, from, lower + h.first * pixel, t) +
                        h.share * NAME(_read)(map, from, lower + h.second * pixel, t);
        NAME(_store)(
            out + y * out_row + x * pixel + channel, (1 - v.share) * above + v.share * below);
      }
    }
  }
}
