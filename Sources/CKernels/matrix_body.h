// A product of 16-bit rows and panels in vectors; included once per unit, which defines
//   KERNEL (name prefix), VECTOR (vector of 32-bit pairs), LANES (of them), SUM (vector of sums),
//   ROWS (of a tile), VECTORS (of columns of a tile), LOAD, SPLAT (a 32-bit pair), DOT (sum, a, b),
//   KEEP (a sum stays in its register) and FLOATS (sums as the compiler's vector of floats).
//
// A tile of ROWS × VECTORS sums stays in registers while the pairs of inputs pass by.

#define CONCAT_(a, b) a##b
#define CONCAT(a, b) CONCAT_(a, b)
#define NAME(suffix) CONCAT(KERNEL, suffix)
#define COLUMNS (LANES * VECTORS)

typedef float NAME(_row) __attribute__((ext_vector_type(LANES)));

static inline __attribute__((always_inline)) void NAME(_tile)(
    const vk_product *p, const int row, const int column) {
  const int pairs = p->depth / 2;
  const int64_t stride = p->a_stride;
  // Three rows are within reach of one address; with fewer addresses the loop has room for products.
  const uint16_t *a[ROWS / 3];
#pragma clang loop unroll(full)
  for (int g = 0; g < ROWS / 3; ++g) {
    a[g] = p->a + (row + 3 * g) * stride;
    __asm__("" : "+r"(a[g]));  // or the compiler derives one from the other inside the loop
  }
  // Columns lie in panels of 16: a tile begins in one and may go on in the next.
  const uint16_t *b[VECTORS];
  for (int v = 0; v < VECTORS; ++v) {
    const int at = column + v * LANES;
    b[v] = p->b + (int64_t)(at / 16) * pairs * 32 + (at % 16) * 2;
  }
  SUM sum[ROWS][VECTORS];
#pragma clang loop unroll(full)
  for (int r = 0; r < ROWS; ++r)
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; ++v) sum[r][v] = (SUM){};
#pragma clang loop unroll_count(2)
  for (int k = 0; k < pairs; ++k) {
    VECTOR right[VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; ++v) right[v] = LOAD(b[v] + k * 32);
#pragma clang loop unroll(full)
    for (int r = 0; r < ROWS; ++r) {
      const VECTOR left = SPLAT(a[r / 3] + r % 3 * stride + k * 2);
#pragma clang loop unroll(full)
      for (int v = 0; v < VECTORS; ++v) {
        sum[r][v] = DOT(sum[r][v], left, right[v]);
        // Without this the compiler begins the next row early and runs out of registers.
        KEEP(sum[r][v]);
      }
    }
  }
  // Only now do the sums go to memory: an index that varies would keep them there all the time.
  NAME(_row) found[ROWS][VECTORS];
#pragma clang loop unroll(full)
  for (int r = 0; r < ROWS; ++r)
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; ++v) found[r][v] = FLOATS(sum[r][v]);
  for (int r = 0; r < ROWS && row + r < p->rows; ++r) {
    const float scale = p->a_scale[row + r];
    for (int v = 0; v < VECTORS; ++v) {
      const int at = column + v * LANES, count = p->columns - at;
      if (count <= 0) break;
      float *to = p->y + (row + r) * p->y_stride + at;
      NAME(_row) factor, y;
      __builtin_memcpy(&factor, p->b_scale + at, sizeof factor);
      y = found[r][v] * (factor * scale);
      if (count >= LANES) {
        NAME(_row) other;
        if (p->bias) {
          __builtin_memcpy(&other, p->bias + at, sizeof other);
          y += other;
        }
        if (p->add) {
          __builtin_memcpy(&other, to, sizeof other);
          y += other;
        }
        __builtin_memcpy(to, &y, sizeof y);
      } else {
        for (int lane = 0; lane < count; ++lane) {
          const float value = y[lane] + (p->bias ? p->bias[at + lane] : 0);
          to[lane] = p->add ? to[lane] + value : value;
        }
      }
    }
  }
}

static void NAME(_multiply)(const vk_product *p) {
  // A panel stays in the nearest cache while all rows pass by.
  for (int column = 0; column < p->columns; column += COLUMNS)
    for (int row = 0; row < p->rows; row += ROWS) NAME(_tile)(p, row, column);
}

#undef COLUMNS
#undef NAME
#undef CONCAT
#undef CONCAT_
#undef KERNEL
#undef VECTOR
#undef LANES
#undef SUM
#undef ROWS
#undef VECTORS
#undef LOAD
#undef SPLAT
#undef DOT
#undef KEEP
#undef FLOATS
