// Writing through ITK's ImageIO classes directly, from the caller's buffer, and gzip with every byte checked.
#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <vector>

#include "internal.h"

citk_status citk_write(
    const char *path, int32_t format, const citk_header *header, const void *voxels,
    int64_t bytes) {
  return citk::guarded([&] {
    auto io = citk::makeIO(format);
    const auto dimensions = static_cast<unsigned>(header->dimensions);
    if (dimensions < 2 || dimensions > 3) throw std::invalid_argument("only 2 or 3 dimensions");
    io->SetFileName(path);
    io->SetNumberOfDimensions(dimensions);
    itk::ImageIORegion region(dimensions);
    int64_t expected = citk::componentBytes(header->component) * header->channels;
    for (unsigned axis = 0; axis < dimensions; ++axis) {
      expected *= header->size[axis];
      io->SetDimensions(axis, static_cast<itk::SizeValueType>(header->size[axis]));
      io->SetSpacing(axis, header->spacing[axis]);
      io->SetOrigin(axis, header->origin[axis]);
      io->SetDirection(
          axis, std::vector<double>(
                    header->direction + 3 * axis, header->direction + 3 * axis + dimensions));
      region.SetIndex(axis, 0);
      region.SetSize(axis, static_cast<itk::SizeValueType>(header->size[axis]));
    }
    if (bytes != expected) throw std::invalid_argument("the buffer does not fit the image");
    io->SetComponentType(citk::componentType(header->component));
    io->SetNumberOfComponents(static_cast<unsigned>(header->channels));
    switch (header->channels) {
      case 1: io->SetPixelType(itk::IOPixelEnum::SCALAR); break;
      case 3: io->SetPixelType(itk::IOPixelEnum::RGB); break;
      case 4: io->SetPixelType(itk::IOPixelEnum::RGBA); break;
      default: io->SetPixelType(itk::IOPixelEnum::VECTOR);
    }
    io->SetIORegion(region);
    const std::string name(path);
    // A .mhd keeps its voxels plain beside it, as everyone expects of .raw.
    io->SetUseCompression(
        format != CITK_JPEG && !(name.size() > 4 && name.substr(name.size() - 4) == ".mhd"));
    if (format == CITK_JPEG) io->SetCompressionLevel(95);
    const auto turn = citk::turn(format);
    io->WriteImageInformation();
    io->Write(voxels);
  });
}

citk_status citk_deflate_file(const char *source, const char *target) {
  return citk::guarded([&] {
    struct Files {
      std::FILE *from;
      gzFile to;
      ~Files() {
        if (from) std::fclose(from);
        if (to) gzclose(to);
      }
    } files{std::fopen(source, "rb"), gzopen(target, "wb6")};
    if (!files.from || !files.to) throw std::runtime_error(std::strerror(errno));
    std::vector<char> buffer(1 << 20);
    while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), files.from)) {
      if (gzwrite(files.to, buffer.data(), static_cast<unsigned>(count)) != static_cast<int>(count))
        throw std::runtime_error(std::strerror(errno));
    }
    if (std::ferror(files.from)) throw std::runtime_error("the draft cannot be read back");
    const int closed = gzclose(files.to);
    files.to = nullptr;
    if (closed != Z_OK) throw std::runtime_error(std::strerror(errno));
  });
}
