// Reading JPEG through libjpeg itself, because ITK's reader fills what is missing with grey and jumps
// into a dead frame on a damaged header.
#include <cstdio>

#include <jpeglib.h>
#include <jerror.h>

#include <memory>

#include "internal.h"

namespace {

/// libjpeg's error handler, which must not return after an error.
struct Errors {
  jpeg_error_mgr base;
  jmp_buf exit;
  char message[JMSG_LENGTH_MAX];
};

void fail(j_common_ptr info) {
  auto *errors = reinterpret_cast<Errors *>(info->err);
  (*info->err->format_message)(info, errors->message);
  std::longjmp(errors->exit, 1);
}

/// Warnings about lost image data count as errors; the others are harmless.
void listen(j_common_ptr info, int level) {
  const int code = info->err->msg_code;
  const bool isLoss =
      code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE ||
      code == JWRN_NOT_SEQUENTIAL || code == JWRN_BOGUS_PROGRESSION || code == JWRN_MUST_RESYNC;
  if (level < 0 && isLoss) fail(info);
}

void beQuiet(j_common_ptr) {}

/// Reads the header and, with a buffer, the pixels; plain data alone lives across the jumps.
bool decode(
    FILE *file, Errors &errors, citk_header *header, unsigned char *pixels, int64_t bytes) {
  jpeg_decompress_struct info;
  info.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = fail;
  errors.base.emit_message = listen;
  errors.base.output_message = beQuiet;
  if (setjmp(errors.exit) != 0) {
    jpeg_destroy_decompress(&info);
    return false;
  }
  jpeg_create_decompress(&info);
  jpeg_stdio_src(&info, file);
  jpeg_read_header(&info, TRUE);
  if (info.num_components != 1 && info.num_components != 3) {
    std::snprintf(
        errors.message, sizeof errors.message, "%d colour channels, perhaps CMYK, not grey or RGB",
        info.num_components);
    jpeg_destroy_decompress(&info);
    return false;
  }
  const bool isGrey = info.num_components == 1;
  info.out_color_space = isGrey ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_calc_output_dimensions(&info);
  if (header) {
    *header = {};
    header->component = CITK_UINT8;
    header->channels = isGrey ? 1 : 3;
    header->dimensions = 2;
    header->size[0] = info.output_width;
    header->size[1] = info.output_height;
  }
  if (pixels) {
    jpeg_start_decompress(&info);
    const int64_t row = static_cast<int64_t>(info.output_width) * info.output_components;
    while (info.output_scanline < info.output_height && row * (info.output_scanline + 1) <= bytes) {
      JSAMPROW line = pixels + row * info.output_scanline;
      jpeg_read_scanlines(&info, &line, 1);
    }
    jpeg_finish_decompress(&info);
  }
  jpeg_destroy_decompress(&info);
  return true;
}

}  // namespace

citk_status citk_jpeg_read(const char *path, citk_header *header, void *pixels, int64_t bytes) {
  return citk::guarded([&] {
    const std::unique_ptr<FILE, decltype(&std::fclose)> file(
        std::fopen(path, "rb"), &std::fclose);
    if (!file) throw std::runtime_error("cannot be opened");
    Errors errors = {};
    if (!decode(file.get(), errors, header, static_cast<unsigned char *>(pixels), bytes))
      throw std::runtime_error(errors.message);
  });
}
