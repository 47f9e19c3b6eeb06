// Thinning of a set of voxels to curves of its topology, in the orders of work that scikit-image has.
#include "CKernels.h"

// Keeps the places that are still set.
static int64_t compact(const uint8_t *image, int64_t *voxels, int64_t count) {
  int64_t kept = 0;
  for (int64_t i = 0; i < count; i++) {
    voxels[kept] = voxels[i];
    kept += image[voxels[i]];
  }
  return kept;
}

// In which of the two passes a pixel goes, as bits, for the eight neighbours from north-west clockwise.
static void thinning_table(uint8_t passes[256]) {
  // Where scikit-image's table departs from the paper.
  static const uint8_t others[25][2] = {
      {3, 1},   {6, 1},   {10, 3},  {11, 1},  {12, 1},  {14, 1},  {24, 2},  {26, 2},  {40, 3},
      {48, 0},  {56, 2},  {96, 2},  {104, 2}, {108, 2}, {129, 0}, {130, 3}, {131, 1}, {134, 1},
      {160, 3}, {161, 1}, {176, 2}, {192, 2}, {194, 1}, {198, 1}, {224, 2}};
  for (int32_t code = 0; code < 256; code++) {
    const bool north = code & 2, east = code & 8, south = code & 32, west = code & 128;
    const int32_t turned = (code << 1 | code >> 7) & 255;
    const bool may_go = __builtin_popcount(code) >= 2 && __builtin_popcount(code) <= 6 &&
                        __builtin_popcount(code & ~turned) == 1;
    const bool first = may_go && !(north && east && south) && !(east && south && west);
    const bool second = may_go && !(north && east && west) && !(north && south && west);
    passes[code] = (uint8_t)(first | second << 1);
  }
  for (int32_t i = 0; i < 25; i++) passes[others[i][0]] = others[i][1];
}

int64_t vk_skeleton_2d(
    uint8_t *image, int64_t row, int64_t *voxels, int64_t count, int64_t *candidates) {
  uint8_t passes[256];
  thinning_table(passes);
  bool changed = true;
  while (changed) {
    changed = false;
    for (int32_t pass = 0; pass < 2; pass++) {
      int64_t going = 0;
      for (int64_t i = 0; i < count; i++) {
        const uint8_t *p = image + voxels[i], *above = p - row, *below = p + row;
        const int32_t code = above[-1] | above[0] << 1 | above[1] << 2 | p[1] << 3 |
                             below[1] << 4 | below[0] << 5 | below[-1] << 6 | p[-1] << 7;
        if (passes[code] >> pass & 1) candidates[going++] = voxels[i];
      }
      for (int64_t i = 0; i < going; i++) image[candidates[i]] = 0;
      if (going > 0) {
        changed = true;
        count = compact(image, voxels, count);
      }
    }
  }
  return count;
}

enum { CENTRE = 13, NEIGHBOURHOOD = 27 };

typedef struct {
  uint32_t touching[NEIGHBOURHOOD];  // of each voxel of a neighbourhood those that it touches
  int32_t octants[8][7];  // places of the three faces, the three edges and the corner
  int8_t euler[128];      // how the Euler characteristic falls with the voxel, in eighths
} thinning;

static int32_t place(int32_t x, int32_t y, int32_t z) { return x + 1 + 3 * (y + 1) + 9 * (z + 1); }

static thinning make_thinning(void) {
  thinning t = {{0}, {{0}}, {0}};
  for (int32_t a = 0; a < NEIGHBOURHOOD; a++) {
    for (int32_t b = 0; b < NEIGHBOURHOOD; b++) {
      const int32_t x = a % 3 - b % 3, y = a / 3 % 3 - b / 3 % 3, z = a / 9 - b / 9;
      const bool touches = x * x <= 1 && y * y <= 1 && z * z <= 1;
      if (touches && a != b && a != CENTRE && b != CENTRE) t.touching[a] |= 1u << b;
    }
  }
  for (int32_t octant = 0; octant < 8; octant++) {
    const int32_t x = octant & 1 ? 1 : -1, y = octant & 2 ? 1 : -1, z = octant & 4 ? 1 : -1;
    const int32_t places[7] = {place(x, 0, 0), place(0, y, 0), place(0, 0, z), place(x, y, 0),
                               place(x, 0, z), place(0, y, z), place(x, y, z)};
    for (int32_t i = 0; i < 7; i++) t.octants[octant][i] = places[i];
  }
  // Of the closed cube of a voxel those parts in an octant that no other cube shares: the corner, halves
  // of three edges, quarters of three faces, and an eighth of the cube.
  for (int32_t code = 0; code < 128; code++) {
    const bool x = code & 1, y = code & 2, z = code & 4;
    const bool xy = code & 8, xz = code & 16, yz = code & 32;
    const int32_t edges = (!x && !y && !xy) + (!x && !z && !xz) + (!y && !z && !yz);
    const int32_t faces = !x + !y + !z;
    t.euler[code] = (int8_t)(8 * (code == 0) - 4 * edges + 2 * faces - 1);
  }
  return t;
}

static uint32_t neighbours(const uint8_t *p, int64_t row, int64_t plane) {
  uint32_t found = 0;
  int32_t bit = 0;
  for (int64_t z = -plane; z <= plane; z += plane) {
    for (int64_t y = -row; y <= row; y += row) {
      const uint8_t *q = p + z + y;
      found |= (uint32_t)(q[-1] | q[0] << 1 | q[1] << 2) << bit;
      bit += 3;
    }
  }
  return found & ~(1u << CENTRE);
}

// Whether the neighbours hang together without the voxel.
static bool is_simple(const thinning *t, uint32_t around) {
  uint32_t reached = around & -around, open = reached;
  while (open) {
    const uint32_t more = t->touching[__builtin_ctz(open)] & around & ~reached;
    reached |= more;
    open = (open & (open - 1)) | more;
  }
  return reached == around;
}

static bool keeps_euler(const thinning *t, uint32_t around) {
  int32_t sum = 0;
  for (int32_t octant = 0; octant < 8; octant++) {
    uint32_t code = 0;
    for (int32_t i = 0; i < 7; i++) code |= (around >> t->octants[octant][i] & 1) << i;
    sum += t->euler[code];
  }
  return sum == 0;
}

int64_t vk_skeleton_3d(
    uint8_t *image, int64_t row, int64_t plane, bool one_slice, int64_t *voxels, int64_t count,
    int64_t *candidates) {
  const thinning t = make_thinning();
  const int64_t outside[6] = {-row, row, 1, -1, plane, -plane};
  const int32_t directions = one_slice ? 4 : 6;
  int32_t unchanged = 0;
  while (unchanged < directions) {
    unchanged = 0;
    for (int32_t direction = 0; direction < directions; direction++) {
      int64_t found = 0;
      for (int64_t i = 0; i < count; i++) {
        const uint8_t *p = image + voxels[i];
        if (p[outside[direction]]) continue;
        const uint32_t around = neighbours(p, row, plane);
        const bool is_end = __builtin_popcount(around) == 1;
        if (!is_end && is_simple(&t, around) && keeps_euler(&t, around)) {
          candidates[found++] = voxels[i];
        }
      }
      // One after the other, as removing some may make others necessary.
      bool changed = false;
      for (int64_t i = 0; i < found; i++) {
        uint8_t *p = image + candidates[i];
        if (!is_simple(&t, neighbours(p, row, plane))) continue;
        *p = 0;
        changed = true;
      }
      if (changed) count = compact(image, voxels, count);
      unchanged += !changed;
    }
  }
  return count;
}
