// What the C++ files of this target share: ITK's compiler probe, errors, and the component table.
#pragma once

// Debian generates ITK's probe for GCC alone; C++20 has all that it asks about.
#define ITK_COMPILER_DETECTION_H
#define ITK_ALIGNAS(X) alignas(X)
#define ITK_ALIGNOF(X) alignof(X)
#define ITK_CONSTEXPR constexpr
#define ITK_DELETED_FUNCTION = delete
#define ITK_DEPRECATED [[deprecated]]
#define ITK_DEPRECATED_MSG(MSG) [[deprecated(MSG)]]
#define ITK_EXTERN_TEMPLATE extern
#define ITK_FINAL final
#define ITK_NOEXCEPT noexcept
#define ITK_NOEXCEPT_EXPR(X) noexcept(X)
#define ITK_NULLPTR nullptr
#define ITK_OVERRIDE override
#define ITK_STATIC_ASSERT(X) static_assert(X, #X)
#define ITK_STATIC_ASSERT_MSG(X, MSG) static_assert(X, MSG)
#define ITK_THREAD_LOCAL thread_local

#include <csetjmp>
#include <cstring>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>

#include "CITK.h"
#include "itkImageIOBase.h"
#include "itkMacro.h"

namespace citk {

constexpr citk_status done = 0;
constexpr citk_status failed = 1;

std::string &lastError();
/// Turns off the warnings that ITK and GDCM print to standard error; once per process.
void silence();
itk::ImageIOBase::Pointer makeIO(int32_t format);
/// To be held while a file of this format is read or written. NRRD's library keeps its messages and its
/// parser's place in global variables; all others work on many files at once.
std::unique_lock<std::mutex> turn(int32_t format);
itk::IOComponentEnum componentType(int32_t component);
int64_t componentBytes(int32_t component);

/// Where a failed assertion of this thread goes; null outside of guarded calls.
jmp_buf *&assertionExit();

struct AssertionScope {
  explicit AssertionScope(jmp_buf *exit) { assertionExit() = exit; }
  ~AssertionScope() { assertionExit() = nullptr; }
};

/// Runs a body and turns its exceptions, and GDCM's failed assertions, into a message.
template <typename Body>
citk_status guarded(Body &&body) noexcept {
  jmp_buf exit;
  const AssertionScope scope(&exit);
  // What the body held at a failed assertion leaks; a damaged file costs memory, not the process.
  if (setjmp(exit) != 0) return failed;
  try {
    silence();
    body();
    return done;
  } catch (const itk::ExceptionObject &error) {
    lastError() = error.GetDescription();
  } catch (const std::exception &error) {
    lastError() = error.what();
  } catch (...) {
    lastError() = "an unknown C++ exception";
  }
  return failed;
}

}  // namespace citk
