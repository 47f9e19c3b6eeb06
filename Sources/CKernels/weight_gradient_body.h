// Gradients of a convolution's weights: Winograd's minimal filtering transposed, and outer products.
// Source: the transpose of y = Aᵀ (G w ⊙ Bᵀ d) in w is Gᵀ Σ (A g ⊙ Bᵀ d), summed over tiles before the
// last transform, with the matrices of winograd_body.h.

#define ROOT 1.41421356237309505f
#define HALF_ROOT 0.70710678118654752f

/// g → A g for F(4, 3).
INLINE void NAME(_spread)(const V g[4], V out[6]) {
  const V a = g[0] + 0.5f * g[2], b = HALF_ROOT * g[1] + (0.25f * ROOT) * g[3];
  const V e = g[0] + 2 * g[2], f = ROOT * g[1] + (2 * ROOT) * g[3];
  out[0] = g[0];
  out[1] = a + b;
  out[2] = a - b;
  out[3] = e + f;
  out[4] = e - f;
  out[5] = g[3];
}

/// m → Gᵀ m for F(4, 3).
INLINE void NAME(_gather)(const V m[6], V out[3]) {
  const V s = m[1] + m[2], d = m[1] - m[2], t = m[3] + m[4], e = m[3] - m[4];
  out[0] = m[0] + ((1.0f / 6) * t - (2.0f / 3) * s);
  out[1] = (1.0f / 6 * ROOT) * e - (2.0f / 3 * HALF_ROOT) * d;
  out[2] = (1.0f / 3) * (t - s) + m[5];
}

INLINE void NAME(_spread_depth)(const V *g, V *out, const int products) {
  if (products == 6) return NAME(_spread)(g, out);
  out[0] = g[0];
  if (products == 1) return;
  out[1] = g[0] + g[1];
  out[2] = g[0] - g[1];
  out[3] = -g[1];
}

INLINE void NAME(_gather_depth)(const V *m, V *out, const int products) {
  if (products == 6) return NAME(_gather)(m, out);
  out[0] = m[0];
  if (products == 1) return;
  const V even = 0.5f * (m[1] + m[2]);
  out[0] = m[0] + even;
  out[1] = 0.5f * (m[1] - m[2]);
  out[2] = even + m[3];
}

static void NAME(_weight_sums_inputs)(
    const vk_weight_sums *s, const vk_map_convolution *c, int64_t first, int64_t last,
    int64_t place, float *to) {
  const int64_t stride = vk_weight_sums_stride(s, s->input_blocks, 2 * LANES);
  const int64_t block = s->count * 2 * LANES;
  to += place * 2 * LANES;
  switch (vk_depth_products(c)) {
    case 1: return NAME(_tile_inputs)(c, first, last, to, stride, 2 * LANES, block, 1);
    case 4: return NAME(_tile_inputs)(c, first, last, to, stride, 2 * LANES, block, 4);
    default: return NAME(_tile_inputs)(c, first, last, to, stride, 2 * LANES, block, 6);
  }
}

/// The gradients of 4 × 4 pixels from (y, x) on, spread along both axes.
INLINE void NAME(_spread_plane)(
    const vk_map *map, const void *plane, int64_t start, int high, int wide,
    NAME(_transform) t, V to[36]) {
  V lines[24];
#pragma clang loop unroll(full)
  for (int j = 0; j < 4; ++j) {
    V g[4], out[6];
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; ++i)
      g[i] = i < high && j < wide
                 ? NAME(_transformed)(
                       NAME(_value)(plane, start + i * map->row + j * map->channels, false), t)
                 : (V)0;
    NAME(_spread)(g, out);
#pragma clang loop unroll(full)
    for (int i = 0; i < 6; ++i) lines[i * 4 + j] = out[i];
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 6; ++i) NAME(_spread)(lines + i * 4, to + i * 6);
}

INLINE void NAME(_tile_gradients)(
    const vk_map_convolution *c, int64_t first, int64_t last, float *to, const int64_t stride,
    const int64_t block, const int products) {
  const int across = vk_ceiling(c->columns, VK_TILE), tiles = across * vk_ceiling(c->rows, VK_TILE);
  const int depth = products == 1 ? 1 : products - 2;
  const vk_map *map = c->inputs;
  V planes[4][36];
  for (int64_t row = first; row < last; ++row, to += 2 * LANES) {
    const int z = (int)(row / tiles) * c->depth_step, tile = (int)(row % tiles);
    const int y = tile / across * VK_TILE, x = tile % across * VK_TILE;
    const int high = c->rows - y, wide = c->columns - x;
    for (int channel = 0; channel < map->channels; channel += LANES) {
      const NAME(_transform) t = NAME(_transform_at)(map, channel);
      const int64_t start = y * map->row + (int64_t)x * map->channels + channel;
      for (int p = 0; p < depth; ++p) {
        if (z + p >= c->depth)
          memset(planes[p], 0, sizeof planes[p]);
        else if (high >= VK_TILE && wide >= VK_TILE)
          NAME(_spread_plane)(map, map->planes[z + p], start, VK_TILE, VK_TILE, t, planes[p]);
        else
          NAME(_spread_plane)(map, map->planes[z + p], start, high, wide, t, planes[p]);
      }
      float *place = to + channel / (2 * LANES) * block + channel % (2 * LANES);
      for (int i = 0; i < 36; ++i) {
        V g[4], out[6];
#pragma clang loop unroll(full)
        for (int p = 0; p < depth; ++p) g[p] = planes[p][i];
        NAME(_spread_depth)(g, out, products);
#pragma clang loop unroll(full)
        for (int k = 0; k < products; ++k) NAME(_store)(place + (i * products + k) * stride, out[k]);
      }
    }
  }
}

static void NAME(_weight_sums_gradients)(
    const vk_weight_sums *s, const vk_map_convolution *c, int64_t first, int64_t last,
    int64_t place, float *to) {
  const int64_t stride =
      vk_weight_sums_stride(s, vk_ceiling(s->channels, 2 * LANES), 2 * LANES);
  const int64_t block = s->count * 2 * LANES;
  to += place * 2 * LANES;
  switch (vk_depth_products(c)) {
    case 1: return NAME(_tile_gradients)(c, first, last, to, stride, block, 1);
    case 4: return NAME(_tile_gradients)(c, first, last, to, stride, block, 4);
    default: return NAME(_tile_gradients)(c, first, last, to, stride, block, 6);
  }
}

/// m (rows, 2 · LANES) = or += aᵀ b over `count` rows of both.
INLINE void NAME(_outer)(
    const float *a, const float *b, const int64_t count, float *m, const bool adds,
    const int rows, const int vectors) {
  V sum[ROWS][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v)
      sum[r][v] = adds ? NAME(_load)(m + (r * 2 + v) * LANES) : (V)0;
#pragma clang loop unroll_count(2)
  for (int64_t t = 0; t < count; ++t) {
    V right[2];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) right[v] = NAME(_load)(b + (t * 2 + v) * LANES);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; ++r) {
      const V left = a[t * 2 * LANES + r];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; ++v) sum[r][v] += left * right[v];
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) NAME(_store)(m + (r * 2 + v) * LANES, sum[r][v]);
}

#define OUTER(n)                                      \
  case n:                                             \
    if (vectors == 2)                                 \
      NAME(_outer)(a, b, count, m, adds, n, 2);       \
    else                                              \
      NAME(_outer)(a, b, count, m, adds, n, 1);       \
    break;

static void NAME(_some_outer)(
    const float *a, const float *b, const int64_t count, float *m, const bool adds,
    const int rows, const int vectors) {
  switch (rows) {
    OUTER(1) OUTER(2) OUTER(3) OUTER(4) OUTER(5) OUTER(6)
#if ROWS == 12
    OUTER(7) OUTER(8) OUTER(9) OUTER(10) OUTER(11) OUTER(12)
#endif
  }
}

static void NAME(_weight_sums_multiply)(
    const vk_weight_sums *s, int32_t first, int32_t last, int64_t tiles, bool adds,
    const float *inputs, const float *gradients, float *sums) {
  const int outputs = vk_ceiling(s->channels, 2 * LANES);
  const int64_t block = s->count * 2 * LANES, pair = 4 * LANES * LANES;
  for (int p = first; p < last; ++p) {
    const float *u = inputs + p * vk_weight_sums_stride(s, s->input_blocks, 2 * LANES);
    const float *v = gradients + p * vk_weight_sums_stride(s, outputs, 2 * LANES);
    float *to = sums + p * vk_weight_sums_product(s, 2 * LANES);
    for (int o = 0; o < outputs; ++o) {
      const int vectors = s->channels - o * 2 * LANES >= 2 * LANES ? 2 : 1;
      for (int i = 0; i < s->input_blocks; ++i, to += pair) {
        const int groups = vk_ceiling(s->rows[i], ROWS);
        for (int g = 0; g < groups; ++g) {
          const int begin = s->rows[i] * g / groups, end = s->rows[i] * (g + 1) / groups;
          NAME(_some_outer)(
              u + i * block + begin, v + o * block, tiles, to + begin * 2 * LANES, adds,
              end - begin, vectors);
        }
      }
    }
  }
}

INLINE void NAME(_sums_weights)(
    const vk_weight_sums *s, int32_t pair, const float *sums, float *packed, const int products) {
  const int depth = products == 1 ? 1 : 3, block = pair % s->input_blocks;
  const int64_t stride = vk_weight_sums_product(s, 2 * LANES);
  const int64_t tap = (int64_t)s->input_blocks * 4 * LANES * LANES;
  const float *from = sums + (int64_t)pair * 4 * LANES * LANES;
  float *to = packed + (int64_t)(pair / s->input_blocks) * depth * 9 * tap +
              (int64_t)block * 4 * LANES * LANES;
  for (int at = 0; at < s->rows[block] * 2 * LANES; at += LANES) {
    V m[3][36];
    for (int i = 0; i < 36; ++i) {
      V d[6], out[3];
#pragma clang loop unroll(full)
      for (int k = 0; k < products; ++k)
        d[k] = NAME(_load)(from + (i * products + k) * stride + at);
      NAME(_gather_depth)(d, out, products);
#pragma clang loop unroll(full)
      for (int k = 0; k < depth; ++k) m[k][i] = out[k];
    }
    for (int k = 0; k < depth; ++k) {
      V lines[3][6];
#pragma clang loop unroll(full)
      for (int j = 0; j < 6; ++j) {
        V column[6], out[3];
#pragma clang loop unroll(full)
        for (int i = 0; i < 6; ++i) column[i] = m[k][i * 6 + j];
        NAME(_gather)(column, out);
#pragma clang loop unroll(full)
        for (int i = 0; i < 3; ++i) lines[i][j] = out[i];
      }
#pragma clang loop unroll(full)
      for (int i = 0; i < 3; ++i) {
        V out[3];
        NAME(_gather)(lines[i], out);
#pragma clang loop unroll(full)
        for (int j = 0; j < 3; ++j)
          NAME(_store)(to + (k * 9 + i * 3 + j) * tap + at, out[j]);
      }
    }
  }
}

static void NAME(_weight_sums_weights)(
    const vk_weight_sums *s, int32_t pair, const float *sums, float *packed) {
  switch (s->products) {
    case 36: return NAME(_sums_weights)(s, pair, sums, packed, 1);
    case 144: return NAME(_sums_weights)(s, pair, sums, packed, 4);
    default: return NAME(_sums_weights)(s, pair, sums, packed, 6);
  }
}

/// The same for rows of a that lie at addresses of their own.
INLINE void NAME(_outer_rows)(
    const float *inputs, const int32_t *row, const int32_t *pixel, const int64_t count,
    const float *gradients, const int64_t channels, float *m, const int rows, const int vectors) {
  V sum[ROWS][2];
  const float *a[ROWS];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r) {
    a[r] = inputs + row[r];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) sum[r][v] = NAME(_load)(m + (r * 2 + v) * LANES);
  }
  for (int64_t t = 0; t < count; ++t, gradients += channels) {
    V right[2];
    const int64_t at = pixel[t];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) right[v] = NAME(_load)(gradients + v * LANES);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; ++r) {
      const V left = a[r][at];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; ++v) sum[r][v] += left * right[v];
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) NAME(_store)(m + (r * 2 + v) * LANES, sum[r][v]);
}

#define OUTER_ROWS(n)                                                                       \
  case n:                                                                                   \
    if (vectors == 2)                                                                       \
      NAME(_outer_rows)(inputs, row, pixel, count, gradients, channels, m, n, 2);           \
    else                                                                                    \
      NAME(_outer_rows)(inputs, row, pixel, count, gradients, channels, m, n, 1);           \
    break;

static void NAME(_some_outer_rows)(
    const float *inputs, const int32_t *row, const int32_t *pixel, const int64_t count,
    const float *gradients, const int64_t channels, float *m, const int rows, const int vectors) {
  switch (rows) {
    OUTER_ROWS(1) OUTER_ROWS(2) OUTER_ROWS(3) OUTER_ROWS(4) OUTER_ROWS(5) OUTER_ROWS(6)
#if ROWS == 12
    OUTER_ROWS(7) OUTER_ROWS(8) OUTER_ROWS(9) OUTER_ROWS(10) OUTER_ROWS(11) OUTER_ROWS(12)
#endif
  }
}

static void NAME(_direct_weights)(
    const float *inputs, const int32_t *pixel, int64_t pixels, const int32_t *row, int32_t rows,
    int32_t first, int32_t last, const float *gradients, int32_t channels, int32_t block,
    float *packed) {
  const int vectors = channels - block * 2 * LANES >= 2 * LANES ? 2 : 1;
  const int groups = vk_ceiling(last - first, ROWS);
  float *to = packed + ((int64_t)block * rows + first) * 2 * LANES;
  // The values under so many pixels stay in the nearest cache while all rows pass by.
  for (int64_t begin = 0; begin < pixels; begin += 128) {
    const int64_t count = pixels - begin < 128 ? pixels - begin : 128;
    for (int g = 0; g < groups; ++g) {
      const int from = (last - first) * g / groups, end = (last - first) * (g + 1) / groups;
      NAME(_some_outer_rows)(
          inputs, row + first + from, pixel + begin, count,
          gradients + begin * channels + block * 2 * LANES, channels, to + from * 2 * LANES,
          end - from, vectors);
    }
  }
}

#undef OUTER
#undef OUTER_ROWS
#undef ROOT
#undef HALF_ROOT
