// The C line over Eigen: sparse systems of image grids, with no C++ type in sight.
//
// Every function returns 0 when done and 1 after a failure, and catches every C++ exception; after a
// failure, and only then, ceigen_last_error() holds the message of this thread.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The message of the last failure on this thread.
const char *ceigen_last_error(void);

/// An image and what is known of it; pixels row by row, channels interleaved.
typedef struct ceigen_grid {
  int32_t width, height, channels;
  const float *image;
  const uint8_t *seeds;  ///< one per pixel: 1 on the object, 2 beside it, 0 not known
} ceigen_grid;

/// The probability that a random walker from each pixel meets a seed on the object before one beside it
/// (Grady 2006). The weight of an edge is exp(-beta (sum of squared differences) / (10 deviation
/// sqrt(channels))) + 1e-10 with the standard deviation over all values, as in scikit-image.
///
/// `probability` takes one value per pixel. At least one seed is needed.
int32_t ceigen_random_walker(const ceigen_grid *grid, double beta, double *probability);

#ifdef __cplusplus
}
#endif
