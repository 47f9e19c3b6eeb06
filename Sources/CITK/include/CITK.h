// The C line over ITK and GDCM: files, DICOM headers and resampling, with no C++ type in sight.
//
// Every function returns a citk_status and catches every C++ exception; after a failure, and only then,
// citk_last_error() holds the message of this thread. Results come back through out-pointers.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t citk_status;  // 0 done, 1 failed

typedef enum citk_component {
  CITK_UINT8 = 0,
  CITK_INT8 = 1,
  CITK_UINT16 = 2,
  CITK_INT16 = 3,
  CITK_UINT32 = 4,
  CITK_INT32 = 5,
  CITK_FLOAT32 = 6,
  CITK_FLOAT64 = 7,
  CITK_UINT64 = 8,
  CITK_INT64 = 9,
} citk_component;

typedef enum citk_format {
  CITK_NIFTI = 0,
  CITK_NRRD = 1,
  CITK_META = 2,
  CITK_PNG = 3,
  CITK_JPEG = 4,
  CITK_TIFF = 5,
  CITK_DICOM = 6,
} citk_format;

typedef enum citk_interpolation {
  CITK_NEAREST = 0,
  CITK_LINEAR = 1,
  CITK_CUBIC = 2,
} citk_interpolation;

/// A grid in LPS millimetres with what lies on it; direction[3 * axis + coordinate].
typedef struct citk_header {
  int32_t component;
  int32_t channels;
  int32_t dimensions;
  int64_t size[4];
  double spacing[3];
  double origin[3];
  double direction[9];
} citk_header;

typedef struct citk_reader citk_reader;
typedef struct citk_dicom citk_dicom;

/// The message of the last failure on this thread.
const char *citk_last_error(void);

/// Opens a file in a known format and reads its header. With `indices`, a palette image keeps its
/// palette indices instead of turning into colours.
citk_status citk_reader_open(
    const char *path, int32_t format, int32_t indices, citk_reader **reader, citk_header *header);
/// Reads all voxels, x fastest, channels interleaved; `bytes` must be exactly what the header promises.
citk_status citk_reader_read(citk_reader *reader, void *voxels, int64_t bytes);
void citk_reader_close(citk_reader *reader);

citk_status citk_write(
    const char *path, int32_t format, const citk_header *header, const void *voxels, int64_t bytes);

/// Compresses a whole file into another as gzip; a byte that could not be written is a failure.
citk_status citk_deflate_file(const char *source, const char *target);

/// Reads a JPEG's header (if `header` is not NULL) and pixels (if `pixels` is not NULL); grey or RGB.
/// Lost image data are a failure.
citk_status citk_jpeg_read(const char *path, citk_header *header, void *pixels, int64_t bytes);

/// Copies up to `capacity` bytes of a file from `offset`, inflating it first if it is gzip.
/// A damaged or cut gzip stream is a failure; `count` is smaller than `capacity` at the end of the file.
citk_status citk_inflate(
    const char *path, int64_t offset, void *buffer, int64_t capacity, int64_t *count);

/// Inflates the stream from `offset` of a file (`raw` deflate, or zlib or gzip with a checksum) up to its
/// end. With a buffer it must yield exactly `bytes`; without one (NULL) it only has to be whole.
citk_status citk_inflate_stream(
    const char *path, int64_t offset, int32_t raw, void *buffer, int64_t bytes);

/// Bytes that `citk_deflate_block` may need at most.
int64_t citk_deflate_bound(int64_t bytes);
/// Compresses memory as a zlib stream at a level from 1 (fast) to 9 (small); `count` is its length.
citk_status citk_deflate_block(
    const void *bytes, int64_t length, int32_t level, void *out, int64_t capacity, int64_t *count);
/// Inflates a zlib stream in memory that must be whole and yield exactly `length` bytes.
citk_status citk_inflate_block(const void *bytes, int64_t count, void *out, int64_t length);
/// CRC-32 of `sum`'s bytes and these; `sum` is 0 at the start.
uint32_t citk_checksum(uint32_t sum, const void *bytes, int64_t length);

/// Reads a DICOM file up to its pixel data.
citk_status citk_dicom_open(const char *path, citk_dicom **dicom);
/// Frames that the per-frame functional groups describe; 0 for classic objects.
int64_t citk_dicom_group_count(const citk_dicom *dicom);
/// An element's value as text, backslash between values, empty when absent.
citk_status citk_dicom_text(
    const citk_dicom *dicom, uint16_t group, uint16_t element, char *text, int64_t capacity);
/// The same inside the functional group `sequence` of a frame, else of the shared groups.
citk_status citk_dicom_frame_text(
    const citk_dicom *dicom, int64_t frame, uint32_t sequence, uint32_t tag, char *text,
    int64_t capacity);
void citk_dicom_close(citk_dicom *dicom);

/// Resamples one channel onto another grid; voxel centres outside the source's outer border get `fill`.
/// Nearest copies any component; linear and cubic take CITK_FLOAT32 or CITK_FLOAT64.
citk_status citk_resample(
    const citk_header *source, const void *voxels, const citk_header *target, int32_t interpolation,
    double fill, void *result);

#ifdef __cplusplus
}
#endif
