// Sets of voxels as bits: where labels lie, borders, distances from one set to another, and skeletons.
// A row of a grid runs along x, the fastest axis; rows are counted over all planes. Functions that take
// rows `first` ..< `last` write nothing of other rows, so that threads can share them.
#ifndef CKERNELS_VOXEL_SETS_H
#define CKERNELS_VOXEL_SETS_H

#include <stdbool.h>
#include <stdint.h>

/// A grid of voxels with one bit each; every row begins with a new word, and bits behind it are zero.
typedef struct {
  int32_t columns, rows, planes;
  int64_t words;  ///< of 64 bits in a row
} vk_grid;

/// The box of a label, both ends included.
typedef struct {
  int64_t voxels;  ///< in runs of equal labels counted so far; 0 marks a free place of a table
  int32_t label;
  int32_t low[3], high[3];  ///< x, y, z
} vk_label_box;

/// Adds the boxes of all labels in planes `first` ..< `last` to a hash table with a capacity that is a
/// power of two. False when the table got too full; it must then be emptied and enlarged.
bool vk_label_boxes(
    const int32_t *labels, int32_t columns, int32_t rows, int32_t first, int32_t last,
    vk_label_box *table, int64_t capacity);

/// A part of an image that becomes a grid.
typedef struct {
  vk_grid grid;
  int64_t origin, row, plane;  ///< first voxel, and how far rows and planes lie apart, in voxels
} vk_window;

/// Sets the bits of the voxels that have the label.
void vk_label_bits(
    const int32_t *labels, int32_t label, const vk_window *window, int64_t first, int64_t last,
    uint64_t *bits);

/// Sets the bits of the bytes that are zero, or of all others.
void vk_byte_bits(
    const uint8_t *bytes, bool zeros, const vk_window *window, int64_t first, int64_t last,
    uint64_t *bits);

/// Voxels of the set with a face neighbour outside it; beyond the grid is outside. In a planar grid the
/// faces along z do not count. Returns how many there are.
int64_t vk_border_bits(
    const vk_grid *grid, const uint64_t *bits, bool planar, int64_t first, int64_t last,
    uint64_t *border);

/// Voxels whose 3×3×3 neighbourhood, 3×3 in a planar grid, lies in the set; beyond the grid is outside.
void vk_erode_bits(
    const vk_grid *grid, const uint64_t *bits, bool planar, int64_t first, int64_t last,
    uint64_t *eroded);

/// Corners of voxels that touch both the set and its outside. Corner (x, y, z) lies at the lower corner of
/// voxel (x, y, z); the grid of corners has one more of each axis, but for z in a planar grid.
/// Returns how many there are.
int64_t vk_corner_bits(
    const vk_grid *grid, const uint64_t *bits, bool planar, const vk_grid *corners, int64_t first,
    int64_t last, uint64_t *found);

/// Bits that both have.
int64_t vk_count_common(const uint64_t *a, const uint64_t *b, int64_t words);

/// Squared distances along each row to the nearest voxel of the set, infinite in rows without any.
void vk_distance_rows(
    const vk_grid *grid, const uint64_t *bits, double spacing, int64_t first, int64_t last,
    double *squared);

/// Doubles of scratch that vk_distance_lines needs.
int64_t vk_distance_scratch(int32_t count);

/// Extends squared distances along one more axis: of `lines` adjacent lines of `count` values that lie
/// `stride` apart. Lower envelope of parabolas: Felzenszwalb and Huttenlocher, Theory of Computing 8
/// (2012) 415.
void vk_distance_lines(
    double *squared, int64_t stride, int32_t count, int32_t lines, double spacing, double *scratch);

/// How far another row lies, squared.
typedef struct {
  double squared;
  int32_t rows, planes;
} vk_row_offset;

/// What lies at one squared distance.
typedef struct {
  double squared;
  double weight;
  int64_t count;  ///< 0 marks a free place of a table
} vk_distance_entry;

/// A hash table of squared distances with a capacity that is a power of two.
typedef struct {
  vk_distance_entry *entries;
  int64_t capacity, used;
} vk_distance_tally;

void vk_distance_tally_add(vk_distance_tally *tally, vk_distance_entry entry);

/// From every voxel of `queries` the way to the nearest of `targets`.
typedef struct {
  vk_grid grid;
  const uint64_t *queries, *targets;
  double spacing, row_spacing, plane_spacing;  ///< along x, y and z
  /// Other rows, nearest first; when these are all that a grid has, an infinite one ends them. NULL: all
  /// rows are looked at, which is slow and leaves nothing out.
  const vk_row_offset *offsets;
  int64_t offset_count;
  /// Gets the queries that are given up: the nearest target lies beyond the offsets or `effort` is used up.
  uint64_t *given_up;
  /// Squared distances of all voxels, to be looked up instead; or NULL.
  const double *squared;
  /// The mask around whose corners the areas lie that weigh the queries; NULL: each weighs 1. The bit of
  /// voxel (x - 1 + i, y - 1 + j, z - 1 + k) in the code of corner (x, y, z) is i + 2 j + 4 k, and i + 2 j
  /// in a planar grid.
  const uint64_t *mask;
  vk_grid mask_grid;
  const double *areas;
  bool planar;
} vk_surface_search;

/// Adds the distances of the queries in rows `first` ..< `last` to a tally and takes the rows that were
/// looked at from `effort`. Returns the row to go on with when the tally has to be enlarged, else `last`.
int64_t vk_surface_search_run(
    const vk_surface_search *search, int64_t first, int64_t last, int64_t *effort,
    vk_distance_tally *tally);

/// Thins an image of one slice to its skeleton, as scikit-image's `skeletonize` does: Zhang and Suen,
/// Communications of the ACM 27 (1984) 236, with other decisions in 25 neighbourhoods. The outermost
/// pixels must be zero. `voxels` holds the `count` places of the ones in ascending order and keeps those
/// of the skeleton; `candidates` has room for as many. Returns how many remain.
int64_t vk_skeleton_2d(
    uint8_t *image, int64_t row, int64_t *voxels, int64_t count, int64_t *candidates);

/// The same in three dimensions: Lee, Kashyap and Chu, CVGIP: Graphical Models and Image Processing 56
/// (1994) 462. In one slice the faces along z are no border.
int64_t vk_skeleton_3d(
    uint8_t *image, int64_t row, int64_t plane, bool one_slice, int64_t *voxels, int64_t count,
    int64_t *candidates);

#endif
