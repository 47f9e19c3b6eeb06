// Operations on rows of float32 in vectors; included once per instruction set, which defines
//   LANES (floats per vector) and KERNEL (name prefix).
// Written with the compiler's vector types, so that the same lines serve every width.

#define CONCAT_(a, b) a##b
#define CONCAT(a, b) CONCAT_(a, b)
#define NAME(suffix) CONCAT(KERNEL, suffix)
#define V NAME(_floats)
#define VI NAME(_integers)
#define VH NAME(_halves)
#define INLINE static inline __attribute__((always_inline))

typedef float V __attribute__((ext_vector_type(LANES)));
typedef int32_t VI __attribute__((ext_vector_type(LANES)));
typedef uint16_t VH __attribute__((ext_vector_type(LANES)));

INLINE V NAME(_load)(const float *x) {
  V v;
  __builtin_memcpy(&v, x, sizeof v);
  return v;
}

INLINE void NAME(_store)(float *x, V v) { __builtin_memcpy(x, &v, sizeof v); }

/// The first `count` lanes of a row's end, `fill` in the others.
INLINE V NAME(_load_some)(const float *x, int count, float fill) {
  float some[LANES];
  for (int lane = 0; lane < LANES; ++lane) some[lane] = lane < count ? x[lane] : fill;
  return NAME(_load)(some);
}

INLINE void NAME(_store_some)(float *x, V v, int count) {
  float some[LANES];
  NAME(_store)(some, v);
  for (int lane = 0; lane < count; ++lane) x[lane] = some[lane];
}

INLINE float NAME(_sum)(V v) {
  float sum = 0;
  for (int lane = 0; lane < LANES; ++lane) sum += v[lane];
  return sum;
}

INLINE float NAME(_largest)(V v) {
  float largest = v[0];
  for (int lane = 1; lane < LANES; ++lane) largest = v[lane] > largest ? v[lane] : largest;
  return largest;
}

// exp(x): x = n·ln 2 + r, a polynomial in r (Cephes expf), times 2ⁿ; error below 2 ulp. What is not a
// number stays so; below −87 the result is that of −87.
INLINE V NAME(_exponential)(V x) {
  x = x < -87.0f ? (V){} - 87.0f : x;
  x = x > 88.0f ? (V){} + 88.0f : x;
  const V n = __builtin_elementwise_nearbyint(x * 1.44269504f);
  V r = __builtin_elementwise_fma(n, (V){} - 0.693359375f, x);
  r = __builtin_elementwise_fma(n, (V){} + 2.12194440e-4f, r);
  V p = (V){} + 1.9875691500e-4f;
  p = __builtin_elementwise_fma(p, r, (V){} + 1.3981999507e-3f);
  p = __builtin_elementwise_fma(p, r, (V){} + 8.3334519073e-3f);
  p = __builtin_elementwise_fma(p, r, (V){} + 4.1665795894e-2f);
  p = __builtin_elementwise_fma(p, r, (V){} + 1.6666665459e-1f);
  p = __builtin_elementwise_fma(p, r, (V){} + 5.0000001201e-1f);
  p = __builtin_elementwise_fma(p, r * r, r + 1.0f);
  // The sum with 1.5 · 2²³ holds n in its low bits.
  const VI power = ((VI)(n + 12582912.0f) - 0x4B400000 + 127) << 23;
  return p * (V)power;
}

// x · Φ(x) with the error function of Abramowitz and Stegun 7.1.26; absolute error below 3·10⁻⁷ · |x|.
INLINE V NAME(_gelu)(V x) {
  const V z = __builtin_elementwise_abs(x) * 0.70710678118f;
  const V t = 1.0f / __builtin_elementwise_fma(z, (V){} + 0.3275911f, (V){} + 1.0f);
  V p = (V){} + 1.061405429f;
  p = __builtin_elementwise_fma(p, t, (V){} - 1.453152027f);
  p = __builtin_elementwise_fma(p, t, (V){} + 1.421413741f);
  p = __builtin_elementwise_fma(p, t, (V){} - 0.284496736f);
  p = __builtin_elementwise_fma(p, t, (V){} + 0.254829592f);
  const V beyond = p * t * NAME(_exponential)(-(z * z));  // 1 − erf(z)
  const V half = x * 0.5f;
  return x < 0 ? half * beyond : half * (2.0f - beyond);
}

INLINE V NAME(_activated)(V x, int32_t activation) {
  if (activation == VK_RELU) return x < 0 ? (V){} : x;
  if (activation == VK_GELU) return NAME(_gelu)(x);
  return x;
}

static void NAME(_apply)(const vk_input *input, const float *x, int32_t width, float *y) {
  const int whole = width / LANES * LANES, rest = width - whole;
  const bool norms = input->norm_weight != NULL;
  float mean = 0, factor = 1;
  if (norms) {
    V sum = {};
    for (int i = 0; i < whole; i += LANES) sum += NAME(_load)(x + i);
    if (rest) sum += NAME(_load_some)(x + whole, rest, 0);
    mean = NAME(_sum)(sum) / (float)width;
    V squares = {};
    for (int i = 0; i < whole; i += LANES) {
      const V d = NAME(_load)(x + i) - mean;
      squares = __builtin_elementwise_fma(d, d, squares);
    }
    if (rest) {
      const V d = NAME(_load_some)(x + whole, rest, mean) - mean;
      squares = __builtin_elementwise_fma(d, d, squares);
    }
    factor = 1 / __builtin_sqrtf(NAME(_sum)(squares) / (float)width + input->epsilon);
  }
  for (int i = 0; i < width; i += LANES) {
    const int count = width - i;
    V v = count >= LANES ? NAME(_load)(x + i) : NAME(_load_some)(x + i, count, 0);
    if (norms) {
      const float *w = input->norm_weight + i, *b = input->norm_bias + i;
      const V weight = count >= LANES ? NAME(_load)(w) : NAME(_load_some)(w, count, 0);
      const V bias = count >= LANES ? NAME(_load)(b) : NAME(_load_some)(b, count, 0);
      v = (v - mean) * factor * weight + bias;
    }
    v = NAME(_activated)(v, input->activation);
    if (count >= LANES)
      NAME(_store)(y + i, v);
    else
      NAME(_store_some)(y + i, v, count);
  }
}

static float NAME(_round)(
    const float *x, int32_t width, int32_t padded, vk_number number, uint16_t *out) {
  const int whole = width / LANES * LANES, rest = width - whole;
  float scale = 1;
  if (number == VK_INT16) {
    V squares = {}, magnitudes = {};
    for (int i = 0; i < whole; i += LANES) {
      const V v = NAME(_load)(x + i), m = __builtin_elementwise_abs(v);
      squares = __builtin_elementwise_fma(v, v, squares);
      magnitudes = m > magnitudes ? m : magnitudes;
    }
    if (rest) {
      const V v = NAME(_load_some)(x + whole, rest, 0), m = __builtin_elementwise_abs(v);
      squares = __builtin_elementwise_fma(v, v, squares);
      magnitudes = m > magnitudes ? m : magnitudes;
    }
    const float length = __builtin_sqrtf(NAME(_sum)(squares)) * 1.000001f;
    const float most = NAME(_largest)(magnitudes);
    // A row of zeros keeps the scale 0; one that holds NaN or infinity gets a scale that is NaN.
    scale = length / (VK_LONGEST - 0.5f * __builtin_sqrtf((float)width));
    if (most / 32767.0f > scale) scale = most / 32767.0f;
    const float inverse = length > 0 ? 1 / scale : 0;
    if (!(length < __builtin_inff())) scale = __builtin_nanf("");
    for (int i = 0; i < padded; i += LANES) {
      const int count = width - i;
      const V v = count >= LANES ? NAME(_load)(x + i)
                  : count > 0    ? NAME(_load_some)(x + i, count, 0)
                                 : (V){};
      // The low bits of the sum with 1.5 · 2²³ are the nearest whole number.
      const VI bits = (VI)__builtin_elementwise_fma(v, (V){} + inverse, (V){} + 12582912.0f);
      const VH half = __builtin_convertvector(bits, VH);
      __builtin_memcpy(out + i, &half, sizeof half);
    }
  } else {
    for (int i = 0; i < padded; i += LANES) {
      const int count = width - i;
      const V v = count >= LANES ? NAME(_load)(x + i)
                  : count > 0    ? NAME(_load_some)(x + i, count, 0)
                                 : (V){};
      const VI bits = (VI)v;
      const VI odd = (bits >> 16) & 1;
      VI rounded = ((bits + 0x7FFF + odd) >> 16) & 0xFFFF;
      rounded = v == v ? rounded : (VI){} + 0x7FC0;
      const VH half = __builtin_convertvector(rounded, VH);
      __builtin_memcpy(out + i, &half, sizeof half);
    }
  }
  return scale;
}

static float NAME(_weigh)(float *scores, int32_t count, float *largest) {
  const int whole = count / LANES * LANES, rest = count - whole;
  V most = (V){} + *largest;
  for (int i = 0; i < whole; i += LANES) {
    const V v = NAME(_load)(scores + i);
    most = v > most ? v : most;
  }
  if (rest) {
    const V v = NAME(_load_some)(scores + whole, rest, *largest);
    most = v > most ? v : most;
  }
  *largest = NAME(_largest)(most);
  const V shift = (V){} + *largest;
  V sum = {};
  for (int i = 0; i < whole; i += LANES) {
    const V e = NAME(_exponential)(NAME(_load)(scores + i) - shift);
    sum += e;
    NAME(_store)(scores + i, e);
  }
  float total = NAME(_sum)(sum);
  if (rest) {
    const V e = NAME(_exponential)(NAME(_load_some)(scores + whole, rest, *largest) - shift);
    NAME(_store_some)(scores + whole, e, rest);
    for (int lane = 0; lane < rest; ++lane) total += e[lane];
  }
  return total;
}

static void NAME(_add)(float *x, const float *y, float offset, int32_t count) {
  const int whole = count / LANES * LANES, rest = count - whole;
  for (int i = 0; i < whole; i += LANES)
    NAME(_store)(x + i, NAME(_load)(x + i) + (NAME(_load)(y + i) + offset));
  for (int i = whole; i < whole + rest; ++i) x[i] += y[i] + offset;
}

static void NAME(_scale)(float *x, float factor, float *y, int32_t count) {
  for (int i = 0; i < count; ++i) y[i] = x[i] * factor;
}

static void NAME(_depthwise)(const vk_depthwise *job, int64_t first, int64_t last) {
  const int channels = job->channels;
  for (int64_t pixel = first; pixel < last; ++pixel) {
    const int y = (int)(pixel / job->output_width) * job->stride - 1;
    const int x = (int)(pixel % job->output_width) * job->stride - 1;
    float *to = job->output + pixel * channels;
    for (int c = 0; c < channels; c += LANES) {
      // The last vector moves back to end with the channels; a few are computed twice, equally.
      const int at = c + LANES <= channels ? c : channels - LANES;
      V sum = NAME(_load)(job->bias + at);
      for (int dy = 0; dy < 3; ++dy) {
        if (y + dy < 0 || y + dy >= job->height) continue;
        for (int dx = 0; dx < 3; ++dx) {
          if (x + dx < 0 || x + dx >= job->width) continue;
          const int64_t from = ((int64_t)(y + dy) * job->width + x + dx) * channels + at;
          sum = __builtin_elementwise_fma(
              NAME(_load)(job->input + from), NAME(_load)(job->weights + (dy * 3 + dx) * channels + at),
              sum);
        }
      }
      NAME(_store)(to + at, NAME(_activated)(sum, job->activation));
    }
  }
}

static void NAME(_total)(const float *a, const float *b, int64_t count, float *c) {
  for (int64_t i = 0; i < count; ++i) c[i] = a[i] + b[i];
}

static void NAME(_softmax_tokens)(float *scores, int64_t stride, int32_t tokens, int32_t rows) {
  // Heads come in eights whatever the vectors: a wide vector takes two tokens of a row.
  for (int32_t r = 0; r < rows; ++r) {
    float *s = scores + r * stride;
    float most[8], sum[8];
    for (int h = 0; h < 8; ++h) most[h] = s[h];
    for (int t = 1; t < tokens; ++t)
      for (int h = 0; h < 8; ++h) most[h] = s[8 * t + h] > most[h] ? s[8 * t + h] : most[h];
    float shift[LANES], total[LANES];
    for (int lane = 0; lane < LANES; ++lane) {
      shift[lane] = most[lane % 8];
      total[lane] = 0;
    }
    const V by = NAME(_load)(shift);
    const int values = 8 * tokens, whole = values / LANES * LANES;
    V all = {};
    for (int i = 0; i < whole; i += LANES) {
      const V e = NAME(_exponential)(NAME(_load)(s + i) - by);
      NAME(_store)(s + i, e);
      all += e;
    }
    NAME(_store)(total, all);
    for (int h = 0; h < 8; ++h) {
      sum[h] = 0;
      for (int lane = h; lane < LANES; lane += 8) sum[h] += total[lane];
    }
    if (values > whole) {
      float end[LANES];
      const V e = NAME(_exponential)(NAME(_load_some)(s + whole, values - whole, 0) - by);
      NAME(_store)(end, e);
      for (int h = 0; h < values - whole; ++h) {
        s[whole + h] = end[h];
        sum[h % 8] += end[h];
      }
    }
    for (int h = 0; h < 8; ++h) sum[h] = 1 / sum[h];
    for (int t = 0; t < tokens; ++t)
      for (int h = 0; h < 8; ++h) s[8 * t + h] *= sum[h];
  }
}

#define TOGETHER 4  // columns of scores
#define DEEP 32     // rows that stay in the nearest cache

static void NAME(_collect)(
    float *scores, int64_t stride, int32_t columns, const float *values, int32_t width, int32_t rows,
    float *largest, float *sums, float *found) {
  for (int c = 0; c < columns; c += LANES) {
    const int count = columns - c;
    V most = (V){} - __builtin_inff(), sum = {};
    for (int r = 0; r < rows; ++r) {
      const float *s = scores + r * stride + c;
      const V v = count >= LANES ? NAME(_load)(s) : NAME(_load_some)(s, count, 0);
      most = v > most ? v : most;
    }
    for (int r = 0; r < rows; ++r) {
      float *s = scores + r * stride + c;
      const V v = count >= LANES ? NAME(_load)(s) : NAME(_load_some)(s, count, 0);
      const V e = NAME(_exponential)(v - most);
      sum += e;
      if (count >= LANES)
        NAME(_store)(s, e);
      else
        NAME(_store_some)(s, e, count);
    }
    for (int lane = 0; lane < LANES && lane < count; ++lane) {
      largest[c + lane] = most[lane];
      sums[c + lane] = sum[lane];
    }
  }
  __builtin_memset(found, 0, sizeof(float) * columns * width);
  for (int top = 0; top < rows; top += DEEP) {
    const int bottom = top + DEEP < rows ? top + DEEP : rows;
    for (int x = 0; x < width; x += 16) {
      for (int c = 0; c < columns; c += TOGETHER) {
        V sum[TOGETHER][16 / LANES];
        float *to = found + c * width + x;
#pragma clang loop unroll(full)
        for (int i = 0; i < TOGETHER; ++i)
#pragma clang loop unroll(full)
          for (int v = 0; v < 16 / LANES; ++v) sum[i][v] = NAME(_load)(to + i * width + v * LANES);
        for (int r = top; r < bottom; ++r) {
          V from[16 / LANES];
#pragma clang loop unroll(full)
          for (int v = 0; v < 16 / LANES; ++v)
            from[v] = NAME(_load)(values + (int64_t)r * width + x + v * LANES);
#pragma clang loop unroll(full)
          for (int i = 0; i < TOGETHER; ++i)
#pragma clang loop unroll(full)
            for (int v = 0; v < 16 / LANES; ++v)
              sum[i][v] = __builtin_elementwise_fma(
                  (V){} + scores[r * stride + c + i], from[v], sum[i][v]);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < TOGETHER; ++i)
#pragma clang loop unroll(full)
          for (int v = 0; v < 16 / LANES; ++v) NAME(_store)(to + i * width + v * LANES, sum[i][v]);
      }
    }
  }
}

#undef TOGETHER
#undef DEEP

static const vk_row_functions NAME(_rows) = {
    .apply = NAME(_apply), .round = NAME(_round), .weigh = NAME(_weigh), .add = NAME(_add),
    .scale = NAME(_scale), .depthwise = NAME(_depthwise),
    .sum = NAME(_total), .softmax_tokens = NAME(_softmax_tokens), .collect = NAME(_collect)};

#undef V
#undef VI
#undef VH
#undef INLINE
#undef NAME
#undef CONCAT
#undef CONCAT_
#undef LANES
#undef KERNEL
