// Compressing memory through zlib, for files that are read in blocks.
#include <zlib.h>

#include "internal.h"

int64_t citk_deflate_bound(int64_t bytes) {
  return static_cast<int64_t>(compressBound(static_cast<uLong>(bytes)));
}

citk_status citk_deflate_block(
    const void *bytes, int64_t length, int32_t level, void *out, int64_t capacity,
    int64_t *count) {
  return citk::guarded([&] {
    uLongf written = static_cast<uLongf>(capacity);
    const int code = compress2(
        static_cast<Bytef *>(out), &written, static_cast<const Bytef *>(bytes),
        static_cast<uLong>(length), level);
    if (code != Z_OK) throw std::runtime_error("zlib does not compress the block");
    *count = static_cast<int64_t>(written);
  });
}

citk_status citk_inflate_block(const void *bytes, int64_t count, void *out, int64_t length) {
  return citk::guarded([&] {
    uLongf written = static_cast<uLongf>(length);
    const int code = uncompress(
        static_cast<Bytef *>(out), &written, static_cast<const Bytef *>(bytes),
        static_cast<uLong>(count));
    if (code != Z_OK || written != static_cast<uLongf>(length))
      throw std::runtime_error("the compressed block is damaged");
  });
}

uint32_t citk_checksum(uint32_t sum, const void *bytes, int64_t length) {
  return static_cast<uint32_t>(
      crc32_z(sum, static_cast<const Bytef *>(bytes), static_cast<z_size_t>(length)));
}
