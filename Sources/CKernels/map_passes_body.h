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
