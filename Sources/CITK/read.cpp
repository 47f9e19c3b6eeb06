// Reading through ITK's ImageIO classes directly: no factories, no templates, no copy of the voxels.
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <vector>

#include "internal.h"
#include "itkPNGImageIO.h"
#include "itkTIFFImageIO.h"

struct citk_reader {
  itk::ImageIOBase::Pointer io;
  int64_t bytes;
  int32_t format;
};

namespace {

int32_t componentOf(itk::IOComponentEnum type, size_t bytes) {
  switch (type) {
    case itk::IOComponentEnum::UCHAR: return CITK_UINT8;
    case itk::IOComponentEnum::CHAR: return CITK_INT8;
    case itk::IOComponentEnum::USHORT: return CITK_UINT16;
    case itk::IOComponentEnum::SHORT: return CITK_INT16;
    case itk::IOComponentEnum::FLOAT: return CITK_FLOAT32;
    case itk::IOComponentEnum::DOUBLE: return CITK_FLOAT64;
    case itk::IOComponentEnum::UINT:
    case itk::IOComponentEnum::ULONG:
    case itk::IOComponentEnum::ULONGLONG: return bytes == 4 ? CITK_UINT32 : CITK_UINT64;
    case itk::IOComponentEnum::INT:
    case itk::IOComponentEnum::LONG:
    case itk::IOComponentEnum::LONGLONG: return bytes == 4 ? CITK_INT32 : CITK_INT64;
    default: throw std::invalid_argument("the voxel type is not supported");
  }
}

void fill(citk_header &header, itk::ImageIOBase &io) {
  header = {};
  header.component = componentOf(io.GetComponentType(), io.GetComponentSize());
  header.channels = static_cast<int32_t>(io.GetNumberOfComponents());
  header.dimensions = static_cast<int32_t>(io.GetNumberOfDimensions());
  for (int axis = 0; axis < 4; ++axis)
    header.size[axis] = axis < header.dimensions ? static_cast<int64_t>(io.GetDimensions(axis)) : 1;
  for (int axis = 4; axis < header.dimensions; ++axis)
    header.size[3] *= static_cast<int64_t>(io.GetDimensions(axis));
  for (int axis = 0; axis < 3; ++axis) {
    const bool present = axis < header.dimensions;
    header.spacing[axis] = present ? io.GetSpacing(axis) : 1;
    header.origin[axis] = present ? io.GetOrigin(axis) : 0;
    const auto direction = present ? io.GetDirection(axis) : std::vector<double>();
    for (int coordinate = 0; coordinate < 3; ++coordinate)
      header.direction[3 * axis + coordinate] =
          coordinate < static_cast<int>(direction.size()) ? direction[coordinate]
                                                          : (axis == coordinate ? 1 : 0);
  }
}

bool isComplex(itk::ImageIOBase &io) {
  return io.GetPixelType() == itk::IOPixelEnum::COMPLEX;
}

}  // namespace

citk_status citk_reader_open(
    const char *path, int32_t format, int32_t indices, citk_reader **reader, citk_header *header) {
  return citk::guarded([&] {
    auto io = citk::makeIO(format);
    if (indices) {
      // Masks with a palette mean the indices; photographs with a palette mean the colours.
      if (auto *png = dynamic_cast<itk::PNGImageIO *>(io.GetPointer())) png->ExpandRGBPaletteOff();
      if (auto *tiff = dynamic_cast<itk::TIFFImageIO *>(io.GetPointer())) tiff->ExpandRGBPaletteOff();
    }
    io->SetFileName(path);
    const auto turn = citk::turn(format);
    io->ReadImageInformation();
    if (isComplex(*io)) throw std::invalid_argument("complex numbers are not supported");
    fill(*header, *io);
    int64_t bytes = citk::componentBytes(header->component) * header->channels;
    for (int64_t extent : header->size)
      if (__builtin_mul_overflow(bytes, extent, &bytes) || extent <= 0)
        throw std::invalid_argument("the header's dimensions make no sense");
    auto result = std::make_unique<citk_reader>();
    result->io = io;
    result->bytes = bytes;
    result->format = format;
    *reader = result.release();
  });
}

citk_status citk_reader_read(citk_reader *reader, void *voxels, int64_t bytes) {
  return citk::guarded([&] {
    if (bytes != reader->bytes) throw std::invalid_argument("the buffer does not fit the image");
    auto &io = *reader->io;
    itk::ImageIORegion region(io.GetNumberOfDimensions());
    for (unsigned axis = 0; axis < io.GetNumberOfDimensions(); ++axis) {
      region.SetIndex(axis, 0);
      region.SetSize(axis, io.GetDimensions(axis));
    }
    io.SetIORegion(region);
    const auto turn = citk::turn(reader->format);
    io.Read(voxels);
  });
}

void citk_reader_close(citk_reader *reader) { delete reader; }

citk_status citk_inflate(
    const char *path, int64_t offset, void *buffer, int64_t capacity, int64_t *count) {
  return citk::guarded([&] {
    const auto close = [](gzFile file) { gzclose_r(file); };
    std::unique_ptr<gzFile_s, decltype(close)> file(gzopen(path, "rb"), close);
    if (!file) throw std::runtime_error("cannot be opened");
    gzbuffer(file.get(), 1 << 18);
    const auto check = [&](int64_t got) {
      int code = Z_OK;
      const char *message = gzerror(file.get(), &code);
      if (got < 0 || (code != Z_OK && code != Z_STREAM_END))
        throw std::runtime_error(
            code == Z_BUF_ERROR ? "the gzip stream ends too early"
                                : std::string("the gzip stream is damaged (") + message + ")");
    };
    if (offset > 0 && gzseek(file.get(), offset, SEEK_SET) != offset) {
      check(-1);
    }
    int64_t total = 0;
    while (total < capacity) {
      const auto part = static_cast<unsigned>(std::min<int64_t>(capacity - total, 1 << 26));
      const int got = gzread(file.get(), static_cast<char *>(buffer) + total, part);
      check(got);
      if (got == 0) break;
      total += got;
    }
    *count = total;
    if (total == capacity && offset > 0) {
      // One byte more makes zlib compare the checksum at the end of the stream.
      char next;
      check(gzread(file.get(), &next, 1));
    }
  });
}

citk_status citk_inflate_stream(
    const char *path, int64_t offset, int32_t raw, void *buffer, int64_t bytes) {
  return citk::guarded([&] {
    std::ifstream file(path, std::ios::binary);
    file.seekg(offset);
    z_stream stream = {};
    // 32 more lets zlib find out whether the stream is zlib's or gzip's.
    if (inflateInit2(&stream, raw ? -MAX_WBITS : MAX_WBITS + 32) != Z_OK)
      throw std::runtime_error("zlib does not start");
    const std::unique_ptr<z_stream, decltype(&inflateEnd)> end(&stream, inflateEnd);
    std::vector<char> input(1 << 18);
    std::vector<char> spare(1 << 16);
    int64_t total = 0;
    int code = Z_OK;
    while (code != Z_STREAM_END) {
      if (stream.avail_in == 0) {
        file.read(input.data(), static_cast<std::streamsize>(input.size()));
        stream.next_in = reinterpret_cast<Bytef *>(input.data());
        stream.avail_in = static_cast<uInt>(file.gcount());
        if (stream.avail_in == 0) throw std::runtime_error("the compressed stream ends too early");
      }
      const bool fits = buffer && total < bytes;
      const auto room = fits ? std::min<int64_t>(bytes - total, 1 << 26)
                             : static_cast<int64_t>(spare.size());
      stream.next_out =
          reinterpret_cast<Bytef *>(fits ? static_cast<char *>(buffer) + total : spare.data());
      stream.avail_out = static_cast<uInt>(room);
      code = inflate(&stream, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END)
        throw std::runtime_error("the compressed stream is damaged");
      total += room - stream.avail_out;
    }
    if (buffer && total != bytes)
      throw std::runtime_error(
          "the compressed stream holds " + std::to_string(total) + " bytes where " +
          std::to_string(bytes) + " are needed");
  });
}
