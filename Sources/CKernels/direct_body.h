// Direct convolution: a region's inputs are read once into a bordered buffer, in which the values under
// one line of the kernel lie one behind the other for every pixel and stride.

/// Extents of the buffer.
typedef struct {
  int planes, rows, columns;
} NAME(_extents);

INLINE NAME(_extents) NAME(_region_extents)(const vk_map_convolution *c, vk_region r) {
  return (NAME(_extents)){
      (r.last_plane - r.first_plane - 1) * c->stride[0] + c->kernel[0],
      (r.last_row - r.first_row - 1) * c->stride[1] + c->kernel[1],
      (vk_map_output(c, 2) - 1) * c->stride[2] + c->kernel[2]};
}

INLINE void NAME(_row_inputs)(
    const vk_map *map, const void *plane, int64_t row, int count, int64_t stride, float *to,
    const bool half) {
  const int64_t start = row * map->row;
  if (map->channels % LANES != 0) {
    // The image itself, with as many channels as it has and nothing done to them.
    memcpy(to, (const float *)plane + start, sizeof(float) * count * map->channels);
    return;
  }
  for (int channel = 0; channel < map->channels; channel += LANES) {
    const NAME(_transform) t = NAME(_transform_at)(map, channel);
    for (int x = 0; x < count; ++x)
      NAME(_store)(
          to + x * stride + channel,
          NAME(_transformed)(
              NAME(_value)(plane, start + (int64_t)x * map->channels + channel, half), t));
  }
}

static void NAME(_direct_inputs)(
    const vk_map_convolution *c, vk_region region, int32_t first, int32_t last, float *to) {
  const NAME(_extents) extents = NAME(_region_extents)(c, region);
  const int inputs = vk_map_inputs(c);
  const int64_t line = (int64_t)extents.columns * inputs;
  const int left = (c->kernel[2] - 1) / 2;
  const int count = extents.columns - left < c->columns ? extents.columns - left : c->columns;
  for (int p = first; p < last; ++p) {
    const int z = region.first_plane * c->stride[0] - (c->kernel[0] - 1) / 2 + p;
    for (int r = 0; r < extents.rows; ++r) {
      const int y = region.first_row * c->stride[1] - (c->kernel[1] - 1) / 2 + r;
      float *place = to + ((int64_t)p * extents.rows + r) * line;
      if (z < 0 || z >= c->depth || y < 0 || y >= c->rows) {
        memset(place, 0, sizeof(float) * line);
        continue;
      }
      memset(place, 0, sizeof(float) * left * inputs);
      const int64_t filled = (int64_t)(left + count) * inputs;
      memset(place + filled, 0, sizeof(float) * (line - filled));
      float *channels = place + left * inputs;
      for (int s = 0; s < c->input_count; channels += c->inputs[s++].channels) {
        const vk_map *map = c->inputs + s;
        if (map->half)
          NAME(_row_inputs)(map, map->planes[z], y, count, inputs, channels, true);
        else
          NAME(_row_inputs)(map, map->planes[z], y, count, inputs, channels, false);
      }
    }
  }
}

/// Where the values of a kernel line lie for a pixel whose values begin at 0.
typedef struct {
  int64_t offset[9];
  int count, length;
} NAME(_lines);

INLINE void NAME(_direct_product)(
    const float *const *pixel, const NAME(_lines) *lines, const int first, const int last,
    const float *b, float *to, const int rows, const int vectors) {
  V sum[ROWS][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v)
      sum[r][v] = first > 0 ? NAME(_load)(to + (r * 2 + v) * LANES) : (V)0;
  for (int line = first; line < last; ++line) {
    const float *a[ROWS];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; ++r) a[r] = pixel[r] + lines->offset[line];
#pragma clang loop unroll_count(2)
    for (int k = 0; k < lines->length; ++k, b += 2 * LANES) {
      V right[2];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; ++v) right[v] = NAME(_load)(b + v * LANES);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; ++r) {
        const V left = a[r][k];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; ++v) sum[r][v] += left * right[v];
      }
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; ++r)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; ++v) NAME(_store)(to + (r * 2 + v) * LANES, sum[r][v]);
}

#define PRODUCT(n)                                                              \
  case n:                                                                       \
    if (vectors == 2)                                                           \
      NAME(_direct_product)(pixel, lines, first, last, b, to, n, 2);            \
    else                                                                        \
      NAME(_direct_product)(pixel, lines, first, last, b, to, n, 1);            \
    break;

static void NAME(_some_direct_product)(
    const float *const *pixel, const NAME(_lines) *lines, const int first, const int last,
    const float *b, float *to, const int rows, const int vectors) {
  switch (rows) {
    PRODUCT(1) PRODUCT(2) PRODUCT(3) PRODUCT(4) PRODUCT(5) PRODUCT(6)
#if ROWS == 12
    PRODUCT(7) PRODUCT(8) PRODUCT(9) PRODUCT(10) PRODUCT(11) PRODUCT(12)
#endif
  }
}

/// Pixels of a region in the order of their numbers.
typedef struct {
  int z, y, x;
} NAME(_place);

INLINE NAME(_place) NAME(_place_of)(const vk_map_convolution *c, vk_region r, int64_t number) {
  const int columns = vk_map_output(c, 2), rows = r.last_row - r.first_row;
  return (NAME(_place)){
      (int)(number / ((int64_t)columns * rows)), (int)(number / columns % rows),
      (int)(number % columns)};
}

INLINE void NAME(_next_place)(const vk_map_convolution *c, vk_region r, NAME(_place) *place) {
  if (++place->x < vk_map_output(c, 2)) return;
  place->x = 0;
  if (++place->y < r.last_row - r.first_row) return;
  place->y = 0;
  ++place->z;
}

INLINE void NAME(_direct_outputs)(
    const vk_map_convolution *c, vk_region region, int block, int64_t first, int64_t last,
    const float *sums, int64_t moments_block, const int vectors, const bool half) {
  const int *e = c->enlargement;
  const int blocks = vk_ceiling(c->channels, 2 * LANES), place = block / blocks;
  const int dz = place / (e[1] * e[2]), dy = place / e[2] % e[1], dx = place % e[2];
  const int channel = block % blocks * 2 * LANES;
  NAME(_moments) moments[2] = {0};
  V bias[2] = {0};
  for (int v = 0; v < vectors; ++v) {
    if (c->bias) bias[v] = NAME(_load)(c->bias + channel + v * LANES);
    moments[v].pivot = NAME(_load)(sums + v * LANES) + bias[v];
  }
  const int columns = vk_map_output(c, 2);
  NAME(_place) at = NAME(_place_of)(c, region, first);
  for (int64_t begin = first; begin < last;) {
    // Sixteen pixels of a row at a time are summed in single precision.
    int count = columns - at.x < 16 ? columns - at.x : 16;
    if (last - begin < count) count = (int)(last - begin);
    void *plane = c->outputs[(region.first_plane + at.z) * e[0] + dz];
    const int64_t step = (int64_t)e[2] * c->channels;
    const int64_t start = ((int64_t)(region.first_row + at.y) * e[1] + dy) * c->row +
                          at.x * step + dx * (int64_t)c->channels + channel;
    const float *from = sums + (begin - first) * 2 * LANES;
    V sum[2] = {0}, square[2] = {0};
    for (int i = 0; i < count; ++i) {
      __builtin_prefetch((const char *)plane + (start + (i + 16) * step) * (half ? 2 : 4), 1);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; ++v) {
        const V value = NAME(_load)(from + (i * 2 + v) * LANES) + bias[v];
        const V d = value - moments[v].pivot;
        sum[v] += d;
        square[v] += d * d;
        NAME(_put)(plane, start + i * step + v * LANES, value, half);
      }
    }
    if (c->moments)
      for (int v = 0; v < vectors; ++v) NAME(_add_moments)(moments + v, sum[v], square[v]);
    begin += count;
    at.x += count - 1;
    NAME(_next_place)(c, region, &at);
  }
  if (c->moments)
    NAME(_store_moments)(c, moments, vectors, last - first, moments_block, block);
}

static void NAME(_direct_classes)(
    const vk_map_convolution *c, vk_region region, int block, int64_t first, int64_t last,
    const float *sums) {
  const int columns = vk_map_output(c, 2), rows = vk_map_output(c, 1);
  NAME(_place) at = NAME(_place_of)(c, region, first);
  for (int64_t begin = first; begin < last;) {
    // To the end of a row the pixels of a class lie side by side.
    const int64_t count = last - begin < columns - at.x ? last - begin : columns - at.x;
    const int64_t pixel =
        ((int64_t)(region.first_plane + at.z) * rows + region.first_row + at.y) * columns + at.x;
    const float *from = sums + (begin - first) * 2 * LANES;
    for (int class = block * 2 * LANES, lane = 0; lane < 2 * LANES && class < c->class_count;
         ++lane, ++class) {
      const float bias = c->bias ? c->bias[class] : 0;
      float *to = c->classes + class * c->class_stride + pixel;
      for (int64_t i = 0; i < count; ++i) to[i] = from[i * 2 * LANES + lane] + bias;
    }
    begin += count;
    at.x += (int)count - 1;
    NAME(_next_place)(c, region, &at);
  }
}

/// The lines that reach one of the pixels that an input becomes, and their weights: along an axis that is
/// enlarged, even pixels have the tap of their input, odd ones those of both neighbours.
static const float *NAME(_sub_pixel_lines)(
    const vk_map_convolution *c, NAME(_extents) extents, int block, NAME(_lines) *lines) {
  const int *e = c->enlargement;
  const int depth = vk_map_inputs(c), blocks = vk_ceiling(c->channels, 2 * LANES);
  const int64_t panel = (int64_t)depth * 2 * LANES;
  const float *weights = c->weights;
  for (int place = 0;; ++place) {
    const int at[3] = {place / (e[1] * e[2]), place / e[2] % e[1], place % e[2]};
    int taps[3];
    for (int a = 0; a < 3; ++a) taps[a] = e[a] == 1 ? c->kernel[a] : at[a] + 1;
    if (place < block / blocks) {
      weights += taps[0] * taps[1] * taps[2] * panel * blocks;
      continue;
    }
    lines->count = taps[0] * taps[1];
    lines->length = taps[2] * depth;
    for (int line = 0; line < lines->count; ++line)
      lines->offset[line] = ((int64_t)(line / taps[1]) * extents.rows + line % taps[1]) *
                            extents.columns * depth;
    return weights + block % blocks * taps[0] * taps[1] * taps[2] * panel;
  }
}

static void NAME(_direct_multiply)(
    const vk_map_convolution *c, vk_region region, const float *inputs, int32_t block, int64_t first,
    int64_t last, float *scratch, int64_t moments_block) {
  const NAME(_extents) extents = NAME(_region_extents)(c, region);
  const int depth = vk_map_inputs(c), blocks = vk_ceiling(c->channels, 2 * LANES);
  const int vectors = NAME(_vectors)(c, block % blocks);
  NAME(_lines) lines = {.count = c->kernel[0] * c->kernel[1], .length = c->kernel[2] * depth};
  const float *weights =
      c->weights + (int64_t)block * lines.count * lines.length * 2 * LANES;
  if (c->sub_pixel)
    weights = NAME(_sub_pixel_lines)(c, extents, block, &lines);
  else
    for (int line = 0; line < lines.count; ++line)
      lines.offset[line] = ((int64_t)(line / c->kernel[1]) * extents.rows + line % c->kernel[1]) *
                           extents.columns * depth;
  // So many lines of weights stay in the second cache while all pixels pass by.
  const int64_t bytes = (int64_t)lines.length * 2 * LANES * sizeof(float);
  const int together = bytes < 65536 ? (int)(131072 / bytes) : 1;
  for (int line = 0; line < lines.count; line += together) {
    const int end = line + together < lines.count ? line + together : lines.count;
    NAME(_place) at = NAME(_place_of)(c, region, first);
    const int64_t groups = (last - first + ROWS - 1) / ROWS;
    for (int64_t group = 0; group < groups; ++group) {
      const int64_t begin = (last - first) * group / groups;
      const int rows = (int)((last - first) * (group + 1) / groups - begin);
      const float *pixel[ROWS];
      for (int r = 0; r < rows; ++r, NAME(_next_place)(c, region, &at))
        pixel[r] = inputs + ((((int64_t)at.z * c->stride[0] * extents.rows) +
                              (int64_t)at.y * c->stride[1]) *
                                 extents.columns +
                             (int64_t)at.x * c->stride[2]) *
                                depth;
      NAME(_some_direct_product)(
          pixel, &lines, line, end, weights + (int64_t)line * lines.length * 2 * LANES,
          scratch + begin * 2 * LANES, rows, vectors);
    }
  }
  if (c->classes) return NAME(_direct_classes)(c, region, block, first, last, scratch);
  if (vectors == 2) {
    if (c->half)
      NAME(_direct_outputs)(c, region, block, first, last, scratch, moments_block, 2, true);
    else
      NAME(_direct_outputs)(c, region, block, first, last, scratch, moments_block, 2, false);
  } else {
    if (c->half)
      NAME(_direct_outputs)(c, region, block, first, last, scratch, moments_block, 1, true);
    else
      NAME(_direct_outputs)(c, region, block, first, last, scratch, moments_block, 1, false);
  }
}

#undef PRODUCT
