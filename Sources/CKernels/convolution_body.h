// One convolution row in vectors; included once per instruction set, which defines
//   V (vector type), LANES, LOAD, STORE, SPLAT, FMA, MAX, MIN, EXP, KERNEL (name prefix), BLOCK (channels).
//
// A block of output channels times three vectors of columns stays in registers while all input channels
// and the 27 taps pass by; each weight is broadcast once for three vectors.

#define CONCAT_(a, b) a##b
#define CONCAT(a, b) CONCAT_(a, b)
#define NAME(suffix) CONCAT(KERNEL, suffix)

static inline __attribute__((always_inline)) V NAME(_activated)(V x, vk_activation activation) {
  // MAX gives its second argument where one is NaN: broken weights must show in the result.
  const V zero = SPLAT(0);
  if (activation == VK_RELU) return MAX(zero, x);
  if (activation == VK_ELU) return MAX(zero, x) + (EXP(MIN(x, zero)) - SPLAT(1));
  return x;
}

// `channels` and `width` are constants at every call, so that the accumulators become registers.
static inline __attribute__((always_inline)) void NAME(_tile)(
    const vk_convolution *c, const float *input, const float *weights, const float *bias,
    float *output, const int channels, const int width, const int columns) {
  V sum[BLOCK][3];
  for (int o = 0; o < channels; ++o)
    for (int v = 0; v < width; ++v) sum[o][v] = SPLAT(bias[o]);
  for (int i = 0; i < c->in_channels; ++i) {
    const float *channel = input + i * c->input_channel;
    for (int z = 0; z < 3; ++z) {
      for (int y = 0; y < 3; ++y) {
        const float *row = channel + c->dilation * (z * c->input_plane + y * c->input_row);
        for (int x = 0; x < 3; ++x) {
          V in[3];
          for (int v = 0; v < width; ++v) in[v] = LOAD(row + x * c->dilation + v * LANES);
          for (int o = 0; o < channels; ++o) {
            const V w = SPLAT(weights[o]);
            for (int v = 0; v < width; ++v) sum[o][v] = FMA(w, in[v], sum[o][v]);
          }
          weights += channels;
        }
      }
    }
  }
  for (int o = 0; o < channels; ++o) {
    for (int v = 0; v < width; ++v) {
      const V y = NAME(_activated)(sum[o][v], c->activation);
      float *to = output + o * c->output_channel + v * LANES;
      if (v * LANES + LANES <= columns) {
        STORE(to, y);
      } else {
        float some[LANES];
        STORE(some, y);
        for (int lane = 0; v * LANES + lane < columns; ++lane) to[lane] = some[lane];
      }
    }
  }
}

#define TILE(n)                                                                                   \
  case n:                                                                                         \
    if (wide)                                                                                     \
      NAME(_tile)(c, input, weights, bias, output, n, 3, 3 * LANES);                              \
    else                                                                                          \
      NAME(_tile)(c, input, weights, bias, output, n, 1, columns);                                \
    break;

// Columns that need no vector wider than the row can give; the scalar rest of a narrow row.
static void NAME(_block)(
    const vk_convolution *c, const float *input, const float *weights, const float *bias,
    float *output, int channels, bool wide, int columns) {
  switch (channels) {
    TILE(1) TILE(2) TILE(3) TILE(4)
#if BLOCK == 8
    TILE(5) TILE(6) TILE(7) TILE(8)
#endif
  }
}

static void NAME(_row)(const vk_convolution *c, const float *input, float *output) {
  const int step = 3 * LANES;
  for (int x = 0; x < c->columns;) {
    // The last wide tile moves back to end with the row; a few columns are computed twice, equally.
    const bool wide = c->columns >= step;
    const int at = wide && x + step > c->columns ? c->columns - step : x;
    const int columns = wide ? step : c->columns - at < LANES ? c->columns - at : LANES;
    const float *weights = c->weights;
    for (int o = 0; o < c->out_channels;) {
      const int channels = vk_block(c->out_channels, o, BLOCK);
      NAME(_block)(
          c, input + at, weights, c->bias + o, output + o * c->output_channel + at, channels, wide,
          columns);
      weights += (int64_t)channels * c->in_channels * 27;
      o += channels;
    }
    x = at + columns;
  }
}

#undef TILE
#undef NAME
#undef CONCAT
#undef CONCAT_
