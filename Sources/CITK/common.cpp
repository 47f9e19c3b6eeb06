// Errors, silence and the tables from our formats and components to ITK's.
#include <cstdio>
#include <cstdlib>

#include "gdcmTrace.h"
#include "internal.h"
#include "itkGDCMImageIO.h"
#include "itkJPEGImageIO.h"
#include "itkMetaImageIO.h"
#include "itkNiftiImageIO.h"
#include "itkNrrdImageIO.h"
#include "itkPNGImageIO.h"
#include "itkTIFFImageIO.h"

extern "C" {
// libtiff's own handlers print; its headers are not needed for these two.
typedef void (*TIFFErrorHandler)(const char *, const char *, va_list);
TIFFErrorHandler TIFFSetWarningHandler(TIFFErrorHandler);
TIFFErrorHandler TIFFSetErrorHandler(TIFFErrorHandler);
}

namespace citk {

std::string &lastError() {
  thread_local std::string message;
  return message;
}

jmp_buf *&assertionExit() {
  thread_local jmp_buf *exit = nullptr;
  return exit;
}

void silence() {
  static const bool once = [] {
    itk::Object::GlobalWarningDisplayOff();
    gdcm::Trace::DebugOff();
    gdcm::Trace::WarningOff();
    gdcm::Trace::ErrorOff();
    TIFFSetWarningHandler(nullptr);
    TIFFSetErrorHandler(nullptr);
    return true;
  }();
  (void)once;
}

std::unique_lock<std::mutex> turn(int32_t format) {
  static std::mutex nrrd;
  return format == CITK_NRRD ? std::unique_lock(nrrd) : std::unique_lock<std::mutex>();
}

itk::ImageIOBase::Pointer makeIO(int32_t format) {
  switch (format) {
    case CITK_NIFTI: return itk::NiftiImageIO::New().GetPointer();
    case CITK_NRRD: return itk::NrrdImageIO::New().GetPointer();
    case CITK_META: return itk::MetaImageIO::New().GetPointer();
    case CITK_PNG: return itk::PNGImageIO::New().GetPointer();
    case CITK_JPEG: return itk::JPEGImageIO::New().GetPointer();
    case CITK_TIFF: return itk::TIFFImageIO::New().GetPointer();
    case CITK_DICOM: return itk::GDCMImageIO::New().GetPointer();
    default: throw std::invalid_argument("unknown format");
  }
}

itk::IOComponentEnum componentType(int32_t component) {
  switch (component) {
    case CITK_UINT8: return itk::IOComponentEnum::UCHAR;
    case CITK_INT8: return itk::IOComponentEnum::CHAR;
    case CITK_UINT16: return itk::IOComponentEnum::USHORT;
    case CITK_INT16: return itk::IOComponentEnum::SHORT;
    case CITK_UINT32: return itk::IOComponentEnum::UINT;
    case CITK_INT32: return itk::IOComponentEnum::INT;
    case CITK_FLOAT32: return itk::IOComponentEnum::FLOAT;
    case CITK_FLOAT64: return itk::IOComponentEnum::DOUBLE;
    default: throw std::invalid_argument("unknown voxel type");
  }
}

int64_t componentBytes(int32_t component) {
  switch (component) {
    case CITK_UINT8:
    case CITK_INT8: return 1;
    case CITK_UINT16:
    case CITK_INT16: return 2;
    case CITK_UINT32:
    case CITK_INT32:
    case CITK_FLOAT32: return 4;
    case CITK_FLOAT64:
    case CITK_UINT64:
    case CITK_INT64: return 8;
    default: throw std::invalid_argument("unknown voxel type");
  }
}

}  // namespace citk

#ifdef __GLIBC__
// Debian builds GDCM with assertions, so that a damaged file would end the process. This definition takes
// the place of libc's; outside of a guarded call it does what libc's does.
extern "C" void __assert_fail(
    const char *assertion, const char *file, unsigned line, const char *function) noexcept {
  if (auto *exit = citk::assertionExit()) {
    citk::lastError() = "the file breaks a rule of its format";
    std::longjmp(*exit, 1);
  }
  std::fprintf(
      stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function ? function : "?",
      assertion);
  std::abort();
}
#endif

const char *citk_last_error(void) { return citk::lastError().c_str(); }
