// Winograd's minimal filtering F(4, 3) along rows and columns, and F(2, 3) or F(4, 3) along the depth.
// Source: Lavin and Gray, CVPR 2016, arXiv 1509.09308; the points of F(4, 3) are 0, ±√½, ±√2 and ∞
// instead of 0, ±1, ±2 and ∞, which leaves a third of the rounding error (Barabasz et al., ACM TOMS
// 2020, arXiv 1803.10986, study such choices).

#define ROOT 1.41421356237309505f
#define HALF_ROOT 0.70710678118654752f

/// d → Bᵀ d for F(4, 3).
INLINE void NAME(_forward)(const V d[6], V out[6]) {
  const V a = d[4] - 2 * d[2], b = d[3] - 2 * d[1];
  const V e = d[4] - 0.5f * d[2], f = d[3] - 0.5f * d[1];
  out[0] = (d[0] + d[4]) - 2.5f * d[2];
  out[1] = a + HALF_ROOT * b;
  out[2] = a - HALF_ROOT * b;
  out[3] = e + ROOT * f;
  out[4] = e - ROOT * f;
  out[5] = (d[1] + d[5]) - 2.5f * d[3];
}

/// m → Aᵀ m for F(4, 3).
INLINE void NAME(_inverse)(const V m[6], V out[4]) {
  const V s = m[1] + m[2], d = m[1] - m[2], t = m[3] + m[4], e = m[3] - m[4];
  out[0] = (m[0] + s) + t;
  out[1] = HALF_ROOT * d + ROOT * e;
  out[2] = 0.5f * s + 2 * t;
  out[3] = (0.25f * ROOT * d + 2 * ROOT * e) + m[5];
}

/// g → G g for F(4, 3).
INLINE void NAME(_filter)(V x, V y, V z, V out[6]) {
  const V near = (-2.0f / 3) * x + (-1.0f / 3) * z, far = (1.0f / 6) * x + (1.0f / 3) * z;
  const V p = (-2.0f / 3 * HALF_ROOT) * y, q = (1.0f / 6 * ROOT) * y;
  out[0] = x;
  out[1] = near + p;
  out[2] = near - p;
  out[3] = far + q;
  out[4] = far - q;
  out[5] = z;
}

/// The three transforms along the depth for 1, 4 or 6 products.
INLINE void NAME(_forward_depth)(const V *d, V *out, const int products) {
  if (products == 6) return NAME(_forward)(d, out);
  if (products == 1) {
    out[0] = d[0];
    return;
  }
  out[0] = d[0] - d[2];
  out[1] = d[1] + d[2];
  out[2] = d[2] - d[1];
  out[3] = d[1] - d[3];
}

INLINE void NAME(_inverse_depth)(const V *m, V *out, const int products) {
  if (products == 6) return NAME(_inverse)(m, out);
  if (products == 1) {
    out[0] = m[0];
    return;
  }
  out[0] = (m[0] + m[1]) + m[2];
  out[1] = (m[1] - m[2]) - m[3];
}

INLINE void NAME(_filter_depth)(const V *g, V *out, const int products) {
  if (products == 6) return NAME(_filter)(g[0], g[1], g[2], out);
  out[0] = g[0];
  if (products == 1) return;
  const V even = 0.5f * g[0] + 0.5f * g[2], odd = 0.5f * g[1];
  out[1] = even + odd;
  out[2] = even - odd;
  out[3] = g[2];
}

/// Weights of one line: (column of six, depth product, input, output).
INLINE void NAME(_line_weights)(
    const vk_map_convolution *c, int block, int line, float *to, const int products) {
  const int inputs = vk_map_inputs(c), width = 2 * LANES, taps = products == 1 ? 9 : 27;
  const float *from = c->weights + (int64_t)block * taps * inputs * width;
  const int64_t tap = (int64_t)inputs * width;
  for (int64_t at = 0; at < tap; at += LANES) {
    V r[6][3];
    for (int kz = 0; kz < taps / 9; ++kz) {
      V s[3];
#pragma clang loop unroll(full)
      for (int kx = 0; kx < 3; ++kx) {
        const float *w = from + (kz * 9 + kx) * tap + at;
        V column[6];
        NAME(_filter)(
            NAME(_load)(w), NAME(_load)(w + 3 * tap), NAME(_load)(w + 6 * tap), column);
        s[kx] = column[line];
      }
      V found[6];
      NAME(_filter)(s[0], s[1], s[2], found);
#pragma clang loop unroll(full)
      for (int j = 0; j < 6; ++j) r[j][kz] = found[j];
    }
#pragma clang loop unroll(full)
    for (int j = 0; j < 6; ++j) {
      V u[6];
      NAME(_filter_depth)(r[j], u, products);
#pragma clang loop unroll(full)
      for (int k = 0; k < products; ++k) NAME(_store)(to + (j * products + k) * tap + at, u[k]);
    }
  }
}

static void NAME(_winograd_weights)(
    const vk_map_convolution *c, int32_t block, int32_t line, float *to) {
  switch (vk_depth_products(c)) {
    case 1: return NAME(_line_weights)(c, block, line, to, 1);
    case 4: return NAME(_line_weights)(c, block, line, to, 4);
    default: return NAME(_line_weights)(c, block, line, to, 6);
  }
}

/// The 6 × 6 pixels from (y, x) on, transformed along both axes, for one or two vectors of channels:
/// two fill a line of the cache.
INLINE void NAME(_plane_tile)(
    const vk_map_convolution *c, const vk_map *map, const void *plane, int y, int x, int channel,
    const NAME(_transform) * transforms, V (*to)[6][36], const int vectors, const bool inside,
    const bool half) {
  const int64_t pixel = map->channels, row = map->row;
  const int64_t start = y * row + x * pixel + channel;
  if (inside) {
    // The next tile's columns are on their way while this one is computed.
    const char *next = (const char *)plane + (start + 6 * pixel) * (half ? 2 : 4);
    for (int i = 0; i < 6; ++i)
#pragma clang loop unroll(full)
      for (int j = 0; j < 4; ++j)
        __builtin_prefetch(next + (i * row + j * pixel) * (half ? 2 : 4));
  }
  for (int v = 0; v < vectors; ++v) {
    const NAME(_transform) t = transforms[v];
    V *tile = to[v][0];
#pragma clang loop unroll(full)
    for (int j = 0; j < 6; ++j) {
      V d[6], out[6];
#pragma clang loop unroll(full)
      for (int i = 0; i < 6; ++i) {
        if (inside || (y + i >= 0 && y + i < c->rows && x + j >= 0 && x + j < c->columns))
          d[i] = NAME(_transformed)(
              NAME(_value)(plane, start + i * row + j * pixel + v * LANES, half), t);
        else
          d[i] = 0;
      }
      NAME(_forward)(d, out);
#pragma clang loop unroll(full)
      for (int i = 0; i < 6; ++i) tile[i * 6 + j] = out[i];
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 6; ++i) {
      V out[6];
      NAME(_forward)(tile + i * 6, out);
#pragma clang loop unroll(full)
      for (int j = 0; j < 6; ++j) tile[i * 6 + j] = out[j];
    }
  }
}

static void NAME(_plane_tile_inside)(
    const vk_map_convolution *c, const vk_map *map, const void *plane, int y, int x, int channel,
    const NAME(_transform) * t, V (*to)[6][36], int vectors) {
  if (map->half)
    NAME(_plane_tile)(c, map, plane, y, x, channel, t, to, vectors, true, true);
  else
    NAME(_plane_tile)(c, map, plane, y, x, channel, t, to, vectors, true, false);
}

static void NAME(_plane_tile_at_border)(
    const vk_map_convolution *c, const vk_map *map, const void *plane, int y, int x, int channel,
    const NAME(_transform) * t, V (*to)[6][36], int vectors) {
  if (map->half)
    NAME(_plane_tile)(c, map, plane, y, x, channel, t, to, vectors, false, true);
  else
    NAME(_plane_tile)(c, map, plane, y, x, channel, t, to, vectors, false, false);
}

/// Tiles first ..< last into rows of `to` that lie `pitch` floats apart, products `stride` floats; every two
/// vectors of channels lie `block` floats behind the last two, or beside them where that is 0.
INLINE void NAME(_tile_inputs)(
    const vk_map_convolution *c, int64_t first, int64_t last, float *to, const int64_t stride,
    const int64_t pitch, const int64_t block, const int products) {
  const int across = vk_ceiling(c->columns, VK_TILE), tiles = across * vk_ceiling(c->rows, VK_TILE);
  V planes[2][6][36];
  for (int64_t row = first; row < last; ++row) {
    const int z = (int)(row / tiles) * c->depth_step - (products > 1), tile = (int)(row % tiles);
    const int y = tile / across * VK_TILE - 1, x = tile % across * VK_TILE - 1;
    const bool inside = y >= 0 && y + 6 <= c->rows && x >= 0 && x + 6 <= c->columns;
    float *place = to + (row - first) * pitch;
    for (int s = 0; s < c->input_count; ++s) {
      const vk_map *map = c->inputs + s;
      for (int channel = 0; channel < map->channels; channel += 2 * LANES) {
        const int vectors = map->channels - channel >= 2 * LANES ? 2 : 1;
        NAME(_transform) t[2];
        for (int v = 0; v < vectors; ++v) t[v] = NAME(_transform_at)(map, channel + v * LANES);
        for (int p = 0; p < products; ++p) {
          if (z + p < 0 || z + p >= c->depth)
            for (int v = 0; v < vectors; ++v) memset(planes[v][p], 0, sizeof planes[v][p]);
          else if (inside)
            NAME(_plane_tile_inside)(
                c, map, map->planes[z + p], y, x, channel, t, (V(*)[6][36])planes[0][p], vectors);
          else
            NAME(_plane_tile_at_border)(
                c, map, map->planes[z + p], y, x, channel, t, (V(*)[6][36])planes[0][p], vectors);
        }
        for (int i = 0; i < 36; ++i) {
          for (int v = 0; v < vectors; ++v) {
            V d[6], out[6];
#pragma clang loop unroll(full)
            for (int p = 0; p < products; ++p) d[p] = planes[v][p][i];
            NAME(_forward_depth)(d, out, products);
#pragma clang loop unroll(full)
            for (int k = 0; k < products; ++k)
              NAME(_store)(place + (i * products + k) * stride + v * LANES, out[k]);
          }
        }
        place += block ? block : vectors * LANES;
      }
    }
  }
}

static void NAME(_winograd_inputs)(
    const vk_map_convolution *c, int64_t first, int64_t last, int64_t origin, int64_t count,
    float *to) {
  const int64_t inputs = vk_map_inputs(c), stride = vk_product_stride(count, (int)inputs);
  to += (first - origin) * inputs;
  switch (vk_depth_products(c)) {
    case 1: return NAME(_tile_inputs)(c, first, last, to, stride, inputs, 0, 1);
    case 4: return NAME(_tile_inputs)(c, first, last, to, stride, inputs, 0, 4);
    default: return NAME(_tile_inputs)(c, first, last, to, stride, inputs, 0, 6);
  }
}

/// `rows` rows of a times the panel b (depth, 2 · LANES): sums stay in registers.
INLINE void NAME(_product)(
    const float *a, const int depth, const float *b, float *to, const int rows, const int vectors) {
  V sum[ROWS][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) sum[r][v] = 0;
#pragma clang loop unroll_count(4)
  for (int k = 0; k < depth; ++k) {
    V right[2];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) right[v] = NAME(_load)(b + k * 2 * LANES + v * LANES);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; ++r) {
      const V left = a[r * depth + k];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; ++v) sum[r][v] += left * right[v];
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) NAME(_store)(to + r * 2 * LANES + v * LANES, sum[r][v]);
}

#define PRODUCT(n)                                   \
  case n:                                            \
    if (vectors == 2)                                \
      NAME(_product)(a, depth, b, to, n, 2);         \
    else                                             \
      NAME(_product)(a, depth, b, to, n, 1);         \
    break;

static void NAME(_some_product)(
    const float *a, const int depth, const float *b, float *to, const int rows, const int vectors) {
  switch (rows) {
    PRODUCT(1) PRODUCT(2) PRODUCT(3) PRODUCT(4) PRODUCT(5) PRODUCT(6)
#if ROWS == 12
    PRODUCT(7) PRODUCT(8) PRODUCT(9) PRODUCT(10) PRODUCT(11) PRODUCT(12)
#endif
  }
}

static void NAME(_winograd_multiply)(
    const vk_map_convolution *c, int32_t block, int32_t first_line, int32_t last_line,
    int64_t count, const float *inputs, const float *weights, float *sums) {
  const int depth = vk_map_inputs(c), vectors = NAME(_vectors)(c, block);
  const int line = VK_LINE * vk_depth_products(c), groups = (int)((count + ROWS - 1) / ROWS);
  for (int p = first_line * line; p < last_line * line; ++p) {
    const float *a = inputs + p * vk_product_stride(count, depth);
    const float *b = weights + (int64_t)(p - first_line * line) * depth * 2 * LANES;
    float *to = sums + p * vk_product_stride(count, 2 * LANES);
    for (int group = 0; group < groups; ++group) {
      // Groups as equal as possible keep the multipliers busiest.
      const int64_t first = count * group / groups, last = count * (group + 1) / groups;
      NAME(_some_product)(
          a + first * depth, depth, b, to + first * 2 * LANES, (int)(last - first), vectors);
    }
  }
}

/// 4 × 4 pixels of 36 sums.
INLINE void NAME(_plane_pixels)(const V *m, V *out) {
  V t[24];
#pragma clang loop unroll(full)
  for (int j = 0; j < 6; ++j) {
    V column[6], found[4];
#pragma clang loop unroll(full)
    for (int i = 0; i < 6; ++i) column[i] = m[i * 6 + j];
    NAME(_inverse)(column, found);
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; ++i) t[i * 6 + j] = found[i];
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; ++i) NAME(_inverse)(t + i * 6, out + i * 4);
}

INLINE void NAME(_tile_outputs)(
    const vk_map_convolution *c, int block, int64_t first, int64_t last, int64_t origin,
    int64_t count, const float *sums, int64_t moments_block, const int products, const bool half) {
  const int across = vk_ceiling(c->columns, VK_TILE), tiles = across * vk_ceiling(c->rows, VK_TILE);
  const int depth = products == 1 ? 1 : products - 2, vectors = NAME(_vectors)(c, block);
  const int64_t stride = vk_product_stride(count, 2 * LANES);
  const int64_t pixel = c->channels, line = c->row;
  NAME(_moments) moments[2] = {0};
  int64_t pixels = 0;
  V planes[4][36];
  for (int64_t row = first; row < last; ++row) {
    const int z = (int)(row / tiles) * c->depth_step, tile = (int)(row % tiles);
    const int y = tile / across * VK_TILE, x = tile % across * VK_TILE;
    const int deep = c->depth - z < depth ? c->depth - z : depth;
    const int high = c->rows - y < VK_TILE ? c->rows - y : VK_TILE;
    const int wide = c->columns - x < VK_TILE ? c->columns - x : VK_TILE;
    // The lines of these pixels are on their way while the sums are transformed.
    const int64_t start = y * line + x * pixel + block * 2 * LANES;
    for (int p = 0; p < deep; ++p)
      for (int i = 0; i < high; ++i)
        for (int j = 0; j < wide; ++j)
          __builtin_prefetch(
              (const char *)c->outputs[z + p] + (start + i * line + j * pixel) * (half ? 2 : 4), 1);
    for (int v = 0; v < vectors; ++v) {
      const float *from = sums + (row - origin) * 2 * LANES + v * LANES;
      for (int i = 0; i < 36; ++i) {
        V m[6], out[4];
#pragma clang loop unroll(full)
        for (int k = 0; k < products; ++k) m[k] = NAME(_load)(from + (i * products + k) * stride);
        NAME(_inverse_depth)(m, out, products);
#pragma clang loop unroll(full)
        for (int p = 0; p < depth; ++p) planes[p][i] = out[p];
      }
      const int channel = block * 2 * LANES + v * LANES;
      V bias = 0;
      if (c->bias) bias = NAME(_load)(c->bias + channel);
      V sum = 0, square = 0;
      for (int p = 0; p < deep; ++p) {
        V out[16];
        NAME(_plane_pixels)(planes[p], out);
        void *plane = c->outputs[z + p];
        const int64_t at = start + v * LANES;
        if (row == first && p == 0) moments[v].pivot = out[0] + bias;
        const V pivot = moments[v].pivot;
        if (high == VK_TILE && wide == VK_TILE) {
#pragma clang loop unroll(full)
          for (int i = 0; i < 16; ++i) {
            const V value = out[i] + bias, d = value - pivot;
            sum += d;
            square += d * d;
            NAME(_put)(plane, at + i / 4 * line + i % 4 * pixel, value, half);
          }
        } else {
          for (int i = 0; i < high; ++i) {
            for (int j = 0; j < wide; ++j) {
              const V value = out[i * 4 + j] + bias, d = value - pivot;
              sum += d;
              square += d * d;
              NAME(_put)(plane, at + i * line + j * pixel, value, half);
            }
          }
        }
      }
      NAME(_add_moments)(moments + v, sum, square);
    }
    pixels += deep * high * wide;
  }
  if (c->moments) NAME(_store_moments)(c, moments, vectors, pixels, moments_block, block);
}

#define OUTPUTS(products)                                                                \
  c->half ? NAME(_tile_outputs)(                                                         \
                c, block, first, last, origin, count, sums, moments_block, products, true) \
          : NAME(_tile_outputs)(                                                         \
                c, block, first, last, origin, count, sums, moments_block, products, false)

static void NAME(_winograd_outputs)(
    const vk_map_convolution *c, int32_t block, int64_t first, int64_t last, int64_t origin,
    int64_t count, const float *sums, int64_t moments_block) {
  switch (vk_depth_products(c)) {
    case 1: return OUTPUTS(1);
    case 4: return OUTPUTS(4);
    default: return OUTPUTS(6);
  }
}

#undef OUTPUTS
#undef PRODUCT
#undef ROOT
#undef HALF_ROOT
