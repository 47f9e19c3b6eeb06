// Packing of weights, and linear layers over packed 16-bit matrices, for any unit.
#include "transformer.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

int32_t vk_padded(int32_t inputs) { return (inputs + 31) / 32 * 32; }

static int32_t whole_rows(int32_t rows) {
  return (rows + VK_ROW_MULTIPLE - 1) / VK_ROW_MULTIPLE * VK_ROW_MULTIPLE;
}

// --- Packing ---

int64_t vk_packed_count(int32_t inputs, int32_t outputs) {
  return (int64_t)vk_padded(inputs) * vk_padded(outputs);
}

static uint16_t bfloat16_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  if (value != value) return 0x7FC0;
  return (uint16_t)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

void vk_pack(
    const float *weights, int64_t output_stride, int64_t input_stride, int32_t inputs,
    int32_t outputs, int32_t first, int32_t last, vk_number number, uint16_t *packed, float *scales) {
  const int32_t padded = vk_padded(inputs);
  for (int32_t panel = first; panel < last; panel += 16) {
    uint16_t *to = packed + (int64_t)panel * padded;
    float inverse[16];
    for (int lane = 0; lane < 16; ++lane) {
      inverse[lane] = 0;
      scales[panel + lane] = number == VK_BFLOAT16;
      if (panel + lane >= outputs || number == VK_BFLOAT16) continue;
      const float *row = weights + (panel + lane) * output_stride;
      double squares = 0;
      float most = 0;
      for (int32_t k = 0; k < inputs; ++k) {
        const float v = row[k * input_stride];
        squares += (double)v * v;
        most = fabsf(v) > most ? fabsf(v) : most;
      }
      const float length = (float)sqrt(squares) * 1.000001f;
      float scale = length / (VK_LONGEST - 0.5f * sqrtf((float)inputs));
      if (most / 32767.0f > scale) scale = most / 32767.0f;
      inverse[lane] = length > 0 ? 1 / scale : 0;
      scales[panel + lane] = length < INFINITY ? scale : NAN;
    }
    for (int32_t k = 0; k < padded; k += 2) {
      for (int lane = 0; lane < 16; ++lane) {
        for (int half = 0; half < 2; ++half) {
          const bool within = panel + lane < outputs && k + half < inputs;
          const float v =
              within ? weights[(panel + lane) * output_stride + (k + half) * input_stride] : 0;
          *to++ = number == VK_BFLOAT16
                      ? bfloat16_bits(v)
                      : (uint16_t)(int16_t)(int32_t)rintf(v * inverse[lane]);
        }
      }
    }
  }
}

// --- Linear layers ---

int64_t vk_linear_scratch(int32_t inputs, int32_t rows) {
  return whole_lines((int64_t)2 * vk_padded(inputs) * whole_rows(rows)) +
         whole_lines((int64_t)4 * whole_rows(rows)) + whole_lines((int64_t)4 * vk_padded(inputs));
}

void vk_linear_run(
    const vk_linear *linear, const vk_input *input, const float *x, int64_t x_stride, int32_t rows,
    float *y, int64_t y_stride, bool add, void *scratch) {
  const vk_unit_functions *f = vk_functions(linear->unit);
  const int32_t padded = vk_padded(linear->inputs);
  uint8_t *free = scratch;
  uint16_t *a = take(&free, (int64_t)2 * padded * whole_rows(rows));
  float *scales = take(&free, (int64_t)4 * whole_rows(rows));
  float *row = take(&free, (int64_t)4 * padded);
  const bool changes = input && (input->norm_weight || input->activation != VK_NONE);
  for (int32_t r = 0; r < rows; ++r) {
    const float *from = x + r * x_stride;
    if (changes) {
      f->rows->apply(input, from, linear->inputs, row);
      from = row;
    }
    scales[r] = f->rows->round(from, linear->inputs, padded, f->number, a + (int64_t)r * padded);
  }
  const vk_product product = {
      .a = a, .a_stride = padded, .a_scale = scales, .b = linear->weights, .b_scale = linear->scales,
      .bias = linear->bias, .rows = rows, .columns = linear->outputs, .depth = padded, .y = y,
      .y_stride = y_stride, .add = add};
  f->multiply(&product);
}

void vk_rows_run(
    vk_unit unit, const vk_input *input, const float *x, int64_t x_stride, int32_t width,
    int32_t rows, float *y, int64_t y_stride) {
  const vk_row_functions *f = vk_functions(unit)->rows;
  for (int32_t r = 0; r < rows; ++r) f->apply(input, x + r * x_stride, width, y + r * y_stride);
}

void vk_add(vk_unit unit, const float *a, const float *b, int64_t count, float *c) {
  vk_functions(unit)->rows->sum(a, b, count, c);
}

void vk_softmax_tokens(vk_unit unit, float *scores, int64_t stride, int32_t tokens, int32_t rows) {
  vk_functions(unit)->rows->softmax_tokens(scores, stride, tokens, rows);
}

void vk_collect(
    vk_unit unit, float *scores, int64_t stride, int32_t columns, const float *values, int32_t width,
    int32_t rows, float *largest, float *sums, float *found) {
  vk_functions(unit)->rows->collect(
      scores, stride, columns, values, width, rows, largest, sums, found);
}

void vk_depthwise_run(vk_unit unit, const vk_depthwise *job, int64_t first, int64_t last) {
  vk_functions(unit)->rows->depthwise(job, first, last);
}
