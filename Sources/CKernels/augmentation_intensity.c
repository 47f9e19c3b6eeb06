// Noise, gamma and the sums that contrast needs, by polynomials that vectorise and round alike everywhere.
// Polynomials: Moshier, Cephes Mathematical Library 2.2 (single precision).

#include "CKernels.h"
#include "augmentation_clones.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

VK_INLINE float from_bits(int32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

VK_INLINE int32_t to_bits(float value) {
  int32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Splits v > 0 into 2^exponent and a fraction in [sqrt(1/2), sqrt(2)), of which the logarithm is returned.
VK_INLINE float fraction_log(float v, float *exponent) {
  const int32_t bits = to_bits(v) - 0x3F3504F3;
  const int32_t power = bits >> 23;
  *exponent = (float)power;
  const float x = from_bits((bits & 0x007FFFFF) + 0x3F3504F3) - 1;
  float p = 7.0376836292e-2f;
  p = p * x - 1.1514610310e-1f;
  p = p * x + 1.1676998740e-1f;
  p = p * x - 1.2420140846e-1f;
  p = p * x + 1.4249322787e-1f;
  p = p * x - 1.6668057665e-1f;
  p = p * x + 2.0000714765e-1f;
  p = p * x - 2.4999993993e-1f;
  p = p * x + 3.3333331174e-1f;
  const float square = x * x;
  return x - 0.5f * square + square * x * p;
}

VK_INLINE float exp2_below_one(float t) {
  const float bounded = t < -126 ? -126 : t;
  // Adding and taking away 1.5 · 2^23 rounds to a whole number.
  const float whole = (bounded + 12582912.0f) - 12582912.0f, x = bounded - whole;
  float p = 1.535336188319500e-4f;
  p = p * x + 1.339887440266574e-3f;
  p = p * x + 9.618437357674640e-3f;
  p = p * x + 5.550332471162809e-2f;
  p = p * x + 2.402264791363012e-1f;
  p = p * x + 6.931472028550421e-1f;
  return (1 + x * p) * from_bits(((int32_t)whole + 127) << 23);
}

// Box and Muller: one 64-bit number gives two independent normal ones.
VK_INLINE void two_normals(uint64_t counter, float *one, float *other) {
  uint64_t m = counter * UINT64_C(0x9E3779B97F4A7C15);
  m = (m ^ (m >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  m = (m ^ (m >> 27)) * UINT64_C(0x94D049BB133111EB);
  m ^= m >> 31;
  const float u = (float)((int32_t)(m >> 40) + 1) * 0x1p-24f;
  const float turn = (float)((int32_t)m & 0xFFFFFF) * 0x1p-22f;  // quarters of a circle
  float exponent;
  const float fraction = fraction_log(u, &exponent);
  const float log = exponent * 0.693147180559945f + fraction;
  // Unlike sqrtf it sets no error number, which would keep the loop from being vectorised.
  const float length = __builtin_elementwise_sqrt(log < 0 ? -2 * log : 0.0f);
  const int32_t quarter = (int32_t)(turn + 0.5f);
  const float angle = (turn - (float)quarter) * 1.57079632679490f, z = angle * angle;
  float s = -1.9515295891e-4f;
  s = s * z + 8.3321608736e-3f;
  s = s * z - 1.6666654611e-1f;
  s = angle + angle * z * s;
  float c = 2.443315711809948e-5f;
  c = c * z - 1.388731625493765e-3f;
  c = c * z + 4.166664568298827e-2f;
  c = 1 - 0.5f * z + z * z * c;
  const bool odd = quarter & 1;
  const float cosine = odd ? s : c, sine = odd ? c : s;
  *one = length * ((quarter + 1) & 2 ? -cosine : cosine);
  *other = length * (quarter & 2 ? -sine : sine);
}

enum { half = 256 };

VK_CLONES
static void add_block(uint64_t first, uint64_t seed, float sigma, float *values) {
  // SplitMix64 mixes seed + i · γ; seed and γ⁻¹ are joined beforehand so that one product is left.
  for (int32_t i = 0; i < half; i++) {
    float one, other;
    two_normals(seed + first + (uint64_t)i, &one, &other);
    values[i] += sigma * one;
    values[half + i] += sigma * other;
  }
}

void vk_add_noise(uint64_t seed, float sigma, int64_t count, float *values) {
  // γ is odd and so has an inverse modulo 2^64: seed + i · γ = (seed · γ⁻¹ + i) · γ.
  uint64_t inverse = UINT64_C(0x9E3779B97F4A7C15);
  for (int i = 0; i < 5; i++) inverse *= 2 - UINT64_C(0x9E3779B97F4A7C15) * inverse;
  const uint64_t begin = seed * inverse + 1;
  int64_t place = 0;
  for (; place + 2 * half <= count; place += 2 * half) {
    add_block((uint64_t)place / 2, begin, sigma, values + place);
  }
  if (place < count) {
    float rest[2 * half];
    const size_t bytes = (size_t)(count - place) * sizeof(float);
    memset(rest, 0, sizeof rest);
    memcpy(rest, values + place, bytes);
    add_block((uint64_t)place / 2, begin, sigma, rest);
    memcpy(values + place, rest, bytes);
  }
}

enum { lanes = 32 };

VK_CLONES
static void add_moments(
    const float *restrict values, int64_t blocks, float shift, double *restrict sums,
    double *restrict squares, float *restrict low, float *restrict high) {
  for (int64_t block = 0; block < blocks; block++) {
    for (int i = 0; i < lanes; i++) {
      const float value = values[block * lanes + i];
      const double centred = (double)value - (double)shift;
      sums[i] += centred;
      squares[i] += centred * centred;
      low[i] = value < low[i] ? value : low[i];
      high[i] = value > high[i] ? value : high[i];
    }
  }
}

vk_value_summary vk_value_summary_of(const float *values, int64_t count) {
  double sums[lanes] = {0}, squares[lanes] = {0};
  float low[lanes], high[lanes];
  const float shift = values[0];
  for (int i = 0; i < lanes; i++) low[i] = high[i] = shift;
  add_moments(values, count / lanes, shift, sums, squares, low, high);
  const int64_t rest = count % lanes;
  for (int64_t i = 0; i < rest; i++) {
    add_moments(values + count - rest + i, 0, shift, sums, squares, low, high);
    const float value = values[count - rest + i];
    const double centred = (double)value - (double)shift;
    sums[i] += centred;
    squares[i] += centred * centred;
    low[i] = value < low[i] ? value : low[i];
    high[i] = value > high[i] ? value : high[i];
  }
  double sum = 0, square = 0;
  vk_value_summary moments = {.minimum = shift, .maximum = shift};
  for (int i = 0; i < lanes; i++) {
    sum += sums[i];
    square += squares[i];
    if (low[i] < moments.minimum) moments.minimum = low[i];
    if (high[i] > moments.maximum) moments.maximum = high[i];
  }
  const double variance = count > 1 ? (square - sum * sum / (double)count) / (double)(count - 1) : 0;
  moments.mean = shift + sum / (double)count;
  moments.deviation = variance > 0 ? sqrt(variance) : 0;
  return moments;
}

VK_CLONES
void vk_scale(
    float *values, int64_t count, float factor, float offset, float minimum, float maximum) {
  for (int64_t i = 0; i < count; i++) {
    float value = values[i] * factor + offset;
    value = value < minimum ? minimum : value;
    values[i] = value > maximum ? maximum : value;
  }
}

VK_CLONES
void vk_power(
    float *values, int64_t count, float sign, float minimum, float range, float exponent) {
  for (int64_t i = 0; i < count; i++) {
    const float share = (values[i] * sign - minimum) / range;
    const float positive = share < 1.17549435e-38f ? 1.17549435e-38f : share;
    float power;
    const float fraction = fraction_log(positive, &power);
    const float raised = exp2_below_one(exponent * (power + fraction * 1.44269504088896f));
    values[i] = (share > 0 ? raised : 0) * range + minimum;
  }
}
