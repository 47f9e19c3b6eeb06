// A product of 16-bit rows and panels in tiles of 16 rows; included once per unit, which defines
//   KERNEL (name prefix), CONFIGURE, RELEASE, ZERO(tile), LOAD(tile, address, bytes from row to row),
//   DOT(sum, a, b) and STORE(tile, address, bytes from row to row), with tiles numbered 0 … 7.
//
// Tiles 0 … 3 hold 32 × 32 sums, 4 and 5 two blocks of rows, 6 and 7 two panels.

#define CONCAT_(a, b) a##b
#define CONCAT(a, b) CONCAT_(a, b)
#define NAME(suffix) CONCAT(KERNEL, suffix)

static void NAME(_finish)(const vk_product *p, int row, int column, const float *sums) {
  const int rows = p->rows - row < 32 ? p->rows - row : 32;
  const int columns = p->columns - column < 32 ? p->columns - column : 32;
  for (int r = 0; r < rows; ++r) {
    const float scale = p->a_scale[row + r];
    float *y = p->y + (row + r) * p->y_stride + column;
    for (int c = 0; c < columns; ++c) {
      float value = sums[r * 32 + c] * (scale * p->b_scale[column + c]);
      if (p->bias) value += p->bias[column + c];
      y[c] = p->add ? y[c] + value : value;
    }
  }
}

static void NAME(_multiply)(const vk_product *p) {
  const int64_t row_bytes = p->a_stride * 2, panel = (int64_t)p->depth * 16;
  float sums[32 * 32] __attribute__((aligned(64)));
  CONFIGURE;
  for (int column = 0; column < p->columns; column += 32) {
    const uint16_t *b = p->b + column / 16 * panel;
    for (int row = 0; row < p->rows; row += 32) {
      const uint16_t *a = p->a + row * p->a_stride;
      // The last block of rows may be half a block: then the lower tiles repeat the upper ones.
      const int64_t lower = row + 16 < p->rows ? 16 * p->a_stride : 0;
      ZERO(0);
      ZERO(1);
      ZERO(2);
      ZERO(3);
      for (int k = 0; k < p->depth; k += 32) {
        LOAD(4, a + k, row_bytes);
        LOAD(6, b + k * 16, 64);
        LOAD(7, b + panel + k * 16, 64);
        DOT(0, 4, 6);
        DOT(1, 4, 7);
        LOAD(5, a + lower + k, row_bytes);
        DOT(2, 5, 6);
        DOT(3, 5, 7);
      }
      STORE(0, sums, 128);
      STORE(1, sums + 16, 128);
      STORE(2, sums + 16 * 32, 128);
      STORE(3, sums + 16 * 32 + 16, 128);
      NAME(_finish)(p, row, column, sums);
    }
  }
  RELEASE;
}

#undef NAME
#undef CONCAT
#undef CONCAT_
#undef KERNEL
#undef CONFIGURE
#undef RELEASE
#undef ZERO
#undef LOAD
#undef DOT
#undef STORE
