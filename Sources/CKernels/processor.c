// Asks CPUID and the kernel which vector and matrix units can be used.
#include "CKernels.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

static uint64_t saved_state(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((uint64_t)high << 32) | low;
}

static bool bit(uint32_t value, int index) { return (value >> index) & 1; }

vk_processor vk_processor_features(void) {
  vk_processor p;
  memset(&p, 0, sizeof p);
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !bit(c, 27)) return p;  // OSXSAVE
  const bool fma = bit(c, 12);
  const uint64_t state = saved_state();
  const bool ymm = (state & 0x6) == 0x6, zmm = (state & 0xE6) == 0xE6;
  const bool tiles = (state & 0x60000) == 0x60000;
  const uint32_t highest = __get_cpuid_max(0, 0);
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
    p.avx2 = ymm && bit(b, 5);
    p.fma = ymm && fma;
    p.avx512 = zmm && bit(b, 16) && bit(b, 17) && bit(b, 30) && bit(b, 31);
    p.avx512_vnni = p.avx512 && bit(c, 11);
    p.avx512_fp16 = p.avx512 && bit(d, 23);
    p.amx_bf16 = tiles && bit(d, 22);
    p.amx_tile = tiles && bit(d, 24);
    p.amx_int8 = tiles && bit(d, 25);
  }
  if (__get_cpuid_count(7, 1, &a, &b, &c, &d)) p.avx512_bf16 = p.avx512 && bit(a, 5);
  if (p.amx_tile && highest >= 0x1D) {
    __cpuid_count(0x1D, 0, a, b, c, d);
    p.amx_palette_described = a >= 1;
  }
  return p;
}

#if defined(__linux__)
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define REQUEST_TILE_PERMISSION 0x1023  // ARCH_REQ_XCOMP_PERM
#define TILE_DATA 18                    // XFEATURE_XTILEDATA

typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t bytes_per_row[16];
  uint8_t rows[16];
} tile_configuration;

// Every element of the product of two 16x32 blocks of ones is 32.
__attribute__((target("amx-tile,amx-bf16"))) static bool ones_make_thirty_two(void) {
  __attribute__((aligned(64))) tile_configuration configuration = {.palette = 1};
  for (int tile = 0; tile < 3; ++tile) {
    configuration.bytes_per_row[tile] = 64;
    configuration.rows[tile] = 16;
  }
  __attribute__((aligned(64))) uint16_t ones[16 * 32];
  __attribute__((aligned(64))) float product[16 * 16];
  for (int i = 0; i < 16 * 32; ++i) ones[i] = 0x3F80;  // 1 in bfloat16
  _tile_loadconfig(&configuration);
  _tile_zero(0);
  _tile_loadd(1, ones, 64);
  _tile_loadd(2, ones, 64);
  _tile_dpbf16ps(0, 1, 2);
  _tile_stored(0, product, 64);
  _tile_release();
  for (int i = 0; i < 16 * 16; ++i)
    if (product[i] != 32) return false;
  return true;
}

int vk_amx_self_test(void) {
  const vk_processor p = vk_processor_features();
  if (!p.amx_tile || !p.amx_bf16) return 0;
  if (syscall(SYS_arch_prctl, REQUEST_TILE_PERMISSION, TILE_DATA) != 0) return 0;
  const pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) _exit(ones_make_thirty_two() ? 0 : 1);
  int status = 0;
  if (waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 1 : -1;
}
#else
int vk_amx_self_test(void) { return 0; }
#endif

#else
vk_processor vk_processor_features(void) {
  vk_processor p;
  memset(&p, 0, sizeof p);
  return p;
}

int vk_amx_self_test(void) { return 0; }
#endif
