// Attention over packed 16-bit matrices, for any unit: a few queries look at a chunk of keys at a time.
#include "transformer.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define QUERIES VK_ROW_MULTIPLE  // answered together
#define KEYS 512                 // looked at together, so that their scores stay in the cache

/// Keys of a chunk: whole rows of the grid where there is one.
static int32_t chunk_size(const vk_attention *t) {
  if (t->tokens <= KEYS) return t->tokens;
  return t->side > 0 && t->distances ? KEYS / t->side * t->side : KEYS;
}

static int32_t chunk_count(const vk_attention *t) {
  return (t->tokens + chunk_size(t) - 1) / chunk_size(t);
}

/// Where one chunk's keys and values lie in the packed memory of a head.
typedef struct {
  uint16_t *keys, *values;
  float *key_scales, *value_scales;
} chunk;

static int64_t chunk_bytes(const vk_attention *t) {
  const int32_t keys = vk_padded(chunk_size(t)), width = vk_padded(t->head_width);
  return 2 * whole_lines((int64_t)2 * keys * width) + whole_lines((int64_t)4 * keys) +
         whole_lines((int64_t)4 * width);
}

static chunk chunk_at(const vk_attention *t, void *packed, int32_t index) {
  const int32_t keys = vk_padded(chunk_size(t)), width = vk_padded(t->head_width);
  uint8_t *at = (uint8_t *)packed + index * chunk_bytes(t);
  chunk c;
  c.keys = take(&at, (int64_t)2 * keys * width);
  c.values = take(&at, (int64_t)2 * keys * width);
  c.key_scales = take(&at, (int64_t)4 * keys);
  c.value_scales = take(&at, (int64_t)4 * width);
  return c;
}

int64_t vk_attention_packed(const vk_attention *t) { return chunk_count(t) * chunk_bytes(t); }

int64_t vk_attention_scratch(const vk_attention *t) {
  const int32_t width = vk_padded(t->head_width), keys = vk_padded(chunk_size(t));
  const int32_t distances = t->distances ? t->distances->outputs : 0;
  const int64_t answering =
      whole_lines(2 * QUERIES * width) + 4 * whole_lines(4 * QUERIES) +
      whole_lines((int64_t)4 * QUERIES * distances) + whole_lines((int64_t)4 * QUERIES * keys) +
      whole_lines((int64_t)2 * QUERIES * keys) + whole_lines((int64_t)4 * QUERIES * width);
  const int64_t packing = whole_lines((int64_t)4 * keys * t->head_width);
  return answering > packing ? answering : packing;
}

static const float *token(const vk_attention *t, int32_t head, int32_t index) {
  const int64_t at = t->index ? t->index[index] : index;
  return (at < 0 ? t->padding : t->qkv + at * t->stride) + head * t->head_stride;
}

void vk_attention_pack(const vk_attention *t, int32_t head, void *packed, void *scratch) {
  const vk_number number = vk_functions(t->unit)->number;
  const int32_t size = chunk_size(t), width = t->head_width;
  float *gathered = scratch;
  for (int32_t i = 0; i < chunk_count(t); ++i) {
    const chunk c = chunk_at(t, packed, i);
    const int32_t first = i * size, count = t->tokens - first < size ? t->tokens - first : size;
    for (int32_t k = 0; k < count; ++k)
      memcpy(gathered + k * width, token(t, head, first + k) + t->key_offset, 4 * width);
    vk_pack(gathered, width, 1, width, count, 0, count, number, c.keys, c.key_scales);
    for (int32_t k = 0; k < count; ++k)
      memcpy(gathered + k * width, token(t, head, first + k) + t->value_offset, 4 * width);
    vk_pack(gathered, 1, width, count, width, 0, width, number, c.values, c.value_scales);
  }
}

void vk_attention_run(
    const vk_attention *t, int32_t head, const void *packed, int32_t first, int32_t last,
    void *scratch) {
  const vk_unit_functions *f = vk_functions(t->unit);
  const int32_t size = chunk_size(t), width = t->head_width, padded = vk_padded(width);
  const int32_t table = t->distances ? t->distances->outputs : 0;
  uint8_t *free = scratch;
  uint16_t *q = take(&free, 2 * QUERIES * padded);
  float *q_scale = take(&free, 4 * QUERIES), *weight_scale = take(&free, 4 * QUERIES);
  float *largest = take(&free, 4 * QUERIES), *sum = take(&free, 4 * QUERIES);
  float *distances = take(&free, (int64_t)4 * QUERIES * table);
  float *scores = take(&free, (int64_t)4 * QUERIES * vk_padded(size));
  uint16_t *weights = take(&free, (int64_t)2 * QUERIES * vk_padded(size));
  float *mixed = take(&free, (int64_t)4 * QUERIES * padded);

  for (int32_t start = first; start < last; start += QUERIES) {
    // Queries that nobody asks for (padding of a window) are left out.
    int32_t asked[QUERIES], rows = 0;
    const int32_t end = start + QUERIES < last ? start + QUERIES : last;
    for (int32_t query = start; query < end; ++query)
      if (!t->index || t->index[query] >= 0) asked[rows++] = query;
    if (rows == 0) continue;
    for (int32_t r = 0; r < rows; ++r)
      q_scale[r] =
          f->rows->round(token(t, head, asked[r]), width, padded, f->number, q + r * padded);
    if (t->distances) {
      const vk_product product = {
          .a = q, .a_stride = padded, .a_scale = q_scale, .b = t->distances->weights,
          .b_scale = t->distances->scales, .rows = rows, .columns = table, .depth = padded,
          .y = distances, .y_stride = table};
      f->multiply(&product);
    }
    for (int32_t r = 0; r < rows; ++r) {
      q_scale[r] *= t->scale;
      largest[r] = -INFINITY;
      sum[r] = 0;
    }
    memset(mixed, 0, (size_t)4 * rows * width);
    for (int32_t i = 0; i < chunk_count(t); ++i) {
      const chunk c = chunk_at(t, (void *)packed, i);
      const int32_t from = i * size, count = t->tokens - from < size ? t->tokens - from : size;
      const int32_t pitch = vk_padded(count);
      const vk_product look = {
          .a = q, .a_stride = padded, .a_scale = q_scale, .b = c.keys, .b_scale = c.key_scales,
          .rows = rows, .columns = count, .depth = padded, .y = scores, .y_stride = pitch};
      f->multiply(&look);
      for (int32_t r = 0; r < rows; ++r) {
        float *s = scores + (int64_t)r * pitch;
        if (t->distances) {
          // In reversed order the entries for all keys of a row or column follow one another.
          const int32_t side = t->side, y = asked[r] / side, x = asked[r] % side;
          const float *by_row = distances + (int64_t)r * table + side - 1 - y;
          const float *by_column = distances + (int64_t)r * table + table / 2 + side - 1 - x;
          for (int32_t k = 0; k < count / side; ++k)
            f->rows->add(s + k * side, by_column, by_row[from / side + k], side);
        } else if (t->bias) {
          f->rows->add(s, t->bias + ((int64_t)head * t->tokens + asked[r]) * t->tokens + from, 0, count);
        }
        const float before = largest[r];
        const float more = f->rows->weigh(s, count, largest + r);
        const float fade = before == largest[r] ? 1 : expf(before - largest[r]);
        sum[r] = sum[r] * fade + more;
        if (fade != 1) f->rows->scale(mixed + r * width, fade, mixed + r * width, width);
        weight_scale[r] =
            f->rows->round(s, count, pitch, f->number, weights + (int64_t)r * pitch);
      }
      const vk_product mix = {
          .a = weights, .a_stride = pitch, .a_scale = weight_scale, .b = c.values,
          .b_scale = c.value_scales, .rows = rows, .columns = width, .depth = pitch, .y = mixed,
          .y_stride = width, .add = true};
      f->multiply(&mix);
    }
    for (int32_t r = 0; r < rows; ++r) {
      const int64_t to = t->index ? t->index[asked[r]] : asked[r];
      f->rows->scale(
          mixed + r * width, 1 / sum[r], t->out + to * t->out_stride + head * width, width);
    }
  }
}
